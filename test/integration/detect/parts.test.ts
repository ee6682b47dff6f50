// A rule taken apart: what it is true for in an event, why it found nothing, what makes a finding strong; trying a text.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { caseSources } from '../../../electron/engine/detect/case-sources.ts';
import { locate } from '../../../electron/engine/detect/parts/locate.ts';
import { matchedIn } from '../../../electron/engine/detect/parts/matched.ts';
import { whyNot } from '../../../electron/engine/detect/parts/why-not.ts';
import { RuleLibrary } from '../../../electron/engine/detect/rule-library.ts';
import { parseText } from '../../../electron/engine/detect/sigma/text-value.ts';
import { listFindings } from '../../../electron/engine/review/findings.ts';
import type { RuleHost } from '../../../electron/engine/rule-methods.ts';
import { tryingMethods } from '../../../electron/engine/rule-trying.ts';
import type { WhyNot } from '../../../shared/api.ts';
import { found, Given, type GivenEvent, ruleText } from './given.ts';

let given: Given;
let host: RuleHost;
beforeAll(async () => {
  given = await Given.open();
  host = {
    library: new RuleLibrary(),
    current: () => given.case,
    need: () => given.case,
    changed: async () => {},
    user: () => 'ann',
  };
});
afterAll(() => given.close());

const put = (events: GivenEvent[]) =>
  given.write(async (connection) => {
    await given.clear(connection);
    await given.events(connection, events);
  });

/** `text: events/missing`, indented as the tree is. */
const drawn = (part: WhyNot, depth = 0): string[] => [
  `${'  '.repeat(depth)}${part.text}: ${part.events}${part.missing === null ? '' : ` lacks ${part.missing}`}`,
  ...part.children.flatMap((child) => drawn(child, depth + 1)),
];

async function asked(text: string, findings = 0) {
  const [rule] = await given.rules(text);
  return given.case.read(async (connection) =>
    whyNot(connection, rule!, await caseSources(connection), { disabledWhy: null, findings }),
  );
}

it('each part is counted alone, missing fields too, and the sentence names the part that nothing fulfils', async () => {
  await put([
    { at: 0, message: 'login failed', user_name: 'eve' },
    { at: 1, message: 'login failed' },
    { at: 2, message: 'login ok', user_name: 'adam' },
  ]);
  const { sentence, parts } = await asked(
    ruleText(
      's:\n  message|contains:\n    - failed\n    - refused\n  user_name: root\nf:\n  message|contains: drill\ncondition: s and not f',
    ),
  );
  const lines = drawn(parts!);
  expect(lines.find((l) => l.includes('message|contains: failed'))).toMatch(/: 2 lacks 0$/);
  expect(lines.find((l) => l.trim().startsWith('*refused*'))).toMatch(/: 0$/);
  expect(lines.find((l) => l.includes('user_name: root'))).toMatch(/: 0 lacks 1$/);
  expect(lines.find((l) => l.trim().startsWith('not '))).toMatch(/: 3$/);
  expect(parts!.events).toBe(0);
  expect(sentence).toMatch(/None of the 3 events .*'user_name: root'/);
});

it('parts that are true, but never together, are said to be so', async () => {
  await put([
    { at: 0, message: 'one' },
    { at: 1, message: 'two' },
  ]);
  const { sentence } = await asked(ruleText('a:\n  message: one\nb:\n  message: two\ncondition: a and b'));
  expect(sentence).toContain('no event fulfils them together');
});

it('a log source that is not there, a refused rule and a correlation each have their own sentence', async () => {
  await put([{ at: 0, system: 'ray', message: 'x' }]);
  expect(
    (await asked(ruleText('s:\n  message: x\ncondition: s').replace(/product: \w+/, 'product: mesos')))
      .sentence,
  ).toMatch(/does not apply here: .*mesos/);
  const refused = await asked(ruleText('s:\n  message|nonsense: x\ncondition: s'));
  expect(refused.sentence).toMatch(/refused.*nonsense/s);
  expect(refused.parts).toBeNull();
});

it('what matched is marked where it stands, of the selections that were true alone', async () => {
  await put([
    { at: 0, message: 'Curl http://h/x | BASH now; curl again', src_ip: '10.0.0.1' },
    { at: 1, message: 'wget only' },
  ]);
  const [rule] = await given.rules(
    ruleText(
      "a:\n  message|contains: 'curl *| bash'\n  src_ip|cidr: 10.0.0.0/8\nb:\n  message|contains:\n    - again\n    - wget\nc:\n  message|re: '[0-9]+\\.nothing'\ncondition: a or b or c",
    ),
  );
  await given.case.read(async (connection) => {
    const ids = await connection.rows<{ id: string; message: string }>(
      'SELECT event_id::VARCHAR AS id, message FROM events ORDER BY ts',
    );
    const matched = await matchedIn(
      connection,
      rule!,
      ids.map((row) => row.id),
    );
    const cut = (i: number) =>
      matched
        .get(ids[i]!.id)!
        .map((m) => [
          m.selection,
          m.field,
          m.column === 'message' ? ids[i]!.message.slice(m.start, m.end) : m.value,
        ]);
    expect(cut(0)).toEqual([
      ['a', 'message', 'Curl '],
      ['a', 'message', '| BASH'],
      ['a', 'src_ip', '10.0.0.1'],
      ['b', 'message', 'again'],
    ]);
    expect(cut(1)).toEqual([['b', 'message', 'wget']]);
  });
});

