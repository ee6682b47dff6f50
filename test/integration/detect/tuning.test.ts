import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRules } from '../../../electron/engine/detect/load-rules.ts';
import {
  addSuppression,
  listSuppressions,
  removeSuppression,
} from '../../../electron/engine/detect/tuning/suppressions.ts';
import {
  readTuning,
  setDefault,
  thresholdsOf,
  tuneRule,
} from '../../../electron/engine/detect/tuning/tuning.ts';
import { listFindings, setFindingStates } from '../../../electron/engine/review/findings.ts';
import { found, Given, type GivenEvent, micros, ruleText } from './given.ts';

let given: Given;
beforeAll(async () => {
  given = await Given.open();
});
afterAll(() => given.close());

const ID = '00000000-0000-4000-8000-000000000001';
const RULE = ruleText('s:\n  message: x\ncondition: s', 'tags: [attack.t1110, test.noise]');
const hit = (at: number | null, node: string, more: GivenEvent = {}): GivenEvent => ({
  at,
  node,
  message: 'x',
  ...more,
});

/** A case with these events; nothing tuned, nothing decided. */
async function fresh(events: GivenEvent[]) {
  await given.write(async (connection) => {
    await given.clear(connection);
    for (const table of ['rule_tuning', 'rule_default', 'suppression', 'finding_suppressed', 'finding_state'])
      await connection.run(`DELETE FROM ${table}`);
    await given.events(connection, events);
  });
}

const run = async (...texts: string[]) => {
  const rules = await given.rules(...texts);
  return given.write(async (connection) =>
    found(connection, rules, { tuning: await readTuning(connection) }),
  );
};
const findings = () => given.case.read((connection) => listFindings(connection));
const states = async () => (await findings()).map((f) => [f.node, f.state, f.stateWhy]);

