import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { builtinRulesDir, type LoadedRule, loadRules } from '../../../electron/engine/detect/load-rules.ts';
import { found, Given, type GivenEvent } from './given.ts';

interface Told extends GivenEvent {
  repeat?: number;
  every?: number;
}
interface Expected {
  rule: string;
  match: Told[][];
  no: Told[][];
}
const expected = parse(readFileSync(join(import.meta.dirname, 'shipped-rules.yml'), 'utf8')) as Expected[];

let given: Given;
let rules: LoadedRule[];
beforeAll(async () => {
  given = await Given.open();
  rules = await loadRules([builtinRulesDir()]);
});
afterAll(() => given.close());

const spread = (events: Told[]): GivenEvent[] =>
  events.flatMap(({ repeat = 1, every = 0, ...event }) =>
    Array.from({ length: repeat }, (_, i): GivenEvent => {
      const text = JSON.parse(JSON.stringify(event).replaceAll('{i}', String(i + 1))) as GivenEvent;
      return { ...text, at: typeof event.at === 'number' ? event.at + i * every : (event.at ?? null) };
    }),
  );

describe('the shipped rules', () => {
  it('are sixteen files, four per system, and the log gap; none is refused', () => {
    const files = new Map<string, Set<string>>();
    for (const rule of rules) {
      const [folder = ''] = rule.path.split('/');
      files.set(folder, (files.get(folder) ?? new Set()).add(rule.path));
      expect([rule.path, rule.problems, rule.warnings]).toEqual([rule.path, [], []]);
    }
    expect([...files].map(([folder, paths]) => [folder, paths.size]).sort()).toEqual([
      ['celery', 4],
      ['mesos', 4],
      ['native', 1],
      ['ray', 4],
      ['registry', 4],
    ]);
  });

  it('say who wrote them, what may be wrong with a match, where it is documented, and a technique', () => {
    for (const rule of rules) {
      expect(rule.author, rule.path).toBe('Tidemark');
      expect(rule.ruleId, rule.path).toMatch(/^[0-9a-f]{8}-/);
      expect(rule.falsePositives.length, rule.path).toBeGreaterThan(0);
      expect(rule.references.length, rule.path).toBeGreaterThan(0);
      expect(rule.attack.length, rule.path).toBeGreaterThan(0);
      expect(rule.description.length, rule.path).toBeGreaterThan(40);
    }
  });

  it('have each an event that must match and one that must not', () => {
    expect(expected.map((e) => e.rule).sort()).toEqual(
      rules
        .filter((r) => r.type !== 'native')
        .map((r) => r.title)
        .sort(),
    );
    for (const { match, no } of expected) expect(Math.min(match.length, no.length)).toBeGreaterThan(0);
  });

  it.each(expected.map((e) => [e.rule, e] as const))('%s', async (title, { match, no }) => {
    const rule = rules.filter((r) => r.title === title);
    await given.write(async (connection) => {
      for (const [sets, wanted] of [
        [match, true],
        [no, false],
      ] as const) {
        for (const events of sets) {
          await given.clear(connection);
          await given.events(connection, spread(events));
          const { findings, rules: outcomes } = await found(connection, rule);
          expect(outcomes[0]!.error).toBeNull();
          expect([findings.length > 0, events[0]!.message]).toEqual([wanted, events[0]!.message]);
          for (const finding of findings) expect(finding.explanation).not.toMatch(/[{}]|undefined|null/);
        }
      }
    });
  });
});
