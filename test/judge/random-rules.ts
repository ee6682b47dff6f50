// Random rules made from the values of random events: hits, near misses, and every modifier.
import fc from 'fast-check';
import { stringify } from 'yaml';
import { ADDRESSES, COLUMNS, FIELDS, type RandomEvent, SECRETS, WORDS } from './random-events.ts';
import type { Placeholders } from './value.ts';

/** What a line of a selection is made from. Numbers pick from whatever there is. */
interface Seed {
  event: number;
  field: number;
  how: number;
  a: number;
  b: number;
  turn: number;
  more: number;
}
export interface RuleSeed {
  items: Seed[];
  shape: number;
  sizes: number[];
}

const nat = fc.nat({ max: 9999 });
const seed: fc.Arbitrary<Seed> = fc.record({
  event: nat,
  field: nat,
  how: nat,
  a: nat,
  b: nat,
  turn: nat,
  more: nat,
});
export const ruleSeed: fc.Arbitrary<RuleSeed> = fc.record({
  items: fc.array(seed, { minLength: 6, maxLength: 6 }),
  shape: nat,
  sizes: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 3, maxLength: 3 }),
});

export const PLACEHOLDERS: Placeholders = {
  Servers: ['alpha', 'str*', 'École'],
  Paths: ['C:\\temp\\*', 'a\\*b', '100%'],
};

export const MODIFIERS = [
  'contains startswith endswith all cased exists neq re i m s base64 base64offset wide utf16le utf16be utf16 windash',
  'cidr lt lte gt gte minute hour day week month year fieldref expand',
]
  .join(' ')
  .split(' ');

type Line = [key: string, value: unknown];
const TEXT_FIELDS = [...Object.keys(COLUMNS), ...Object.keys(FIELDS)];
const literal = (text: string): string => text.replace(/[\\*?]/g, '\\$&');
const escapeRegex = (text: string): string => text.replace(/[\\.^$*+?{}()[\]|]/g, '\\$&');

function textOf(event: RandomEvent, field: string): string {
  const value = field in event.columns ? event.columns[field] : event.fields?.[field];
  const first = Array.isArray(value) ? value.flat()[0] : value;
  return first === null || first === undefined ? 'absent' : String(first);
}

/** The text as it is, or changed so that it still meets, or just misses. */
function turned(text: string, turn: number): string {
  switch (turn % 7) {
    case 0:
      return text.toUpperCase();
    case 1:
      return text.toLowerCase();
    case 2:
      return text.replace(/^./u, '_');
    case 3:
      return `${text}%`;
    default:
      return text;
  }
}

function cut(text: string, a: number, b: number): [string, string, string] {
  const points = [...text];
  const from = a % (points.length + 1);
  const to = from + (b % (points.length - from + 1));
  return [points.slice(0, from), points.slice(from, to), points.slice(to)].map((p) => p.join('')) as [
    string,
    string,
    string,
  ];
}

function wild(text: string, a: number, b: number): string {
  const [before, middle, after] = cut(text, a, b);
  if (b % 3 === 0) return `${literal(before)}${'?'.repeat([...middle].length)}${literal(after)}`;
  if (b % 3 === 1) return `${literal(before)}*${literal(after)}`;
  return `*${literal(middle)}${a % 2 ? '*' : '\\*'}`;
}

/** A regular expression of the documented metacharacters around a part of the text. */
function regex(text: string, a: number, b: number): string {
  const [before, middle] = cut(text, a, b);
  const quoted = escapeRegex(middle);
  return [
    quoted,
    `^${escapeRegex(before)}.*`,
    `${quoted}$`,
    `(${quoted}|nothing here)`,
    `[a-fA-F]+.${quoted}`,
    `^.+$`,
    `[^a-z]{1,3}`,
    `^.{2,40}$`,
    `line.$|^line2`,
    `line1.line2`,
    `(?:al|be)[a-z]*`,
  ][(a + b) % 11]!;
}

