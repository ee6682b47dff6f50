import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtinRulesDir, loadRules } from '../../../electron/engine/detect/load-rules.ts';
import { found, Given, type GivenEvent, ruleText } from './given.ts';

let given: Given;
beforeAll(async () => {
  given = await Given.open();
});
afterAll(() => given.close());

const run = async (events: GivenEvent[], ...rules: string[]) =>
  given.write(async (connection) => {
    await given.clear(connection);
    const ids = await given.events(connection, events);
    const result = await found(connection, await given.rules(...rules));
    return {
      ...result,
      shown: result.findings.map((f) => ({
        node: f.node,
        at: [f.first, f.last],
        events: f.events.map((e) => ids.indexOf(e)),
        group: f.group_values,
      })),
    };
  });
const hit = (at: number | null, node: string | null, more: GivenEvent = {}): GivenEvent => ({
  at,
  node,
  message: 'x',
  ...more,
});
const RULE = 's:\n  message: x\ncondition: s';

describe('findings of an event rule', () => {
  it('are one per node and stretch without a silence of more than 15 minutes', async () => {
    const { shown } = await run(
      [
        hit(0, 'a'),
        hit(900, 'a'),
        hit(1801, 'a'),
        hit(10, 'b'),
        hit(null, 'a'),
        hit(null, 'a'),
        hit(5, null),
      ],
      ruleText(RULE),
    );
    expect(shown).toEqual([
      { node: 'a', at: [0, 900], events: [0, 1], group: {} },
      { node: null, at: [5, 5], events: [6], group: {} },
      { node: 'b', at: [10, 10], events: [3], group: {} },
      { node: 'a', at: [1801, 1801], events: [2], group: {} },
      { node: 'a', at: [null, null], events: [4, 5], group: {} },
    ]);
  });

  it('follow tidemark.gap and tidemark.group_by, also by selection', async () => {
    const events = [
      hit(0, 'a', { src_ip: '1.1.1.1' }),
      hit(5, 'b', { src_ip: '1.1.1.1' }),
      hit(30, 'a', { src_ip: '1.1.1.1' }),
      hit(31, 'a'),
    ];
    const by = await run(events, ruleText(RULE, 'tidemark: {gap: 10s, group_by: [src_ip]}'));
    expect(by.shown).toEqual([
      { node: null, at: [0, 5], events: [0, 1], group: { src_ip: '1.1.1.1' } },
      { node: 'a', at: [30, 30], events: [2], group: { src_ip: '1.1.1.1' } },
      { node: 'a', at: [31, 31], events: [3], group: { src_ip: null } },
    ]);
    const selections = await run(
      [hit(0, 'a', { action: 'one' }), hit(1, 'a', { action: 'two' }), hit(2, 'a', { action: 'one' })],
      ruleText(
        'one:\n  action: one\ntwo:\n  action: two\ncondition: one or two',
        'tidemark.group_by: selection',
      ),
    );
    expect(selections.shown.map((s) => [s.group.selection, s.events])).toEqual([
      ['one', [0, 2]],
      ['two', [1]],
    ]);
  });

  it('keep their ids from run to run, and with them what the responder decided', async () => {
    await given.write(async (connection) => {
      await given.clear(connection);
      await given.events(connection, [hit(0, 'a'), hit(1, 'a'), hit(0, 'b')]);
      const rules = await given.rules(ruleText(RULE));
      const first = (await found(connection, rules)).findings;
      await connection.run(`INSERT INTO finding_state VALUES ($1, 'dismissed', 'me', NULL, 'known')`, [
        first[0]!.finding_id,
      ]);
      const second = (await found(connection, rules)).findings;
      expect(second.map((f) => f.finding_id)).toEqual(first.map((f) => f.finding_id));
      expect(new Set(first.map((f) => f.finding_id)).size).toBe(2);
      expect(first[0]!.finding_id).toMatch(/^[0-9a-f]{16}$/);
      const states = await connection.rows<{ state: string }>(
        'SELECT state FROM findings ORDER BY finding_id',
      );
      expect(states.map((s) => s.state).sort()).toEqual(['dismissed', 'open']);
      await connection.run('DELETE FROM finding_state');
    });
  });

  it('say in a sentence what was found, without the control characters of the evidence', async () => {
    const { findings } = await run(
      [hit(0, 'a', { user_name: 'eve\u202e\u0007x' }), hit(75, 'a', { user_name: 'bob' })],
      ruleText(
        RULE,
        `tidemark: {explain: "{count} by {distinct:user_name}: {user_name} on {node} in {span} from {first}"}`,
      ),
    );
    expect(findings[0]!.explanation).toBe(
      '2 by 2: eve x and bob on a in 1 min 15 s from 2026-11-20 12:00:00 UTC',
    );
    const plain = await run([hit(0, 'a')], ruleText(RULE));
    expect(plain.findings[0]!.explanation).toBe('1 event on a at 2026-11-20 12:00:00 UTC. Matched: s 1.');
  });
});