it.each([
  [
    '*fail*',
    'a FAIL and a fail',
    [
      [2, 6],
      [13, 17],
    ],
  ],
  ['fail*', 'failed to fail', [[0, 4]]],
  ['*ed', 'failed', [[4, 6]]],
  ['fail', 'failed', []],
  ['f??l', 'Fool', [[0, 4]]],
  [
    '*a*c*',
    'xaxxcx',
    [
      [1, 2],
      [4, 5],
    ],
  ],
  ['*c*a*', 'xaxxcx', []],
  ['*ß*', 'Straße', [[4, 5]]],
  ['*i*', 'İi', [[1, 2]]],
  ['*?😀', 'a😀', [[0, 3]]],
])('%s is found in %s', (pattern, text, spans) => {
  expect(locate({ is: 'text', parts: parseText(pattern), cased: false }, text)).toEqual(spans);
});

it('a pattern made to be slow is looked for in linear time and still found or not', () => {
  const slow = { is: 'regex' as const, pattern: '(a+)+$', at: { line: 1, column: 1 } };
  expect(locate(slow, `${'a'.repeat(5000)}b`)).toEqual([]);
  const stars = { is: 'text' as const, parts: parseText(`${'*a'.repeat(40)}*b`), cased: true };
  expect(locate(stars, 'a'.repeat(50_000))).toEqual([]);
});

it('a text is tried on the case: counts, the first events with marks, or why nothing; nothing is kept', async () => {
  await put([0, 1, 2].map((at) => ({ at, node: 'n', message: `hit ${at}` })));
  const methods = tryingMethods(host);
  const hits = await methods['rules.try']({
    text: ruleText('s:\n  message|startswith: hit\ncondition: s'),
    limit: 2,
  });
  expect(hits).toMatchObject({ ok: true, applies: true, findings: 1, events: 3, parts: null });
  expect(hits.rows.map((row) => [row.message, row.matched[0]?.value])).toEqual([
    ['hit 0', 'hit'],
    ['hit 1', 'hit'],
  ]);
  const none = await methods['rules.try']({ text: ruleText('s:\n  message: no\ncondition: s'), limit: 2 });
  expect(none).toMatchObject({ ok: true, findings: 0, events: 0, rows: [] });
  expect(none.parts?.events).toBe(0);
  const bad = await methods['rules.try']({ text: 'title: x', limit: 2 });
  expect(bad).toMatchObject({ ok: false, rows: [] });
  expect(bad.problems.length).toBeGreaterThan(0);
  expect(await given.case.read((connection) => listFindings(connection))).toEqual([]);
});

it('a newer text ends the run of an older one', async () => {
  const methods = tryingMethods(host);
  const text = ruleText('s:\n  message|startswith: hit\ncondition: s');
  const [older, newer] = await Promise.allSettled([
    methods['rules.try']({ text, limit: 1 }),
    methods['rules.try']({ text, limit: 1 }),
  ]);
  expect(older).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
  expect(newer).toMatchObject({ status: 'fulfilled', value: { findings: 1 } });
});

it('a finding is explained: its rule, its marks, and what makes it strong or weak', async () => {
  await put([{ at: 0, node: 'n', message: 'hit once' }]);
  const text = ruleText('s:\n  message|startswith: hit\ncondition: s', 'falsepositives: [a drill]');
  await given.write(async (connection) => found(connection, await given.rules(text)));
  const [finding] = await given.case.read((connection) => listFindings(connection));
  const explained = await tryingMethods(host)['findings.explain']({
    findingId: finding!.findingId,
    offset: 0,
    limit: 10,
  });
  expect(explained.total).toBe(1);
  expect(explained.rule.source).toContain('message|startswith: hit');
  expect(explained.weaker.join('\n')).toContain('single line');
  await expect(
    tryingMethods(host)['findings.explain']({ findingId: 'none', offset: 0, limit: 10 }),
  ).rejects.toMatchObject({ code: 'no_finding' });
});

it('a correlation without findings says how near its windows came, and what took no part in them', async () => {
  await put([
    { at: 0, message: 'x', user_name: 'eve' },
    { at: 10, message: 'x', user_name: 'eve' },
    { at: 20, message: 'x', user_name: 'eve' },
    { at: 30, message: 'x' },
    { at: 500, message: 'x', user_name: 'eve' },
  ]);
  const base = ruleText('s:\n  message: x\ncondition: s').replace('title:', 'name: hits\ntitle:');
  const counting = (condition: string, type = 'event_count') => `${base}---
title: Many
id: 00000000-0000-4000-8000-000000000002
level: low
correlation:
  type: ${type}
  rules: [hits]
  group-by: [user_name]
  timespan: 1m
  condition: {${condition}}
`;
  const { sentence, parts } = await asked(counting('gte: 5'));
  expect(sentence).toContain('Its windows of 60 s reach at most 3 (event count); it asks for >= 5.');
  expect(sentence).toContain('1 row without a time or a value to group or count by took part in no window.');
  expect(parts!.children[0]!.events).toBe(5);
  const values = await asked(counting('gte: 2, field: node', 'value_count'));
  expect(values.sentence).toContain('reach at most 1 (value count); it asks for >= 2.');
});

it('correlations of correlations without measure are refused', async () => {
  const base = ruleText('s:\n  message: x\ncondition: s').replace('title:', 'name: c20\ntitle:');
  const chain = Array.from(
    { length: 20 },
    (_, i) =>
      `title: C${i}\nname: c${i}\nlevel: low\ncorrelation: {type: event_count, rules: [c${i + 1}], timespan: 1h, group-by: [node], condition: {gte: 1}}\n`,
  );
  const rules = await given.rules([...chain, base].join('---\n'));
  expect(rules).toHaveLength(1);
  expect(rules[0]!.problems.map((p) => p.message).join()).toMatch(/nested more than 8 deep/);
});
