// Keys of registry lines. Lines of a file repeat a few orders of keys: the key to come is guessed from the one before it.
import { Buffer } from 'node:buffer';
import { quote, standsAt } from '../text.ts';

/** What the value of a key is used for; those up to SLOT.last are kept by RegistryParts. */
export const SLOT = {
  none: 0,
  id: 1,
  method: 2,
  uri: 3,
  remote: 4,
  status: 5,
  user: 6,
  name: 7,
  reference: 8,
  digest: 9,
  errorCode: 10,
  agent: 11,
  duration: 12,
  upload: 13,
  instance: 14,
  attempted: 15,
  error: 16,
  peer: 17,
  provisioned: 18,
  millis: 19,
  last: 19,
  msg: 20,
  message: 21,
  level: 22,
  time: 23,
  timestamp: 24,
} as const;

/** Names as the registry writes them, and as GitLab's branch of it does. */
const SLOTS = new Map<string, number>([
  ['http.request.id', SLOT.id],
  ['http.request.method', SLOT.method],
  ['http.request.uri', SLOT.uri],
  ['http.request.remoteaddr', SLOT.remote],
  ['http.response.status', SLOT.status],
  ['auth.user.name', SLOT.user],
  ['vars.name', SLOT.name],
  ['vars.reference', SLOT.reference],
  ['vars.digest', SLOT.digest],
  ['err.code', SLOT.errorCode],
  ['http.request.useragent', SLOT.agent],
  ['http.response.duration', SLOT.duration],
  ['vars.uuid', SLOT.upload],
  ['instance.id', SLOT.instance],
  ['username', SLOT.attempted],
  ['error', SLOT.error],
  ['user', SLOT.provisioned],
  ['correlation_id', SLOT.id],
  ['method', SLOT.method],
  ['uri', SLOT.uri],
  ['remote_ip', SLOT.remote],
  ['remote_addr', SLOT.peer],
  ['status', SLOT.status],
  ['auth_user_name', SLOT.user],
  ['vars_name', SLOT.name],
  ['vars_reference', SLOT.reference],
  ['vars_digest', SLOT.digest],
  ['vars_uuid', SLOT.upload],
  ['code', SLOT.errorCode],
  ['user_agent', SLOT.agent],
  ['duration_ms', SLOT.millis],
  ['instance_id', SLOT.instance],
  ['msg', SLOT.msg],
  ['message', SLOT.message],
  ['level', SLOT.level],
  ['time', SLOT.time],
  ['@timestamp', SLOT.timestamp],
]);

export function slotOf(key: string): number {
  return SLOTS.get(key) ?? SLOT.none;
}

/** Keys that RegistryParts keeps: those of the registry, and those that only GitLab's lines have. */
const PARTS = [...SLOTS].filter(([, slot]) => slot <= SLOT.last);
const FIRST_OF_GITLAB = PARTS.findIndex(([key]) => key === 'correlation_id');
export const PART_KEYS = PARTS.slice(0, FIRST_OF_GITLAB);
export const GITLAB_KEYS = PARTS.slice(FIRST_OF_GITLAB);

const NUMERIC = new Set([
  'http.response.status',
  'http.response.written',
  'trace.line',
  'contentLength',
  'copied',
]);
export function isNumeric(key: string): boolean {
  return NUMERIC.has(key);
}

/** Names that no derived field has. */
const OWN = new Set([
  'environment',
  'service',
  'version',
  'go.version',
  'instance.id',
  '@version',
  'type',
  'code',
  'content_type',
  'correlation_id',
  'duration_ms',
  'error',
  'host',
  'instance_id',
  'method',
  'proto',
  'referrer',
  'remote_addr',
  'remote_ip',
  'root_repo',
  'status',
  'system',
  'ttfb_ms',
  'uri',
  'user',
  'user_agent',
  'username',
  'written_bytes',
]);
const OWN_GROUP = /^(?:(?:http|vars|err|trace|redis|auth\.user)\.|(?:auth|config|go|http|vars)_)/;

function mayClash(name: string, slot: number): boolean {
  return (slot < SLOT.msg && !OWN.has(name) && !OWN_GROUP.test(name)) || slot === SLOT.level;
}

