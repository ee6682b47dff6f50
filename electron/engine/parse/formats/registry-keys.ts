// Keys of registry lines. Lines of a file repeat a few orders of keys: the key to come is guessed from the one before it.
import { Buffer } from 'node:buffer';
import { quote, standsAt } from '../text.ts';

/** What the value of a key is used for; those up to SLOT.agent are kept by RegistryParts. */
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
  msg: 12,
  message: 13,
  level: 14,
  time: 15,
  timestamp: 16,
} as const;

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
  ['msg', SLOT.msg],
  ['message', SLOT.message],
  ['level', SLOT.level],
  ['time', SLOT.time],
  ['@timestamp', SLOT.timestamp],
]);

export function slotOf(key: string): number {
  return SLOTS.get(key) ?? SLOT.none;
}

/** Keys that RegistryParts keeps. */
export const PART_KEYS = [...SLOTS].filter(([, slot]) => slot <= SLOT.agent);

const NUMERIC = new Set([
  'http.response.status',
  'http.response.written',
  'trace.line',
  'contentLength',
  'copied',
]);
const STATIC = new Set(['environment', 'service', 'version']);
/** Names that no derived field has. */
const OWN = new Set([...STATIC, 'go.version', 'instance.id', '@version']);
const OWN_GROUP = /^(?:http|vars|err)\./;

export interface Key {
  name: string;
  /** As it stands in front of its value. */
  mark: string;
  json: string;
  slot: number;
  numeric: boolean;
  /** A field without a dot that another one of the record may be named like. */
  dotless: boolean;
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
  /** Number of the line it was last seen in, for readers that must not see a key twice. */
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
      if (standsAt(line, candidate.mark, at)) return candidate;
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
    if (key.written === '' || !standsAt(line, key.written, at)) return false;
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
    return {
      name,
      mark: this.#markOf(name),
      json: `,${quote(name)}:`,
      slot,
      numeric: NUMERIC.has(name),
      dotless: name.indexOf('.') === -1 && slot !== SLOT.msg && !STATIC.has(name),
      shared: slot === SLOT.none && !OWN.has(name) && !OWN_GROUP.test(name),
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
