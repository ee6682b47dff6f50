// Networks: the bounds in numbers, and the test of a text column against them.
import { allOf, anyOf, type Binder } from './sql.ts';

export interface Network {
  version: 4 | 6;
  low: bigint;
  high: bigint;
}

/** Reads `10.0.0.0/8`, `fe80::/10` or one address; a text when it is none. */
export function parseNetwork(text: string): Network | string {
  const match = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/.exec(text.trim());
  if (!match) return `'${text}' is not a network such as 10.0.0.0/8`;
  const v6 = match[1]!.includes(':');
  const bits = v6 ? 128 : 32;
  const length = match[2] === undefined ? bits : Number(match[2]);
  if (length > bits) return `'${text}': the prefix is longer than ${bits}`;
  const address = v6 ? parseV6(match[1]!) : parseV4(match[1]!);
  if (address === null) return `'${text}' is not a network such as 10.0.0.0/8`;
  const size = 1n << BigInt(bits - length);
  if (address % size !== 0n) return `'${text}' has host bits set beyond its prefix`;
  return { version: v6 ? 6 : 4, low: address, high: address + size - 1n };
}

export function parseV4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((p) => /^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/.test(p))) return null;
  return parts.reduce((sum, p) => sum * 256n + BigInt(p), 0n);
}

export function parseV6(text: string): bigint | null {
  let source = text;
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail) {
    const v4 = parseV4(tail[2]!);
    if (v4 === null) return null;
    source = `${tail[1]}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`;
  }
  const halves = source.split('::');
  if (halves.length > 2) return null;
  const groups = (half: string | undefined) => (half ? half.split(':') : []);
  const left = groups(halves[0]);
  const right = groups(halves[1]);
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const all = [...left, ...Array<string>(halves.length === 1 ? 0 : missing).fill('0'), ...right];
  if (!all.every((g) => /^[0-9a-fA-F]{1,4}$/.test(g))) return null;
  return all.reduce((sum, g) => sum * 65536n + BigInt(`0x${g}`), 0n);
}

const OCTET = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
/** From so many networks on, those of one prefix length are one list in place of one comparison each. */
const LISTED = 20;

/**
 * BOOLEAN or NULL: is the text an address of one of the networks? `::ffff:a.b.c.d` counts as a.b.c.d.
 * `repeated`: it stands inside a list function, where no subquery may stand.
 */
export function networksSql(text: string, networks: Network[], binder: Binder, repeated = false): string {
  const v4 = networks.filter((n) => n.version === 4);
  const v6 = networks.filter((n) => n.version === 6);
  const parts: string[] = [];
  if (v4.length > 0) {
    const derived = (sql: string) => (/^e\.\w+$/.test(text) ? binder.derive(sql) : sql);
    const made = `regexp_replace(lower(${text}), '^::ffff:', '')`;
    const plain = derived(made);
    const within =
      v4.length < LISTED ? v4.map((n) => v4Sql(plain, n, binder)) : v4Lists(plain, v4, binder, repeated);
    // AND alone would not keep the numbers from being made of what is no address; TRY_CAST makes them NULL
    parts.push(allOf([derived(`regexp_full_match(${made}, '${OCTET}([.]${OCTET}){3}')`), anyOf(within)]));
  }
  if (v6.length > 0) parts.push(v6Sql(text, v6, binder, repeated));
  return anyOf(parts.map((part) => (parts.length > 1 ? `coalesce(${part}, false)` : part)));
}

const octet = (plain: string, n: number) => `TRY_CAST(split_part(${plain}, '.', ${n}) AS BIGINT)`;
const v4Number = (plain: string): string =>
  `(${octet(plain, 1)} * 16777216 + ${octet(plain, 2)} * 65536 + ${octet(plain, 3)} * 256 + ${octet(plain, 4)})`;

/** Whole octets are compared as text, which is quicker; `plain` is known to be four octets. */
function v4Sql(plain: string, network: Network, binder: Binder): string {
  const { low, high } = network;
  const octets = [24n, 16n, 8n, 0n].map((shift) => (low >> shift) & 255n);
  const length = 32 - freeBits(network);
  if (length % 8 === 0 && length > 0 && length < 32) {
    return `starts_with(${plain}, ${binder.bind(`${octets.slice(0, length / 8).join('.')}.`)})`;
  }
  return `${v4Number(plain)} BETWEEN ${binder.bind(Number(low))} AND ${binder.bind(Number(high))}`;
}

const freeBits = ({ low, high }: Network): number => (high - low).toString(2).replace(/^0$/, '').length;

/** A set of network numbers per prefix length: at most 33 look-ups however many networks there are. */
function v4Lists(plain: string, networks: Network[], binder: Binder, repeated: boolean): string[] {
  const byLength = new Map<number, number[]>();
  for (const network of networks) {
    const bits = freeBits(network);
    const list = byLength.get(bits) ?? [];
    list.push(Number(network.low >> BigInt(bits)));
    byLength.set(bits, list);
  }
  return [...byLength].map(([bits, numbers]) =>
    inList(`(${v4Number(plain)} >> ${bits})`, numbers, 'BIGINT', binder, repeated),
  );
}

function inList(
  value: string,
  values: (number | string)[],
  type: 'BIGINT' | 'VARCHAR',
  binder: Binder,
  repeated: boolean,
): string {
  const list = `from_json(${binder.bind(JSON.stringify(values))}, '["${type}"]')`;
  return repeated ? `list_contains(${list}, ${value})` : `${value} IN (SELECT unnest(${list}))`;
}

function v6Sql(text: string, networks: Network[], binder: Binder, repeated: boolean): string {
  const half = (n: number) =>
    `list_filter(string_split(split_part(${text}, '::', ${n}), ':'), lambda g: g <> '')`;
  const groups = `CASE WHEN contains(${text}, '::')
    THEN list_concat(${half(1)}, list_transform(range(8 - len(${half(1)}) - len(${half(2)})), lambda i: '0'), ${half(2)})
    ELSE string_split(${text}, ':') END`;
  const hex = (value: bigint) => value.toString(16).padStart(32, '0');
  const spread = `array_to_string(list_transform(${groups}, lambda g: lpad(lower(g), 4, '0')), '')`;
  const whole: Network[] = [];
  const byDigits = new Map<number, string[]>();
  for (const network of networks) {
    const bits = freeBits(network);
    const digits = (128 - bits) / 4;
    if (networks.length < LISTED || !Number.isInteger(digits)) whole.push(network);
    else {
      const starts = byDigits.get(digits) ?? [];
      starts.push(hex(network.low).slice(0, digits));
      byDigits.set(digits, starts);
    }
  }
  const within = whole.map(
    (n) => `${spread} BETWEEN ${binder.bind(hex(n.low))} AND ${binder.bind(hex(n.high))}`,
  );
  for (const [digits, starts] of byDigits)
    within.push(inList(`left(${spread}, ${digits})`, starts, 'VARCHAR', binder, repeated));
  // CASE: the lists are only made for what looks like an address
  return `CASE WHEN contains(${text}, ':') AND regexp_full_match(${text}, '[0-9a-fA-F:]{2,39}')
    THEN len(${groups}) = 8 AND ${anyOf(within)} END`;
}
