// Celery worker and beat lines as text: `[asctime: LEVEL/processName] message`.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { isPlain, put, putJson } from '../text.ts';
import { cursor, dateTimeAt, isoAt } from '../time.ts';
import { readInner } from './celery-json.ts';
import { celeryMessage, finishCelery } from './celery-message.ts';
import { isChild, ownLevel, place } from './celery-process.ts';

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
const LEVELS = ['', 'DEBUG', 'INFO', '', 'WARNING', 'ERROR', 'CRITICAL'];
const LEVEL_FIELDS = LEVELS.map((l) => `{"level":"${l}"`);
/** A level of the site's own, or of billiard: `SUBDEBUG`, `NOTICE`, `Level 15`. */
const OTHER_LEVEL = /^[A-Za-z][\w ]{0,30}(?=\/)/;

const SLOT_FILE = /^(.{1,200})-(\d{1,4})((?:\.[A-Za-z]\w{0,20})*)$/;

/**
 * `--logfile=%n%I.log` gives each slot of the pool a file beside the worker's: `gamma-1.log` beside `gamma.log`. A name of that
 * form is one only while all its lines are of children.
 */
function slotOf(member: Member, process: string): string {
  if (!isChild(process)) return '';
  const path = member.context.path.replace(/\.(?:gz|zst|bz2|xz)$/i, '');
  const m = SLOT_FILE.exec(path.slice(path.lastIndexOf('/') + 1));
  return m ? `${m[2]}/${m[1]}${m[3]}` : '';
}

/** A worker's first line, or one of its main process in what looked like the file of a child. */
function learn(draft: Draft, member: Member, process: string): void {
  const state = member.state;
  if (state.slot === undefined) {
    state.slot = slotOf(member, process);
    if (member.hint.component !== 'sandbox') member.hint.strays = 'unparsed';
  } else if (state.slot !== '' && !isChild(process)) state.slot = '';
  if (!state.slot) return;
  const slash = state.slot.indexOf('/');
  putJson(draft, 'pool_slot', String(Number(state.slot.slice(0, slash))));
  put(draft, 'main_log', state.slot.slice(slash + 1));
}

/**
 * Processes that write at once can glue lines together. Only after `received`, which ends its line, is what follows another
 * record for sure: elsewhere it may be text that a task was given.
 */
function cutGlued(line: string, from: number, draft: Draft, member: Member): void {
  const at = draft.message.indexOf('] received[2');
  if (at === -1) return;
  draft.message = draft.message.slice(0, at + 10);
  member.rest = [{ at: from + at + 10, text: line.slice(from + at + 10) }];
}

