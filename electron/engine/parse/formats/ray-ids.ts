// Ray's ids inside text: found as runs of hexadecimal digits, named by the word before them, with the ids they are made of.
// Build of the ids: Ray's id specification; lease ids and drivers' worker ids: runs of Ray 2.58 and 2.60.

import type { Member } from '../kind.ts';
import type { Draft } from '../record.ts';
import { put, standsAt } from '../text.ts';

const NODE = 0;
const WORKER = 1;
const JOB = 2;
const ACTOR = 3;
const TASK = 4;
const OBJECT = 5;
const LEASE = 6;
const GROUP = 7;
const CLUSTER = 8;
const OWNER = 9;
const PARENT = 10;
const NONE = -1;

const FIELD: readonly string[] = [
  'node_id',
  'worker_id',
  'job_id',
  'actor_id',
  'task_id',
  'object_id',
  'lease_id',
  'placement_group_id',
  'cluster_id',
  'owner_worker_id',
  'parent_task_id',
];
const OPENING: readonly string[] = FIELD.map((name) => `,"${name}":"`);
const ENTITY: readonly string[] = [
  'ray_node',
  'ray_worker',
  'ray_job',
  'ray_actor',
  'ray_task',
  '',
  '',
  '',
  '',
  'ray_worker',
  'ray_task',
];

/** The word before an id, in small letters and without `id`. */
const KEY_OF_WORD = new Map<string, number>([
  ['node', NODE],
  ['raylet', NODE],
  ['client', NODE],
  ['local_node', NODE],
  ['worker', WORKER],
  ['publisher', WORKER],
  ['owner', OWNER],
  ['owner_worker', OWNER],
  ['actor', ACTOR],
  ['task', TASK],
  ['raytask', TASK],
  ['parent_task', PARENT],
  ['job', JOB],
  ['object', OBJECT],
  ['objectref', OBJECT],
  ['lease', LEASE],
  ['placement_group', GROUP],
  ['placementgroup', GROUP],
  ['group', GROUP],
  ['pg', GROUP],
  ['cluster', CLUSTER],
]);

function isHex(c: number): boolean {
  return (c >= 48 && c <= 57) || (c >= 97 && c <= 102);
}

function isWordUnit(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 95;
}

const NIL = 'NIL_ID';
const STRIDE = 24;
const MAX_IDS = 24;
const HEX = /^[0-9a-f]+$/;
const ALL_F = /^f+$/;
const DUMMY_ACTOR = 'f'.repeat(24);
const DRIVER_TAIL = 'f'.repeat(48);

/** The ids that the message names, in the order found. */
const keys = new Int8Array(MAX_IDS);
const values: string[] = new Array(MAX_IDS).fill('');
let named = 0;

/**
 * Puts the ids of a message as fields and entities: `node_id=…`, `node id: …`, `(ID: …)`, `Actor … is`, `ActorID(…)`. The first
 * of a kind is the field; an id that differs from the path's is `<name>.mentioned`. Then the ids that these are made of.
 * An id of at least 32 digits covers a multiple of 24, so only those places are looked at.
 */
export function rayIds(text: string, draft: Draft, member: Member): void {
  const limit = text.length > 20_000 ? 20_000 : text.length;
  named = 0;
  for (let probe = STRIDE; probe < limit; probe += STRIDE) {
    if (!isHex(text.charCodeAt(probe))) continue;
    let start = probe;
    while (start > 0 && isHex(text.charCodeAt(start - 1)) && probe - start < STRIDE) start--;
    if (!isHex(text.charCodeAt(start + 31))) continue;
    const length = lengthAt(text, start);
    if (length === 0) continue;
    const value = text.slice(start, start + length);
    if (!HEX.test(value)) continue;
    probe = start + length - ((start + length) % STRIDE);
    const key = keyOf(text, start, length);
    if (key !== NONE) note(key, value);
  }
  // Jobs are counted, the lowest byte first: their ids end in zeros. Only C++ writes of ids that are none.
  if (text.indexOf('00') !== -1) {
    jobIds(text, 'job', limit);
    jobIds(text, 'Job', limit);
  }
  if (draft.tid !== '') nilIds(text, limit);
  if (named > 0) putIds(draft, member);
}

function nilIds(text: string, limit: number): void {
  let nil = text.indexOf(NIL);
  for (let n = 0; nil !== -1 && nil < limit && n < 8; n++) {
    const key = keyOf(text, nil, 0);
    if (key !== NONE) note(key, NIL);
    nil = text.indexOf(NIL, nil + NIL.length);
  }
}

/** Puts one id that a reader knows by itself, and those it is made of. */
export function rayId(draft: Draft, member: Member, field: string, value: string): void {
  readIds(draft, member, [[field, value]], 'mentioned');
}

