// What Celery's programs print without a time: shutdown lines, warnings of Python, lines of multiprocessing and of `celery multi`.
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import { put, putJson } from '../text.ts';
import { celeryMessage, finishCelery } from './celery-message.ts';
import { place } from './celery-process.ts';
import { levelOf } from './other.ts';

const WARNING =
  /^(\/[^\n:]{1,400}\.py|<[^>]{1,40}>|[A-Za-z]:[\\/][^\n:]{1,400}\.py):(\d{1,7}): (\w{1,60}Warning): ?(.*)$/;

/** Python's warnings on stderr: `file.py:840: SecurityWarning: text`, the rest of the text on the lines below. */
export const pythonWarning: LineKind = {
  id: 'celery.warning',
  weight: () => 0.2,
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (c !== 47 && c !== 60 && line.charCodeAt(1) !== 58) return false;
    const m = WARNING.exec(line.length > 2000 ? line.slice(0, 2000) : line);
    if (!m) return false;
    draft.parsed = true;
    draft.level = 4;
    draft.message = `${m[3]}: ${m[4]}`;
    draft.logger = `${m[1]}:${m[2]}`;
    place(draft, member);
    put(draft, 'warning', m[3] as string);
    means(draft, 'process', 'warning', 'unknown');
    superuser(draft, line);
    return true;
  },
  joins: (_line, draft) => draft.lines < 12,
  finish(draft) {
    superuser(draft, draft.message);
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
    {
      path: 'celery/old.log',
      text: '/usr/lib/python2.7/site-packages/celery/platforms.py:812: RuntimeWarning: You are running the worker with superuser privileges, which is\nabsolutely not recommended!\n\nPlease specify a different user using the -u option.\n\nUser information: uid=0 euid=0 gid=0 egid=0\n\n  uid=uid, euid=euid, gid=gid, egid=egid,',
      gives: [{ action: 'superuser_worker', lines: 8, fields: { uid: 0, warning: 'RuntimeWarning' } }],
    },
  ],
};

function superuser(draft: Parameters<LineKind['read']>[1], text: string): void {
  if (text.indexOf('superuser privileges') !== -1)
    means(draft, 'configuration', 'superuser_worker', 'failure');
}

const SHUTDOWN = /^worker: (?:(Warm|Cold|Hot|Soft) shutdown \((\w+)\)|Hitting Ctrl\+C again )/;

/** A line of `celery multi`: `> Starting nodes...`, `\t> w1@host: OK`, `celery multi v5.2.6 (dawn-chorus)`. */
const MULTI =
  /^(?:celery multi v\d|\s?> (?:Starting nodes|Stopping nodes|Waiting for \d+ nodes?|Killing node|Restarting node)|\t> \S+@\S+: (?:OK|FAILED|DOWN|SIGNAL|[A-Z]+ -> \d+))/;

/** First words of a line on stdout or stderr that has no time of its own. */
const PRINTED: readonly [string, string, string, string][] = [
  ['Restarting celery worker (', 'process', 'restart', 'unknown'],
  ['Waiting gracefully for cold shutdown', 'process', 'stop', 'unknown'],
  ['Running a worker with superuser privileges', 'configuration', 'superuser_worker', 'failure'],
  ['purge: Erased ', 'task', 'purge', 'success'],
  ['Stale pidfile exists', 'process', 'pidfile', 'unknown'],
  ['ERROR: Pidfile (', 'process', 'pidfile', 'failure'],
];