describe('rules of a case', () => {
  it.each([
    ['level', 'medium'],
    ['status', 'test'],
    ['tag', 'test.noise'],
  ] as const)('are switched off by %s, and the run says why', async (kind, value) => {
    await fresh([hit(0, 'a')]);
    await given.write((connection) => setDefault(connection, kind, value, false, 'ann'));
    const off = await run(RULE);
    expect(off.findings).toEqual([]);
    expect(off.rules[0]).toMatchObject({ error: null, applies: true });
    expect(off.rules[0]!.disabledWhy).toBe(`rules with the ${kind} '${value}' are switched off (by ann)`);
    const row = await given.case.read((connection) =>
      connection.row('SELECT enabled, disabled_why FROM rule_run'),
    );
    expect(row).toMatchObject({ enabled: false, disabled_why: off.rules[0]!.disabledWhy });
    await given.write((connection) => setDefault(connection, kind, value, true, 'ann'));
    expect((await run(RULE)).findings).toHaveLength(1);
  });

  it('are off by themselves when their author gave them up, and can be switched on', async () => {
    await fresh([hit(0, 'a')]);
    const old = RULE.replace('status: test', 'status: deprecated');
    expect((await run(old)).rules[0]!.disabledWhy).toMatch(/'deprecated' are switched off/);
    await given.write((connection) => setDefault(connection, 'status', 'deprecated', true, 'ann'));
    expect((await run(old)).findings).toHaveLength(1);
  });

  it('follow what was said of the rule before what was said of its kind', async () => {
    await fresh([hit(0, 'a')]);
    await given.write(async (connection) => {
      await setDefault(connection, 'level', 'medium', false, 'ann');
      await tuneRule(connection, ID, { enabled: true, reason: '' }, 'ann');
    });
    expect((await run(RULE)).findings).toHaveLength(1);
    await given.write((connection) =>
      tuneRule(connection, ID, { enabled: false, reason: 'too loud' }, 'ann'),
    );
    expect((await run(RULE)).rules[0]!.disabledWhy).toBe('switched off by ann: too loud');
    await given.write((connection) => tuneRule(connection, ID, { enabled: null, reason: '' }, 'ann'));
    expect((await run(RULE)).rules[0]!.disabledWhy).toMatch(/level 'medium'/);
  });

  it('take other thresholds, and go back to their own', async () => {
    await fresh([hit(0, 'a'), hit(60, 'a')]);
    const rules = async (thresholds: Record<string, number> | null) => {
      await given.write((connection) => tuneRule(connection, ID, { thresholds, reason: '' }, 'ann'));
      const tuning = await given.case.read(readTuning);
      const { writeFile } = await import('node:fs/promises');
      await writeFile(`${given.dir}/gap.yml`, RULE);
      const loaded = await loadRules([`${given.dir}/gap.yml`], { thresholds: thresholdsOf(tuning) });
      return { loaded, ...(await given.write((connection) => found(connection, loaded))) };
    };
    const tight = await rules({ gap: 30 });
    expect(tight.findings).toHaveLength(2);
    expect(tight.loaded[0]!.thresholds).toMatchObject([{ name: 'gap', value: 900, unit: 'seconds' }]);
    expect(tight.loaded[0]!.tuned).toEqual({ gap: 30 });
    const tuned = await given.case.read((c) => c.row<{ tuned: string }>('SELECT tuned FROM rule_run'));
    expect(tuned).toEqual({ tuned: '{"gap":30}' });
    expect((await rules(null)).findings).toHaveLength(1);
    const useless = await rules({ nothing: 3 });
    expect(useless.rules[0]!.error).toBe("line 1: the rule has no threshold 'nothing'");
  });

  it('of a correlation have its count and its timespan', async () => {
    await fresh([hit(0, 'a'), hit(10, 'a'), hit(20, 'a')]);
    const base = RULE.replace('title:', 'name: hits\ntitle:');
    const correlation = `title: Many
id: 00000000-0000-4000-8000-000000000002
level: low
correlation:
  type: event_count
  rules: [hits]
  group-by: [node]
  timespan: 5m
  condition: {gte: 5}
`;
    const { writeFile } = await import('node:fs/promises');
    const file = `${given.dir}/many.yml`;
    await writeFile(file, `${base}---\n${correlation}`);
    const with_ = async (values: Record<string, number>) => {
      const rules = await loadRules([file], {
        thresholds: new Map([['00000000-0000-4000-8000-000000000002', values]]),
      });
      expect(rules).toHaveLength(1);
      expect(rules[0]!.thresholds).toMatchObject([
        { name: 'count', value: 5, unit: 'events' },
        { name: 'timespan', value: 300, unit: 'seconds' },
      ]);
      return given.write((connection) => found(connection, rules));
    };
    expect((await with_({})).findings).toHaveLength(0);
    expect((await with_({ count: 3 })).findings).toHaveLength(1);
    expect((await with_({ count: 3, timespan: 15 })).findings).toHaveLength(0);
    expect((await with_({ count: 2, timespan: 15 })).findings).toHaveLength(1);
    await given.write((connection) => tuneRule(connection, ID, { enabled: false, reason: 'alone' }, 'ann'));
    const rules = await loadRules([file], {
      thresholds: new Map([['00000000-0000-4000-8000-000000000002', { count: 2 }]]),
    });
    const result = await given.write(async (c) => found(c, rules, { tuning: await readTuning(c) }));
    expect(result.findings).toHaveLength(1);
    expect(result.rules[0]!.note).toMatch(
      /it rests on 'Test rule', which is switched off by ann: alone; it was run all the same/,
    );
  });
});

