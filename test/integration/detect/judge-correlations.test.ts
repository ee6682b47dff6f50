// Two judges of correlations: the engine's SQL on DuckDB and the brute force in test/judge. JUDGE_STREAMS asks for more
// streams per type than the suite's, JUDGE_SEED for other ones.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingsOf, readDocuments, type TimedEvent } from '../../judge/correlation.ts';
import { rulesOf } from './engine-verdicts.ts';
import { found, Given, type GivenEvent, micros } from './given.ts';

const STREAMS = Number(process.env.JUDGE_STREAMS ?? 1000);
const SEED = Number(process.env.JUDGE_SEED ?? 20261120);
/** Each rule has streams of its own, so that it meets its part of them alone. */
const SETS = 20;

let given: Given;
beforeAll(async () => {
  given = await Given.open();
});
afterAll(() => given.close());

interface StreamEvent {
  at: number | null;
  /** The letters are the base rules that match. */
  action: string;
  user: string | null;
  other: string | null;
  value: string | number | null;
}

const event = fc.record<StreamEvent>({
  at: fc.option(fc.integer({ min: 0, max: 60 }), { freq: 15 }),
  action: fc.constantFrom('a', 'a', 'b', 'b', 'c', 'ab', 'abc', 'x'),
  user: fc.constantFrom('u', 'u', 'u', 'v', null),
  other: fc.constantFrom('u', 'u', 'v', 'w', null),
  value: fc.constantFrom<(string | number | null)[]>(1, 2, '2', '2.0', -3, 0.5, '10', 'Bob', 'bob', '', null),
});
const stream = fc.oneof(
  { arbitrary: fc.array(event, { minLength: 1, maxLength: 20, size: 'max' }), weight: 30 },
  { arbitrary: fc.array(event, { minLength: 1, maxLength: 60, size: 'max' }), weight: 10 },
  { arbitrary: fc.array(event, { minLength: 60, maxLength: 200, size: 'max' }), weight: 1 },
);

const pick = <T>(values: T[], set: number): T => values[set % values.length]!;
const spanOf = (set: number): string => pick(['3s', '5s', '8s', '1m', '2s'], set);

/** The base rules of a set and what is written over them. */
function rulesText(type: string, set: number, condition: string, rules = '[a, b]', more = ''): string {
  const bases = ['a', 'b', 'c'].map(
    (name) =>
      `title: ${name} ${set}\nname: ${name}\nlogsource: {product: registry, service: set${set}}\ndetection: {s: {action|contains: ${name}}, condition: s}\n`,
  );
  const body = `type: ${type}, rules: ${rules}, timespan: ${spanOf(set)}, group-by: [http_path, user_name]${condition ? `, condition: ${condition}` : ''}${more}`;
  return [`title: Judged\nid: judged\nname: judged\ncorrelation: {${body}}\n`, ...bases].join('---\n');
}

const counts = (set: number): string =>
  pick(
    [
      '{gte: 3}',
      '{gt: 3}',
      '{eq: 2}',
      '{gt: 2, lte: 4}',
      '{lt: 3}',
      '{neq: 4}',
      '{gte: 2, lt: 6}',
      '{gte: 5}',
    ],
    set,
  );
const valued = (set: number, field: string): string => counts(set).replace('{', `{field: ${field}, `);
const sums = (set: number): string =>
  pick(
    [
      '{field: v, gt: 3}',
      '{field: v, gte: 2.5}',
      '{field: v, lt: 0}',
      '{field: v, gt: 0.5, lte: 2}',
      '{field: v, eq: 2}',
    ],
    set,
  );

/** What is correlated, by a name for the test. */
const KINDS: Record<string, (set: number) => string> = {
  event_count: (set) => rulesText('event_count', set, counts(set), pick(['[a]', '[a, b]', '[a, b, c]'], set)),
  value_count: (set) =>
    rulesText(
      'value_count',
      set,
      valued(set, pick(['v', '[v, src_ip]', 'src_ip'], set)),
      pick(['[a]', '[a, b]'], set),
    ),
  value_sum: (set) => rulesText('value_sum', set, sums(set)),
  value_avg: (set) => rulesText('value_avg', set, sums(set)),
  value_percentile: (set) =>
    rulesText(
      'value_percentile',
      set,
      sums(set).replace('{', `{percentile: ${pick([50, 90, 95, 25, 0, 100], set)}, `),
    ),
  temporal: (set) =>
    set % 4 === 3
      ? aliased('temporal', set)
      : rulesText(
          'temporal',
          set,
          pick(['', '{gte: 2}', '{eq: 2}', '{lt: 3}'], set),
          pick(['[a, b]', '[a, b, c]'], set),
        ),
  temporal_ordered: (set) =>
    set % 4 === 3
      ? aliased('temporal_ordered', set)
      : rulesText('temporal_ordered', set, '', pick(['[a, b]', '[a, b, c]', '[c, a]', '[b, a, c]'], set)),
  'temporal with an expression': (set) =>
    rulesText(
      'temporal',
      set,
      pick(
        ['a and b and not c', 'a and (b or c)', '(a or c) and not b', 'not c and (a or b)', 'a or b and c'],
        set,
      ),
      '[a, b, c]',
    ),
  'temporal_ordered that leaves rules out': (set) =>
    rulesText('temporal_ordered', set, '{gte: 2}', pick(['[a, b, c]', '[c, a, b]'], set)),
  'temporal_ordered with an expression': (set) =>
    rulesText(
      'temporal_ordered',
      set,
      pick(['a and b and not c', 'a and (b or c)', '(a or b) and c', 'b and a and c'], set),
      pick(['[a, b, c]', '[b, a, c]'], set + (set >> 2)),
    ),
  'a correlation within a correlation': (set) => chained(set, set % 2 ? 'temporal_ordered' : 'temporal'),
};

