// Records of several lines: tracebacks, message dumps (body, headers, delivery info), and the line that goes on after a failure.
import type { Member } from '../kind.ts';
import type { Draft } from '../record.ts';
import { put, putIf, putNumber } from '../text.ts';
import { lastName } from './celery-task.ts';
import { bracketEnd, itemsAt, membersAt, plainValue } from './python-repr.ts';

const HEAD = 'Traceback (most recent call last):';
const EXCEPTION_LINE = /^([A-Za-z_][\w.]{0,300})(?::|$)/;

/** Has the record this field already? */
function has(draft: Draft, key: string): boolean {
  return draft.fields.indexOf(`"${key}":`) !== -1;
}

/**
 * A traceback follows the line: its exception names the class when the first line did not. The last traceback decides: of a
 * chain it is the one that was raised; billiard's ExceptionWithTraceback holds the true one in quotes after its own.
 */
export function readTraceback(draft: Draft): void {
  const msg = draft.message;
  const from = msg.lastIndexOf(HEAD);
  if (from === -1 || has(draft, 'exception')) return;
  let at = msg.indexOf('\n', from);
  while (at !== -1) {
    const start = at + 1;
    at = msg.indexOf('\n', start);
    const c = msg.charCodeAt(start);
    // Frames are indented; a blank line or the file's end closes the traceback.
    if (c === 32 || c === 9 || c === 10 || Number.isNaN(c)) continue;
    const end = at === -1 ? msg.length : at;
    const m = EXCEPTION_LINE.exec(msg.slice(start, Math.min(end, start + 400)));
    if (m) put(draft, 'exception', lastName(m[1] as string));
    return;
  }
}

const TRYING =
  /Trying again in ([\d.]{1,12}) (seconds?|minutes?|hours?)\.\.\.(?: \((\d{1,7})\/(\d{1,7}|Inf)\))?/;
const UNIT: Record<string, number> = { s: 1, m: 60, h: 3600 };

/** `Trying again in 2.00 seconds... (1/100)` under a failure to connect. */
export function readTryingAgain(draft: Draft): void {
  const m = TRYING.exec(draft.message.slice(-400));
  if (!m) return;
  const seconds = Number(m[1]) * (UNIT[(m[2] as string)[0] as string] as number);
  putNumber(draft, 'retry_in', seconds);
  if (m[3]) putNumber(draft, 'retry', Number(m[3]));
  if (m[4] && m[4] !== 'Inf') putNumber(draft, 'retry_max', Number(m[4]));
}

/** Members of a message's headers (protocol 2) or of its body (protocol 1) that say what it is and where it comes from. */
const MESSAGE_FIELDS: readonly [string, string][] = [
  ['task', 'task_name'],
  ['id', 'task_id'],
  ['root_id', 'root_id'],
  ['parent_id', 'parent_id'],
  ['group', 'group'],
  ['origin', 'origin'],
  ['eta', 'eta'],
  ['expires', 'expires'],
  ['argsrepr', 'args'],
  ['kwargsrepr', 'kwargs'],
];
const MAX_VALUE = 2000;

/** Puts what the headers say that open with `{` at `from`; answers the id of the task, '' for none. */
export function putHeaders(draft: Draft, text: string, from: number): string {
  const members = membersAt(text, from);
  for (const [key, field] of MESSAGE_FIELDS) {
    if (has(draft, field)) continue;
    const value = plainValue(members.get(key));
    if (value !== '') put(draft, field, value.length > MAX_VALUE ? value.slice(0, MAX_VALUE) : value);
  }
  const origin = plainValue(members.get('origin'));
  const at = origin.indexOf('@');
  if (at !== -1 && at < origin.length - 1 && origin.length < 300)
    draft.entity('host', origin.slice(at + 1), 'producer');
  const id = plainValue(members.get('id'));
  for (const key of ['root_id', 'parent_id', 'group'])
    mentionRelative(draft, key, plainValue(members.get(key)), id);
  return id.length <= 400 ? id : '';
}

