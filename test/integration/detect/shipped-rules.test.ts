// Every rule that ships: what it says of itself, and the events of packs/*.yml that it must find and must leave alone.
// A pack's file is a list of {rule: title, match, no}. `match` and `no` are lists of sets of events; every set of `match`
// gives at least one finding of the rule, no set of `no` gives any. An event is a GivenEvent with `repeat` n times and
// `every` s seconds; `{i}` in its text is the number of the repetition.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { builtinRulesDir, type LoadedRule, loadRules } from '../../../electron/engine/detect/load-rules.ts';
import { type FoundFinding, found, Given, type GivenEvent, micros } from './given.ts';

interface Told extends GivenEvent {
  repeat?: number;
  every?: number;
}
interface Expected {
  rule: string;
  match: Told[][];
  no: Told[][];
}
const packs = join(import.meta.dirname, 'packs');
const expected = readdirSync(packs)
  .filter((name) => name.endsWith('.yml'))
  .sort()
  .flatMap((name) => {
    const entries = (parse(readFileSync(join(packs, name), 'utf8')) ?? []) as Expected[];
    return entries.map((entry) => ({ ...entry, pack: name.replace(/\.yml$/, '') }));
  });

/** A rule as its file states it. */
type Stated = Record<string, unknown> & { path: string };
const stated = new Map<string, Stated>();
for (const path of readdirSync(builtinRulesDir(), { recursive: true }).map(String).sort()) {
  if (!/\.ya?ml$/.test(path)) continue;
  for (const document of parseAllDocuments(readFileSync(join(builtinRulesDir(), path), 'utf8'))) {
    const rule = document.toJS() as Record<string, unknown>;
    const id = String(rule.id);
    if (stated.has(id)) throw new Error(`${path} and ${stated.get(id)!.path} share the id ${id}`);
    stated.set(id, { ...rule, path });
  }
}

let given: Given;
let rules: LoadedRule[];
/** What the rules found in a set, all sets but those of built-in checks standing in one case. */
const foundIn = new Map<Told[], FoundFinding[]>();
const errors = new Map<string, string | null>();

beforeAll(async () => {
  given = await Given.open();
  rules = await loadRules([builtinRulesDir()]);
  await given.write(async (connection) => {
    const setOf = new Map<string, Told[]>();
    const told: GivenEvent[] = [];
    const owners: Told[][] = [];
    for (const [i, set] of sharedSets().entries()) {
      for (const event of apart(spread(set), i)) {
        told.push(event);
        owners.push(set);
      }
      foundIn.set(set, []);
    }
    for (const [i, id] of (await given.events(connection, told)).entries()) setOf.set(id, owners[i]!);
    const { findings, rules: outcomes } = await found(
      connection,
      rules.filter((r) => r.type !== 'native'),
    );
    for (const outcome of outcomes) errors.set(outcome.title, outcome.error);
    for (const finding of findings) {
      const sets = new Set(finding.events.map((id) => setOf.get(id)!));
      expect([finding.rule_id, finding.events.length > 0, sets.size]).toEqual([finding.rule_id, true, 1]);
      for (const set of sets) foundIn.get(set)!.push(finding);
    }
  });
}, 600_000);
afterAll(() => given.close());

const spread = (events: Told[]): GivenEvent[] =>
  events.flatMap(({ repeat = 1, every = 0, ...event }) =>
    Array.from({ length: repeat }, (_, i): GivenEvent => {
      const text = JSON.parse(JSON.stringify(event).replaceAll('{i}', String(i + 1))) as GivenEvent;
      return { ...text, at: typeof event.at === 'number' ? event.at + i * every : (event.at ?? null) };
    }),
  );

const APART_DAYS = 4;

/** The events of a set days after those of the set before and on nodes of their own, so that no finding spans two sets. */
const apart = (events: GivenEvent[], set: number): GivenEvent[] =>
  events.map(({ at, node, ...event }) => ({
    ...event,
    at: at === null || at === undefined ? null : (micros(at) - micros(0)) / 1e6 + set * APART_DAYS * 86_400,
    node: node === null ? null : `${node ?? 'node-1'}-${set}`,
  }));

