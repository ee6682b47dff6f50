// Redis log, the usual broker of Celery: `pid:ROLE dd Mon yyyy hh:mm:ss.mmm LEVEL text`.
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import { TS_KIND } from '../record.ts';
import { put } from '../text.ts';
import { clockAt, fractionAt, microsOf, monthAt, SECOND_US } from '../time.ts';

const LINE =
  /^(\d{1,10}):([CMSX]) (\d\d) ([A-Z][a-z]{2}) (?:(\d{4}) )?(\d\d:\d\d:\d\d\.\d{3}) ([.\-*#]) (.*)$/;
const SIGNAL = /^(\d{1,10}):signal-handler \((\d{9,11})\) (.*)$/;
const LEVEL: Record<string, number> = { '.': 1, '-': 2, '*': 3, '#': 4 };

export const redisLine: LineKind = {
  id: 'redis',
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (!(c >= 48 && c <= 57)) return false;
    const head = line.length > 4000 ? line.slice(0, 4000) : line;
    const m = LINE.exec(head);
    if (m) {
      const month = monthAt(m[4] as string, 0);
      const year = m[5] ? Number(m[5]) : member.years.yearOf(month, Number(m[3]));
      const day = microsOf(year, month, Number(m[3]), 0, 0, 0, 0);
      draft.tsWall = day + clockAt(m[6] as string, 0) * SECOND_US + fractionAt(m[6] as string, 8);
      if (Number.isNaN(draft.tsWall)) return false;
      draft.tsKind = m[5] ? TS_KIND.wall : TS_KIND.wallYearInferred;
      draft.level = LEVEL[m[7] as string] ?? -1;
      put(draft, 'role', m[2] as string);
      draft.message = head === line ? (m[8] as string) : line.slice(m[0].length - (m[8] as string).length);
    } else {
      const s = SIGNAL.exec(head);
      if (!s) return false;
      draft.tsWall = Number(s[2]) * SECOND_US;
      draft.tsKind = TS_KIND.absolute;
      draft.level = 4;
      draft.message = s[3] as string;
    }
    draft.parsed = true;
    draft.system = 'redis';
    draft.component = 'redis';
    draft.pid = line.slice(0, line.indexOf(':'));
    const text = draft.message;
    if (text.startsWith('Ready to accept connections')) means(draft, 'process', 'start', 'success');
    else if (text.startsWith('User requested shutdown') || text.startsWith('Received SIG')) {
      means(draft, 'process', 'stop', 'unknown');
    } else if (text.startsWith('Possible SECURITY ATTACK'))
      means(draft, 'network', 'security_attack', 'failure');
    else if (text.indexOf("Can't save in background") !== -1) means(draft, 'storage', 'write', 'failure');
    return true;
  },
  samples: [
    {
      path: 'redis.log',
      text: '15242:M 20 Nov 2026 17:17:51.464 * Ready to accept connections\n24514:signal-handler (1795195751) Received SIGTERM scheduling shutdown...',
      gives: [
        {
          system: 'redis',
          pid: '15242',
          level: 'notice',
          action: 'start',
          time: '2026-11-20T17:17:51.464000Z',
        },
        { system: 'redis', action: 'stop', time: '2026-11-20T17:29:11.000000Z' },
      ],
    },
  ],
};
