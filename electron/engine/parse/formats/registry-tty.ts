// logrus on a terminal: `INFO[0000] message   key=value`, seconds since the start, no date.
import type { LineKind } from '../kind.ts';
import { TS_KIND } from '../record.ts';
import { closingQuote, numberOrText, put, putJson, trimEnd, unescapeGo, withoutDoubles } from '../text.ts';
import { cursor, isoAt } from '../time.ts';
import { joinsStack } from './go-stack.ts';
import { isNumeric, slotOf } from './registry-keys.ts';
import { RegistryParts, registryRecord } from './registry-message.ts';

const HEAD = /^(INFO|WARN|WARNING|ERRO|ERROR|DEBU|DEBUG|FATA|FATAL|PANI|PANIC|TRAC|TRACE)\[([^\]]{1,40})\]/;
const LEVEL: Record<string, number> = { TRAC: 0, DEBU: 1, INFO: 2, WARN: 4, ERRO: 5, FATA: 6, PANI: 6 };
const CALLER = /^(\S{1,300}:\d{1,6}) (\S{1,300}\(\)) /;
const KEY = /^[\w.@-]{1,100}$/;
/** The message is padded to this width. */
const WIDTH = 44;
const MAX = 100_000;

const parts = new RegistryParts();
const pairs: [string, string][] = [];

export const registryTty: LineKind = {
  id: 'registry.tty',
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    // I, W, E, D, F, P, T
    if (c !== 73 && c !== 87 && c !== 69 && c !== 68 && c !== 70 && c !== 80 && c !== 84) return false;
    const head = HEAD.exec(line.slice(0, 60));
    if (!head) return false;
    const when = head[2] as string;
    if (/^\d{1,10}$/.test(when)) putJson(draft, 'seconds_since_start', String(Number(when)));
    else {
      // FullTimestamp
      const ts = isoAt(when, 0);
      if (Number.isNaN(ts)) return false;
      draft.tsWall = ts;
      draft.tsKind = cursor.zoned ? TS_KIND.absolute : TS_KIND.wall;
    }
    draft.parsed = true;
    const word = head[1] as string;
    draft.level = LEVEL[word.slice(0, 4)] ?? -1;
    draft.nativeLevel = word;
    let text = line.slice(head[0].length, MAX);
    const caller = text.charCodeAt(0) === 32 ? null : CALLER.exec(text.slice(0, 620));
    if (caller) {
      draft.logger = caller[1] as string;
      put(draft, 'function', caller[2] as string);
      text = text.slice(caller[0].length - 1);
    }
    text = text.charCodeAt(0) === 32 ? text.slice(1) : text;
    const end = messageEnd(text);
    parts.clear();
    for (const [key, value] of pairs) {
      if (isNumeric(key)) putJson(draft, key, numberOrText(value));
      else put(draft, key, value);
      parts.take(slotOf(key), value);
    }
    registryRecord(draft, trimEnd(text.slice(0, end)), parts, member);
    if (pairs.length > 0) draft.fields = withoutDoubles(draft.fields);
    return true;
  },
  joins: joinsStack,
  samples: [
    {
      text: 'INFO[0001] listening on [::]:5000                        go.version=go1.20 instance.id=abc',
      path: 'registry/tty.log',
      gives: [
        {
          level: 'info',
          nativeLevel: 'INFO',
          message: 'listening on [::]:5000',
          action: 'start',
          fields: { 'instance.id': 'abc', seconds_since_start: 1, listen: '[::]:5000', tls: false },
        },
      ],
    },
    {
      text: 'INFO[0025] response completed                            go.version=go1.11.2 http.request.host="HOSTNAME:5000" http.request.id=6b6a65e9-7b85-48f2-a014-daa3b162e2f9 http.request.method=HEAD http.request.remoteaddr="10.0.0.2:49715" http.request.uri="/v2/hello-world/blobs/sha256:eb68d2e2f59a9e5ea880ccc5715672ba5238c3f03d0ad596689564c675a986b4" http.request.useragent="docker/18.09.2 UpstreamClient(Docker-Client/18.09.2 \\\\(windows\\\\))" http.response.contenttype="application/octet-stream" http.response.duration=1.7966ms http.response.status=200 http.response.written=0\nWARN[0000] No HTTP secret provided - generated random secret. This may cause problems with uploads if multiple registries are behind a load-balancer. go.version=go1.11.2\nINFO[0000] configuring endpoint listener (http://127.0.0.1:15099/callback), timeout=1s, headers=map[Authorization:[Bearer x]]  environment=staging go.version=go1.19.8',
      path: 'registry/tty.log',
      gives: [
        {
          message: 'response completed',
          httpMethod: 'HEAD',
          httpStatus: 200,
          srcIp: '10.0.0.2',
          fields: {
            seconds_since_start: 25,
            duration_s: 0.0017966,
            'http.request.useragent': 'docker/18.09.2 UpstreamClient(Docker-Client/18.09.2 \\(windows\\))',
            'registry.operation': 'blob_check',
          },
        },
        {
          level: 'warning',
          nativeLevel: 'WARN',
          message:
            'No HTTP secret provided - generated random secret. This may cause problems with uploads if multiple registries are behind a load-balancer.',
          fields: { 'go.version': 'go1.11.2' },
        },
        {
          message:
            'configuring endpoint listener (http://127.0.0.1:15099/callback), timeout=1s, headers=map[Authorization:[Bearer x]]',
          fields: { environment: 'staging', secret_kinds: ['Authorization header'] },
        },
      ],
    },
  ],
};

/** Where the message ends; fills `pairs` with what follows it. A message may itself hold `=`: what follows must be pairs to the end. */
function messageEnd(text: string): number {
  if (text.charCodeAt(WIDTH) === 32 && readPairs(text, WIDTH + 1)) {
    // Padded, or just as wide.
    if (pairs.length > 0 || trimEnd(text).length <= WIDTH) return WIDTH;
  }
  let at = text.indexOf('=', WIDTH);
  for (let tries = 0; at !== -1 && tries < 60; tries++) {
    const blank = text.lastIndexOf(' ', at);
    if (blank >= WIDTH && KEY.test(text.slice(blank + 1, at)) && readPairs(text, blank + 1)) return blank;
    at = text.indexOf('=', at + 1);
  }
  pairs.length = 0;
  return text.length;
}

/** `key=value key="quoted"` from `from` to the end. */
function readPairs(text: string, from: number): boolean {
  pairs.length = 0;
  let at = from;
  while (at < text.length) {
    while (text.charCodeAt(at) === 32) at++;
    if (at === text.length) break;
    const eq = text.indexOf('=', at);
    if (eq === -1 || eq - at > 100 || !KEY.test(text.slice(at, eq))) return false;
    let value: string;
    if (text.charCodeAt(eq + 1) === 34) {
      const end = closingQuote(text, eq + 2);
      value = unescapeGo(text.slice(eq + 2, end === -1 ? undefined : end));
      at = end === -1 ? text.length : end + 1;
    } else {
      const end = text.indexOf(' ', eq);
      value = text.slice(eq + 1, end === -1 ? undefined : end);
      at = end === -1 ? text.length : end;
    }
    pairs.push([text.slice(text.lastIndexOf(' ', eq) + 1, eq), value]);
  }
  return true;
}
