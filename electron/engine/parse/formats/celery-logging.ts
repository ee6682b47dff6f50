// Celery under a site's own log format (`worker_log_format`, or the application's logging when Celery leaves the root logger
// alone): a time and a level in front, and between them and the text what the site added: logger, file and line, process.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { put } from '../text.ts';
import { cursor, isoAt } from '../time.ts';
import { celeryMessage, finishCelery } from './celery-message.ts';
import { isChild, place, REDIRECTED } from './celery-process.ts';
import { levelOf } from './other.ts';

const LEVEL = /^(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|CRITICAL|FATAL)$/;
/** structlog's console form writes the level small, in brackets and padded. */
const SMALL_LEVEL = /^(?:debug|info|notice|warn(?:ing)?|error|critical|fatal)$/;
const SOURCE = /^[\w.-]{1,120}\.py(?::(?:\d{1,6}|[A-Za-z_]\w{0,80}))?$|^[A-Za-z_][\w.]{0,120}:\d{1,6}$/;
const DOTTED = /^[A-Za-z_]\w{0,80}(?:\.[A-Za-z_]\w{0,80}){1,8}$/;
const OWN = /^(?:celery|kombu|billiard|amqp|redis|django\w*|root|app|flower)(?:\.|$)/;
const PROCESS = /^(?:MainProcess|Beat|(?:(?:Fork|Spawn)?Pool)?Worker-\d{1,9}|Process-\d{1,6}(?::\d{1,6})?)$/;
const THREAD = /^(?:MainThread|Thread-\d{1,6}|ThreadPoolExecutor-[\d_]{1,12}|Dummy-\d{1,6}|\d{2,20})$/;
const MAX_PREFIX = 300;
const MAX_TOKENS = 9;

/** What the prefix of the last line said. */
const prefix = { time: Number.NaN, zoned: false, level: '', logger: '', process: '', thread: '', end: 0 };

/** A blank, or what stands between the parts of a prefix. */
function isGap(c: number): boolean {
  return (
    c === 32 ||
    c === 9 ||
    c === 91 ||
    c === 93 ||
    c === 124 ||
    c === 58 ||
    c === 44 ||
    c === 45 ||
    c === 40 ||
    c === 41 ||
    c === 123 ||
    c === 125
  );
}

