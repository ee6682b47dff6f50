import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtinRulesDir, loadRules } from '../../../../electron/engine/detect/load-rules.ts';
import { found, Given, type GivenEvent } from '../given.ts';

let given: Given;
beforeAll(async () => {
  given = await Given.open();
});
afterAll(() => given.close());

const ID = 'c1699a35-63c7-49d3-852a-731c91fedbdc';

async function gaps(events: GivenEvent[], thresholds: Record<string, number> = {}) {
  const options = { thresholds: new Map([[ID, thresholds]]) };
  const rules = (await loadRules([builtinRulesDir()], options)).filter((r) => r.native === 'log-gap');
  return given.write(async (connection) => {
    await given.clear(connection);
    const ids = await given.events(connection, events);
    const { findings, rules: outcomes } = await found(connection, rules);
    expect(outcomes.map((o) => o.error)).toEqual([null]);
    return findings.map((f) => ({ ...f, at: [f.first, f.last], index: f.events.map((e) => ids.indexOf(e)) }));
  });
}

/** A request every `every` seconds with a little jitter, at moments that `keep` allows. */
const beat = (
  from: number,
  to: number,
  every: number,
  keep: (at: number) => boolean,
  more: GivenEvent = {},
): GivenEvent[] =>
  Array.from({ length: Math.floor((to - from) / every) }, (_, i) => from + i * every + ((i * 7) % 10) / 20)
    .filter(keep)
    .map((at) => ({
      at,
      http_method: 'GET',
      http_path: '/v2/',
      src_ip: '10.0.0.2',
      message: `10.0.0.2 "GET /v2/" ${at} 200`,
      ...more,
    }));
const always = () => true;
const not = (a: number, b: number) => (at: number) => at < a || at > b;
const other: GivenEvent = { node: 'node-2', path: 'other/access.log' };

describe('the log gap', () => {
  it('is found in a steady log that fell silent while others went on', async () => {
    const [gap, ...more] = await gaps([...beat(0, 900, 5, not(300, 480)), ...beat(0, 900, 5, always, other)]);
    expect(more).toEqual([]);
    expect(gap).toMatchObject({
      node: 'node-1',
      level: 'high',
      roles: ['before the gap', 'after the gap'],
      event_count: 2,
    });
    expect(gap!.first).toBeGreaterThan(294);
    expect(gap!.last).toBeLessThan(486);
    expect(gap!.explanation).toContain("although 'GET /v2/ from 10.0.0.2' came every 4.9 s");
  });

  it('is not a pause of the whole case, nor the end of a log', async () => {
    expect(await gaps([...beat(0, 900, 5, not(300, 480)), ...beat(0, 900, 5, not(299, 481), other)])).toEqual(
      [],
    );
    expect(await gaps([...beat(0, 300, 5, always), ...beat(0, 900, 5, always, other)])).toEqual([]);
  });

  it('is not the quiet between bursts', async () => {
    const burst = (start: number) => beat(start, start + 40, 0.2, always);
    expect(
      await gaps([...burst(0), ...burst(200), ...burst(400), ...beat(0, 900, 5, always, other)]),
    ).toEqual([]);
    const loose = Array.from({ length: 200 }, (_, i) => ({ at: (i * 7919) % 9000, message: `line ${i}` }));
    expect(await gaps([...loose, ...beat(0, 9000, 60, always, other)])).toEqual([]);
  });

  it('is not where only the steady line stopped and the log went on', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => ({ at: 300 + i * 3, message: 'something else' }));
    expect(
      await gaps([...beat(0, 900, 5, not(300, 480)), ...lines, ...beat(0, 900, 5, always, other)]),
    ).toEqual([]);
  });

  it('is seen across rotated files of one log, and a rotation alone is none', async () => {
    const rotated = (keep: (at: number) => boolean) => [
      ...beat(0, 400, 5, keep, { path: 'n/access.log.2.gz' }),
      ...beat(400, 900, 5, keep, { path: 'n/access.log' }),
      ...beat(0, 900, 5, always, other),
    ];
    expect(await gaps(rotated(always))).toEqual([]);
    expect(await gaps(rotated(not(350, 500)))).toHaveLength(1);
  });

  it('needs ten times the usual pause: a slow rhythm is given time', async () => {
    expect(await gaps([...beat(0, 6000, 60, not(3000, 3500)), ...beat(0, 6000, 5, always, other)])).toEqual(
      [],
    );
    expect(
      await gaps([...beat(0, 6000, 60, not(3000, 3900)), ...beat(0, 6000, 5, always, other)]),
    ).toHaveLength(1);
  });

  it('takes other thresholds, and refuses what is no threshold or out of bounds', async () => {
    const slow = [...beat(0, 6000, 60, not(3000, 3500)), ...beat(0, 6000, 5, always, other)];
    expect(await gaps(slow, { pauses: 5 })).toHaveLength(1);
    expect(await gaps(slow, { pauses: 5, beats: 200 })).toEqual([]);
    const [rule] = (
      await loadRules([builtinRulesDir()], {
        thresholds: new Map([[ID, { pauses: 0, rhythm: 3 }]]),
      })
    ).filter((r) => r.ruleId === ID);
    expect(rule!.problems.map((p) => p.message)).toEqual([
      "the threshold 'pauses' must be a number from 2 to 1000, not 0",
      "the rule has no threshold 'rhythm'",
    ]);
    expect(rule!.query).toBeNull();
  });
});
