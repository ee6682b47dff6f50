// Registry lines as key=value in any order of keys: loggers other than logrus' text formatter, and lines cut in front.
import type { LineKind } from '../kind.ts';
import { TS_KIND } from '../record.ts';
import { closingQuote, numberOrText, put, putJson, unescapeGo, withoutDoubles } from '../text.ts';
import { cursor, isoAt, MINUTE_US } from '../time.ts';
import { ZONE_WHY } from '../zone-runs.ts';
import { joinsStack } from './go-stack.ts';
import { isNumeric, SLOT, slotOf } from './registry-keys.ts';
import { RegistryParts, registryRecord } from './registry-message.ts';
import { logrusLevel } from './registry-text.ts';

const KEY = /^[\w.@-]{1,100}$/;
const FIRST = /^(?:time|ts|level|lvl|msg|source|go\.version)=/;

const parts = new RegistryParts();

export const registryLogfmt: LineKind = {
  id: 'registry.logfmt',
  native: true,
  weight: () => 0.4,
  read(line, draft, member) {
    if (!FIRST.test(line.slice(0, 12)) || line.length > 200_000) return false;
    let message = '';
    let word = '';
    let time = '';
    let at = 0;
    parts.clear();
    const found: [string, string][] = [];
    while (at < line.length) {
      while (line.charCodeAt(at) === 32) at++;
      const eq = line.indexOf('=', at);
      if (eq === -1) break;
      const key = line.slice(at, eq);
      if (!KEY.test(key)) return false;
      let value: string;
      if (line.charCodeAt(eq + 1) === 34) {
        const end = closingQuote(line, eq + 2);
        if (end === -1) return false;
        value = unescapeGo(line.slice(eq + 2, end));
        at = end + 1;
      } else {
        let end = line.indexOf(' ', eq);
        if (end === -1) end = line.length;
        value = line.slice(eq + 1, end);
        at = end;
      }
      if (key === 'msg') message = value;
      else if (key === 'time' || key === 'ts') time = value;
      else if (key === 'level' || key === 'lvl') word = value;
      else found.push([key, value]);
    }
    const level = logrusLevel(word.toLowerCase());
    const ts = isoAt(time, 0);
    if (message === '' || level === -1 || Number.isNaN(ts)) return false;
    draft.parsed = true;
    draft.tsWall = ts;
    draft.tsKind = cursor.zoned ? TS_KIND.absolute : TS_KIND.wall;
    const offset = cursor.offsetMinutes;
    if (cursor.zoned) member.zoneStated(offset, ts + offset * MINUTE_US, ZONE_WHY.lines, 'app');
    draft.level = level;
    draft.nativeLevel = word;
    put(draft, 'level', word);
    for (const [key, value] of found) {
      if (isNumeric(key)) putJson(draft, key, numberOrText(value));
      else put(draft, key, value);
      const slot = slotOf(key);
      if (slot !== SLOT.none && slot <= SLOT.last) parts.take(slot, value);
    }
    registryRecord(draft, message, parts, member);
    draft.fields = withoutDoubles(draft.fields);
    return true;
  },
  joins: joinsStack,
  samples: [
    {
      path: 'registry/app.log',
      text: 'level=warning msg="error authorizing context: authorization token required" http.request.method=GET http.request.uri="/v2/" http.request.remoteaddr=10.0.0.9 time="2026-11-20T17:20:44+01:00"\ntime=2026-11-20T17:20:45.123Z level=INFO msg="response completed" http.request.method=GET http.request.uri=/v2/ http.response.status=200',
      gives: [
        {
          level: 'warning',
          nativeLevel: 'warning',
          time: '2026-11-20T16:20:44.000000Z',
          category: 'authorization',
          outcome: 'failure',
          srcIp: '10.0.0.9',
          fields: {
            'auth.scheme': 'authorization token',
            reason: 'authorization token required',
            src_ip_basis: 'header',
          },
        },
        { level: 'info', nativeLevel: 'INFO', httpStatus: 200, time: '2026-11-20T17:20:45.123000Z' },
      ],
    },
  ],
};