/** Takes the prefix apart; false when it has no level, or neither a time nor the form of `LEVEL:logger:text`. */
function readPrefix(line: string): boolean {
  Object.assign(prefix, {
    time: Number.NaN,
    zoned: false,
    level: '',
    logger: '',
    process: '',
    thread: '',
    end: 0,
  });
  const limit = Math.min(line.length, MAX_PREFIX);
  let at = 0;
  let bracketed = false;
  for (let n = 0; n < MAX_TOKENS; n++) {
    const from = at;
    bracketed = false;
    while (at < limit && isGap(line.charCodeAt(at))) {
      if (line.charCodeAt(at) === 91 || line.charCodeAt(at) === 40) bracketed = true;
      at++;
    }
    if (at >= limit) break;
    if (Number.isNaN(prefix.time) && n < 3) {
      const ts = isoAt(line, at);
      if (!Number.isNaN(ts)) {
        prefix.time = ts;
        prefix.zoned = cursor.zoned;
        at = cursor.end;
        continue;
      }
    }
    let end = at;
    while (end < limit) {
      const c = line.charCodeAt(end);
      if (c === 32 || c === 9 || c === 93 || c === 41 || c === 124 || c === 44 || c === 125) break;
      if (c === 58 && (n === 0 || !/[\d\w]/.test(line[end + 1] ?? ' ') || prefix.logger !== '')) break;
      if (c === 91) break;
      end++;
    }
    const token = line.slice(at, end);
    const next = line.charCodeAt(end);
    if (prefix.level === '' && (LEVEL.test(token) || (bracketed && SMALL_LEVEL.test(token)))) {
      prefix.level = token;
      at = end;
      // `INFO:celery.worker:text` of logging.basicConfig
      if (n === 0 && next === 58) {
        const name = /^:([A-Za-z_][\w.-]{0,120}):/.exec(line.slice(end, end + 130));
        if (!name) return false;
        prefix.logger = name[1] as string;
        prefix.end = end + name[0].length;
        return true;
      }
      continue;
    }
    const closed =
      bracketed || next === 58 || next === 124 || line.startsWith(' - ', end) || line.startsWith(' | ', end);
    if (
      prefix.logger === '' &&
      (SOURCE.test(token) || (DOTTED.test(token) && (closed || OWN.test(token)))) &&
      next !== 91
    ) {
      prefix.logger = token;
    } else if (prefix.logger === '' && closed && OWN.test(token) && line.charCodeAt(end) !== 58) {
      prefix.logger = token;
    } else if (
      prefix.level === '' &&
      prefix.logger === '' &&
      n > 0 &&
      closed &&
      /^[A-Za-z_]\w{0,60}$/.test(token) &&
      !PROCESS.test(token) &&
      !THREAD.test(token)
    ) {
      prefix.logger = token;
    } else if (prefix.process === '' && PROCESS.test(token)) {
      prefix.process = token;
    } else if (prefix.level === '' || bracketed || prefix.thread === '') {
      if (!THREAD.test(token) || (prefix.level !== '' && !closed)) {
        at = from;
        break;
      }
      prefix.thread = token;
    } else {
      at = from;
      break;
    }
    at = end;
  }
  if (prefix.level === '' || Number.isNaN(prefix.time)) return false;
  // Django's `{module} {process:d} {thread:d}`.
  const module = / ([A-Za-z_]\w{0,60}) \d{1,10} (\d{1,20}) (?=\S)/y;
  module.lastIndex = at;
  const found = prefix.logger === '' ? module.exec(line) : null;
  if (found) {
    prefix.logger = found[1] as string;
    prefix.thread = found[2] as string;
    at += found[0].length;
  }
  while (
    at < line.length &&
    isGap(line.charCodeAt(at)) &&
    line.charCodeAt(at) !== 91 &&
    line.charCodeAt(at) !== 40 &&
    line.charCodeAt(at) !== 123
  )
    at++;
  // A closing bracket or blanks that a token left behind.
  prefix.end = at;
  return true;
}

const VOCABULARY =
  /Task [\w.]{1,200}\[[\w-]{1,200}\] (?:received|succeeded in|raised|retry: )|Scheduler: Sending due task |mingle: (?:searching|all alone|sync)|@[\w.-]{1,200} ready\.|Connected to (?:redis|amqp|rediss|sqs)|beat: Starting|task_(?:succeeded|started|received|failed)|missed heartbeat from /;

/** structlog pads the event and puts the logger and the values behind it. */
const RENDERED = /^(\S(?:.{0,2000}?\S)??) {1,120}\[([A-Za-z_][\w.]{0,120})\]( \w{1,60}=.*)?\s*$/;

const PAIR =
  / (task_id|task_name|parent_task_id|task|pid|child_task_id|child_task_name)=('[^']{0,300}'|[^\s']{1,300})/g;