/** Puts ids that an event names by keys, and those they are made of. Text that is no id is kept as a field only. */
export function readIds(
  draft: Draft,
  member: Member,
  list: readonly (readonly [string, string])[],
  role: string,
): void {
  named = 0;
  for (const [field, value] of list) {
    const key = FIELD.indexOf(field);
    if (key !== -1 && ID.test(value)) note(key, value);
    else if (value !== '') put(draft, field, value);
  }
  if (named > 0) putIds(draft, member, role);
}

const ID = /^(?:[0-9a-f]{8,64}|NIL_ID)$/;

/** How long a run of digits would be that starts here, of the lengths that ids have; 40 are nodes and tasks of 0.8 and before. */
function lengthAt(text: string, start: number): number {
  // Ascending: the first at which a run of digits ends is its length.
  if (!isHex(text.charCodeAt(start + 32))) return 32;
  if (endsAt(text, start + 36)) return 36;
  if (endsAt(text, start + 40)) return 40;
  if (endsAt(text, start + 48)) return 48;
  if (endsAt(text, start + 56)) return 56;
  return endsAt(text, start + 64) ? 64 : 0;
}

function endsAt(text: string, end: number): boolean {
  return isHex(text.charCodeAt(end - 1)) && !isHex(text.charCodeAt(end));
}

function note(key: number, value: string): void {
  if (named >= MAX_IDS) return;
  for (let i = 0; i < named; i++) if (keys[i] === key && values[i] === value) return;
  keys[named] = key;
  values[named] = value;
  named++;
}

/** Jobs have ids of eight digits: `job id = 01000000`, `Job 01000000`, `job_id: 01000000`, `JobID(01000000)`. */
function jobIds(text: string, word: string, limit: number): void {
  let at = text.indexOf(word);
  for (let n = 0; at !== -1 && at < limit && n < 8; n++) {
    let v = at + 3;
    let c = text.charCodeAt(v);
    if (c === 95 || c === 32) c = text.charCodeAt(++v);
    if ((c === 105 || c === 73) && (text.charCodeAt(v + 1) | 32) === 100) {
      v += 2;
      c = text.charCodeAt(v);
    }
    for (let i = 0; i < 4 && (c === 61 || c === 58 || c === 32 || c === 40 || c === 34); i++)
      c = text.charCodeAt(++v);
    let end = v;
    while (end - v < 9 && isHex(text.charCodeAt(end))) end++;
    if (end - v === 8 && v > at + 3 && !isWordUnit(text.charCodeAt(end))) note(JOB, text.slice(v, end));
    at = text.indexOf(word, end > at + 3 ? end : at + 3);
  }
}

/** Which id starts at `start`: by the word before it; by its length when that word says nothing. */
function keyOf(text: string, start: number, length: number): number {
  if (text.charCodeAt(start - 1) === 61 && standsAt(text, '_id=', start - 4)) {
    switch (text.charCodeAt(start - 5)) {
      case 101:
        if (length === 56 && standsAt(text, 'node', start - 8)) return NODE;
        break;
      case 114:
        if (length === 32 && standsAt(text, 'actor', start - 9)) return ACTOR;
        if (length === 56 && standsAt(text, ' worker', start - 11)) return WORKER;
        break;
      case 107:
        if (length === 48 && standsAt(text, ' task', start - 9)) return TASK;
        break;
      default:
    }
  }
  return keyOfWord(text, start, length);
}

function keyOfWord(text: string, start: number, length: number): number {
  let end = start;
  let c = text.charCodeAt(end - 1);
  // An id is not part of a path, a URI, a file name or a longer word.
  if (
    isWordUnit(c) ||
    c === 47 ||
    c === 45 ||
    c === 46 ||
    isWordUnit(text.charCodeAt(start + (length === 0 ? NIL.length : length)))
  )
    return NONE;
  for (let i = 0; i < 5 && isGap(c); i++) c = text.charCodeAt(--end - 1);
  let from = wordStart(text, end);
  let word = text.slice(from, end).toLowerCase();
  if (word === 'id') {
    // `at node (ID: …, IP: …)`, `the node (IP: …, ID: …)`
    const mark = text.charCodeAt(from - 1) === 32 ? text.charCodeAt(from - 2) : text.charCodeAt(from - 1);
    if (mark === 40 || (mark === 44 && text.charCodeAt(from) === 73))
      return length === 56 || length === 0 ? NODE : NONE;
    end = from - 1;
    from = wordStart(text, end);
    word = text.slice(from, end).toLowerCase();
  } else if (word.endsWith('id')) {
    word = word.slice(0, word.charCodeAt(word.length - 3) === 95 ? -3 : -2);
  }
  const key = KEY_OF_WORD.get(word);
  if (key !== undefined) return fits(key, length) ? key : NONE;
  switch (length) {
    case 32:
      return word === 'trace' || word === 'hash' || word === 'event' || word === 'md5' ? NONE : ACTOR;
    case 48:
      return TASK;
    case 36:
      return /placement group/i.test(before(text, start)) ? GROUP : NONE;
    case 56:
      return (word === 'from' || word === 'to') && /(?:leas|commit|resource|bundle)/.test(before(text, start))
        ? NODE
        : NONE;
    default:
      return NONE;
  }
}

