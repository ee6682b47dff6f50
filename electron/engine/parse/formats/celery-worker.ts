// Celery worker, beat and flower lines as text: `[asctime: LEVEL/processName] message`, banners, undated shutdown lines.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { isPlain, put, putIf, putJson } from '../text.ts';
import { clockAt, cursor, dateTimeAt, microsOf, SECOND_US, two } from '../time.ts';
import { celeryMessage, mentionRelative, readTraceback } from './celery-message.ts';

function level(line: string, at: number): number {
  switch (line.charCodeAt(at)) {
    case 73:
      return line.startsWith('INFO/', at) ? 2 : -1;
    case 87:
      return line.startsWith('WARNING/', at) ? 4 : -1;
    case 69:
      return line.startsWith('ERROR/', at) ? 5 : -1;
    case 68:
      return line.startsWith('DEBUG/', at) ? 1 : -1;
    case 67:
      return line.startsWith('CRITICAL/', at) ? 6 : -1;
    default:
      return -1;
  }
}
const LEVEL_LENGTH = [5, 5, 4, 6, 7, 5, 8];
const LEVEL_FIELDS = ['', 'DEBUG', 'INFO', '', 'WARNING', 'ERROR', 'CRITICAL'].map((l) => `{"level":"${l}"`);

/** System and component of a celery record, by path and by what the file has shown. */
function place(draft: Draft, member: Member): void {
  draft.system = 'celery';
  draft.component = member.state.celery || member.hint.component || 'worker';
  if (draft.component === 'sandbox') draft.component = 'worker';
}

