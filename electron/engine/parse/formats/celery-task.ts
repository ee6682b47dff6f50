// Lines about one task: its life cycle (`Task name[id] received`) and what its own logger writes (`name[id]: text`).
// Facts: celery/app/trace.py and celery/worker/{request,strategy}.py of 3.1, 4.4, 5.2, 5.5 and 5.7.
import type { Member } from '../kind.ts';
import { means } from '../kind.ts';
import { between } from '../lexicon.ts';
import type { Draft } from '../record.ts';
import { isIp, put, putIf, putJson, putNumber, standsAt } from '../text.ts';

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?$/;
const MAX_NAME = 400;
const MAX_ID = 400;

/**
 * Is it a decimal fraction that JavaScript writes the same? One below 8, with up to 15 decimals and no zero at its end: such
 * numbers are further apart than doubles are.
 */
function asWritten(text: string): boolean {
  const end = text.length;
  const whole = text.charCodeAt(0);
  if (end < 3 || end > 17 || whole < 48 || whole > 55 || text.charCodeAt(1) !== 46) return false;
  let leading = whole === 48;
  let c = 0;
  for (let i = 2; i < end; i++) {
    c = text.charCodeAt(i);
    if (c < 48 || c > 57) return false;
    // Below a millionth it is written with an exponent.
    if (leading && c === 48) {
      if (i === 7) return false;
    } else leading = false;
  }
  return c !== 48;
}

export function putFigure(draft: Draft, key: string, text: string): void {
  if (asWritten(text)) putJson(draft, key, text);
  else if (NUMBER.test(text)) putNumber(draft, key, Number(text));
}

/** Names with blanks that this member has shown on life-cycle lines: only then does `a b[id]: text` speak for a task. */
const oddNames = new WeakMap<Member, Set<string>>();

function putTask(draft: Draft, name: string, id: string, plain = false, role = 'task'): void {
  put(draft, 'task_name', name, plain);
  put(draft, 'task_id', id, plain);
  draft.entity('celery_task', id, role);
}

/** A name with blanks is known from now on. */
function learnName(member: Member, name: string): void {
  if (name.indexOf(' ') === -1) return;
  const known = oddNames.get(member) ?? new Set();
  if (known.size < 1000) known.add(name);
  oddNames.set(member, known);
}

/** `name[id]` that fills `text`, or what is before `until`: puts both. An id may hold any character, brackets too. */
export function wholeTask(text: string, draft: Draft, member: Member, plain = false, role = 'task'): boolean {
  const open = text.indexOf('[');
  const close = text.lastIndexOf(']');
  if (open <= 0 || close <= open || open > MAX_NAME || close - open > MAX_ID) return false;
  const name = text.slice(0, open);
  putTask(draft, name, text.slice(open + 1, close), plain, role);
  learnName(member, name);
  return true;
}

const State = {
  none: 0,
  received: 1,
  succeeded: 2,
  raised: 3,
  retry: 4,
  ignored: 5,
  reject: 6,
  handler: 7,
  unacknowledged: 8,
  outlived: 9,
} as const;
type State = (typeof State)[keyof typeof State];

/** What `Task name[id] ` is followed by. */
function stateAt(msg: string, at: number): State {
  switch (msg.charCodeAt(at)) {
    case 114: // r
      if (standsAt(msg, 'received', at)) return State.received;
      if (standsAt(msg, 'raised ', at)) return State.raised;
      if (standsAt(msg, 'retry: ', at)) return State.retry;
      if (standsAt(msg, 'reject', at)) return State.reject;
      return State.none;
    case 115: // s
      if (standsAt(msg, 'succeeded in ', at)) return State.succeeded;
      return standsAt(msg, 'succeeded before the worker was lost', at) ? State.outlived : State.none;
    case 105: // i
      return standsAt(msg, 'ignored', at) ? State.ignored : State.none;
    case 73: // I
      return standsAt(msg, 'INTERNAL ERROR', at) ? State.raised : State.none;
    case 111: // o
      return standsAt(msg, 'on_success handler raised', at) ? State.handler : State.none;
    case 97: // a
      return standsAt(msg, 'after_return handler raised', at) ? State.handler : State.none;
    case 99: // c
      return standsAt(msg, 'cannot be acknowledged', at) ? State.unacknowledged : State.none;
    default:
      return State.none;
  }
}

