import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtinRulesDir, loadRules } from '../../../../electron/engine/detect/load-rules.ts';
import { found, Given } from '../given.ts';

let given: Given;
beforeAll(async () => {
  given = await Given.open();
});
afterAll(() => given.close());

interface Pair {
  at: number;
  /** Of node a less b, seconds; null: not bounded. */
  low: number | null;
  high: number | null;
  agrees?: boolean;
}

/** Two nodes, pairs of their events, offsets of `a` in use by stretch. */
async function clocks(pairs: Pair[], offsets: { from: number | null; seconds: number }[] = []) {
  const rules = (await loadRules([join(builtinRulesDir(), 'native')])).filter(
    (r) => r.native?.startsWith('clock-') && r.native !== 'clock-set-back',
  );
  expect(rules).toHaveLength(3);
  return given.write(async (connection) => {
    await given.clear(connection);
    for (const table of ['node', 'node_clock', 'clock_pair']) await connection.run(`DELETE FROM ${table}`);
    const ids = await given.events(
      connection,
      pairs.flatMap(({ at }) => [
        { at, node: 'a', path: 'a/a.log', message: 'sent' },
        { at, node: 'b', path: 'b/b.log', message: 'received' },
      ]),
    );
    const offset = (at: number) =>
      offsets.filter((o) => o.from === null || o.from <= at).at(-1)?.seconds ?? 0;
    for (const [i, { at, low, high, agrees = true }] of pairs.entries()) {
      const us = (s: number | null) => (s === null ? 'NULL' : String(Math.round(s * 1e6)));
      await connection.run(
        `INSERT INTO clock_pair VALUES ('a', 'b', 'celery_request', 'exact', 'k${i}', ${ids[2 * i]}, ${ids[2 * i + 1]}, ${us(low)}, ${us(high)}, ${agrees})`,
      );
      await connection.run(
        `UPDATE event_row SET ts_logged = ts - INTERVAL ${Math.round(offset(at) * 1e6)} MICROSECONDS WHERE event_id = ${ids[2 * i]}`,
      );
    }
    await connection.run('UPDATE event_row SET ts_logged = ts WHERE ts_logged IS NULL');
    const last = offsets.at(-1)?.seconds ?? 0;
    await connection.run(
      `INSERT INTO node (node, clock_offset_us, offset_basis) VALUES ('a', ${last * 1e6}, '3 of 3 pairs with b agree within 0.01 s'), ('b', 0, NULL)`,
    );
    for (const [i, o] of offsets.entries()) {
      await connection.run(
        `INSERT INTO node_clock VALUES ('a', ${i}, ${o.from === null ? 'NULL' : `make_timestamp(${(Date.UTC(2026, 10, 20, 12) / 1000 + o.from) * 1e6})`}, NULL, ${o.seconds * 1e6}, 0, 0, 3, 3)`,
      );
    }
    const { findings, rules: outcomes } = await found(connection, rules);
    expect(outcomes.map((o) => o.error)).toEqual([null, null, null]);
    return findings;
  });
}
const times = [0, 60, 120, 180];

describe('clocks', () => {
  it('that agree, or whose bounds hold the times in use, are none', async () => {
    expect(await clocks(times.map((at) => ({ at, low: -0.1, high: 0.3 })))).toEqual([]);
    expect(await clocks(times.map((at) => ({ at, low: -3, high: null })))).toEqual([]);
  });

  it('a constant difference is told with its proof', async () => {
    const found = await clocks(
      times.map((at) => ({ at, low: 419.9, high: 420.1 })),
      [{ from: null, seconds: 420 }],
    );
    expect(found.map((f) => [f.level, f.node, f.explanation])).toEqual([
      ['informational', 'a', 'The clock of a was slow by 420.0 s: 3 of 3 pairs with b agree within 0.01 s.'],
    ]);
  });

  it('a clock that changed is a drift', async () => {
    const found = await clocks(
      times.map((at) => ({ at, low: at < 100 ? -0.1 : 59.9, high: at < 100 ? 0.1 : 60.1 })),
      [
        { from: null, seconds: 0 },
        { from: 100, seconds: 60 },
      ],
    );
    expect(found.map((f) => [f.level, f.group_values.from_seconds, f.group_values.to_seconds])).toEqual([
      ['low', '0.0', '60.0'],
    ]);
  });

  it('bounds that the times in use break leave the order open', async () => {
    const found = await clocks(times.map((at) => ({ at, low: 30, high: null })));
    expect(found.map((f) => [f.level, f.nodes, f.group_values])).toEqual([
      ['medium', ['a', 'b'], { one: 'a', other: 'b', seconds: '30.0', contradicting: '4', pairs: '4' }],
    ]);
    // two pairs are chance, and where most agree the rest are strays
    expect(await clocks(times.slice(0, 2).map((at) => ({ at, low: 30, high: null })))).toEqual([]);
    expect(
      await clocks(
        [...times, ...times, ...times].map((at, i) => ({ at: at + i, low: i < 4 ? 30 : -1, high: null })),
      ),
    ).toEqual([]);
  });
});