export const celeryHeader: LineKind = {
  id: 'celery.worker',
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 91 || line.charCodeAt(24) !== 58) return false;
    const ts = dateTimeAt(line, 1);
    if (Number.isNaN(ts) || cursor.end !== 24) return false;
    const lvl = level(line, 26);
    if (lvl === -1) return false;
    const name = 26 + (LEVEL_LENGTH[lvl] as number) + 1;
    const close = line.indexOf(']', name);
    if (close === -1 || close - name > 200) return false;
    const message = line.slice(close + 2);
    draft.parsed = true;
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.level = lvl;
    draft.message = message;
    const process = line.slice(name, close);
    draft.fields = LEVEL_FIELDS[lvl] as string;
    draft.tid = process;
    if (
      member.state.celery === undefined &&
      (message.startsWith('beat: ') || message.startsWith('Scheduler: '))
    ) {
      member.state.celery = 'beat';
      member.fact('role', 'beat');
    }
    place(draft, member);
    const plain = isPlain(line);
    celeryMessage(message, draft, member, plain);
    // The line about the end of a child names that child: it is the process the record is about.
    if (draft.action !== 'worker_exit') put(draft, 'process', process, plain);
    return true;
  },
  finish: readTraceback,
  samples: [
    {
      path: 'celery/alpha.log',
      text: '[2026-11-20 17:18:00,310: INFO/ForkPoolWorker-1] Task proj.add[41679d8f-a63a-4941-ab6a-ad80743add69] succeeded in 0.005047723000188853s: 4',
      gives: [
        {
          time: '2026-11-20T17:18:00.310000Z',
          level: 'info',
          system: 'celery',
          component: 'worker',
          category: 'task',
          action: 'task_succeeded',
          outcome: 'success',
          fields: {
            task_name: 'proj.add',
            task_id: '41679d8f-a63a-4941-ab6a-ad80743add69',
            runtime: 0.005047723000188853,
            process: 'ForkPoolWorker-1',
          },
          entities: ['celery_task:41679d8f-a63a-4941-ab6a-ad80743add69:task'],
        },
      ],
    },
    {
      path: 'celery/alpha.log',
      text: '[2026-11-20 17:18:01,000: ERROR/ForkPoolWorker-1] Task proj.divide[any id/here] raised unexpected: ExceptionWithTraceback()\nTraceback (most recent call last):\n  File "x.py", line 1, in f\n    1/0\nZeroDivisionError: division by zero\n\n[2026-11-20 17:18:01,100: INFO/MainProcess] Task proj.flaky[b] retry: Retry in 1s: ConnectionError(\'x\')',
      gives: [
        {
          action: 'task_failed',
          lines: 6,
          fields: { task_id: 'any id/here', exception: 'ZeroDivisionError' },
          parsed: true,
        },
        { action: 'task_retried', fields: { retry_in: 1, exception: 'ConnectionError' } },
      ],
    },
    {
      path: 'celery/alpha.log',
      text: "[2026-11-20 17:18:01,000: ERROR/MainProcess] Process 'ForkPoolWorker-2' pid:15262 exited with 'signal 9 (SIGKILL)'\n[2026-11-20 17:18:01,001: ERROR/MainProcess] Hard time limit (2.0s) exceeded for proj.hard[c1]\n[2026-11-20 17:18:01,002: WARNING/MainProcess] Substantial drift from gamma@cel-node-03 may mean clocks are out of sync.  Current drift is 18000 seconds.  [orig: x recv: y]\n[2026-11-20 17:18:01,003: INFO/MainProcess] missed heartbeat from beta@cel-node-02\n[2026-11-20 17:18:01,004: ERROR/MainProcess] Received unregistered task of type 'os.system'.\nThe message has been ignored and discarded.",
      gives: [
        {
          category: 'process',
          action: 'worker_exit',
          tid: 'MainProcess',
          fields: { process: 'ForkPoolWorker-2', signal: 9, child_pid: 15262 },
        },
        {
          action: 'time_limit_exceeded',
          fields: { limit: 'hard', limit_seconds: 2, task_name: 'proj.hard', task_id: 'c1' },
        },
        {
          category: 'node',
          action: 'clock_drift',
          fields: { drift_seconds: 18000, drift_node: 'gamma@cel-node-03' },
        },
        {
          action: 'missed_heartbeat',
          fields: { peer_node: 'beta@cel-node-02' },
          entities: ['host:cel-node-02:mentioned'],
        },
        { action: 'unregistered_task', lines: 2, fields: { task_name: 'os.system' } },
      ],
    },
    {
      path: 'celery/beat.log',
      text: '[2026-11-20 17:17:57,307: INFO/MainProcess] Scheduler: Sending due task heartbeat-every-3s (proj.add)',
      gives: [
        {
          component: 'beat',
          action: 'task_scheduled',
          fields: { beat_entry: 'heartbeat-every-3s', task_name: 'proj.add' },
        },
      ],
    },
    {
      path: 'celery/alpha.log',
      text: '[2026-11-20 17:18:01,000: INFO/ForkPoolWorker-1] proj.report[41679d8f-a63a-4941-ab6a-ad80743add69]: line one\nline two\n[2026-11-20 17:18:02,000: ERROR/MainProcess] consumer: Cannot connect to redis://:**@127.0.0.1:16379/0: WRONGPASS invalid username-password pair or user is disabled..\nTrying again in 2.00 seconds... (1/100)',
      gives: [
        { action: 'task_log', message: 'line one\nline two', fields: { task_name: 'proj.report' } },
        { category: 'authentication', action: 'broker_login', outcome: 'failure', lines: 2 },
      ],
    },
  ],
};