/** `Task name[id] …`: false when it is none. `plain`: the message is a slice of a line that is. */
export function taskMessage(msg: string, draft: Draft, member: Member, plain: boolean): boolean {
  const open = msg.indexOf('[', 5);
  if (open <= 5 || open > MAX_NAME) return false;
  const first = msg.indexOf('] ', open);
  let close = first;
  let state: State = State.none;
  while (close !== -1 && close - open <= MAX_ID) {
    state = stateAt(msg, close + 2);
    if (state !== State.none) break;
    close = msg.indexOf('] ', close + 2);
  }
  const name = msg.slice(5, open);
  if (state === State.none) {
    if (first === -1 || first - open > MAX_ID || name.indexOf(' ') !== -1) return false;
    putTask(draft, name, msg.slice(open + 1, first), plain);
    means(draft, 'task', 'task_message', 'unknown');
    return true;
  }
  putTask(draft, name, msg.slice(open + 1, close), plain);
  const at = close + 2;
  switch (state) {
    case State.received:
      learnName(member, name);
      means(draft, 'task', 'task_received', 'unknown');
      if (msg.length > at + 8) putTimes(msg, at + 8, draft);
      return true;
    case State.succeeded:
      means(draft, 'task', 'task_succeeded', 'success');
      putResult(msg, at + 13, draft, plain);
      return true;
    case State.raised:
      means(draft, 'task', 'task_failed', 'failure');
      putFailure(msg.slice(at), draft);
      return true;
    case State.retry:
      means(draft, 'task', 'task_retried', 'failure');
      putRetry(msg.slice(at + 7), draft);
      return true;
    case State.ignored:
      means(draft, 'task', 'task_ignored', 'unknown');
      return true;
    case State.reject:
      means(draft, 'task', 'task_rejected', 'failure');
      putReject(msg.slice(at), draft);
      return true;
    case State.handler:
      means(draft, 'task', 'task_handler', 'failure');
      putFailure(msg.slice(at), draft);
      return true;
    case State.unacknowledged:
      means(draft, 'task', 'task_terminate', 'unknown');
      put(draft, 'reason', 'connection loss');
      return true;
    default:
      means(draft, 'task', 'task_message', 'success');
      return true;
  }
}