describe('a run', () => {
  it('shows what was not run and why: log source not in the case, refused rule', async () => {
    const { rules } = await run(
      [hit(0, 'a')],
      ruleText(RULE, '', 'product: windows'),
      ruleText(RULE, '', 'category: webserver').replace('0001', '0002'),
      ruleText('s:\n  message|nope: x\ncondition: s').replace('0001', '0003'),
      ruleText(RULE, '', 'product: registry\n  service: access').replace('0001', '0004'),
    );
    expect(rules.map((r) => [r.applies, r.error])).toEqual([
      [false, null],
      [false, null],
      [false, "line 9: 'nope' is not a Sigma modifier"],
      [false, null],
    ]);
    await given.write(async (connection) => {
      const rows = await connection.rows<{ sql: string | null; applies: boolean }>(
        'SELECT sql, applies FROM rule_run ORDER BY rule_id',
      );
      expect(rows.map((r) => [r.sql !== null, r.applies])).toEqual([
        [true, false],
        [true, false],
        [false, false],
        [true, false],
      ]);
    });
  });

  it('keeps two rules of the same id apart and refuses the second', async () => {
    const { rules } = await run([hit(0, 'a')], ruleText(RULE), ruleText(RULE));
    expect(rules[0]).toMatchObject({ error: null, findings: 1 });
    expect(rules[1]!.ruleId).toBe(`${rules[0]!.ruleId}#2`);
    expect(rules[1]!.error).toContain('already taken');
  });

  it('that is cancelled leaves the findings of the run before', async () => {
    await given.write(async (connection) => {
      await given.clear(connection);
      await given.events(connection, [hit(0, 'a')]);
      const rules = await given.rules(ruleText(RULE));
      const before = (await found(connection, rules)).findings;
      const abort = new AbortController();
      await expect(
        found(connection, rules, { signal: abort.signal, progress: () => abort.abort() }),
      ).rejects.toMatchObject({ code: 'cancelled' });
      const after = await connection.rows<{ finding_id: string }>('SELECT finding_id FROM finding');
      expect(after.map((f) => f.finding_id)).toEqual(before.map((f) => f.finding_id));
      const left = await connection.rows('SELECT 1 FROM duckdb_tables() WHERE temporary');
      expect(left).toEqual([]);
    });
  });

  it('tells its progress, and over an empty case finds nothing without an error', async () => {
    await given.write(async (connection) => {
      await given.clear(connection);
      const told: number[] = [];
      const rules = await loadRules([builtinRulesDir()]);
      const { rules: outcomes, findings } = await found(connection, rules, {
        progress: (done) => told.push(done),
      });
      expect(findings).toEqual([]);
      expect(outcomes.every((o) => o.error === null)).toBe(true);
      expect(told).toEqual([...Array(rules.length + 1).keys()]);
    });
  });

  it('gives SQL that the responder can run as it is', async () => {
    await given.write(async (connection) => {
      await given.clear(connection);
      await given.events(connection, [hit(0, 'a')]);
      const rules = await given.rules(ruleText(RULE));
      const rows = await connection.rows<{ event_id: string }>(rules[0]!.query!.sql, rules[0]!.query!.values);
      expect(rows).toHaveLength(1);
    });
  });
});