/** What the worker prints while it starts and stops: raw and undated. */
export const celeryShutdown: LineKind = {
  id: 'celery.shutdown',
  read(given, draft, member) {
    const line = given.startsWith('^C') ? given.slice(2) : given;
    const m = line.startsWith('worker: ') ? SHUTDOWN.exec(line) : null;
    if (m) {
      draft.parsed = true;
      draft.message = given;
      place(draft, member);
      draft.level = 2;
      means(draft, 'process', 'stop', 'unknown');
      if (m[1]) {
        put(draft, 'worker_state', `${m[1].toLowerCase()}_shutdown`);
        put(draft, 'process', m[2] as string);
        draft.outcome = 'success';
      }
      return true;
    }
    const c = line.charCodeAt(0);
    // P, R, U: the end of a child, messages given back; others by their first words.
    if (
      (c === 80 && line.startsWith("Process '") && line.indexOf(" exited with '") !== -1) ||
      (c === 82 && line.startsWith('Restoring ') && line.indexOf('unacknowledged message') !== -1) ||
      (c === 85 && line.startsWith('UNABLE TO RESTORE '))
    ) {
      draft.parsed = true;
      draft.message = line;
      place(draft, member);
      draft.level = c === 82 ? 4 : 5;
      celeryMessage(line, draft, member);
      return true;
    }
    for (const [start, category, action, outcome] of PRINTED) {
      if (c !== start.charCodeAt(0) || !line.startsWith(start)) continue;
      draft.parsed = true;
      draft.message = line;
      place(draft, member);
      draft.level = outcome === 'failure' ? 5 : 2;
      means(draft, category, action, outcome);
      if (action === 'purge') putJson(draft, 'messages', String(Number.parseInt(line.slice(14), 10) || 0));
      return true;
    }
    if ((c === 62 || c === 9 || c === 32 || c === 99) && line.length < 400 && MULTI.test(line)) {
      draft.parsed = true;
      draft.message = line;
      place(draft, member);
      draft.component = 'multi';
      draft.level = /FAILED|DOWN/.test(line) ? 5 : 2;
      means(draft, 'process', 'multi', draft.level === 5 ? 'failure' : 'unknown');
      return true;
    }
    return false;
  },
  joins: (line, _draft, _member, joined) =>
    joined > 0 ||
    /^(?:\s|Traceback |User information: |[A-Za-z_][\w.]{1,100}(?:Error|Exception)\b)/.test(line),
  samples: [
    {
      path: 'celery/zeta.log',
      text: "worker: Hitting Ctrl+C again will terminate all running tasks!\nProcess 'ForkPoolWorker-2' pid:12757 exited with 'signal 9 (SIGKILL)'\nProcess 'ForkPoolWorker-1' exited with 'exitcode 3'",
      gives: [
        { category: 'process', action: 'stop' },
        { action: 'worker_exit', fields: { signal: 9, child_pid: 12757 } },
        { action: 'worker_exit', fields: { exitcode: 3, process: 'ForkPoolWorker-1' } },
      ],
    },
    {
      path: 'celery/zeta.log',
      text: '\nworker: Warm shutdown (MainProcess)\n^Cworker: Cold shutdown (MainProcess)\nworker: Hitting Ctrl+C again will initiate cold shutdown, terminating all running tasks!\nWaiting gracefully for cold shutdown to complete...\nRestoring 2 unacknowledged message(s)\nRestarting celery worker (/usr/bin/celery -A proj worker)\npurge: Erased 12 messages from the queue.\n',
      gives: [
        { action: 'stop', outcome: 'success', fields: { worker_state: 'warm_shutdown' } },
        { action: 'stop', outcome: 'success', fields: { worker_state: 'cold_shutdown' } },
        { action: 'stop', outcome: 'unknown' },
        { action: 'stop', outcome: 'unknown' },
        { category: 'task', action: 'message_restore', fields: { messages: 2 } },
        { action: 'restart' },
        { action: 'purge', fields: { messages: 12 } },
      ],
    },
    {
      path: 'celery/multi.out',
      text: 'celery multi v5.2.6 (dawn-chorus)\n> Starting nodes...\n\t> w1@cel-node-01: OK\n\t> w2@cel-node-01: FAILED',
      gives: [
        { component: 'multi', action: 'multi' },
        { component: 'multi' },
        { component: 'multi', outcome: 'unknown' },
        { component: 'multi', outcome: 'failure', level: 'error' },
      ],
    },
  ],
};

const BARE = /^\[([A-Z]{2,12})\/([\w-]{1,60})\] (.*)$/;

/** billiard's and multiprocessing's own logger: `[INFO/ForkPoolWorker-1] child process calling self.run()`, without a time. */
export const multiprocessing: LineKind = {
  id: 'celery.multiprocessing',
  weight: () => 0.3,
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 91) return false;
    const m = BARE.exec(line.length > 4000 ? line.slice(0, 4000) : line);
    if (!m) return false;
    draft.parsed = true;
    place(draft, member);
    draft.level = levelOf(m[1] as string);
    draft.nativeLevel = m[1] as string;
    draft.tid = m[2] as string;
    draft.message = line.slice(line.indexOf('] ') + 2);
    put(draft, 'level', m[1] as string);
    celeryMessage(draft.message, draft, member);
    if (draft.action !== 'worker_exit') put(draft, 'process', m[2] as string);
    return true;
  },
  finish: finishCelery,
  samples: [
    {
      path: 'celery/zeta.log',
      text: '[2026-11-20 17:18:01,000: INFO/MainProcess] alpha@h1 ready.\n[WARNING/ForkPoolWorker-3] child process exiting after exceeding memory limit (210000KiB / 200000KiB)',
      gives: [
        { action: 'start' },
        {
          action: 'memory_limit',
          level: 'warning',
          nativeLevel: 'WARNING',
          tid: 'ForkPoolWorker-3',
          time: '2026-11-20T17:18:01.000000Z',
          fields: { used_kib: 210000, limit_kib: 200000 },
        },
      ],
    },
  ],
};