export const celeryLogging: LineKind = {
  id: 'celery.logging',
  weight: (line) => (VOCABULARY.test(line.length > 2000 ? line.slice(0, 2000) : line) ? 0.9 : 0.1),
  read(line, draft, member) {
    // Where Celery's own form has been seen, another one is text that a task wrote over several lines.
    if (member.state.slot !== undefined) return false;
    const c = line.charCodeAt(0);
    if (!((c >= 48 && c <= 57) || c === 91 || c === 40 || (c >= 65 && c <= 90)) || !readPrefix(line))
      return false;
    const p = prefix;
    draft.parsed = true;
    draft.message = line.slice(p.end);
    draft.level = levelOf(p.level);
    draft.nativeLevel = p.level;
    draft.logger = p.logger;
    draft.tid = p.process || p.thread;
    if (!Number.isNaN(p.time)) {
      draft.tsWall = p.time;
      draft.tsKind = p.zoned ? TS_KIND.absolute : TS_KIND.wall;
    }
    put(draft, 'level', p.level);
    const process = p.process;
    if (member.state.celery === undefined && /^(?:beat: |Scheduler: )/.test(draft.message)) {
      member.state.celery = 'beat';
      member.fact('role', 'beat');
    }
    place(draft, member);
    if (process === 'Beat') draft.component = 'beat';
    const rendered = LEVEL.test(p.level) ? null : RENDERED.exec(draft.message.slice(0, 4000));
    if (rendered) {
      draft.logger ||= rendered[2] as string;
      draft.message = rendered[1] as string;
    }
    celeryMessage(draft.message, draft, member);
    if (draft.action === '') readBehindName(draft, member);
    if (rendered?.[3]) {
      draft.message += rendered[3];
      if (draft.action === '') structlog(draft);
    }
    if (
      draft.action === '' &&
      draft.level >= 2 &&
      (isChild(process) || draft.logger.startsWith(REDIRECTED))
    ) {
      means(draft, 'task', 'task_output', 'unknown');
    }
    if (process !== '' && draft.action !== 'worker_exit') put(draft, 'process', process);
    return true;
  },
  joins: () => true,
  finish: finishCelery,
  samples: [
    {
      path: 'celery/custom.log',
      text: "2026-11-20 17:17:54 INFO     Connected to rediss://default:**@db.example.com:25061/1\n2026-11-20 17:17:55 WARNING  Substantial drift from celery@w-1 may mean clocks are out of sync.  Current drift is 10800 seconds.  [orig: 2026-11-20 17:17:55.841686 recv: 2026-11-20 14:17:55.717428]\n2026-11-20 17:17:56 ERROR    Task app.fail[5cf5dcba-b448-4586-997e-c80c54442645] raised unexpected: KeyError('x')\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: 'x'",
      gives: [
        {
          system: 'celery',
          action: 'broker_connect',
          level: 'info',
          nativeLevel: 'INFO',
          time: '2026-11-20T17:17:54.000000Z',
        },
        { action: 'clock_drift', level: 'warning' },
        { action: 'task_failed', lines: 4, fields: { exception: 'KeyError' } },
      ],
    },
    {
      path: 'celery/custom.log',
      text: '2026-11-20 17:17:54,226 ERROR   [consumer.py:_error_handler] consumer: Cannot connect to amqp://user:**@rb:5672//: [Errno 111] Connection refused.\nTrying again in 14.00 seconds... (7/100)\n\n2026-11-20 17:17:55,100 celery.worker.strategy INFO Task proj.add[a1] received\n2026-11-20 17:17:55,200 - celery.app.trace - INFO - Task proj.add[a1] succeeded in 0.01s: 4\n[2026-11-20 17:17:56] [INFO]    - beat: Starting... (beat.py:586)\n2026-11-20 17:17:57,271 gossip.py:147 - INFO: missed heartbeat from celery@w-2\nINFO 2026-11-20 17:17:58,000 strategy 4711 140021 Task proj.add[a2] received\n[2026-11-20 17:17:58,100] [ForkPoolWorker-3] WARNING proj.tasks: proj.add[a2]: slow\nINFO:celery.worker.strategy:Task proj.add[a3] received',
      gives: [
        {
          action: 'broker_connect',
          outcome: 'failure',
          lines: 3,
          logger: 'consumer.py:_error_handler',
          fields: { retry_in: 14 },
        },
        { action: 'task_received', logger: 'celery.worker.strategy', fields: { task_id: 'a1' } },
        { action: 'task_succeeded', logger: 'celery.app.trace', time: '2026-11-20T17:17:55.200000Z' },
        { component: 'beat', action: 'start' },
        { action: 'missed_heartbeat', fields: { peer_node: 'celery@w-2' } },
        { action: 'task_received', level: 'info', logger: 'strategy', fields: { task_id: 'a2' } },
        { action: 'task_log', tid: 'ForkPoolWorker-3', logger: 'proj.tasks', fields: { task_id: 'a2' } },
        { action: 'task_received', level: 'info', fields: { task_id: 'a3' } },
      ],
    },
    {
      // Airflow's form, under which its Celery executor writes; a text may begin with a brace.
      path: 'celery/airflow-worker.log',
      text: '[2026-11-20T17:17:54.250+0000] {strategy.py:161} INFO - Task airflow.execute_command[a1] received\n[2026-11-20 17:17:55,100] [WARNING] [MainProcess] {"x": 1}',
      gives: [
        {
          time: '2026-11-20T17:17:54.250000Z',
          level: 'info',
          action: 'task_received',
          logger: 'strategy.py:161',
          fields: { task_id: 'a1' },
        },
        { level: 'warning', message: '{"x": 1}' },
      ],
    },
    {
      path: 'celery/structlog.log',
      text: '2026-11-20T17:17:54.379227Z [info     ] task_succeeded                 [django_structlog.celery.receivers] pid=10268 task_id=6cd439eb-2ad6-4f7a-b3a6-6d8191c96c0f task_name=proj.add tid=4342056320',
      gives: [
        {
          action: 'task_succeeded',
          outcome: 'success',
          level: 'info',
          nativeLevel: 'info',
          pid: '10268',
          time: '2026-11-20T17:17:54.379227Z',
          fields: { task_id: '6cd439eb-2ad6-4f7a-b3a6-6d8191c96c0f', task_name: 'proj.add' },
        },
      ],
    },
  ],
};