const BANNER = /^ -------------- (\S{1,200}@\S{1,200}) v(\d\S{0,40}) \(([^)]{0,80})\)$/;
const BEAT_BANNER = /^celery beat v(\d\S{0,40})(?: \([^)]{0,80}\))? is starting\.$/;
const LOCAL_TIME = /(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s*$/m;

/** Startup banner of worker or beat on stdout: one record, dated by the local time it prints. */
export const celeryBanner: LineKind = {
  id: 'celery.banner',
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if ((c !== 32 && c !== 99) || line.length > 600) return false;
    const banner = c === 32 ? BANNER.exec(line) : null;
    const beat = banner || c !== 99 ? null : BEAT_BANNER.exec(line);
    if (!banner && !beat) return false;
    draft.parsed = true;
    draft.level = 2;
    draft.message = line;
    member.state.celery = banner ? 'worker' : 'beat';
    place(draft, member);
    means(draft, 'process', 'start', 'unknown');
    put(draft, 'worker_state', 'starting');
    if (banner) {
      const node = banner[1] as string;
      const host = node.slice(node.indexOf('@') + 1);
      put(draft, 'node_name', node);
      put(draft, 'version', banner[2] as string);
      member.fact('host', host);
      member.fact('role', 'worker');
      draft.entity('host', host, 'origin');
    } else {
      put(draft, 'version', (beat as RegExpExecArray)[1] as string);
      member.fact('role', 'beat');
    }
    member.fact('version', `celery ${banner ? banner[2] : (beat as RegExpExecArray)[1]}`);
    return true;
  },
  joins: (line) => !line.startsWith('worker: '),
  finish(draft) {
    const text = draft.message;
    const local = LOCAL_TIME.exec(text);
    const ts = local ? dateTimeAt(local[1] as string, 0) : Number.NaN;
    if (!Number.isNaN(ts)) {
      draft.tsWall = ts;
      draft.tsKind = TS_KIND.wall;
    }
    const value = (key: string): string | undefined =>
      new RegExp(`${key}\\s{1,20}(\\S[^\\n]{0,400})`).exec(text)?.[1];
    putIf(draft, 'transport', value('\\.> transport:') ?? value('\\. broker ->'));
    putIf(draft, 'results', value('\\.> results:'));
    putIf(draft, 'concurrency', value('\\.> concurrency:'));
    putIf(draft, 'task_events', value('\\.> task events:'));
    putIf(draft, 'scheduler', value('\\. scheduler ->'));
    const tasks = [...text.matchAll(/^ {2}\. (\S{1,300})$/gm)].slice(0, 2000).map((m) => m[1] as string);
    if (tasks.length > 0) putJson(draft, 'tasks', JSON.stringify(tasks));
    const queues = [...text.matchAll(/^\s{2,40}\.> (\S{1,200})\s{1,80}exchange=/gm)]
      .slice(0, 500)
      .map((m) => m[1] as string);
    if (queues.length > 0) putJson(draft, 'queues', JSON.stringify(queues));
  },
  samples: [
    {
      path: 'celery/alpha.log',
      text: ' -------------- alpha@cel-node-01 v5.2.6 (dawn-chorus)\n--- ***** ----- \n-- ******* ---- Linux-6.18-x86_64 2026-11-20 17:17:54\n- ** ---------- .> transport:   redis://:**@127.0.0.1:16379/0\n- *** --- * --- .> concurrency: 3 (prefork)\n\n[tasks]\n  . proj.add\n\nworker: Warm shutdown (MainProcess)',
      gives: [
        {
          time: '2026-11-20T17:17:54.000000Z',
          action: 'start',
          lines: 9,
          fields: {
            node_name: 'alpha@cel-node-01',
            version: '5.2.6',
            tasks: ['proj.add'],
            concurrency: '3 (prefork)',
          },
        },
        { action: 'stop', fields: { worker_state: 'warm_shutdown' } },
      ],
    },
  ],
};

const WARNING =
  /^(\/[^\n:]{1,400}\.py|<[^>]{1,40}>|[\w/.\\:-]{1,400}\.py):(\d{1,7}): (\w{1,60}Warning): (.*)$/;

/** Python's warnings on stderr: `file.py:840: SecurityWarning: text`, the rest of the text on the lines below. */
export const pythonWarning: LineKind = {
  id: 'celery.warning',
  weight: () => 0.2,
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (c !== 47 && c !== 60) return false;
    const m = WARNING.exec(line.length > 2000 ? line.slice(0, 2000) : line);
    if (!m) return false;
    draft.parsed = true;
    draft.level = 4;
    draft.message = `${m[3]}: ${m[4]}`;
    draft.logger = `${m[1]}:${m[2]}`;
    place(draft, member);
    put(draft, 'warning', m[3] as string);
    if (line.indexOf('superuser privileges') !== -1)
      means(draft, 'configuration', 'superuser_worker', 'failure');
    return true;
  },
  joins: (_line, draft) => draft.lines < 12,
  finish(draft) {
    const uid = /uid=(\d+) euid=(\d+)/.exec(draft.message);
    if (uid) putJson(draft, 'uid', String(Number(uid[1])));
  },
  samples: [
    {
      path: 'celery/alpha.log',
      text: "/usr/lib/python3/dist-packages/celery/platforms.py:840: SecurityWarning: You're running the worker with superuser privileges: this is\nabsolutely not recommended!\n\nUser information: uid=0 euid=0 gid=0 egid=0\n",
      gives: [
        {
          action: 'superuser_worker',
          lines: 4,
          fields: { uid: 0, warning: 'SecurityWarning' },
          level: 'warning',
        },
      ],
    },
  ],
};