/** `Received task: name[id]` of 3.x and 4.x, `Got task from broker: name[id]` of 2.x. */
export function receivedTask(msg: string, from: number, draft: Draft, member: Member): void {
  const times = /\s{1,4}(?:ETA|eta|expires):\[/.exec(msg.length > 2000 ? msg.slice(0, 2000) : msg);
  const end = times ? times.index : msg.length;
  wholeTask(msg.slice(from, end), draft, member);
  if (times) putTimes(msg, end, draft);
}

function putTimes(msg: string, from: number, draft: Draft): void {
  putIf(draft, 'eta', between(msg, 'ETA:[', ']', from) || between(msg, 'eta:[', ']', from));
  putIf(draft, 'expires', between(msg, 'expires:[', ']', from));
}

/** `0.005s: 4`, the runtime and the result that Celery cut to its liking. */
function putResult(msg: string, from: number, draft: Draft, plain: boolean): void {
  const end = msg.indexOf('s: ', from);
  if (end === -1) return;
  putFigure(draft, 'runtime', msg.slice(from, end));
  if (msg.length - end < 4096) put(draft, 'result', msg.slice(end + 3), plain);
}

function putFailure(rest: string, draft: Draft): void {
  const colon = rest.indexOf(': ');
  put(draft, 'failure', colon === -1 ? rest : rest.slice(0, colon));
  if (colon !== -1) putException(draft, rest.slice(colon + 2));
}

/** `Retry in 1s: ConnectionError('x')`, `Retry at 2026-11-20 17:20:00+00:00: …`, or a reason in words. */
function putRetry(rest: string, draft: Draft): void {
  const head = rest.length > 4096 ? rest.slice(0, 4096) : rest;
  const delay = /^Retry in (-?[\d.]+(?:e[+-]?\d+)?)s?(?:: ([\s\S]*))?$/.exec(head);
  if (delay) {
    putFigure(draft, 'retry_in', delay[1] as string);
    if (delay[2]) putException(draft, delay[2]);
    return;
  }
  const at = /^Retry at (\d{4}-\d\d-\d\d[ T][\d:.]{5,20}(?:[+-]\d\d:\d\d|Z)?)(?:: ([\s\S]*))?$/.exec(head);
  if (at) {
    put(draft, 'retry_at', at[1] as string);
    if (at[2]) putException(draft, at[2]);
    return;
  }
  putException(draft, head);
}

function putReject(rest: string, draft: Draft): void {
  putIf(draft, 'requeue', /requeue=(True|False)/.exec(rest.slice(0, 80))?.[1]);
  const colon = rest.indexOf(': ');
  if (colon !== -1) putIf(draft, 'reason', rest.slice(colon + 2, colon + 2002));
}

const EXCEPTION_CLASS = /^<?([A-Za-z_][\w.]*)/;

/** Name of a class without its module. */
export function lastName(cls: string): string {
  return cls.slice(cls.lastIndexOf('.') + 1);
}

/** The exception as printed, and its class. `ExceptionWithTraceback()` says nothing; the traceback decides then. */
export function putException(draft: Draft, text: string): void {
  const cls = EXCEPTION_CLASS.exec(text)?.[1] ?? '';
  put(draft, 'error', text.length > 2000 ? text.slice(0, 2000) : text);
  if (cls !== '' && cls !== 'ExceptionWithTraceback') put(draft, 'exception', lastName(cls));
}

const TASK_TEXT = /^([\w.-]{1,300})\[([\w-]{1,200})\]: /;
const DOTTED = /^[A-Za-z_][\w-]{0,100}(?:\.[A-Za-z_][\w-]{0,100}){1,12}$/;

/**
 * `name[id]: text`, `mark` being where `]: ` stands: what a task's own logger writes. The message becomes the text.
 * An id of other characters than letters, digits and dashes counts where the name is dotted as those of modules are, or known.
 */
export function taskText(msg: string, mark: number, draft: Draft, member: Member): boolean {
  const m = TASK_TEXT.exec(msg);
  if (m) {
    means(draft, 'task', 'task_log', 'unknown');
    put(draft, 'task_name', m[1] as string, true);
    put(draft, 'task_id', m[2] as string, true);
    draft.entity('celery_task', m[2] as string, 'task');
    draft.message = msg.slice(m[0].length);
    mentionDigest(msg, draft);
    return true;
  }
  if (msg.startsWith('???[???]: ')) {
    means(draft, 'process', 'log', 'unknown');
    draft.message = msg.slice(10);
    return true;
  }
  const open = msg.indexOf('[');
  if (open <= 0 || open > MAX_NAME || mark - open > MAX_ID) return false;
  const name = msg.slice(0, open);
  const id = msg.slice(open + 1, mark);
  const known = DOTTED.test(name) ? !isIp(id) : (oddNames.get(member)?.has(name) ?? false);
  if (!known || id === '') return false;
  putTask(draft, name, id);
  means(draft, 'task', 'task_log', 'unknown');
  draft.message = msg.slice(mark + 3);
  mentionDigest(msg, draft);
  return true;
}

const DIGEST = /\bsha256:[0-9a-f]{64}\b/;

/** An image that the task's text names by its digest. */
function mentionDigest(msg: string, draft: Draft): void {
  const digest = msg.indexOf('sha256:') === -1 ? undefined : DIGEST.exec(msg)?.[0];
  if (digest) draft.entity('image_digest', digest, 'mentioned');
}