const clashes = new Map<string, boolean>();

/** May a derived field have this name? */
export function isShared(name: string): boolean {
  let shared = clashes.get(name);
  if (shared === undefined) {
    shared = mayClash(name, slotOf(name)) && name !== 'level';
    if (clashes.size < 1000) clashes.set(name, shared);
  }
  return shared;
}

export interface Key {
  name: string;
  /** As it stands in front of its value. */
  mark: string;
  /** Place of the mark's last character, and which it is. */
  last: number;
  lastCode: number;
  json: string;
  slot: number;
  numeric: boolean;
  /** A derived field may have the same name. */
  shared: boolean;
  followers: Key[];
  /** The last value with the blank behind it, as written, '' when it is not kept; as JSON member, and what it says. */
  written: string;
  member: string;
  value: string;
  /** How often another value came than the last one, less what its repetitions make up for. */
  changes: number;
  repeats: number;
  /** Number of the line it was last seen in: a line may name a key twice. */
  line: number;
}

function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

const MOST = 400;
const FOLLOWERS = 6;
const LONGEST = 100;
/** Other values than the last one, more than the last one itself makes up for, before a key is taken to vary. */
export const CHANGES = 40;

export class Keys {
  /** Stands before the first key of a line. */
  readonly start: Key;
  #known = new Map<string, Key>();
  #nameAt: (line: string, at: number) => string | null;
  #markOf: (name: string) => string;

  /** `nameAt` reads the name of the key at a place, null when there is none; `markOf` writes it as it stands in a line. */
  constructor(nameAt: (line: string, at: number) => string | null, markOf: (name: string) => string) {
    this.#nameAt = nameAt;
    this.#markOf = markOf;
    this.start = this.#make('');
  }

  /** The key at `at`, from those that followed the key before it or from the text; null when there is none. */
  follow(before: Key, line: string, at: number): Key | null {
    const followers = before.followers;
    for (let i = 0; i < followers.length; i++) {
      const candidate = followers[i] as Key;
      // The end of the mark first: a slice is only made where the mark is likely to stand.
      if (line.charCodeAt(at + candidate.last) === candidate.lastCode && standsAt(line, candidate.mark, at))
        return candidate;
    }
    return this.#read(followers, line, at);
  }

  #read(followers: Key[], line: string, at: number): Key | null {
    const found = this.#nameAt(line, at);
    if (found === null) return null;
    let key = this.#known.get(found);
    if (!key) {
      if (this.#known.size > MOST) {
        this.#known = new Map();
        this.start.followers = [];
      }
      // A copy: a slice would keep the whole chunk in memory.
      const name = flat(found);
      key = this.#make(name);
      if (name.length <= LONGEST) this.#known.set(name, key);
    }
    if (followers.length < FOLLOWERS && found.length <= LONGEST) followers.push(key);
    return key;
  }

  /** Does the value that was kept stand at `at` again? */
  again(key: Key, line: string, at: number): boolean {
    const written = key.written;
    // A value of another length is the common case: its blank stands elsewhere.
    if (written === '' || line.charCodeAt(at + written.length - 1) !== 32 || !standsAt(line, written, at))
      return false;
    if ((++key.repeats & 15) === 0 && key.changes > 0) key.changes--;
    return true;
  }

  /** Keeps the value of a key that rarely gets another one; copies, because slices would keep the whole chunk in memory. */
  keep(key: Key, written: string, json: string, value: string): void {
    key.written = '';
    if (++key.changes >= CHANGES || written.length > LONGEST) return;
    key.written = flat(written);
    key.member = flat(key.json + json);
    key.value = flat(value);
  }

  #make(name: string): Key {
    const slot = slotOf(name);
    const mark = this.#markOf(name);
    return {
      name,
      mark,
      last: mark.length - 1,
      lastCode: mark.charCodeAt(mark.length - 1),
      json: `,${quote(name)}:`,
      slot,
      numeric: NUMERIC.has(name),
      shared: mayClash(name, slot),
      followers: [],
      written: '',
      member: '',
      value: '',
      changes: 0,
      repeats: 0,
      line: 0,
    };
  }
}
