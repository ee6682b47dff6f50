// Random events whose values are often alike, so that rules made from one event meet others too.
import fc from 'fast-check';
import type { JudgedEvent } from './event.ts';

/** Times of events, in seconds after the start, and as the column shows them. */
export const TIMES: [seconds: number | null, text: string | null][] = [
  [0, '2026-11-20 12:00:00'],
  [59 * 60, '2026-11-20 12:59:00'],
  [13 * 3600 + 61, '2026-11-21 01:01:01'],
  [45 * 86_400, '2027-01-04 12:00:00'],
  [44 * 86_400, '2027-01-03 12:00:00'],
  [null, null],
];

export const WORDS = [
  'alpha',
  'Beta',
  'GAMMA',
  'straße',
  'STRASSE',
  'İstanbul',
  'istanbul',
  'École',
  'e\u0301cole',
  'ΣΊΣΥΦΟΣ',
  'σίσυφος',
  'K\u212A',
  '100%',
  'a_b',
  'axb',
  'a*b',
  'a?b',
  'C:\\temp\\x',
  '\\\\host\\share',
  'back\\*slash',
  '😀',
  'line1\nline2',
  'tab\there',
  '-exec',
  '/exec',
  '–exec',
  '—exec',
  'foo-bar',
  'foo/bar',
  '"quoted"',
  "it's",
  '$1 --',
  'user=bob',
  '',
];
const NUMBERS = [
  5,
  '5',
  '05',
  '5.0',
  '+5',
  4.5,
  '4.5',
  -3,
  '-3',
  '1e1',
  10,
  404,
  '404',
  'x',
  'inf',
  'nan',
  true,
  '',
];
const LONG = ['9007199254740993', '9007199254740992', '18446744073709551616'];
export const ADDRESSES = [
  '10.0.0.0',
  '10.255.255.255',
  '10.1.2.3',
  '11.0.0.1',
  '192.168.1.77',
  '::ffff:10.1.2.3',
  'fe80::1',
  'FE80:0:0:0:0:0:0:1',
  'fec0::1',
  '::1',
  '2001:db8::8:800:200c:417a',
  '300.1.1.1',
  '10.1.2',
  '10.1.2.3:5051',
  'localhost',
];
export const DATES = [
  '2026-11-20T12:00:00Z',
  '2026-11-20 23:59:59.123456',
  '2026-01-01',
  '2027-01-03T00:30:00',
  '2027-01-04 00:30:00',
  '2024-02-29T07:05:00Z',
  'not a date',
  '2026-13-01',
];
export const SECRETS = ['Überraschung', 'curl http', 'pass wörd'];
export const encoded = (secret: string, how: string): Buffer => {
  if (how === 'utf16be') return Buffer.from(secret, 'utf16le').swap16();
  if (how === 'utf16') return Buffer.from(`\uFEFF${secret}`, 'utf16le');
  return Buffer.from(secret, how === 'utf8' ? 'utf8' : 'utf16le');
};
const ENCODINGS = ['utf8', 'utf16le', 'utf16be', 'utf16'];

const pick = <T>(values: readonly T[]) => fc.constantFrom(...values);
const text = fc.array(pick(WORDS), { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));
const word = fc.oneof({ arbitrary: pick(WORDS), weight: 4 }, { arbitrary: text, weight: 1 });
const flipped = fc
  .tuple(word, pick(['as', 'up', 'low']))
  .map(([w, how]) => (how === 'up' ? w.toUpperCase() : how === 'low' ? w.toLowerCase() : w));
/** A secret on its own in base64. */
const whole = fc
  .tuple(pick(SECRETS), pick(ENCODINGS))
  .map(([secret, how]) => encoded(secret, how).toString('base64'));
/** Several secrets, each at some place within longer base64. */
const hidden = fc
  .array(
    fc.tuple(pick(SECRETS), pick(ENCODINGS), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3 })),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) =>
    parts
      .map(([secret, how, before, after]) =>
        Buffer.concat([Buffer.alloc(before, 'x'), encoded(secret, how), Buffer.alloc(after, 'y')]).toString(
          'base64',
        ),
      )
      .join(' '),
  );

const scalar = fc.oneof(flipped, pick(NUMBERS), fc.constant(null), fc.boolean());
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 4 });

/** Keys of `fields`, by what stands there. */
export const FIELDS = {
  user: fc.oneof({ arbitrary: flipped, weight: 5 }, { arbitrary: fc.constant(null), weight: 1 }),
  ref: flipped,
  n: pick(NUMBERS),
  big: pick(LONG),
  'a.b': scalar,
  Key: scalar,
  key: scalar,
  'we"ird $.key\\': flipped,
  ключ: flipped,
  list: fc.array(scalar, { maxLength: 3 }),
  nested: fc.array(fc.array(scalar, { maxLength: 2 }), { maxLength: 2 }),
  ip: pick(ADDRESSES),
  when: pick(DATES),
  enc: whole,
  blob: hidden,
} satisfies Record<string, fc.Arbitrary<unknown>>;

/** The columns that events of the tests have. */
export const COLUMNS = {
  message: text,
  level: pick(['info', 'warning', 'error']),
  action: pick(['push', 'Pull', 'http_request']),
  src_ip: pick(ADDRESSES),
  user_name: flipped,
  http_method: pick(['GET', 'POST', 'put']),
  http_path: pick(['/v2/', '/v2/a_b/manifests/1.0', '/V2/A%20B', '/v2/École']),
  http_status: pick([200, 404, 5]),
} satisfies Record<string, fc.Arbitrary<string | number>>;

export interface RandomEvent extends JudgedEvent {
  seconds: number | null;
}

export const randomEvent: fc.Arbitrary<RandomEvent> = fc
  .record({
    time: pick(TIMES),
    columns: fc.record(
      Object.fromEntries(
        Object.entries(COLUMNS).map(([name, arbitrary]) => [name, maybe<string | number>(arbitrary)]),
      ),
    ),
    fields: fc.option(fc.record(FIELDS as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] }), {
      nil: null,
      freq: 15,
    }),
  })
  .map(({ time: [seconds, ts], columns, fields }) => ({ seconds, columns: { ...columns, ts }, fields }));