const aliased = (type: string, set: number): string =>
  rulesText(type, set, '', '[a, b]', ', aliases: {who: {a: user_name, b: src_ip}}').replace(
    'user_name]',
    'who]',
  );

function chained(set: number, type: string): string {
  const inner = `title: Inner\nname: inner\ncorrelation: {type: event_count, rules: [a], timespan: ${spanOf(set)}, group-by: [http_path, user_name], condition: {gte: 2}}\n`;
  return `${rulesText(type, set, '', '[inner, b]').replace(spanOf(set), pick(['10s', '4s', '1m'], set))}---\n${inner}`;
}

const ruleId = (kind: number, set: number): string =>
  `00000000-0000-4000-8000-${String(kind * 100 + set).padStart(12, '0')}`;

/** Names are of the whole collection, so each set has its own. */
const named = (text: string, kind: number, set: number): string =>
  text
    .replace(/(?<!title: |contains: )\b(a|b|c|inner|judged)\b(?=[\],:)} ]|$)/gm, `$1_${kind}_${set}`)
    .replace(/^id: .*$/m, `id: ${ruleId(kind, set)}`);

describe('random streams', () => {
  const made = fc.sample(stream, { numRuns: STREAMS, seed: SEED });
  const events = made.flatMap((list, i) =>
    list.map((e): { set: number; given: GivenEvent } => ({
      set: i % SETS,
      given: {
        at: e.at,
        component: `set${i % SETS}`,
        action: e.action,
        http_path: `/${i}`,
        ...(e.user === null ? {} : { user_name: e.user }),
        ...(e.other === null ? {} : { src_ip: e.other }),
        fields: { v: e.value },
      },
    })),
  );
  const ids: string[] = [];
  beforeAll(async () => {
    await given.write(async (connection) => {
      ids.push(
        ...(await given.events(
          connection,
          events.map((e) => e.given),
        )),
      );
    });
  }, 300_000);

  for (const [number, kind] of Object.keys(KINDS).entries()) {
    it(`${kind} gives the findings of the brute force`, { timeout: 300_000 }, async ({ skip }) => {
      const sets = Array.from({ length: SETS }, (_, set) => named(KINDS[kind]!(set), number, set));
      const rules = await rulesOf(given, sets.join('---\n'));
      const problems = rules.flatMap((r) => r.problems.map((p) => p.message));
      skip(
        problems.some((p) => /not supported yet|written as an expression/.test(p)),
        'not built yet',
      );
      expect(problems.slice(0, 5)).toEqual([]);
      const { findings } = await given.write((connection) => found(connection, rules));
      let expected = 0;
      for (const [set, text] of sets.entries()) {
        const places = [...events.keys()].filter((i) => events[i]!.set === set);
        const want = findingsOf(
          readDocuments(text),
          ruleId(number, set),
          places.map((i) => timed(events[i]!.given)),
        )
          .map((f) => [f.first / 1e6, f.last / 1e6, f.events.map((place) => ids[places[place]!]!)] as const)
          .map((f) => JSON.stringify(f));
        const got = findings
          .filter((f) => f.rule_id === ruleId(number, set))
          .map(
            (f) => [f.first, f.last, f.events.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))] as const,
          )
          .map((f) => JSON.stringify(f));
        expected += want.length;
        if (JSON.stringify(want.toSorted()) !== JSON.stringify(got.toSorted()))
          throw new Error(
            difference(
              text,
              want,
              got,
              events.map((e) => e.given),
              ids,
            ),
          );
      }
      expect(expected).toBeGreaterThan(STREAMS / 20);
    });
  }
});

const timed = (e: GivenEvent): TimedEvent => ({
  at: e.at === null ? null : micros(e.at!) - micros(0),
  columns: {
    action: e.action ?? null,
    http_path: e.http_path ?? null,
    user_name: e.user_name ?? null,
    src_ip: e.src_ip ?? null,
  },
  fields: e.fields as Record<string, unknown>,
});

/** The first finding that one judge has alone, with the stream it comes from. */
function difference(
  text: string,
  want: string[],
  got: string[],
  events: GivenEvent[],
  ids: string[],
): string {
  const missing = want.filter((f) => !got.includes(f));
  const extra = got.filter((f) => !want.includes(f));
  const [, , [id]] = JSON.parse(missing[0] ?? extra[0]!) as [number, number, string[]];
  const path = events[ids.indexOf(id!)]!.http_path;
  const lines = events.flatMap((e, i) =>
    e.http_path === path
      ? [
          `${ids[i]} at ${e.at}: ${e.action} user ${e.user_name} other ${e.src_ip} v ${JSON.stringify(e.fields)}`,
        ]
      : [],
  );
  return `JUDGE_SEED=${SEED}\n${text}\nonly by the specification:\n${missing.slice(0, 3).join('\n')}\nonly by the engine:\n${extra.slice(0, 3).join('\n')}\nof\n${lines.join('\n')}`;
}
