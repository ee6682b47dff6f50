// Two judges of event rules: the engine's SQL on DuckDB and the plain evaluator in test/judge, which knows only the
// specification. JUDGE_RULES asks for more rules than the suite's, JUDGE_SEED for other ones.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Connection } from '../../../electron/engine/case/database.ts';
import { type RandomEvent, randomEvent } from '../../judge/random-events.ts';
import {
  type Detection,
  MODIFIERS,
  PLACEHOLDERS,
  type RuleSeed,
  randomDetection,
  ruleId,
  ruleSeed,
  ruleText,
} from '../../judge/random-rules.ts';
import { decide, type JudgedRule, readRule } from '../../judge/rule.ts';
import { type Pair, shrink } from '../../judge/shrink.ts';
import { engineVerdicts, givenEvent, rulesOf, type Verdict } from './engine-verdicts.ts';
import { Given } from './given.ts';

const RULES = Number(process.env.JUDGE_RULES ?? 700);
const SEED = Number(process.env.JUDGE_SEED ?? 20261120);
const RULES_A_BATCH = 140;
const EVENTS = 300;

let given: Given;
beforeAll(async () => {
  given = await Given.open();
});
afterAll(() => given.close());

async function verdicts(connection: Connection, detections: Detection[], events: RandomEvent[]) {
  const text = detections.map(ruleText).join('---\n');
  const rules = await rulesOf(given, text, PLACEHOLDERS);
  return engineVerdicts(given, connection, events.map(givenEvent), rules);
}

const judged = (detection: Detection): JudgedRule => readRule(ruleText(detection, 0), PLACEHOLDERS);

/** What was compared, to show that the comparison is worth something. */
class Tally {
  pairs = 0;
  matching = 0;
  refused = new Map<string, number>();
  modifiers = new Map<string, { yes: number; no: number }>();

  add(rule: JudgedRule, matches: boolean): void {
    this.pairs++;
    if (matches) this.matching++;
    for (const modifier of rule.modifiers) {
      const count = this.modifiers.get(modifier) ?? { yes: 0, no: 0 };
      count[matches ? 'yes' : 'no']++;
      this.modifiers.set(modifier, count);
    }
  }
}

async function report(connection: Connection, pair: Pair): Promise<string> {
  const differs = async ({ detection, event }: Pair): Promise<boolean> => {
    try {
      const judge = decide(judged(detection), event);
      const verdict = (await verdicts(connection, [detection], [event])).get(ruleId(0))!;
      return verdict.refused === null && verdict.matched.has(0) !== judge;
    } catch {
      return false;
    }
  };
  const { detection, event } = await shrink(pair, differs);
  const judge = decide(judged(detection), event) ? 'matches' : 'does not match';
  return `by the specification this ${judge}, the engine says otherwise:\n${stringify(detection)}\nevent: ${JSON.stringify(event)}`;
}

async function compare(
  connection: Connection,
  events: RandomEvent[],
  seeds: RuleSeed[],
  tally: Tally,
): Promise<string[]> {
  const detections = seeds.map((seed) => randomDetection(seed, events));
  const found = await verdicts(connection, detections, events);
  const different: Pair[] = [];
  for (const [i, detection] of detections.entries()) {
    const verdict: Verdict = found.get(ruleId(i))!;
    if (verdict.refused !== null) {
      tally.refused.set(verdict.refused, (tally.refused.get(verdict.refused) ?? 0) + 1);
      continue;
    }
    const rule = judged(detection);
    let first = true;
    for (const [k, event] of events.entries()) {
      const matches = decide(rule, event);
      tally.add(rule, matches);
      if (first && matches !== verdict.matched.has(k)) {
        different.push({ detection, event });
        first = false;
      }
    }
  }
  const most = process.env.JUDGE_SHOW === undefined ? 1 : Number(process.env.JUDGE_SHOW);
  const shown: string[] = [];
  for (const pair of different.slice(0, most)) shown.push(await report(connection, pair));
  if (different.length > most) shown.push(`and ${different.length - most} more rules of this batch`);
  return shown;
}

describe('random event rules', () => {
  it('match the same events by the engine and by the specification', { timeout: 600_000 }, async () => {
    const tally = new Tally();
    await given.write(async (connection) => {
      const batch = fc.tuple(
        fc.array(randomEvent, { minLength: EVENTS, maxLength: EVENTS }),
        fc.array(ruleSeed, { minLength: RULES_A_BATCH, maxLength: RULES_A_BATCH }),
      );
      await fc.assert(
        fc.asyncProperty(batch, async ([events, seeds]) => {
          const different = await compare(connection, events, seeds, tally);
          if (different.length > 0) throw new Error(different.join('\n\n'));
        }),
        {
          numRuns: Math.ceil(RULES / RULES_A_BATCH),
          seed: SEED,
          endOnFailure: true,
          includeErrorInReport: true,
          reporter: (run) => {
            if (run.failed) {
              throw new Error(`JUDGE_SEED=${run.seed}, batch ${run.numRuns}:\n${String(run.errorInstance)}`);
            }
          },
        },
      );
    });
    const share = tally.matching / tally.pairs;
    console.log(
      `seed ${SEED}: ${tally.pairs} pairs, ${(share * 100).toFixed(1)} % match, ${[...tally.refused.values()].reduce((a, b) => a + b, 0)} rules refused`,
    );
    expect([...tally.refused]).toEqual([]);
    expect(tally.pairs).toBeGreaterThanOrEqual(RULES * EVENTS);
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.6);
    for (const modifier of MODIFIERS) {
      const { yes, no } = tally.modifiers.get(modifier) ?? { yes: 0, no: 0 };
      expect([modifier, yes > 0, no > 0]).toEqual([modifier, true, true]);
    }
  });
});