export const celeryHeader: LineKind = {
  id: 'celery.worker',
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 91) return false;
    let ts: number;
    let zoned = false;
    let colon = 24;
    if (line.charCodeAt(24) === 58) {
      ts = dateTimeAt(line, 1);
      if (Number.isNaN(ts) || cursor.end !== 24) return false;
    } else {
      // A formatter with a `datefmt` of its own: no fraction, or a zone behind the clock.
      ts = isoAt(line, 1);
      colon = cursor.end;
      zoned = cursor.zoned;
      if (Number.isNaN(ts) || line.charCodeAt(colon) !== 58 || line.charCodeAt(colon + 1) !== 32)
        return false;
    }
    let lvl = level(line, colon + 2);
    let word: string;
    if (lvl !== -1) {
      word = LEVELS[lvl] as string;
      draft.fields = LEVEL_FIELDS[lvl] as string;
    } else {
      word = OTHER_LEVEL.exec(line.slice(colon + 2, colon + 36))?.[0] ?? '';
      if (word === '') return false;
      lvl = ownLevel(word);
      put(draft, 'level', word);
    }
    const name = colon + 2 + word.length + 1;
    const close = line.indexOf(']', name);
    if (close === -1 || close - name > 200) {
      draft.fields = '';
      return false;
    }
    const message = line.slice(close + 2);
    draft.parsed = true;
    draft.tsWall = ts;
    draft.tsKind = zoned ? TS_KIND.absolute : TS_KIND.wall;
    draft.level = lvl;
    draft.nativeLevel = word;
    draft.message = message;
    const process = line.slice(name, close);
    draft.tid = process;
    const state = member.state;
    if (
      state.celery === undefined &&
      (message.startsWith('beat: ') || message.startsWith('Scheduler: ')) &&
      process !== 'Beat'
    ) {
      state.celery = 'beat';
      member.fact('role', 'beat');
    }
    place(draft, member);
    // Beat inside a worker (`-B`) is a process of its own, named so.
    if (process === 'Beat') draft.component = 'beat';
    const plain = isPlain(line);
    celeryMessage(message, draft, member, plain);
    if (draft.action === '' && message.charCodeAt(0) === 123) readInner(message, draft);
    if (draft.action === '' && lvl >= 2 && isChild(process)) means(draft, 'task', 'task_output', 'unknown');
    // The line about the end of a child names that child: it is the process the record is about.
    if (draft.action !== 'worker_exit') put(draft, 'process', process, plain);
    if (draft.action === 'task_received' && message.charCodeAt(message.length - 1) !== 100)
      cutGlued(line, close + 2, draft, member);
    if (state.slot !== '') learn(draft, member, process);
    return true;
  },
  joins: () => true,
  finish: finishCelery,
  samples: [
    {
      path: 'celery/alpha.log',
      text: '[2026-11-20 17:18:00,310: INFO/ForkPoolWorker-1] Task proj.add[41679d8f-a63a-4941-ab6a-ad80743add69] succeeded in 0.005047723000188853s: 4',
      gives: [
        {
          time: '2026-11-20T17:18:00.310000Z',
          level: 'info',
          nativeLevel: 'INFO',
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
      text: "[2026-11-20 17:18:01,000: ERROR/MainProcess] Process 'ForkPoolWorker-2' pid:15262 exited with 'signal 9 (SIGKILL)'\n[2026-11-20 17:18:01,001: ERROR/MainProcess] Hard time limit (2.0s) exceeded for proj.hard[c1]\n[2026-11-20 17:18:01,002: WARNING/MainProcess] Substantial drift from gamma@cel-node-03 may mean clocks are out of sync.  Current drift is 18000 seconds.  [orig: 2026-11-20 17:18:01.001523 recv: 2026-11-20 12:18:01.000125]\n[2026-11-20 17:18:01,003: INFO/MainProcess] missed heartbeat from beta@cel-node-02\n[2026-11-20 17:18:01,004: ERROR/MainProcess] Received unregistered task of type 'os.system'.\nThe message has been ignored and discarded.",
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
          fields: {
            drift_seconds: 18000,
            drift_node: 'gamma@cel-node-03',
            drift_orig: '2026-11-20 17:18:01.001523',
            drift_recv: '2026-11-20 12:18:01.000125',
          },
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
      path: 'celery/glued.log',
      text: '[2026-11-20 17:18:00,003: INFO/MainProcess] Task app.check[991be682-703b-4093-a350-3ab54945c173] received[2026-11-20 17:18:00,004: INFO/MainProcess] Scheduler: Sending due task 测试 (app.send)',
      gives: [
        { action: 'task_received', lines: 0, fields: { task_id: '991be682-703b-4093-a350-3ab54945c173' } },
        { action: 'task_scheduled', lines: 1, fields: { beat_entry: '测试' } },
      ],
    },
    {
      // Formatters with a `datefmt`.
      path: 'celery/datefmt.log',
      text: "[2026-11-20 17:18:00: INFO/MainProcess] Task proj.add[a1] received\n[2026-11-20T17:18:01+0200: ERROR/ForkPoolWorker-1] Task proj.add[a1] raised unexpected: KeyError('x')\nTraceback (most recent call last):\nKeyError: 'x'",
      gives: [
        { time: '2026-11-20T17:18:00.000000Z', level: 'info', action: 'task_received', tid: 'MainProcess' },
        {
          time: '2026-11-20T15:18:01.000000Z',
          nativeLevel: 'ERROR',
          action: 'task_failed',
          lines: 3,
          fields: { exception: 'KeyError', process: 'ForkPoolWorker-1' },
        },
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
        {
          category: 'authentication',
          action: 'broker_login',
          outcome: 'failure',
          lines: 2,
          fields: { retry_in: 2, retry: 1, retry_max: 100 },
          entities: ['ip:127.0.0.1:broker'],
        },
      ],
    },
  ],
};
