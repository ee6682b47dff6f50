// The Go standard logger inside a registry: net/http's messages, local time without zone, whatever formatter the registry uses.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { hostOf, isIp, put, putIf } from '../text.ts';
import { cursor, dateTimeAt } from '../time.ts';
import { joinsStack } from './go-stack.ts';

const SOURCE = /^([\w./-]{1,200}\.go:\d{1,6}): /;

function peerOf(draft: Draft, peer: string): void {
  put(draft, 'peer', peer);
  const ip = hostOf(peer);
  if (!isIp(ip)) return;
  draft.srcIp = ip;
  draft.entity('ip', ip, 'client');
}

/** `2026/11/20 17:24:42 http: TLS handshake error from ip:port: why`; go-redis puts `redis: ` in front. */
export const registryGo: LineKind = {
  id: 'registry.go',
  weight: () => 0.15,
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    let at = 0;
    if (c === 114 && line.startsWith('redis: 2')) at = 7;
    else if (c !== 50) return false;
    if (line.charCodeAt(at + 4) !== 47) return false;
    const ts = dateTimeAt(line, at);
    if (Number.isNaN(ts) || line.charCodeAt(cursor.end) !== 32) return false;
    let message = line.slice(cursor.end + 1);
    // nginx's error log begins alike.
    if (message.charCodeAt(0) === 91 && /^\[\w{4,6}\] \d{1,9}#/.test(message)) return false;
    draft.parsed = true;
    draft.system = 'registry';
    draft.component = 'go';
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    const source = SOURCE.exec(message.slice(0, 220));
    if (source) {
      draft.logger = source[1] as string;
      message = message.slice(source[0].length);
    }
    draft.message = message;
    if (at > 0) {
      draft.component = 'redis';
      means(draft, 'network', 'redis_client', 'unknown');
    } else if (message.startsWith('http')) httpMessage(message, draft, member);
    else if (message.startsWith('traces export: ')) {
      means(draft, 'network', 'trace_export', 'failure');
      draft.level = 5;
    }
    return true;
  },
  joins: joinsStack,
  samples: [
    {
      text: '2026/11/20 17:24:42 http: TLS handshake error from 127.0.0.1:45492: EOF',
      path: 'registry/app.log',
      gives: [
        {
          system: 'registry',
          component: 'go',
          category: 'network',
          action: 'tls_handshake',
          outcome: 'failure',
          srcIp: '127.0.0.1',
          time: '2026-11-20T17:24:42.000000Z',
          message: 'http: TLS handshake error from 127.0.0.1:45492: EOF',
          fields: { reason: 'EOF', peer: '127.0.0.1:45492' },
          entities: ['ip:127.0.0.1:client'],
        },
      ],
    },
    {
      text: '2026/11/20 17:24:43 http: TLS handshake error from [2001:db8::7]:45492: tls: client offered only unsupported versions: [302 301]\n2026/11/20 17:24:44 http: superfluous response.WriteHeader call from github.com/docker/distribution/vendor/github.com/gorilla/handlers.(*responseLogger).WriteHeader (handlers.go:125)\nredis: 2026/11/20 17:24:45 pubsub.go:168: redis: discarding bad PubSub connection: EOF',
      path: 'registry/app.log',
      gives: [
        {
          srcIp: '2001:db8::7',
          fields: { reason: 'tls: client offered only unsupported versions: [302 301]' },
        },
        {
          category: 'network',
          action: 'http_server',
          level: 'warning',
          fields: {
            function:
              'github.com/docker/distribution/vendor/github.com/gorilla/handlers.(*responseLogger).WriteHeader',
          },
        },
        { component: 'redis', action: 'redis_client', logger: 'pubsub.go:168' },
      ],
    },
    {
      text: '2017/12/18 03:09:38 http: panic serving 127.0.0.1:11268: &{0xc820010580 map[] 2017-12-18 03:09:38.215143737 +0000 UTC panic runtime error: invalid memory address or nil pointer dereference}\ngoroutine 284461955 [running]:\nnet/http.(*conn).serve.func1(0xc820614400)\n        /usr/local/go/src/net/http/server.go:1389 +0xc1\npanic(0xb6bc00, 0xc42032cdc0)\n\t/usr/local/go/src/runtime/panic.go:458 +0x243\n10.0.0.2 - - [18/Dec/2017:03:09:39 +0000] "GET /v2/ HTTP/1.1" 200 2 "" "docker/17.09"',
      path: 'registry/app.log',
      gives: [
        {
          category: 'process',
          action: 'crash',
          outcome: 'failure',
          level: 'critical',
          srcIp: '127.0.0.1',
          lines: 6,
          fields: {
            peer: '127.0.0.1:11268',
            reason: 'runtime error: invalid memory address or nil pointer dereference',
          },
        },
        { component: 'access', httpStatus: 200 },
      ],
    },
  ],
};

function httpMessage(message: string, draft: Draft, member: Member): void {
  if (message.startsWith('http: TLS handshake error from ')) {
    const colon = message.indexOf(': ', 31);
    draft.level = 4;
    means(draft, 'network', 'tls_handshake', 'failure');
    peerOf(draft, message.slice(31, colon === -1 ? undefined : colon));
    if (colon !== -1) put(draft, 'reason', message.slice(colon + 2));
  } else if (message.startsWith('http: panic serving ')) {
    draft.level = 6;
    means(draft, 'process', 'crash', 'failure');
    member.state.stack = String(member.line);
    const colon = message.indexOf(': ', 20);
    peerOf(draft, message.slice(20, colon === -1 ? undefined : colon));
    if (colon !== -1) {
      // A panic that went through logrus prints its entry: `&{0xc… map[] <time> panic <text> …}`.
      const rest = message.slice(colon + 2);
      const entry = / panic (?:<nil> )?(.{1,1000}?)(?: <nil>.{0,200})?\}$/.exec(rest.slice(0, 3000));
      put(draft, 'reason', rest.startsWith('&{') && entry ? (entry[1] as string) : rest);
    }
  } else if (message.startsWith('http: Accept error: ')) {
    draft.level = 5;
    means(draft, 'network', 'accept', 'failure');
    put(draft, 'reason', message.slice(20));
  } else {
    draft.level = 4;
    means(draft, 'network', 'http_server', 'unknown');
    putIf(draft, 'function', / call from (\S{1,300})/.exec(message)?.[1]);
  }
}