const SHUTDOWN = /^worker: (?:(Warm|Cold|Hot|Soft) shutdown \((\w+)\)|Hitting Ctrl\+C again )/;

/** What the worker prints while it stops: raw, undated, on stdout only. */
export const celeryShutdown: LineKind = {
  id: 'celery.shutdown',
  read(line, draft, member) {
    const plainExit = line.startsWith("Process '") && line.indexOf("' exited with ") !== -1;
    const m = line.startsWith('worker: ') ? SHUTDOWN.exec(line) : null;
    const retry =
      !m &&
      !plainExit &&
      /^(?:Restoring \d+ unacknowledged message|\[\d{4}-\d\d)/.test(line) &&
      line.startsWith('Restoring ');
    if (!m && !plainExit && !retry) return false;
    draft.parsed = true;
    draft.message = line;
    place(draft, member);
    if (!m) {
      draft.level = plainExit ? 5 : 4;
      celeryMessage(line, draft, member);
      return true;
    }
    draft.level = 2;
    means(draft, 'process', 'stop', 'unknown');
    if (m[1]) {
      put(draft, 'worker_state', `${m[1].toLowerCase()}_shutdown`);
      put(draft, 'process', m[2] as string);
      draft.outcome = 'success';
    }
    return true;
  },
  joins: () => true,
  samples: [
    {
      path: 'celery/zeta.log',
      text: "worker: Hitting Ctrl+C again will terminate all running tasks!\nProcess 'ForkPoolWorker-1' exited with 'exitcode 3'",
      gives: [
        { category: 'process', action: 'stop' },
        { action: 'worker_exit', fields: { exitcode: 3, process: 'ForkPoolWorker-1' } },
      ],
    },
  ],
};

const DUMP =
  /^(\S{1,200}@\S{1,200}) \[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?)\] (task [a-z]{1,20}|started|heartbeat|shutdown|worker [a-z]{1,20})(?:: (.*))?$/;

/** `celery events --dump`: `node [time] task received: name(id) args=…`. */
export const celeryDump: LineKind = {
  id: 'celery.events',
  read(line, draft) {
    const bracket = line.indexOf(' [');
    if (bracket === -1 || bracket > 400 || line.charCodeAt(0) === 91) return false;
    const m = DUMP.exec(line);
    if (!m) return false;
    const node = m[1] as string;
    const event = m[3] as string;
    const ts = dateTimeAt(m[2] as string, 0);
    draft.parsed = true;
    draft.system = 'celery';
    draft.component = 'events';
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.message = line.slice(line.indexOf('] ') + 2);
    put(draft, 'node_name', node);
    put(draft, 'event', event);
    draft.entity('host', node.slice(node.indexOf('@') + 1), 'origin');
    const verb = event.startsWith('task ') ? event.slice(5) : '';
    if (verb === '') {
      means(
        draft,
        'node',
        `worker_${event.replace('worker ', '')}`,
        event === 'shutdown' ? 'unknown' : 'success',
      );
      return true;
    }
    const outcome =
      verb === 'succeeded' ? 'success' : verb === 'failed' || verb === 'rejected' ? 'failure' : 'unknown';
    means(draft, 'task', `task_${verb}`, outcome);
    const rest = m[4] ?? '';
    const open = rest.indexOf('(');
    const close = rest.indexOf(')', open);
    let id = '';
    if (open > 0 && close - open < 200 && close !== -1) {
      id = rest.slice(open + 1, close);
      put(draft, 'task_name', rest.slice(0, open));
      put(draft, 'task_id', id);
      draft.entity('celery_task', id, 'task');
    }
    for (const key of ['clock', 'utcoffset', 'runtime', 'pid']) {
      const value = new RegExp(`[ ,]${key}=(-?[\\d.]{1,30})`).exec(rest.slice(0, 20_000))?.[1];
      if (value !== undefined && Number.isFinite(Number(value))) putJson(draft, key, String(Number(value)));
    }
    for (const key of ['root_id', 'parent_id', 'exception']) {
      const value = new RegExp(`[ ,]${key}=(?:'([^']{0,400})'|([^,'\\s]{1,200}))`).exec(
        rest.slice(0, 20_000),
      );
      const found = value?.[1] ?? value?.[2];
      putIf(draft, key, found);
      if (found !== undefined && found !== 'None') mentionRelative(draft, key, found, id);
    }
    return true;
  },
  samples: [
    {
      path: 'celery/events.dump',
      text: "alpha@cel-node-01 [2026-11-20 17:18:00.310123] task succeeded: proj.add(41679d8f) result='4', runtime=0.005, clock=12, utcoffset=0",
      gives: [
        {
          action: 'task_succeeded',
          outcome: 'success',
          fields: { task_id: '41679d8f', clock: 12, runtime: 0.005 },
        },
      ],
    },
  ],
};