describe('a suppression', () => {
  const add = (asked: Partial<Parameters<typeof addSuppression>[1]>) =>
    given.write((connection) =>
      addSuppression(
        connection,
        { ruleId: null, fieldValues: {}, fromTs: null, toTs: null, reason: 'our scanner', ...asked },
        'ann',
      ),
    );

  it('marks the findings that fit, now and in the next run, and gives them back when it goes', async () => {
    await fresh([hit(0, 'a'), hit(0, 'b')]);
    await run(RULE);
    const { suppression, findings: marked } = await add({ ruleId: ID, fieldValues: { node: 'a' } });
    expect(marked).toBe(1);
    const wanted = [
      ['a', 'suppressed', 'our scanner'],
      ['b', 'open', null],
    ];
    expect((await states()).sort()).toEqual(wanted);
    expect((await findings()).map((f) => f.suppressionId).sort()).toEqual(
      [suppression.suppressionId, null].sort(),
    );
    const again = await run(RULE);
    expect(again.suppressed).toBe(1);
    expect((await states()).sort()).toEqual(wanted);
    const gone = await given.write((c) => removeSuppression(c, suppression.suppressionId));
    expect(gone.findings).toBe(1);
    expect((await states()).map(([, state]) => state)).toEqual(['open', 'open']);
    expect(await given.case.read(listSuppressions)).toEqual([]);
  });

  it('fits when all values of the field are that one, and no other', async () => {
    await fresh([
      hit(0, 'a', { src_ip: '10.0.0.1' }),
      hit(1, 'a', { src_ip: '10.0.0.2' }),
      hit(0, 'b', { src_ip: '10.0.0.1' }),
      hit(1, 'b'),
      hit(0, 'c'),
      hit(0, 'd', { fields: { agent: 'x' }, src_ip: '10.0.0.1' }),
    ]);
    await run(RULE);
    await add({ fieldValues: { src_ip: '10.0.0.1' } });
    const suppressed = (await findings()).filter((f) => f.state === 'suppressed').map((f) => f.node);
    expect(suppressed.sort()).toEqual(['b', 'd']);
    await add({ fieldValues: { src_ip: '10.0.0.1', agent: 'x' } });
    expect((await given.case.read(listSuppressions)).map((s) => s.findings)).toEqual([2, 0]);
  });

  it('fits group values, and times from the first to the last event', async () => {
    const grouped = ruleText('s:\n  message: x\ncondition: s', 'tidemark: {group_by: [selection]}');
    await fresh([hit(100, 'a'), hit(200, 'a'), hit(null, 'a')]);
    await run(grouped);
    const one = await add({
      ruleId: ID,
      fieldValues: { selection: 's' },
      fromTs: micros(100),
      toTs: micros(200),
    });
    expect(one.findings).toBe(1);
    const less = await add({ ruleId: ID, fromTs: micros(101) });
    expect(less.findings).toBe(0);
    const other = await add({ ruleId: '00000000-0000-4000-8000-000000000009' });
    expect(other.findings).toBe(0);
  });

  it('gives way to a state set by hand, which is undone by the state before', async () => {
    await fresh([hit(0, 'a')]);
    await run(RULE);
    await add({ ruleId: ID });
    const [finding] = await findings();
    const set = (state: 'open' | 'confirmed' | 'suppressed', why: string) =>
      given.write((c) => setFindingStates(c, [finding!.findingId], state, why, 'bob'));
    expect(await set('open', '')).toMatchObject([{ state: 'open', stateBy: 'bob', suppressionId: null }]);
    expect((await given.case.read(listSuppressions))[0]!.findings).toBe(0);
    await run(RULE);
    expect(await states()).toEqual([['a', 'open', null]]);
    await set('suppressed', 'our scanner');
    expect(await findings()).toMatchObject([{ state: 'suppressed', stateBy: 'ann' }]);
    expect((await findings())[0]!.suppressionId).not.toBeNull();
    await set('confirmed', '');
    expect(await findings()).toMatchObject([{ state: 'confirmed', stateBy: 'bob' }]);
  });

  it('must name a rule or a value, and give a time that is one', async () => {
    await expect(add({})).rejects.toThrow(/would hide every finding/);
    await expect(add({ ruleId: ID, fromTs: 2, toTs: 1 })).rejects.toThrow(/ends before it begins/);
  });
});

describe('states of findings', () => {
  it('are set for many at once, or for none when one is not there', async () => {
    await fresh([hit(0, 'a'), hit(0, 'b'), hit(0, 'c')]);
    await run(RULE);
    const ids = (await findings()).map((f) => f.findingId);
    const rows = await given.write((c) => setFindingStates(c, ids.slice(0, 2), 'dismissed', 'ours', 'bob'));
    expect(rows.map((f) => f.state)).toEqual(['dismissed', 'dismissed']);
    await expect(
      given.write((c) => setFindingStates(c, [ids[2]!, 'nope'], 'confirmed', '', 'bob')),
    ).rejects.toThrow(/no finding nope/);
    expect((await findings()).map((f) => f.state).sort()).toEqual(['dismissed', 'dismissed', 'open']);
    await expect(given.write((c) => setFindingStates(c, ids, 'dismissed', ' ', 'bob'))).rejects.toThrow(
      /needs a reason/,
    );
  });

  it('are kept when their finding is gone, and counted', async () => {
    await fresh([hit(0, 'a')]);
    await run(RULE);
    const ids = (await findings()).map((f) => f.findingId);
    await given.write((c) => setFindingStates(c, ids, 'confirmed', '', 'bob'));
    expect((await run(RULE.replace('message: x', 'message: y'))).orphaned).toBe(1);
    const back = await run(RULE);
    expect(back.orphaned).toBe(0);
    expect(await findings()).toMatchObject([{ state: 'confirmed', stateBy: 'bob' }]);
  });
});