/** Blank, `=`, `:`, `,`, quotes and opening brackets may stand between the word and the id. */
function isGap(c: number): boolean {
  switch (c) {
    case 32:
    case 61:
    case 58:
    case 44:
    case 34:
    case 39:
    case 40:
    case 91:
    case 123:
      return true;
    default:
      return false;
  }
}

function wordStart(text: string, end: number): number {
  let from = end;
  while (from > 0 && end - from < 24 && isWordUnit(text.charCodeAt(from - 1))) from--;
  return from;
}

function before(text: string, end: number): string {
  return text.slice(end > 80 ? end - 80 : 0, end);
}

/** May an id of this length bear the name? 0 stands for NIL_ID. */
function fits(key: number, length: number): boolean {
  if (length === 0) return true;
  switch (key) {
    case JOB:
      return false;
    case ACTOR:
      return length === 32 || length === 40;
    case TASK:
    case PARENT:
      return length === 48 || length === 40;
    case GROUP:
      return length === 36 || length === 32;
    case LEASE:
      return length === 64;
    default:
      return length === 56 || length === 40;
  }
}

/** Ids that the path of the member being read gives, by key. */
let of: Member | null = null;
let known: (string | undefined)[] = [];
/** Those whose field the message has given so far: one bit a key. */
let given = 0;

function putIds(draft: Draft, member: Member, role = 'mentioned'): void {
  if (of !== member) {
    of = member;
    known = FIELD.map((name) => member.hint.fields[name]);
  }
  given = 0;
  const count = named;
  for (let i = 0; i < count; i++) {
    const key = keys[i] as number;
    const value = values[i] as string;
    const kind = ENTITY[key] as string;
    if (kind !== '' && !isNil(value)) draft.entity(kind, value, role);
    const bit = 1 << key;
    const fromPath = known[key];
    if (fromPath !== undefined) {
      if (fromPath !== value) put(draft, `${FIELD[key]}.mentioned`, value, true);
    } else if ((given & bit) === 0) field(draft, key, value);
    given |= bit;
  }
  for (let i = 0; i < count; i++) parts(draft, keys[i] as number, values[i] as string);
}

function field(draft: Draft, key: number, value: string): void {
  if (draft.fields === '') put(draft, FIELD[key] as string, value, true);
  else draft.fields += `${OPENING[key]}${value}"`;
}

function isNil(value: string): boolean {
  const c = value.charCodeAt(0);
  return c === 78 || (c === 102 && ALL_F.test(value));
}

/** The ids an id is made of: actor of an actor task, job of an actor, task of an object, owner of a lease. */
function parts(draft: Draft, key: number, value: string): void {
  switch (key) {
    case ACTOR:
      if (value.length === 32) part(draft, JOB, value.slice(24));
      return;
    case GROUP:
      if (value.length === 36) part(draft, JOB, value.slice(28));
      return;
    case TASK:
    case PARENT:
      if (value.length !== 48) return;
      if (!value.startsWith(DUMMY_ACTOR, 16)) part(draft, ACTOR, value.slice(16));
      part(draft, JOB, value.slice(40));
      return;
    case OBJECT:
      if (value.length !== 56) return;
      part(draft, TASK, value.slice(0, 48));
      parts(draft, TASK, value.slice(0, 48));
      return;
    case LEASE:
      if (value.length !== 64) return;
      part(draft, OWNER, value.slice(8));
      parts(draft, OWNER, value.slice(8));
      return;
    case WORKER:
    case OWNER:
      // A driver's worker id is its job id and 48 times `f`.
      if (value.charCodeAt(55) === 102 && value.endsWith(DRIVER_TAIL)) part(draft, JOB, value.slice(0, 8));
      return;
    default:
  }
}

/** An id that the text names only inside another one. */
function part(draft: Draft, key: number, value: string): void {
  const bit = 1 << key;
  if ((given & bit) !== 0 || ALL_F.test(value)) return;
  given |= bit;
  const fromPath = known[key];
  if (fromPath === value) return;
  draft.entity(ENTITY[key] as string, value, 'part');
  if (fromPath === undefined) field(draft, key, value);
}
