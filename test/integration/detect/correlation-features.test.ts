// Every feature of correlations on events small enough to be worked out by hand.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, Given, type GivenEvent } from './given.ts';

let given: Given;
beforeAll(async () => {
  given = await Given.open();
});
afterAll(() => given.close());

const ID = '00000000-0000-4000-8000-00000000000';
const bases = ['a', 'b', 'c']
  .map(
    (name, n) => `---
title: Base ${name}
id: ${ID}${n}
name: ${name}
logsource: {product: registry}
detection: {s: {message|contains: is-${name}}, condition: s}
`,
  )
  .join('');

const rule = (type: string, more: string, timespan = '10s') => `title: Outer
correlation:
  type: ${type}
  timespan: ${timespan}
  group-by: [node]
${more
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
${bases}`;

/** `2ab`: at second 2, an event that the rules a and b match. */
const at = (spec: string, more: GivenEvent = {}): GivenEvent => {
  const [, second, names] = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(spec)!;
  const message = [...names!].map((name) => `is-${name}`).join(' ');
  return { at: Number(second), message, ...more };
};

async function run(events: GivenEvent[], ...rules: string[]) {
  return given.write(async (connection) => {
    await given.clear(connection);
    const ids = await given.events(connection, events);
    const loaded = await given.rules(...rules);
    const { findings, rules: outcomes } = await found(connection, loaded);
    const outer = outcomes[0]!;
    expect(outer.error).toBeNull();
    const own = findings.filter((f) => f.rule_id === outer.ruleId);
    return { outer, findings: own, parts: own.map((f) => f.events.map((e) => ids.indexOf(e))) };
  });
}
const numbers = (...values: (string | number | null)[]): GivenEvent[] =>
  values.map((v, i) => at(`${i}a`, { fields: v === null ? {} : { v } }));

describe('what is reckoned over a window', () => {
  it.each([
    ['value_sum', '{field: v, gte: 6}', [1, 2, 3], [[0, 1, 2]]],
    ['value_sum', '{field: v, gt: 6}', [1, 2, 3], []],
    ['value_sum', '{field: v, gte: 3.75}', ['1.25', 2.5], [[0, 1]]],
    ['value_sum', '{field: v, lt: -1}', [1, -2.5], [[0, 1]]],
    ['value_avg', '{field: v, gte: 2.5}', [1, 4], [[0, 1]]],
    ['value_avg', '{field: v, gt: 2.5}', [1, 4], []],
    ['value_avg', '{field: v, gt: 1, lte: 2}', [1, 2, 9], [[0, 1]]],
    ['value_median', '{field: v, eq: 2.5}', [1, 4], [[0, 1]]],
    // positions 0..3, the 50th percentile lies half-way between 2 and 3
    ['value_percentile', '{field: v, percentile: 50, gte: 2.5}', [1, 2, 3, 4], [[0, 1, 2, 3]]],
    ['value_percentile', '{field: v, percentile: 50, gt: 2.5}', [1, 2, 3, 4], []],
    ['value_percentile', '{field: v, percentile: 100, gte: 9}', [1, 9], [[0, 1]]],
    ['value_percentile', '{field: v, percentile: 0, lt: 1}', [1, 9], []],
    ['value_percentile', '{field: v, percentile: "99.9", gte: 8.9}', [1, 9], [[0, 1]]],
  ])('%s %s of %j', async (type, condition, values, expected) => {
    const { parts } = await run(numbers(...values), rule(type, `rules: [a]\ncondition: ${condition}`));
    expect(parts).toEqual(expected);
  });

  it('reads numbers from columns, and leaves out, and counts, what is no finite number', async () => {
    const events: GivenEvent[] = numbers(5, 'five', null, '1e999', 'nan', '1_0', '', '7');
    const { parts, outer } = await run(events, rule('value_sum', 'rules: a\ncondition: {field: v, gte: 12}'));
    expect(parts).toEqual([[0, 7]]);
    expect(outer.excluded).toBe(6);
    expect(outer.note).toMatch(
      /^6 matching events without a time or without a value to group, count or reckon/,
    );
    const status = [200, 404].map((http_status, i) => at(`${i}a`, { http_status }));
    const { parts: sums } = await run(
      status,
      rule('value_sum', 'rules: [a]\ncondition: {field: http_status, gte: 604}'),
    );
    expect(sums).toEqual([[0, 1]]);
  });

  it('counts several fields as one tuple, of which no part may be missing', async () => {
    const events = [
      ['x', '1'],
      ['x', '2'],
      ['y', '1'],
      ['x', '1'],
      ['x', null],
    ].map(([u, v], i) => at(`${i}a`, { fields: { u, v } }));
    const tuple = (n: number) => rule('value_count', `rules: [a]\ncondition: {field: [u, v], gte: ${n}}`);
    const three = await run(events, tuple(3));
    expect(three.parts).toEqual([[0, 1, 2, 3]]);
    expect(three.outer.excluded).toBe(1);
    expect((await run(events, tuple(4))).parts).toEqual([]);
  });

  it('of an event that two rules match, once for each', async () => {
    const events = [at('0ab', { fields: { v: 2 } }), at('1a', { fields: { v: 1 } })];
    const sum = (n: number) => rule('value_sum', `rules: [a, b]\ncondition: {field: v, gte: ${n}}`);
    expect((await run(events, sum(5))).parts).toEqual([[0, 1]]);
    expect((await run(events, sum(6))).parts).toEqual([]);
  });

  it('within a range: both bounds hold for one window', async () => {
    const events = ['0a', '1a', '2a', '3a'].map((s) => at(s));
    const { parts } = await run(events, rule('event_count', 'rules: [a]\ncondition: {gt: 1, lte: 2}', '1s'));
    expect(parts).toEqual([[0, 1, 2, 3]]);
    const { parts: none } = await run(events, rule('event_count', 'rules: [a]\ncondition: {gt: 2, lt: 3}'));
    expect(none).toEqual([]);
  });
});