type Maker = (s: Seed, field: string, text: string) => Line;
const inText = (modifiers: string): Maker => {
  return ({ a, b, turn }, field, text) => {
    const [before, middle, after] = cut(text, a, b);
    const part = modifiers.includes('starts')
      ? before + middle
      : modifiers.includes('ends')
        ? middle + after
        : middle;
    return [`${field}|${modifiers}`, literal(turned(part, turn))];
  };
};
const NUMERIC = ['n', 'big', 'http_status'];
const numeric = (modifier: string): Maker => {
  return ({ field, a }) => {
    const name = NUMERIC[field % NUMERIC.length]!;
    return [`${name}${modifier}`, [5, 4.5, 10, -3, 404, 9007199254740992n, 0][a % 7]];
  };
};
const regular = (modifiers: string): Maker => {
  return ({ a, b }, field, text) => [`${field}|${modifiers}`, regex(text, a, b)];
};
const date = (part: string, values: number[]): Maker => {
  return ({ field, a }) => [`${field % 2 ? 'ts' : 'when'}|${part}`, values[a % values.length]];
};
const encoding = (modifiers: string): Maker => {
  return ({ a }) => [
    `${modifiers.includes('offset') ? 'blob' : 'enc'}|${modifiers}`,
    SECRETS[a % SECRETS.length],
  ];
};
const NETWORKS = [
  '10.0.0.0/8',
  '10.1.2.3/32',
  '0.0.0.0/0',
  '192.168.1.64/26',
  'fe80::/10',
  '::1',
  '2001:db8::/32',
];
const FLAGS = ['-exec', '/exec', '–exec', 'foo-bar', 'alpha -exec', '/exec -exec'];

/** Ways to write a line that the events may meet; common ones more often. */
const MAKERS: Maker[] = [
  ({ turn }, field, text) => [field, literal(turned(text, turn))],
  ({ turn }, field, text) => [field, literal(turned(text, turn))],
  ({ a, b }, field, text) => [field, wild(text, a, b)],
  ({ a, b }, field, text) => [field, wild(text, a, b)],
  (_, field, text) => [field, text],
  (_, field) => [field, '*'],
  (_, field) => [field, ''],
  (_, field) => [field, null],
  ({ a }, field) => [`${field}|exists`, a % 2 === 0],
  inText('contains'),
  inText('contains'),
  inText('startswith'),
  inText('endswith'),
  inText('contains|cased'),
  inText('cased|startswith'),
  inText('contains|neq'),
  ({ turn }, field, text) => [`${field}|cased`, literal(turned(text, turn))],
  ({ a, b }, field, text) => [`${field}|cased`, wild(text, a, b)],
  ({ turn }, field, text) => [`${field}|neq`, literal(turned(text, turn))],
  ({ more }, field, text) => [field, [literal(text), WORDS[more % WORDS.length]!]],
  ({ more }, field, text) => [`${field}|neq`, [literal(text), WORDS[more % WORDS.length]!]],
  ({ a, b, more }, field, text) => [
    `${field}|contains|all`,
    [literal(cut(text, a, b)[1]), literal(cut(text, b, more)[1])],
  ],
  ({ a, b, more }, field, text) => [
    `${field}|contains|all|neq`,
    [literal(cut(text, a, b)[1]), literal(cut(text, b, more)[1])],
  ],
  regular('re'),
  regular('re|i'),
  regular('re|m'),
  regular('re|s'),
  regular('re|i|m|s'),
  regular('re|neq'),
  numeric(''),
  numeric('|lt'),
  numeric('|lte'),
  numeric('|gt'),
  numeric('|gte'),
  numeric('|neq'),
  ({ field, a }) => [`${['ip', 'src_ip', 'c-ip'][field % 3]!}|cidr`, NETWORKS[a % NETWORKS.length]],
  ({ field, a, b }) => [
    `${['ip', 'src_ip'][field % 2]!}|cidr`,
    [NETWORKS[a % NETWORKS.length], NETWORKS[b % NETWORKS.length]],
  ],
  ({ a }) => ['ip', ADDRESSES[a % ADDRESSES.length]],
  date('minute', [0, 30, 59, 5]),
  date('hour', [12, 0, 23, 1]),
  date('day', [20, 21, 3, 4]),
  date('week', [47, 53, 1, 9]),
  date('month', [11, 1, 2, 12]),
  date('year', [2026, 2027, 2024]),
  encoding('base64'),
  encoding('utf16le|base64'),
  encoding('wide|base64'),
  encoding('utf16|base64'),
  encoding('utf16be|base64'),
  encoding('base64offset|contains'),
  encoding('wide|base64offset|contains'),
  encoding('utf16le|base64offset|contains'),
  encoding('utf16be|base64offset|contains'),
  encoding('utf16|base64offset|contains'),
  ({ a }, field) => [`${field}|windash|contains`, FLAGS[a % FLAGS.length]],
  ({ a }) => ['message|windash|contains', FLAGS[a % FLAGS.length]],
  ({ a }) => ['user|windash', FLAGS[a % FLAGS.length]],
  ({ more }, field) => [`${field}|fieldref`, TEXT_FIELDS[more % TEXT_FIELDS.length]],
  () => ['user|fieldref', 'user_name'],
  ({ more }) => ['message|fieldref|contains', ['user', 'ref', 'user_name', 'n'][more % 4]],
  ({ more }) => ['message|fieldref|startswith', ['user', 'ref', 'user_name'][more % 3]],
  ({ more }) => ['message|fieldref|endswith', ['user', 'ref', 'user_name'][more % 3]],
  ({ more }) => ['ref|fieldref|neq', ['user', 'user_name'][more % 2]],
  ({ a }, field) => [
    `${field}|expand`,
    ['%Servers%', '%Paths%', '*%Servers%*', '\\%Servers%', '100\\%'][a % 5],
  ],
  ({ a }) => ['message|expand|contains', ['%Servers%', '%Paths%'][a % 2]],
  ({ a }) => ['user|contains|expand', ['%Servers%', '%Paths%'][a % 2]],
  (_, field) => [field, ['5', 'true', '404', '-3'][field.length % 4]],
  ({ a }) => [['Key', 'key', 'a.b', 'list'][a % 4]!, a % 3 === 0],
];

