// Task and worker events: what `celery events --dump` prints, and the time of an event that a receiver has moved.
// Facts: celery/events/{dumper,receiver}.py and celery/utils/time.py of 3.1 to 5.7; runs of two zones.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { put, putIf, putJson } from '../text.ts';
import { isoAt, MINUTE_US, SECOND_US } from '../time.ts';
import { mentionRelative, readTraceback } from './celery-block.ts';
import { putException, putFigure } from './celery-task.ts';
import { bracketEnd } from './python-repr.ts';

/** Category, action and outcome of an event. `verb` as in `task-received`, `worker-heartbeat`. */
export function eventMeans(draft: Draft, ofTask: boolean, verb: string): void {
  if (ofTask) {
    const outcome =
      verb === 'succeeded'
        ? 'success'
        : verb === 'failed' || verb === 'rejected' || verb === 'retried' || verb === 'revoked'
          ? 'failure'
          : verb === 'sent'
            ? 'success'
            : 'unknown';
    means(draft, 'task', `task_${verb}`, outcome);
    return;
  }
  const action = WORKER_VERBS[verb] ?? `worker_${verb}`;
  means(draft, 'node', action, action === 'worker_shutdown' ? 'unknown' : 'success');
}
const WORKER_VERBS: Record<string, string> = { online: 'worker_started', offline: 'worker_shutdown' };

/** The node an event is of: its host, and for a producer (`gen<pid>@<host>`) the name it has in message headers too. */
export function eventNode(draft: Draft, node: string, sent: boolean): void {
  const at = node.indexOf('@');
  if (at === -1 || at === node.length - 1) return;
  draft.entity('host', node.slice(at + 1), sent ? 'producer' : 'origin');
  if (sent) put(draft, 'origin', node);
}

const QUARTER = 15 * MINUTE_US;
/** So many events in a row must say the same before a larger shift is believed: a smaller one is nearer the truth at once. */
const AGREE = 20;

interface Shift {
  us: number;
  other: number;
  times: number;
}
const shifts = new WeakMap<Member, Map<string, Shift>>();

/**
 * A receiver moves an event's time by the difference between the zones of sender and receiver, so that what is shown is UTC
 * only where both are in one zone; `local_received`, its own clock, is not moved. The difference of the two, in quarters of an
 * hour, takes the move back. An event that was held back for long looks moved too: the smallest difference of a host counts.
 */
export function eventTime(member: Member, node: string, shown: number, received: number): number {
  if (Number.isNaN(received)) return shown;
  const known = shifts.get(member) ?? new Map<string, Shift>();
  shifts.set(member, known);
  const host = node.slice(node.indexOf('@') + 1);
  const us = Math.round((received - shown) / QUARTER) * QUARTER;
  const shift = known.get(host);
  if (!shift) {
    if (known.size < 10_000) known.set(host, { us, other: us, times: 0 });
    return shown + us;
  }
  if (us === shift.us) shift.times = 0;
  else if (us < shift.us) Object.assign(shift, { us, other: us, times: 0 });
  else {
    shift.times = us === shift.other ? shift.times + 1 : 1;
    shift.other = us;
    if (shift.times >= AGREE) Object.assign(shift, { us, times: 0 });
  }
  return shown + shift.us;
}

const DUMP =
  /^(\S{1,300}@\S{1,300}) \[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[+-]\d\d:\d\d)?)\] ([a-z][a-z_ ]{1,60}?)(?:: (.*)|:? {0,2})$/;