describe('the ends of a window', () => {
  it.each([
    ['event_count', 'rules: [a, b]\ncondition: {gte: 2}'],
    ['value_sum', 'rules: [a, b]\ncondition: {field: v, gte: 2}'],
    ['temporal', 'rules: [a, b]'],
    ['temporal', 'rules: [a, b]\ncondition: a and b'],
    ['temporal_ordered', 'rules: [a, b]'],
    ['temporal_ordered', 'condition: a and b'],
  ])('of %s (%s) are inclusive to the microsecond', async (type, more) => {
    const fields = { v: 1 };
    const pair = (second: string) => [at('0a', { fields }), at(`${second}b`, { fields })];
    expect((await run(pair('10'), rule(type, more))).parts).toEqual([[0, 1]]);
    expect((await run(pair('10.000001'), rule(type, more))).parts).toEqual([]);
  });
});

describe('conditions of temporal', () => {
  const three = (more: string) => rule('temporal', `rules: [a, b, c]\n${more}`);

  it('ask for some of the rules, or for no more than some', async () => {
    const events = [at('0a'), at('1b'), at('30a'), at('60a'), at('61b'), at('62c')];
    expect((await run(events, three('condition: {gte: 2}'))).parts).toEqual([
      [0, 1],
      [3, 4, 5],
    ]);
    expect((await run(events, three('condition: {gte: 2, lt: 3}'))).parts).toEqual([
      [0, 1],
      [3, 4],
    ]);
    expect((await run(events, three('condition: {eq: 1}'))).parts).toEqual([[0], [2], [3]]);
  });

  it('as expressions: and, or, parentheses, in any order of events', async () => {
    const events = [at('0c'), at('1a'), at('30b'), at('31c'), at('60a'), at('61b')];
    const { parts } = await run(events, three('condition: (a or b) and c'));
    expect(parts).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('with not: nothing of it in the window that ends at the event; what comes later takes nothing back', async () => {
    const condition = 'condition: a and b and not c';
    expect((await run([at('0a'), at('1b')], three(condition))).parts).toEqual([[0, 1]]);
    expect((await run([at('0a'), at('1c'), at('2b')], three(condition))).parts).toEqual([]);
    expect((await run([at('0c'), at('5a'), at('6b')], three(condition))).parts).toEqual([]);
    expect((await run([at('0c'), at('5a'), at('10b')], three(condition))).parts).toEqual([]);
    expect((await run([at('0c'), at('5a'), at('11b')], three(condition))).parts).toEqual([[1, 2]]);
    expect((await run([at('0a'), at('1b'), at('2c')], three(condition))).parts).toEqual([[0, 1]]);
    expect((await run([at('0a'), at('1b'), at('1c')], three(condition))).parts).toEqual([]);
    const { outer } = await run([at('0a'), at('1b')], three(condition));
    expect(outer.note).toMatch(/no event of c lies in the window that ends at the matching event/);
  });

  it('name rules by their ids too, and need no list of rules', async () => {
    const events = [at('0a'), at('1b'), at('30a'), at('31c')];
    const byId = rule('temporal', `condition: ${ID}0 and ${ID}1`);
    expect((await run(events, byId)).parts).toEqual([[0, 1]]);
    expect((await run(events, rule('temporal', 'condition: a and not b'))).parts).toEqual([[0], [2]]);
  });
});

describe('order', () => {
  const ordered = (more: string) => rule('temporal_ordered', more);

  it('is that of the rules, and one event is one step', async () => {
    const abc = ordered('rules: [a, b, c]');
    expect((await run([at('0a'), at('1b'), at('2c')], abc)).parts).toEqual([[0, 1, 2]]);
    expect((await run([at('0b'), at('1a'), at('2c')], abc)).parts).toEqual([]);
    expect((await run([at('0ab'), at('1c')], abc)).parts).toEqual([]);
    expect((await run([at('0ab'), at('1ab'), at('2c')], abc)).parts).toEqual([[0, 1, 2]]);
    // lines of one file at the same time have an order
    expect((await run([at('0a'), at('0b'), at('0c')], abc)).parts).toEqual([[0, 1, 2]]);
    expect((await run([at('0c'), at('0b'), at('0a')], abc)).parts).toEqual([]);
  });

  it('may leave out rules where fewer are asked for', async () => {
    const two = ordered('rules: [a, b, c]\ncondition: {gte: 2}');
    expect((await run([at('0a'), at('1c')], two)).parts).toEqual([[0, 1]]);
    expect((await run([at('0c'), at('1b'), at('2a')], two)).parts).toEqual([]);
    expect((await run([at('0b'), at('1a'), at('2c')], two)).parts).toEqual([[1, 2]]);
  });

  it('of alternatives, and without what must not occur', async () => {
    const either = ordered('rules: [a, b, c]\ncondition: (a or b) and c');
    expect(
      (await run([at('0a'), at('1c'), at('30b'), at('31c'), at('60c'), at('61b')], either)).parts,
    ).toEqual([
      [0, 1],
      [2, 3],
    ]);
    const barred = ordered('rules: [a, b, c]\ncondition: a and c and not b');
    expect((await run([at('0a'), at('1c')], barred)).parts).toEqual([[0, 1]]);
    expect((await run([at('0a'), at('1b'), at('2c')], barred)).parts).toEqual([]);
    expect((await run([at('0b'), at('1a'), at('10c')], barred)).parts).toEqual([]);
    expect((await run([at('0a'), at('1c'), at('2b')], barred)).parts).toEqual([[0, 1]]);
  });
});

describe('groups', () => {
  it('keep rows without a group value out of windows, and say how many', async () => {
    const events = [
      at('0a', { node: 'x' }),
      at('1a', { node: null }),
      at('2a', { node: 'x' }),
      at('3a', { at: null }),
    ];
    const { parts, outer } = await run(events, rule('event_count', 'rules: [a]\ncondition: {gte: 2}'));
    expect(parts).toEqual([[0, 2]]);
    expect(outer.excluded).toBe(2);
  });

  it('may be left out, with a warning: all events are one', async () => {
    const text = rule('event_count', 'rules: [a]\ncondition: {gte: 2}').replace('  group-by: [node]\n', '');
    const { parts, outer } = await run([at('0a', { node: 'x' }), at('1a', { node: 'y' })], text);
    expect(parts).toEqual([[0, 1]]);
    expect(outer.note).toMatch(/without 'group-by'.* all events of the case form one group/);
  });

  it('of two fields are both equal', async () => {
    const text = rule('event_count', 'rules: [a]\ncondition: {gte: 2}').replace('[node]', '[node, src_ip]');
    const events = [
      at('0a', { node: 'x', src_ip: '1' }),
      at('1a', { node: 'x', src_ip: '2' }),
      at('2a', { node: 'y', src_ip: '1' }),
      at('3a', { node: 'x', src_ip: '1' }),
    ];
    expect((await run(events, text)).parts).toEqual([[0, 3]]);
  });
});

describe('chains', () => {
  const inner = (name: string, more: string) => `---
title: Inner ${name}
name: ${name}
correlation:
  timespan: 5s
${more
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
`;

  it('group by what the inner rule grouped by under an alias', async () => {
    const text =
      'title: Outer\ncorrelation: {type: event_count, rules: [burst], group-by: [who], timespan: 60s, condition: {gte: 2}}\n' +
      inner(
        'burst',
        'type: temporal\nrules: [a, b]\ngroup-by: [who, node]\naliases: {who: {a: user, b: account}}',
      ) +
      bases;
    const burst = (second: number, who: string, node: string) => [
      at(`${second}a`, { fields: { user: who }, node }),
      at(`${second + 1}b`, { fields: { account: who }, node }),
    ];
    const { parts, outer } = await run(
      [...burst(0, 'u', 'x'), ...burst(30, 'u', 'y'), ...burst(40, 'other', 'y')],
      text,
    );
    expect(parts).toEqual([[0, 1, 2, 3]]);
    expect(outer.excluded).toBe(0);
  });

  it('stand at the time of their last event, and go to any depth', async () => {
    const text =
      'title: Outer\ncorrelation: {type: temporal_ordered, rules: [middle, c], group-by: [node], timespan: 10s}\n' +
      inner('middle', 'type: event_count\nrules: [pair]\ngroup-by: [node]\ncondition: {gte: 1}') +
      inner('pair', 'type: temporal_ordered\nrules: [a, b]\ngroup-by: [node]') +
      bases;
    expect((await run([at('0a'), at('4b'), at('14c')], text)).parts).toEqual([[0, 1, 2]]);
    expect((await run([at('0a'), at('4b'), at('14.5c')], text)).parts).toEqual([]);
    expect((await run([at('0a'), at('4b'), at('4c')], text)).parts).toEqual([[0, 1, 2]]);
    expect((await run([at('0a'), at('3c'), at('4b')], text)).parts).toEqual([]);
  });

  it('count findings of the inner rule, not its events', async () => {
    const text = (n: number) =>
      `title: Outer\ncorrelation: {type: event_count, rules: [burst], group-by: [node], timespan: 60s, condition: {gte: ${n}}}\n` +
      inner('burst', 'type: event_count\nrules: [a]\ngroup-by: [node]\ncondition: {gte: 2}') +
      bases;
    const events = ['0a', '1a', '2a', '3a', '30a', '31a', '50a'].map((s) => at(s));
    expect((await run(events, text(2))).parts).toEqual([[0, 1, 2, 3, 4, 5]]);
    expect((await run(events, text(3))).parts).toEqual([]);
  });

  it('say what the inner rule could not place', async () => {
    const text =
      'title: Outer\ncorrelation: {type: event_count, rules: [burst], group-by: [node], timespan: 60s, condition: {gte: 1}}\n' +
      inner('burst', 'type: event_count\nrules: [a]\ngroup-by: [node]\ncondition: {gte: 2}') +
      bases;
    const { outer } = await run([at('0a'), at('1a'), at('2a', { node: null })], text);
    expect(outer.excluded).toBe(1);
  });
});

describe('what the case does not hold', () => {
  const far = `---
title: Far
name: far
logsource: {product: ray}
detection: {s: {message: x}, condition: s}
`;
  const outcome = async (more: string) =>
    (await run([at('0a'), at('1b')], rule('temporal', more) + far)).outer;

  it('keeps a correlation that needs it from applying, in words', async () => {
    expect(await outcome('rules: [a, far]')).toMatchObject({
      applies: false,
      note: expect.stringMatching(/the case has no events of .*product ray/),
    });
    expect((await outcome('condition: a and (far or b)')).applies).toBe(true);
    expect((await outcome('condition: far and not a')).applies).toBe(false);
  });

  it('is said of one that can do without it', async () => {
    expect(await outcome('rules: [a, b, far]\ncondition: {gte: 2}')).toMatchObject({
      applies: true,
      findings: 1,
      note: "the case holds no logs for 'far', which can't occur in it",
    });
  });
});

it('spans of weeks, months and years are those of pySigma, with a warning', async () => {
  const { parts, outer } = await run(
    [at('0a'), at('604800a'), at('1209601a')],
    rule('event_count', 'rules: [a]\ncondition: {gte: 2}', '1w'),
  );
  expect(parts).toEqual([[0, 1]]);
  expect(outer.note).toMatch(/w, M and y are not in the specification; 1w is taken as 604800 seconds/);
});
