// Ray Serve's own lines: `LEVEL time component id [request id [route application]] [file:line] - message`, `--` from 2.40 on.
import type { LineKind } from '../kind.ts';
import { means, request } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { hostOf, isIp, put, putIf, putJson } from '../text.ts';
import { cursor, dateTimeAt } from '../time.ts';
import { rayMessage } from './ray-message.ts';
import { pyLevel } from './ray-py.ts';
import { exceptionOf } from './ray-trace.ts';

const SOURCE = /^[\w./-]{1,120}\.py:\d{1,7}$/;
const HTTP = /^(?:GET|POST|PUT|DELETE|HEAD|PATCH|OPTIONS|CONNECT|TRACE)$/;
/** `[client ]METHOD [route ]STATUS 27.7ms`; the client is there when it was asked for (2.60), routes came in 2.40. */
const REQUEST =
  /^(?:(\[[0-9a-f:]{2,45}\]:\d{1,5}|[\d.]{7,15}:\d{1,5}) )?([A-Z]{3,8}|__\w{1,40}__) (?:(\S{1,2000}) )?(\d{3}|OK|ERROR|CANCELLED|[A-Z_]{2,30}) ([\d.]{1,20})ms$/;

/** An access line of a proxy or a replica. The path is the route that matched, not what the client asked for. */
export function serveRequest(message: string, draft: Draft): boolean {
  if (!message.endsWith('ms') || message.length > 2200) return false;
  const m = REQUEST.exec(message);
  if (!m) return false;
  const [, client, method = '', route, status = '', took = ''] = m;
  const code = /^\d/.test(status) ? Number(status) : -1;
  if (HTTP.test(method)) {
    request(draft, method, route ?? '', code);
    if (route !== undefined) put(draft, 'http.request.uri', route);
  } else {
    means(draft, 'task', 'serve_call', code === -1 ? 'unknown' : code < 400 ? 'success' : 'failure');
    put(draft, 'method', method);
    putIf(draft, 'call', route);
  }
  if (code === -1) draft.outcome = status === 'OK' ? 'success' : 'failure';
  putIf(draft, 'route', route);
  putJson(draft, 'duration_ms', String(Number(took)));
  if (client) {
    const ip = hostOf(client);
    put(draft, 'client', client);
    if (isIp(ip)) {
      draft.srcIp = ip;
      draft.entity('ip', ip, 'client');
    }
  }
  return true;
}