const KEYWORDS: ((s: Seed, text: string) => unknown)[] = [
  ({ a, b, turn }, text) => [literal(turned(cut(text, a, b)[1], turn)) || 'alpha', 'nowhere'],
  ({ a, b }, text) => literal(cut(text, a, b)[1]) || 'Beta',
  ({ a, b }, text) => [wild(text, a, b) || 'Beta'],
  ({ a, b, more }, text) => ({
    '|all': [literal(cut(text, a, b)[1]) || 'alpha', literal(cut(text, b, more)[1]) || 'GAMMA'],
  }),
  ({ a, b }, text) => ({ '|re': regex(text, a, b) || 'l.n' }),
  ({ a, b }, text) => ({ '|cased': literal(cut(text, a, b)[1]) || 'GAMMA' }),
  ({ a }) => [[5, 404, 10, 'alpha'][a % 4]],
  ({ a }) => ({ '|windash': FLAGS[a % FLAGS.length] }),
  ({ a }) => ({ '|base64offset': SECRETS[a % SECRETS.length] }),
];

const CONDITIONS = [
  'one',
  'one',
  'not one',
  'one or two',
  'one and not two',
  'not (one or two)',
  'not one or not two and three',
  'one and two or three',
  '(one or two) and not three',
  '1 of them',
  'all of them',
  'not all of them',
  '1 of t*',
  'all of t*',
  'any of *o*',
  'not 1 of o* and not all of t*',
  ['one', 'two and three'],
  ['not three', 'one'],
];

function line(s: Seed, events: RandomEvent[]): Line {
  const event = events[s.event % events.length]!;
  const field = TEXT_FIELDS[s.field % TEXT_FIELDS.length]!;
  return MAKERS[s.how % MAKERS.length]!(s, field, textOf(event, field));
}

function search(seeds: Seed[], events: RandomEvent[]): unknown {
  const first = seeds[0]!;
  if (first.more % 9 === 0) {
    const event = events[first.event % events.length]!;
    const field = TEXT_FIELDS[first.field % TEXT_FIELDS.length]!;
    return KEYWORDS[first.how % KEYWORDS.length]!(first, textOf(event, field));
  }
  const lines = seeds.map((s) => line(s, events));
  if (first.turn % 5 === 0) return lines.map(([key, value]) => ({ [key]: value }));
  if (first.turn % 23 === 0) return [...lines.map(([key, value]) => ({ [key]: value })), 'alpha'];
  return Object.fromEntries(lines);
}

export type Detection = Record<string, unknown>;

export function randomDetection(rule: RuleSeed, events: RandomEvent[]): Detection {
  const detection: Detection = {};
  const condition = CONDITIONS[rule.shape % CONDITIONS.length]!;
  const names = [condition].flat().join(' ');
  for (const [i, name] of ['one', 'two', 'three'].entries()) {
    if (/ of /.test(names) || names.includes(name))
      detection[name] = search(rule.items.slice(i * 2, i * 2 + rule.sizes[i]!), events);
  }
  return { ...detection, condition };
}

export const ruleId = (i: number): string => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;

export const ruleText = (detection: Detection, i: number): string =>
  stringify({
    title: `Rule ${i}`,
    id: ruleId(i),
    status: 'test',
    level: 'medium',
    logsource: { product: 'registry' },
    detection,
  });
