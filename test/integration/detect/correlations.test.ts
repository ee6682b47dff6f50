// Correlations as a responder meets them: groups, chains, findings; random streams are judged in judge-correlations.test.ts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, Given, type GivenEvent } from './given.ts';

let given: Given;
beforeAll(async () => {
  given = await Given.open();
});
afterAll(() => given.close());

const SPAN = 5;

const base = [0, 1, 2]
  .map(
    (n) => `---
title: Base ${n}
name: r${n}
logsource: {product: registry}
detection: {s: {message|contains: rule${n}}, condition: s}
`,
  )
  .join('');
const correlation = (type: string, rules: string, condition: string) => `title: ${type}
correlation:
  type: ${type}
  rules: ${rules}
  group-by: [stream, g]
  timespan: ${SPAN}s
${condition ? `  condition: ${condition}\n` : ''}${base}`;

describe('correlations', () => {
  const run = async (events: GivenEvent[], ...rules: string[]) =>
    given.write(async (connection) => {
      await given.clear(connection);
      const ids = await given.events(connection, events);
      const loaded = await given.rules(...rules);
      const result = await found(connection, loaded);
      result.findings = result.findings.filter((f) => f.rule_id === loaded[0]!.ruleId); // unreferenced base rules report too
      return {
        ...result,
        ids,
        shown: result.findings.map((f) => ({
          at: [f.first, f.last],
          events: f.events.map((e) => ids.indexOf(e)),
          roles: f.roles,
        })),
      };
    });

  it('include both ends of the timespan, and nothing beyond', async () => {
    const rule = correlation('event_count', '[r0]', '{gte: 2}').replace(
      'group-by: [stream, g]',
      'group-by: [node]',
    );
    const { shown } = await run(
      [0, 5, 20, 25.000001].map((at) => ({ at, message: 'rule0' })),
      rule,
    );
    expect(shown).toEqual([{ at: [0, 5], events: [0, 1], roles: ['r0', 'r0'] }]);
  });

  it('count once per island, with aliases for the group, and leave base rules unreported unless generate is set', async () => {
    const events = [0, 1, 2, 100, 101, 102].map((at, i) => ({
      at,
      message: i % 2 ? 'rule0' : 'rule1',
      fields: i % 2 ? { user: 'u' } : { account: 'u' },
    }));
    const rule = (more: string) => `title: T
correlation:
  type: temporal
  rules: [r0, r1]
  group-by: [who]
  aliases: {who: {r0: user, r1: account}}
  timespan: 5s
${more}${base}`;
    const quiet = await run(events, rule(''));
    expect(quiet.shown.map((s) => s.events)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(quiet.rules.map((r) => r.title)).toEqual(['T', 'Base 2']);
    expect(quiet.findings[0]!.group_values).toEqual({ who: 'u' });
    const loud = await run(events, rule('  generate: true\n'));
    expect(loud.rules.map((r) => r.title)).toEqual(['T', 'Base 0', 'Base 1', 'Base 2']);
  });

  it('chain: a burst followed by a success rests on all events of the burst', async () => {
    const rule = `title: Chain
tidemark: {once: true, focus: r1, explain: '{count:burst} then {count:r1} at {first}'}
correlation: {type: temporal_ordered, rules: [burst, r1], group-by: [src_ip], timespan: 60s}
---
title: Burst
name: burst
correlation: {type: event_count, rules: [r0], group-by: [src_ip], timespan: 10s, condition: {gte: 3}}
${base}`;
    const at = (seconds: number, n: number, src_ip: string): GivenEvent => ({
      at: seconds,
      message: `rule${n}`,
      src_ip,
    });
    const { shown, findings } = await run(
      [
        at(0, 0, 'a'),
        at(1, 0, 'a'),
        at(2, 0, 'a'),
        at(20, 1, 'a'),
        at(25, 1, 'a'),
        at(0, 0, 'b'),
        at(1, 0, 'b'),
        at(20, 1, 'b'),
        at(100, 1, 'a'),
      ],
      rule,
    );
    expect(shown).toEqual([{ at: [20, 20], events: [0, 1, 2, 3], roles: ['burst', 'burst', 'burst', 'r1'] }]);
    expect(findings[0]!.explanation).toBe('3 then 1 at 2026-11-20 12:00:20 UTC');
  });

  it('part the finding of a chain by what followed', async () => {
    const rule = `title: Parted
tidemark: {focus: r1, split_by: node, explain: '{node}'}
correlation: {type: temporal_ordered, rules: [r0, r1], group-by: [image_digest], timespan: 60s}
${base}`;
    const digest = { digest: 'sha256:1' };
    const { shown, findings } = await run(
      [
        { at: 0, message: 'rule0', node: 'reg', fields: digest },
        { at: 1, message: 'rule1', node: 'w1', fields: digest },
        { at: 2, message: 'rule1', node: 'w2', fields: digest },
        { at: 3, message: 'rule1', node: 'w1', fields: digest },
        { at: 3, message: 'rule1', node: 'w1', fields: { digest: 'sha256:2' } },
      ],
      rule,
    );
    expect(shown.map((s) => s.events)).toEqual([
      [0, 1, 3],
      [0, 2],
    ]);
    expect(findings.map((f) => [f.node, f.explanation, f.nodes])).toEqual([
      ['w1', 'w1', ['reg', 'w1']],
      ['w2', 'w2', ['reg', 'w2']],
    ]);
  });

  it('say what took part in no window, and warn of conditions that windows cannot see', async () => {
    const rule = correlation('event_count', '[r0]', '{lt: 5}').replace(
      'group-by: [stream, g]',
      'group-by: [node]',
    );
    const { rules } = await run(
      [
        { at: null, message: 'rule0' },
        { at: 0, message: 'rule0' },
      ],
      rule,
    );
    expect(rules[0]!.note).toMatch(
      /^1 matching event without a time .* took part in no window; line 7: windows end at an event/,
    );
  });

  it('apply only where the case has their log sources', async () => {
    const rule =
      correlation('temporal', '[r0, far]', '').replace('stream, g', 'node') +
      `---
title: Far
name: far
logsource: {product: ray}
detection: {s: {message: x}, condition: s}
`;
    const { rules } = await run([{ at: 0, message: 'rule0' }], rule);
    expect(rules[0]).toMatchObject({ applies: false, error: null, findings: 0 });
  });
});