export const rayServe: LineKind = {
  id: 'ray.serve',
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (!(c >= 65 && c <= 90)) return false;
    const level = pyLevel(line, 0);
    if (level === null || line.charCodeAt(level.word.length) !== 32) return false;
    const blank = level.word.length;
    const ts = dateTimeAt(line, blank + 1);
    if (Number.isNaN(ts) || cursor.end !== blank + 24 || line.charCodeAt(cursor.end) !== 32) return false;
    const head = readHead(line, cursor.end + 1);
    if (head === null) return false;
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = 'serve';
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.level = level.level;
    draft.nativeLevel = level.word;
    draft.logger = head.source;
    draft.message = line.slice(head.end);
    draft.fields = level.field;
    put(draft, 'serve.component', head.component);
    put(draft, 'serve.component_id', head.id);
    putIf(draft, 'application', head.application);
    if (head.request !== '') {
      put(draft, 'request_id', head.request);
      draft.entity('http_request', head.request, 'request');
    }
    if (head.component === 'controller' && /^\d{1,10}$/.test(head.id)) draft.pid = head.id;
    if (!serveRequest(draft.message, draft)) {
      rayMessage(draft.message, draft, member);
      if (head.route !== '') put(draft, 'route', head.route);
    }
    return true;
  },
  joins: () => true,
  finish: (draft) => exceptionOf(draft.message, draft),
  samples: [
    {
      path: 'logs/serve/proxy_127.0.0.1.log',
      text: 'INFO 2026-11-20 17:30:00,123 proxy 127.0.0.1 1f9efcfa-0000-4000-8000-000000000000 -- GET / 200 27.7ms\nWARNING 2023-03-10 09:14:57,187 controller 979 deployment_state.py:1506 - Replica D#DYFbUC of deployment D failed health check, stopping it.\nERROR 2026-11-20 17:30:01,000 app1_D f1mq51gc 1f9efcfa-0000-4000-8000-000000000000 -- Request failed.\nTraceback (most recent call last):\n  File "x.py", line 1, in f\nValueError: bad',
      gives: [
        {
          component: 'serve',
          nativeLevel: 'INFO',
          httpStatus: 200,
          httpPath: '/',
          fields: { request_id: '1f9efcfa-0000-4000-8000-000000000000', duration_ms: 27.7, route: '/' },
          entities: ['http_request:1f9efcfa-0000-4000-8000-000000000000:request'],
        },
        {
          action: 'replica_unhealthy',
          logger: 'deployment_state.py:1506',
          level: 'warning',
          pid: '979',
          fields: { replica: 'D#DYFbUC', deployment: 'D', 'serve.component': 'controller' },
        },
        { action: 'request_failed', outcome: 'failure', lines: 4, fields: { exception: 'ValueError' } },
      ],
    },
    {
      path: 'logs/serve/replica_default_api_bFDOnw.log',
      text: "INFO 2023-07-17 10:34:25,441 default_api default_api#bFDOnw jLTczxOqme /app1 default replica.py:691 - __CALL__ OK 0.1ms\nINFO 2022-08-02 16:17:02,501 SayHello SayHello#kKGBoa replica.py:482 - HANDLE __call__ OK 0.3ms\nINFO 2024-11-20 13:51:44,803 default_D lswbv98w d0cadb74-9fd8-4a68-9e9a-c9ed20b091f4 -- CALL method OK 1.3ms\nINFO 2026-11-26 01:20:00,000 proxy 10.0.0.5 my-id-7 -- 10.0.0.9:51744 GET / 500 3.1ms\nINFO 2026-11-26 01:20:01,000 controller 77 -- Stopping Replica(id='a1', deployment='D', app='app1') (currently RUNNING).",
      gives: [
        {
          action: 'serve_call',
          outcome: 'success',
          logger: 'replica.py:691',
          fields: { request_id: 'jLTczxOqme', application: 'default', method: '__CALL__' },
        },
        { action: 'serve_call', fields: { method: 'HANDLE', call: '__call__' } },
        { action: 'serve_call', fields: { call: 'method', duration_ms: 1.3 } },
        {
          action: 'http_request',
          outcome: 'failure',
          httpStatus: 500,
          srcIp: '10.0.0.9',
          fields: { request_id: 'my-id-7' },
        },
        { action: 'replica_stop', fields: { replica: 'a1', application: 'app1' }, pid: '77' },
      ],
    },
  ],
};

interface Head {
  component: string;
  id: string;
  request: string;
  route: string;
  application: string;
  source: string;
  /** Where the message starts. */
  end: number;
}

/** The words up to the dash: component and its id, then up to three of the request, then the source. */
function readHead(line: string, from: number): Head | null {
  const words: string[] = [];
  let at = from;
  for (let i = 0; i < 8; i++) {
    let end = line.indexOf(' ', at);
    if (end === -1) end = line.length;
    if (end - at > 400) return null;
    const word = line.slice(at, end);
    if (word === '-' || word === '--') {
      const last = words[words.length - 1] ?? '';
      const source = words.length > 2 && SOURCE.test(last) ? (words.pop() as string) : '';
      const [component = '', id = '', request = '', route = '', application = ''] = words;
      if (component === '' || id === '') return null;
      return { component, id, request, route, application, source, end: Math.min(end + 1, line.length) };
    }
    words.push(word);
    if (end === line.length) return null;
    at = end + 1;
  }
  return null;
}