/** `node [time] task received: name(id) args=… kwargs=… clock=…, …`, `node [time] heartbeat: active=0, …`. */
export const celeryDump: LineKind = {
  id: 'celery.events',
  read(line, draft, member) {
    const bracket = line.indexOf(' [');
    if (bracket === -1 || bracket > 600 || line.charCodeAt(0) === 91) return false;
    const m = DUMP.exec(line);
    if (!m) return false;
    const node = m[1] as string;
    const event = m[3] as string;
    const shown = isoAt(m[2] as string, 0);
    if (Number.isNaN(shown)) return false;
    const rest = m[4] ?? '';
    const received = /(?:^|[ ,])local_received=(\d{9,11}(?:\.\d{1,9})?)/.exec(rest)?.[1];
    draft.parsed = true;
    draft.system = 'celery';
    draft.component = 'events';
    draft.tsWall = eventTime(
      member,
      node,
      shown,
      received === undefined ? Number.NaN : Math.round(Number(received) * SECOND_US),
    );
    draft.tsKind = TS_KIND.absolute;
    draft.message = line.slice(line.indexOf('] ') + 2);
    put(draft, 'node_name', node);
    put(draft, 'event', event);
    const ofTask = event.startsWith('task ');
    const verb = ofTask
      ? event.slice(5).replaceAll(' ', '_')
      : event.replace(/^worker /, '').replaceAll(' ', '_');
    eventMeans(draft, ofTask, verb);
    eventNode(draft, node, verb === 'sent');
    const task = ofTask ? taskOf(rest, draft) : NO_TASK;
    eventFields(rest, task.end, draft, task.id);
    return true;
  },
  joins: () => true,
  finish(draft) {
    // What is sorted after `traceback` stands behind its last line.
    const tail = /\n?, utcoffset=(-?\d{1,2}(?:\.\d{1,4})?)\s*$/.exec(draft.message.slice(-200))?.[1];
    if (tail !== undefined && draft.fields.indexOf('"utcoffset":') === -1)
      putFigure(draft, 'utcoffset', tail);
    readTraceback(draft);
  },
  samples: [
    {
      path: 'celery/events.dump',
      text: "alpha@cel-node-01 [2026-11-20 17:18:00.310123] task succeeded: proj.add(41679d8f) result='4', runtime=0.005, clock=12, utcoffset=0",
      gives: [
        {
          action: 'task_succeeded',
          outcome: 'success',
          time: '2026-11-20T17:18:00.310123Z',
          fields: { task_id: '41679d8f', clock: 12, runtime: 0.005 },
        },
      ],
    },
    {
      path: 'celery/events.dump',
      text: "-> evdump: starting capture...\ngen16555@web-1 [2026-11-20 17:17:53.937330] task sent: proj.sig(d6f3126f-1754-4cbb-a479-dcbdf2399da2) args=(9,) kwargs={} clock=0, eta=None, exchange=, expires=None, local_received=1795195073.95142, parent_id=None, pid=16555, queue=celery, retries=0, root_id=d6f3126f-1754-4cbb-a479-dcbdf2399da2, routing_key=celery, utcoffset=0\nny@node-4 [2026-11-20 12:17:54.830670] started: active=0, clock=1, freq=2.0, loadavg=[11.42, 5.55, 2.4], local_received=1795195074.8754544, pid=16480, processed=0, sw_ident=py-celery, sw_sys=Linux, sw_ver=5.5.3, utcoffset=5\nny@node-4 [2026-11-20 12:17:56.215993] task received: proj.add(my id with blanks) args=(1, 'a) args=') kwargs={'clock': 9, 'x': ' pid=1,'} clock=3, eta=None, expires=None, local_received=1795195076.224178, parent_id=None, pid=16480, retries=0, root_id=my id with blanks, utcoffset=5\nny@node-4 [2026-11-20 12:17:57.000000] heartbeat: active=1, clock=12, freq=2.0, loadavg=[9.97, 4.55, 1.96], local_received=1795195077.01, pid=16480, processed=3, sw_ident=py-celery, sw_sys=Linux, sw_ver=5.5.3, utcoffset=5\nny@node-4 [2026-11-20 12:17:58.000000] task failed: proj.fail(7f903845) args=() kwargs={} clock=28, exception=KeyError('nope'), local_received=1795195078.7108629, pid=16480, traceback=Traceback (most recent call last):\n  File \"/srv/proj.py\", line 29, in fail\n    def fail(): raise KeyError('nope')\nKeyError: 'nope'\n, utcoffset=5\nny@node-4 [2026-11-20 12:17:59.000000] shutdown: active=0, clock=40, freq=2.0, local_received=1795195079.1, pid=16480, processed=4, utcoffset=5",
      gives: [
        { action: 'capture', component: 'events' },
        {
          action: 'task_sent',
          outcome: 'success',
          time: '2026-11-20T17:17:53.937330Z',
          pid: '16555',
          fields: {
            origin: 'gen16555@web-1',
            task_name: 'proj.sig',
            queue: 'celery',
            routing_key: 'celery',
            root_id: 'd6f3126f-1754-4cbb-a479-dcbdf2399da2',
          },
          entities: ['host:web-1:producer', 'celery_task:d6f3126f-1754-4cbb-a479-dcbdf2399da2:task'],
        },
        {
          action: 'worker_started',
          time: '2026-11-20T17:17:54.830670Z',
          fields: { node_name: 'ny@node-4', utcoffset: 5, sw_ver: '5.5.3', active: 0, processed: 0 },
        },
        {
          action: 'task_received',
          time: '2026-11-20T17:17:56.215993Z',
          pid: '16480',
          fields: {
            task_id: 'my id with blanks',
            args: "(1, 'a) args=')",
            kwargs: "{'clock': 9, 'x': ' pid=1,'}",
            clock: 3,
            root_id: 'my id with blanks',
          },
        },
        { action: 'worker_heartbeat', category: 'node', fields: { loadavg: '[9.97, 4.55, 1.96]' } },
        {
          action: 'task_failed',
          outcome: 'failure',
          time: '2026-11-20T17:17:58.000000Z',
          lines: 5,
          fields: { exception: 'KeyError', error: "KeyError('nope')", utcoffset: 5 },
        },
        { action: 'worker_shutdown', fields: { processed: 4 } },
      ],
    },
    {
      path: 'celery/events.dump',
      text: 'alpha@node-1 [2026-11-20 17:17:56.215993+00:00] task received: proj.add(a1) args=(1, 2) kwargs={} clock=2, eta=None, expires=None, local_received=1795195076.3, parent_id=None, pid=15750, retries=0, root_id=a1, utcoffset=0.0\nalpha@node-1 [2026-11-20 17:17:57.000000+00:00] task started:  clock=4, local_received=1795195077.01, pid=15750, utcoffset=0.0\nalpha@node-1 [2026-11-20 17:17:58.000000+00:00] task deployed: proj.add(a1) args=(1, 2) kwargs={} clock=5, local_received=1795195078.01, utcoffset=0.0',
      gives: [
        { action: 'task_received', time: '2026-11-20T17:17:56.215993Z', fields: { utcoffset: 0 } },
        { action: 'task_started', pid: '15750', fields: { clock: 4 } },
        { action: 'task_deployed', outcome: 'unknown' },
      ],
    },
  ],
};

