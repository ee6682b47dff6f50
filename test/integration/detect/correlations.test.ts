import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, Given, type GivenEvent } from './given.ts';

let given: Given;
beforeAll(async () => {
  given = await Given.open();
});
afterAll(() => given.close());

interface StreamEvent {
  at: number | null;
  /** Which of the three base rules it matches. */
  rules: number[];
  group: string | null;
  value: string | null;
}
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

const event = fc.record<StreamEvent>({
  at: fc.option(fc.integer({ min: 0, max: 24 }), { freq: 12 }),
  rules: fc.subarray([0, 1, 2], { minLength: 1 }),
  group: fc.constantFrom('a', 'a', 'a', 'b', null),
  value: fc.constantFrom('x', 'y', 'z', null),
});
const streams = fc.array(fc.array(event, { minLength: 1, maxLength: 24 }), { minLength: 75, maxLength: 75 });

type Row = { id: string; at: number; rule: number; value: string | null };
type Window = { from: number; to: number };

/** By definition: look at every window that ends at an event. */
function windowsOf(rows: Row[], fulfils: (window: Row[]) => boolean): Window[] {
  return rows
    .map((last) => rows.filter((r) => r.at >= last.at - SPAN && r.at <= last.at))
    .filter(fulfils)
    .map((window) => ({
      from: Math.min(...window.map((r) => r.at)),
      to: Math.max(...window.map((r) => r.at)),
    }));
}

/** By definition: try every chain of distinct events in order. */
function chainsOf(rows: Row[], steps: number): Window[] {
  const before = (a: Row, b: Row) => a.at < b.at || (a.at === b.at && BigInt(a.id) < BigInt(b.id));
  const ends = (row: Row, step: number): number[] =>
    step === 0
      ? [row.at]
      : rows.filter((r) => r.rule === step - 1 && before(r, row)).flatMap((r) => ends(r, step - 1));
  return rows
    .filter((r) => r.rule === steps - 1)
    .flatMap((row) => {
      const starts = ends(row, steps - 1).filter((start) => row.at - start <= SPAN);
      return starts.length ? [{ from: Math.max(...starts), to: row.at }] : [];
    });
}

/** Windows that share an event are one finding: all events from its first to its last moment. */
function islands(rows: Row[], windows: Window[]): string[] {
  const merged: Window[] = [];
  for (const window of [...windows].sort((a, b) => a.to - b.to || a.from - b.from)) {
    const last = merged.at(-1);
    if (last && window.from <= last.to) {
      last.to = Math.max(last.to, window.to);
      last.from = Math.min(last.from, window.from);
    } else merged.push({ ...window });
  }
  return merged.map((w) =>
    [...new Set(rows.filter((r) => r.at >= w.from && r.at <= w.to).map((r) => r.id))].sort().join(),
  );
}

async function compare(
  rule: string,
  used: number[],
  expected: (rows: Row[]) => Window[],
  valued = false,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(streams, async (list) => {
      await given.write(async (connection) => {
        await given.clear(connection);
        const flat = list.flatMap((events, stream) => events.map((e) => ({ ...e, stream: String(stream) })));
        const ids = await given.events(
          connection,
          flat.map(
            (e): GivenEvent => ({
              at: e.at,
              message: e.rules.map((n) => `rule${n}`).join(' '),
              fields: {
                stream: e.stream,
                ...(e.group ? { g: e.group } : {}),
                ...(e.value ? { v: e.value } : {}),
              },
            }),
          ),
        );
        const groups = new Map<string, Row[]>();
        const left = new Set<string>();
        flat.forEach((e, i) => {
          for (const n of e.rules) {
            if (!used.includes(n)) continue;
            if (e.at === null || e.group === null || (valued && e.value === null)) {
              left.add(ids[i]!);
              continue;
            }
            const key = `${e.stream}/${e.group}`;
            groups.set(key, [...(groups.get(key) ?? []), { id: ids[i]!, at: e.at, rule: n, value: e.value }]);
          }
        });
        const want = [...groups]
          .flatMap(([key, rows]) => islands(rows, expected(rows)).map((f) => `${key}: ${f}`))
          .sort();
        const { findings, rules: outcomes } = await found(connection, await given.rules(rule));
        expect(outcomes[0]!.error).toBeNull();
        const got = findings
          .filter((f) => f.rule_id === outcomes[0]!.ruleId)
          .map((f) => `${f.group_values.stream}/${f.group_values.g}: ${[...f.events].sort().join()}`)
          .sort();
        expect(got).toEqual(want);
        expect(outcomes[0]!.excluded).toBe(left.size);
        expect(outcomes[0]!.findings).toBe(want.length);
      });
    }),
    { numRuns: 3, endOnFailure: true },
  );
}

describe('correlations agree with a brute force over windows on random streams', () => {
  it('event_count', () =>
    compare(correlation('event_count', '[r0]', '{gte: 3}'), [0], (rows) =>
      windowsOf(rows, (w) => w.length >= 3),
    ));

  it('event_count of two rules within a range: an event that matches both counts for each', () =>
    compare(correlation('event_count', '[r0, r1]', '{gt: 2, lte: 5}'), [0, 1], (rows) =>
      windowsOf(rows, (w) => w.length > 2 && w.length <= 5),
    ));

  it('event_count below a number, and other than one', async () => {
    await compare(correlation('event_count', '[r0]', '{lt: 2}'), [0], (rows) =>
      windowsOf(rows, (w) => w.length < 2),
    );
    await compare(correlation('event_count', '[r0]', '{neq: 2}'), [0], (rows) =>
      windowsOf(rows, (w) => w.length !== 2),
    );
  });

  it('value_count', () =>
    compare(
      correlation('value_count', '[r0, r1]', '{field: v, gte: 2}'),
      [0, 1],
      (rows) => windowsOf(rows, (w) => new Set(w.map((r) => r.value)).size >= 2),
      true,
    ));

  it('temporal', () =>
    compare(correlation('temporal', '[r0, r1, r2]', ''), [0, 1, 2], (rows) =>
      windowsOf(rows, (w) => new Set(w.map((r) => r.rule)).size >= 3),
    ));

  it('temporal with fewer rules than all', () =>
    compare(correlation('temporal', '[r0, r1, r2]', '{gte: 2}'), [0, 1, 2], (rows) =>
      windowsOf(rows, (w) => new Set(w.map((r) => r.rule)).size >= 2),
    ));

  it('temporal_ordered of two', () =>
    compare(correlation('temporal_ordered', '[r0, r1]', ''), [0, 1], (rows) => chainsOf(rows, 2)));

  it('temporal_ordered of three', () =>
    compare(correlation('temporal_ordered', '[r0, r1, r2]', ''), [0, 1, 2], (rows) => chainsOf(rows, 3)));
}, 120_000);

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