const FLOWER = /^\[([DIWEC]) (\d{2})(\d{2})(\d{2}) (\d\d:\d\d:\d\d) ([\w.-]{1,80}):(\d{1,6})\] (.*)$/;
const FLOWER_ACCESS = /^(\d{3}) ([A-Z]{3,10}) (\S{1,2000}) \(([^)]{1,60})\) ([\d.]{1,20})ms/;
const FLOWER_LEVEL: Record<string, number> = { D: 1, I: 2, W: 4, E: 5, C: 6 };

/** Flower (tornado's pretty log): `[I yymmdd hh:mm:ss module:line] text`. */
export const flower: LineKind = {
  id: 'celery.flower',
  read(line, draft) {
    if (line.charCodeAt(0) !== 91 || line.charCodeAt(2) !== 32) return false;
    const m = FLOWER.exec(line.length > 4000 ? line.slice(0, 4000) : line);
    if (!m) return false;
    const clock = clockAt(m[5] as string, 0);
    const day = microsOf(2000 + two(line, 3), Number(m[3]), Number(m[4]), 0, 0, 0, 0);
    if (Number.isNaN(day) || Number.isNaN(clock)) return false;
    draft.parsed = true;
    draft.system = 'celery';
    draft.component = 'flower';
    draft.level = FLOWER_LEVEL[m[1] as string] ?? -1;
    draft.tsWall = day + clock * SECOND_US;
    draft.tsKind = TS_KIND.wall;
    draft.logger = `${m[6]}:${m[7]}`;
    draft.message = line.slice(line.indexOf('] ') + 2);
    const access = FLOWER_ACCESS.exec(m[8] as string);
    if (access) {
      const status = Number(access[1]);
      draft.httpStatus = status;
      draft.httpMethod = access[2] as string;
      draft.httpPath = (access[3] as string).replace(/\?.*$/, '');
      draft.srcIp = access[4] as string;
      draft.entity('ip', access[4] as string, 'client');
      means(draft, 'api', 'http_request', status < 400 ? 'success' : 'failure');
      put(draft, 'http.request.uri', access[3] as string);
      putJson(draft, 'duration_ms', String(Number(access[5])));
    }
    return true;
  },
  samples: [
    {
      path: 'celery/flower.log',
      text: '[I 261120 17:20:00 web:2243] 200 GET /api/workers?x=1 (10.0.0.1) 3.1ms',
      gives: [
        {
          component: 'flower',
          time: '2026-11-20T17:20:00.000000Z',
          httpStatus: 200,
          httpPath: '/api/workers',
          srcIp: '10.0.0.1',
          level: 'info',
        },
      ],
    },
  ],
};