const NAME = /^([A-Za-z_][\w.:]{0,120}): (?=\S)|^([A-Za-z_][\w.:]{0,120}) - (?=\S)/;

/** `proj:add:26 - text`, `proj: text`: a logger of one word is believed where Celery's own text stands behind it. */
function readBehindName(draft: Draft, member: Member): void {
  const whole = draft.message;
  const m = NAME.exec(whole.length > 200 ? whole.slice(0, 200) : whole);
  if (!m || draft.logger !== '') return;
  draft.message = whole.slice(m[0].length);
  celeryMessage(draft.message, draft, member);
  if (draft.action === '') draft.message = whole;
  else draft.logger = (m[1] ?? m[2]) as string;
}

const STRUCTLOG_VERBS: Record<string, [string, string]> = {
  enqueued: ['task_sent', 'success'],
  started: ['task_started', 'unknown'],
  succeeded: ['task_succeeded', 'success'],
  failed: ['task_failed', 'failure'],
  retrying: ['task_retried', 'failure'],
  revoked: ['task_revoked', 'failure'],
  rejected: ['task_rejected', 'failure'],
  unknown: ['unregistered_task', 'failure'],
};

/** The events of django-structlog's receivers: `task_started`, `task_succeeded`, …; true when it is one. */
export function structlogEvent(event: string, draft: Draft): boolean {
  const known = event.startsWith('task_') ? STRUCTLOG_VERBS[event.slice(5)] : undefined;
  if (!known) return false;
  means(draft, 'task', known[0], known[1]);
  return true;
}

/** structlog's console form: `event   [logger] key=value key=value`. */
function structlog(draft: Draft): void {
  const head = draft.message.length > 4000 ? draft.message.slice(0, 4000) : draft.message;
  if (head.indexOf('=') === -1) return;
  const values = new Map<string, string>();
  for (const m of head.matchAll(PAIR)) values.set(m[1] as string, (m[2] as string).replace(/^'|'$/g, ''));
  const id = values.get('task_id') ?? values.get('child_task_id') ?? '';
  if (id === '') return;
  put(draft, 'task_id', id);
  draft.entity('celery_task', id, 'task');
  const name = values.get('task_name') ?? values.get('task') ?? values.get('child_task_name');
  if (name) put(draft, 'task_name', name);
  draft.pid = values.get('pid') ?? '';
  const event = /^[\w-]{1,60}/.exec(head)?.[0] ?? '';
  if (!structlogEvent(event, draft)) means(draft, 'task', 'task_log', 'unknown');
}