const NO_TASK = { id: '', end: 0 };

/** `name(id) args=… kwargs=… `: puts them; answers the id and where the other members start. */
function taskOf(rest: string, draft: Draft): { id: string; end: number } {
  const open = rest.indexOf('(');
  if (open <= 0 || open > 400 || rest.charCodeAt(0) === 32) return NO_TASK;
  const mark = rest.indexOf(') args=', open);
  const close = mark !== -1 ? mark : rest.indexOf(')', open);
  if (close === -1 || close - open > 400) return NO_TASK;
  const id = rest.slice(open + 1, close);
  put(draft, 'task_name', rest.slice(0, open));
  put(draft, 'task_id', id);
  draft.entity('celery_task', id, 'task');
  return { id, end: mark === -1 ? close + 1 : argumentsEnd(rest, mark + 7, draft) };
}

/** `args=… kwargs=… `, reprs that may hold anything: puts them where their brackets close. */
function argumentsEnd(rest: string, args: number, draft: Draft): number {
  const argsEnd = bracketEnd(rest, args);
  if (argsEnd === -1 || rest.slice(argsEnd, argsEnd + 8) !== ' kwargs=')
    return Math.max(rest.lastIndexOf(' clock='), args);
  const kwargs = argsEnd + 8;
  put(draft, 'args', rest.slice(args, argsEnd).slice(0, 2000));
  const end = bracketEnd(rest, kwargs);
  if (end === -1) return Math.max(rest.lastIndexOf(' clock='), kwargs);
  put(draft, 'kwargs', rest.slice(kwargs, end).slice(0, 2000));
  return end;
}

