// The pass over the events for all rules finds, for every detection, what its own query finds.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Connection } from '../../../electron/engine/case/database.ts';
import { builtinRulesDir, type LoadedRule, loadRules } from '../../../electron/engine/detect/load-rules.ts';
import { SharedPass } from '../../../electron/engine/detect/shared-pass.ts';
import { whereSql } from '../../../electron/engine/detect/sigma/event-query.ts';
import { Binder } from '../../../electron/engine/detect/sigma/sql.ts';
import { type RandomEvent, randomEvent } from '../../judge/random-events.ts';
import { PLACEHOLDERS, randomDetection, ruleSeed, ruleText } from '../../judge/random-rules.ts';
import { givenEvent, rulesOf } from './engine-verdicts.ts';
import { Given, type GivenEvent } from './given.ts';

let given: Given;
beforeAll(async () => {
  given = await Given.open();
});
afterAll(() => given.close());

/** By detection, the events of the pass and those of the query: each as a list of ids. */
async function bothWays(connection: Connection, rules: LoadedRule[]) {
  const pass = await SharedPass.open(connection);
  const run = rules.filter((r) => r.query && r.native === null && r.applies(pass.sources));
  await pass.run(connection, run, () => {});
  const ways: { rule: string; pass: string[]; own: string[] }[] = [];
  const ids = async (sql: string, values: Binder['values'] = []) =>
    (await connection.rows<{ id: string }>(`SELECT e.event_id AS id FROM ${sql} ORDER BY 1`, values)).map(
      (r) => r.id,
    );
  for (const rule of run) {
    for (const detection of rule.detections) {
      const binder = new Binder();
      const where = whereSql(detection, binder, { regexes: [] });
      ways.push({
        rule: rule.title,
        pass: await ids(`detect_hit AS e WHERE detection = ${pass.numberOf(detection)}`),
        own: await ids(`events AS e WHERE ${where}`, binder.values),
      });
    }
  }
  return ways;
}

function expectSame(ways: Awaited<ReturnType<typeof bothWays>>): void {
  for (const { rule, pass, own } of ways) expect([rule, pass]).toEqual([rule, own]);
}

const packEvents = (): GivenEvent[] => {
  const packs = join(import.meta.dirname, 'packs');
  return readdirSync(packs)
    .filter((name) => name.endsWith('.yml'))
    .flatMap(
      (name) =>
        (parse(readFileSync(join(packs, name), 'utf8')) ?? []) as {
          match: GivenEvent[][];
          no: GivenEvent[][];
        }[],
    )
    .flatMap(({ match, no }) => [...(match ?? []), ...(no ?? [])].flat())
    .map((event): GivenEvent => ({ ...event, at: typeof event.at === 'number' ? event.at : null }));
};

describe('one pass finds what each detection finds alone', () => {
  it('of the shipped rules, in the events of their own tests', { timeout: 300_000 }, async () => {
    const rules = await loadRules([builtinRulesDir()]);
    await given.write(async (connection) => {
      await given.clear(connection);
      await given.events(connection, packEvents());
      const ways = await bothWays(connection, rules);
      expectSame(ways);
      expect(ways.filter(({ own }) => own.length > 0).length).toBeGreaterThan(50);
    });
  });

  it('of random rules, where most texts are rare', { timeout: 300_000 }, async () => {
    const seeds = fc.sample(ruleSeed, { numRuns: 300, seed: 4 });
    const events: RandomEvent[] = fc.sample(randomEvent, { numRuns: 600, seed: 5 });
    const quiet: GivenEvent = { at: 1, message: 'nothing of note', fields: { quiet: 'so' } };
    const text = seeds.map((seed, i) => ruleText(randomDetection(seed, events), i)).join('---\n');
    const rules = (await rulesOf(given, text, PLACEHOLDERS)).filter((r) => r.problems.length === 0);
    await given.write(async (connection) => {
      await given.clear(connection);
      await given.events(connection, [
        ...events.map(givenEvent),
        ...Array.from({ length: 20_000 }, () => quiet),
      ]);
      const ways = await bothWays(connection, rules);
      expectSame(ways);
      expect(ways.filter(({ own }) => own.length > 0).length).toBeGreaterThan(100);
    });
  });
});