/** A task that another one came from (`root_id`, `parent_id`) or the group it belongs to. A retry is its own parent. */
export function mentionRelative(draft: Draft, key: string, value: string, task: string): void {
  if (value === '' || value === task || value.length >= 200) return;
  if (key === 'root_id') draft.entity('celery_task', value, 'root');
  else if (key === 'parent_id') draft.entity('celery_task', value, 'parent');
  else if (key === 'group' || key === 'group_id') draft.entity('celery_group', value, 'group');
}

/** `headers:{…}` of a message that could not be decoded, or the dumps under an unregistered or invalid one. */
export function readMessageDump(draft: Draft): void {
  const msg = draft.message;
  let id = '';
  const inline = msg.indexOf(' headers:{');
  const v2 = msg.indexOf('The full contents of the message headers:\n');
  const v1 = msg.indexOf('The full contents of the message body was:');
  if (v2 !== -1) id = putHeaders(draft, msg, v2 + 42);
  else if (inline !== -1) id = putHeaders(draft, msg, inline + 9);
  else if (v1 !== -1) {
    const brace = msg.indexOf('{', v1);
    if (brace !== -1 && brace - v1 < 60) {
      id = putHeaders(draft, msg, brace);
      const body = membersAt(msg, brace);
      putIf(draft, 'args', body.get('args')?.slice(0, MAX_VALUE));
      putIf(draft, 'kwargs', body.get('kwargs')?.slice(0, MAX_VALUE));
    }
  }
  if (id !== '') draft.entity('celery_task', id, 'task');
  const delivery = /delivery[ _]info(?: for this task is)?: ?\n?(?=\{)/.exec(msg);
  if (!delivery) return;
  const info = membersAt(msg, delivery.index + delivery[0].length);
  putIf(draft, 'exchange', plainValue(info.get('exchange')));
  putIf(draft, 'routing_key', plainValue(info.get('routing_key')));
  putIf(draft, 'redelivered', plainValue(info.get('redelivered')));
}

/** `TaskPool: Apply <function …> (args:('name', 'id', {headers}, body, …) kwargs:{…})`: what a child is given to run. */
export function readApply(msg: string, draft: Draft): void {
  const open = msg.indexOf('(args:(');
  if (open === -1) return;
  const items = itemsAt(msg, open + 6);
  const name = plainValue(items[0]);
  const id = plainValue(items[1]);
  if (name === '' || id === '' || name.length > 400 || id.length > 400) return;
  put(draft, 'task_name', name);
  put(draft, 'task_id', id);
  draft.entity('celery_task', id, 'task');
  const headers = items[2]?.startsWith('{') ? items[2] : items[4];
  if (headers?.startsWith('{')) putHeaders(draft, headers, 0);
}

const METHOD = /^pidbox received method ([A-Za-z_]\w{0,80})(?=\()/;

/** `pidbox received method revoke(task_id='x', terminate=True) [reply_to:None ticket:None]`: remote control, in full. */
export function readRemoteMethod(msg: string, draft: Draft, _member: Member): void {
  const m = METHOD.exec(msg);
  if (!m) return;
  const open = m[0].length;
  const end = bracketEnd(msg, open);
  put(draft, 'method', m[1] as string);
  if (end !== -1 && end - open > 2) put(draft, 'arguments', msg.slice(open + 1, end - 1).slice(0, MAX_VALUE));
  for (const item of itemsAt(msg, open)) {
    if (item.startsWith('task_name=')) putIf(draft, 'task_name', plainValue(item.slice(10)));
    if (!item.startsWith('task_id=')) continue;
    const value = item.slice(8);
    const ids = value.startsWith('[') || value.startsWith('(') ? itemsAt(value, 0) : [value];
    for (const id of ids.map(plainValue))
      if (id !== '' && id.length <= 400)
        draft.entity('celery_task', id, m[1] === 'revoke' ? 'revoked' : 'mentioned');
  }
}