const FIGURES = ['clock', 'utcoffset', 'runtime', 'retries', 'active', 'processed', 'freq'];
const WORDS = [
  'eta',
  'expires',
  'queue',
  'exchange',
  'routing_key',
  'root_id',
  'parent_id',
  'expired',
  'terminated',
  'signum',
  'requeue',
  'sw_ident',
  'sw_sys',
  'sw_ver',
  'loadavg',
];
/** Members that stand after free text (an exception, a result) in the order of their names: the last one is the true one. */
const AFTER_TEXT = new Set([
  'runtime',
  'retries',
  'root_id',
  'utcoffset',
  'signum',
  'terminated',
  'requeue',
  'routing_key',
  'pid',
]);

/** `clock=3, eta=None, …`, sorted by name. */
function eventFields(rest: string, from: number, draft: Draft, task: string): void {
  const text =
    rest.length - from > 40_000 ? rest.slice(from, from + 20_000) + rest.slice(-20_000) : rest.slice(from);
  const at = (key: string): number => {
    const mark = `, ${key}=`;
    const found = AFTER_TEXT.has(key) ? text.lastIndexOf(mark) : text.indexOf(mark);
    if (found !== -1) return found + mark.length;
    const first = text.trimStart();
    return first.startsWith(`${key}=`) ? text.length - first.length + key.length + 1 : -1;
  };
  const memberAt = (key: string): string => {
    const start = at(key);
    if (start === -1) return '';
    const close = bracketEnd(text, start);
    if (close !== -1) return text.slice(start, close);
    const end = /, [a-z_]{2,20}=/.exec(text.slice(start, start + 2100));
    return text.slice(start, end ? start + end.index : start + 2000).trimEnd();
  };
  for (const key of FIGURES) putFigure(draft, key, memberAt(key));
  for (const key of WORDS) {
    const value = memberAt(key);
    if (value === 'None' || value === '') continue;
    put(draft, key, value);
    if (key.endsWith('_id')) mentionRelative(draft, key, value, task);
  }
  const pid = memberAt('pid');
  if (/^\d{1,10}$/.test(pid)) {
    draft.pid = pid;
    putJson(draft, 'pid', String(Number(pid)));
  }
  const exception = textBefore(text, at('exception'));
  if (exception !== '') putException(draft, exception);
  putIf(draft, 'result', textBefore(text, at('result')));
}

/** Free text up to the member that comes next, which a hostile text can only make longer. */
function textBefore(text: string, start: number): string {
  if (start === -1) return '';
  const end = Math.max(
    text.lastIndexOf(', local_received='),
    text.lastIndexOf(', runtime='),
    text.lastIndexOf(', retries='),
  );
  return text.slice(start, end > start ? end : undefined).slice(0, 2000);
}

const NOTICE =
  /^-> (?:evdump: starting capture\.\.\.|Cannot connect to |Connection lost, attempting reconnect)/;

/** What the dump says of itself. */
export const dumpNotice: LineKind = {
  id: 'celery.events.notice',
  weight: () => 0.5,
  read(line, draft) {
    if (line.charCodeAt(0) !== 45 || line.charCodeAt(1) !== 62 || !NOTICE.test(line)) return false;
    draft.parsed = true;
    draft.system = 'celery';
    draft.component = 'events';
    draft.message = line;
    if (line.startsWith('-> evdump')) means(draft, 'process', 'capture', 'success');
    else means(draft, 'network', 'broker_connect', 'failure');
    return true;
  },
  joins: (line) => line.startsWith('Trying again '),
  samples: [
    {
      path: 'celery/events.dump',
      text: '-> Cannot connect to redis://127.0.0.1:6379/0: Error 111 connecting to 127.0.0.1:6379. Connection refused..\nTrying again in 2.00 seconds\n',
      gives: [{ category: 'network', action: 'broker_connect', outcome: 'failure', lines: 2 }],
    },
  ],
};