const isNative = (title: string): boolean => rules.some((r) => r.title === title && r.type === 'native');
const sharedSets = (): Told[][] =>
  expected.filter((e) => !isNative(e.rule)).flatMap((e) => [...e.match, ...e.no]);

/** A built-in check looks at the whole case: each set is a case of its own. */
async function foundAlone(title: string, events: Told[]): Promise<FoundFinding[]> {
  return given.write(async (connection) => {
    await given.clear(connection);
    await given.events(connection, spread(events));
    const { findings, rules: outcomes } = await found(
      connection,
      rules.filter((r) => r.title === title),
    );
    errors.set(title, outcomes[0]!.error);
    return findings;
  });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the shipped rules', () => {
  it('are all compiled without a problem or a warning, and no two share a title', () => {
    for (const rule of rules) expect([rule.path, rule.problems, rule.warnings]).toEqual([rule.path, [], []]);
    const titles = rules.map((r) => r.title).sort();
    expect(titles).toEqual([...new Set(titles)]);
  });

  it('have an id of their own each, also the parts of correlations', () => {
    for (const [id, { path }] of stated) expect([path, id]).toEqual([path, expect.stringMatching(UUID)]);
  });

  it('say who wrote them, when, how far they are tested, how grave a match is, and what may be wrong with it', () => {
    for (const rule of rules) {
      const own = stated.get(rule.ruleId)!;
      expect(own, rule.path).toMatchObject({
        author: 'Tidemark',
        date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        status: expect.stringMatching(/^(?:experimental|test|stable)$/),
        level: expect.stringMatching(/^(?:informational|low|medium|high|critical)$/),
      });
      expect(rule.description.length, rule.path).toBeGreaterThan(40);
      expect(rule.falsePositives.length, rule.path).toBeGreaterThan(0);
      expect(rule.falsePositives.join(), rule.path).not.toMatch(/^(?:unknown|none|unlikely)$/i);
    }
  });

  it('say where they are documented, with an address, and name a technique of ATT&CK', () => {
    for (const rule of rules) {
      expect(rule.references.length, rule.path).toBeGreaterThan(0);
      for (const reference of rule.references) expect(reference, rule.path).toMatch(/^https:\/\/\S+$/);
      const tags = (stated.get(rule.ruleId)!.tags ?? []) as string[];
      expect(
        tags.filter((tag) => /^attack\.t\d{4}(?:\.\d{3})?$/.test(tag)).length,
        rule.path,
      ).toBeGreaterThan(0);
      expect(rule.attack.length, rule.path).toBeGreaterThan(0);
    }
  });

  it('give a sentence that names facts of the finding', () => {
    for (const rule of rules) expect(rule.extras.explain, rule.path).not.toBeNull();
  });

  it('have each a set of events that must match and one that must not; built-in checks may have theirs elsewhere', () => {
    const tested = expected.map((e) => e.rule).sort();
    expect(tested).toEqual([...new Set(tested)]);
    const titles = new Set(rules.map((r) => r.title));
    expect(tested.filter((title) => !titles.has(title))).toEqual([]);
    const untested = rules.filter((r) => r.type !== 'native' && !tested.includes(r.title));
    expect(untested.map((r) => r.path)).toEqual([]);
    for (const { rule, match, no } of expected)
      expect([
        rule,
        match.length > 0,
        no.length > 0,
        [...match, ...no].every((set) => set.length > 0),
      ]).toEqual([rule, true, true, true]);
  });

  it.each(expected.map((e) => [`${e.pack}: ${e.rule}`, e] as const))(
    '%s',
    async (_, { rule: title, match, no }) => {
      const ids = rules.filter((r) => r.title === title).map((r) => r.ruleId);
      for (const [sets, wanted] of [
        [match, true],
        [no, false],
      ] as const) {
        for (const events of sets) {
          const all = isNative(title) ? await foundAlone(title, events) : foundIn.get(events)!;
          const findings = all.filter((finding) => ids.includes(finding.rule_id));
          expect(errors.get(title)).toBeNull();
          expect([findings.length > 0, events]).toEqual([wanted, events]);
          for (const { explanation } of findings) expect(explanation).not.toMatch(/[{}]|undefined|null/);
        }
      }
    },
  );
});
