// Ray's Python lines, `time<TAB>LEVEL (component) file:line -- message`, with the access lines of the dashboard and the node agents.
import type { LineKind, Member } from '../kind.ts';
import { means, request } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import {
  byteString,
  isClean,
  isDigits,
  isIp,
  numberOrText,
  pathOf,
  put,
  putIf,
  putJson,
  quote,
  quoteSlice,
  standsAt,
} from '../text.ts';
import { cursor, dateTimeAt, MINUTE_US, SECOND_US } from '../time.ts';
import { ZONE_WHY } from '../zone-runs.ts';
import { access, readAccess } from './access.ts';
import { epochMicros } from './other.ts';
import { rayComponent } from './ray-cpp.ts';
import { submission } from './ray-details.ts';
import { rayIds } from './ray-ids.ts';
import { rayMessage } from './ray-message.ts';
import { exceptionOf, isTrace } from './ray-trace.ts';
import { printedByDriver, putWorkerState } from './ray-worker-state.ts';

/** Level words and their index into LEVELS: Python's, and those that Ray's command line writes. */
const WORDS: readonly (readonly [string, number])[] = [
  ['INFO', 2],
  ['WARNING', 4],
  ['ERROR', 5],
  ['DEBUG', 1],
  ['CRITICAL', 6],
  ['FATAL', 6],
  ['WARN', 4],
  ['SUCC', 2],
  ['ERR', 5],
  ['PANIC', 6],
  ['VINFO', 2],
  ['VWARN', 4],
  ['VERR', 5],
  ['VVINFO', 1],
  ['VVVINFO', 1],
];

/** A level word with what is made of it once. */
interface Word {
  word: string;
  level: number;
  /** Fields that begin with the word. */
  field: string;
}

/** Words by their first letter and length. */
const BY_SHAPE = new Map<number, Word>();
for (const [word, level] of WORDS)
  BY_SHAPE.set(word.charCodeAt(0) * 16 + word.length, { word, level, field: `{"level":"${word}"` });

/** The level word in capitals that stands at `from`, null for none. */
export function pyLevel(line: string, from: number): Word | null {
  let at = from;
  for (; at - from < 9; at++) {
    const c = line.charCodeAt(at);
    if (!(c >= 65 && c <= 90)) break;
  }
  const known = BY_SHAPE.get(line.charCodeAt(from) * 16 + at - from);
  return known !== undefined && standsAt(line, known.word, from) ? known : null;
}

const SUBMISSION_PATH = /^\/api\/(?:jobs|job_agent\/jobs)\/([^/?]{1,200})/;

function unescapePath(part: string): string {
  if (part.indexOf('%') === -1) return part;
  try {
    return byteString(decodeURIComponent(part));
  } catch {
    return part;
  }
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
  const job = standsAt(a.uri, '/api/job', 0) ? SUBMISSION_PATH.exec(a.uri.slice(0, 300)) : null;
  if (job) submission(draft, unescapePath(job[1] as string));
  if (a.uri.length > 40) rayIds(a.uri, draft, member);
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
    if (level === null) return false;
    let at = 24 + level.word.length;
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
    draft.component = rayComponent(member, stated);
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.level = level.level;
    draft.nativeLevel = level.word;
    draft.logger = logger;
    draft.message = message;
    draft.fields = level.field;
    if (!readRequest(message, draft, member)) {
      rayMessage(message, draft, member);
      if (line.charCodeAt(line.length - 20) === 61 && standsAt(line, ' timestamp_ns=', line.length - 33))
        readTail(message, draft, member);
      if (member.hint.component === 'worker') putWorkerState(draft, member);
      else if (member.hint.family === '' && standsAt(logger, 'worker.py:', 0)) printedByDriver(member);
    }
    return true;
  },
  joins: (line, draft, member, joined) =>
    member.hint.strays !== 'text' || isTrace(line, draft.message, joined),
  finish,
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

const STATUS = '======== Autoscaler status: ';

/** What the lines below the first one add: the autoscaler's status table, the exception of a traceback, processes that ended. */
function finish(draft: Draft): void {
  const message = draft.message;
  if (standsAt(message, STATUS, 1) || standsAt(message, STATUS, 0)) autoscalerStatus(message, draft);
  else if (draft.action === 'subprocess_exit') subprocesses(message, draft);
  else exceptionOf(message, draft);
}

/** `Active:` / `Pending:` / `Recent failures:`, each with indented lines below it; ` (no …)` stands for none. */
function autoscalerStatus(message: string, draft: Draft): void {
  means(draft, 'resource', 'autoscaler_status', 'unknown');
  let section = '';
  const counts: Record<string, number> = {};
  for (const line of message.slice(0, 20_000).split('\n')) {
    const head = /^(Active|Healthy|Idle|Pending|Recent failures):/.exec(line)?.[1];
    if (head) section = head;
    else if (!line.startsWith(' ')) section = '';
    else if (section !== '' && line.charCodeAt(1) !== 40) {
      const n = section === 'Recent failures' ? 1 : Number(/^ (\d{1,9}) /.exec(line)?.[1] ?? 1);
      counts[section] = (counts[section] ?? 0) + n;
    }
  }
  putJson(draft, 'nodes_active', String((counts.Active ?? 0) + (counts.Healthy ?? 0) + (counts.Idle ?? 0)));
  putJson(draft, 'nodes_pending', String(counts.Pending ?? 0));
  putJson(draft, 'nodes_failed', String(counts['Recent failures'] ?? 0));
}

/** `  raylet [exit code=-9 (signal 9)]` */
function subprocesses(message: string, draft: Draft): void {
  const ended = [
    ...message
      .slice(0, 20_000)
      .matchAll(/^ {1,8}([\w -]{1,60}) \[exit code=(-?\d{1,9})(?: \(signal (\d{1,3})\))?/gm),
  ];
  const first = ended[0];
  if (!first) return;
  put(draft, 'process_name', first[1] as string);
  putJson(draft, 'exit_code', String(Number(first[2])));
  putIf(draft, 'signal', first[3]);
  if (ended.length > 1)
    putJson(draft, 'process_names', `[${ended.map((m) => quote(m[1] as string)).join(',')}]`);
}

const TAIL_WORDS: readonly string[] = ['task_name', 'task_func_name', 'actor_name'];

/** ` job_id=… task_name=… timestamp_ns=…` behind the message, as structured logging writes it: the moment is stated there in UTC. */
function readTail(message: string, draft: Draft, member: Member): void {
  const ns = epochMicros(message.slice(-19));
  if (Number.isNaN(ns)) return;
  if (draft.tsKind === TS_KIND.wall) {
    member.zoneSeen(draft.tsWall, ns, ZONE_WHY.epoch, draft.component);
    draft.tsWall = ns;
    draft.tsKind = TS_KIND.absolute;
  }
  for (const word of TAIL_WORDS) {
    const from = message.lastIndexOf(` ${word}=`);
    if (from === -1) continue;
    const start = from + word.length + 2;
    const rest = message.slice(start, start + 500);
    const end = rest.search(/ \w{1,60}=/);
    put(draft, word, end === -1 ? rest : rest.slice(0, end));
  }
}
