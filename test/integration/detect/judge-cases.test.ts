// Cases from the specification as data (test/judge/cases), decided by both judges: the engine on DuckDB and the evaluator.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { detect } from '../../../electron/engine/detect/detect.ts';
import { checkRuleText, type LoadedRule } from '../../../electron/engine/detect/load-rules.ts';
import { findingsOf, readDocuments, type TimedEvent } from '../../judge/correlation.ts';
import type { JudgedEvent } from '../../judge/event.ts';
import { filtered } from '../../judge/filter.ts';
import { Refused } from '../../judge/refused.ts';
import { decide, readRule } from '../../judge/rule.ts';
import type { Placeholders } from '../../judge/value.ts';
import { rulesOf } from './engine-verdicts.ts';
import { found, Given, type GivenEvent, micros } from './given.ts';

type YamlMap = Record<string, unknown>;
type CaseEvent = YamlMap;

const read = async <T>(name: string): Promise<T[]> =>
  parse(await readFile(join(import.meta.dirname, '../../judge/cases', name), 'utf8'), { intAsBigInt: true });

const COLUMNS =
  'message level category action outcome src_ip user_name http_method http_path http_status'.split(' ');
const plainNumber = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
const deepPlain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(deepPlain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, deepPlain(v)]));
  return plainNumber(value);
};

/** An event of a case: columns by their names, `ts: null` for none; all other names are keys of `fields`. */
function eventOf(event: CaseEvent): { judged: JudgedEvent; given: GivenEvent } {
  const plain = deepPlain(event) as CaseEvent;
  const columns = Object.fromEntries(
    Object.entries(plain).filter(([name]) => COLUMNS.includes(name)),
  ) as JudgedEvent['columns'];
  const { fields: more, ...rest } = plain;
  const fields = {
    ...Object.fromEntries(Object.entries(rest).filter(([name]) => name !== 'ts' && !COLUMNS.includes(name))),
    ...(more as YamlMap | undefined),
  };
  const at = plain.ts === null ? null : 0;
  const ts = at === null ? null : '2026-11-20 12:00:00';
  return { judged: { columns: { ...columns, ts }, fields }, given: { ...columns, at, fields } };
}

const ruleId = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const sourceOf = (n: number) => ({ product: 'registry', service: `case${n}` });

/** A rule, what it must match and what it must not. */
interface Verdicts {
  what: string;
  text: string;
  placeholders: Placeholders;
  match: CaseEvent[];
  not: CaseEvent[];
  judge: (event: JudgedEvent) => boolean;
}

function verdicts(
  n: number,
  what: string,
  detection: YamlMap,
  match: CaseEvent[],
  not: CaseEvent[],
  placeholders: Placeholders = {},
): Verdicts {
  const text = stringify({ title: what, id: ruleId(n), logsource: sourceOf(n), detection });
  const judged = readRule(text, placeholders);
  return { what, text, placeholders, match, not, judge: (event) => decide(judged, event) };
}

interface TextCase {
  from: string;
  modifiers?: string;
  value: unknown;
  placeholders?: Placeholders;
  match: string[];
  not: string[];
}
interface EventCase {
  from: string;
  detection: YamlMap;
  condition?: string;
  match: CaseEvent[];
  not: CaseEvent[];
}
interface ConditionCase {
  names?: string[];
  condition: unknown;
  true?: string[];
  false?: string[];
  refused?: string;
}
interface FilterCase {
  from: string;
  logsource?: YamlMap;
  filters: YamlMap[];
  match?: CaseEvent[];
  not?: CaseEvent[];
  refused?: string;
}

const messages = (texts: string[]): CaseEvent[] => texts.map((message) => ({ message }));
const holding = (texts: string[]): CaseEvent[] =>
  texts.map((text) =>
    Object.fromEntries(
      text
        .split(' ')
        .filter(Boolean)
        .map((name) => [name, 'yes']),
    ),
  );
const searches = ({ names = ['a', 'b', 'c'], condition }: ConditionCase): YamlMap => ({
  ...Object.fromEntries(names.map((name) => [name, { [name]: 'yes' }])),
  condition,
});
const filterText = (n: number, { filters, logsource }: FilterCase): YamlMap[] => [
  {
    title: `filtered ${n}`,
    id: ruleId(n),
    name: `base${n}`,
    logsource: sourceOf(n),
    detection: { s: { kind: 'x' }, condition: 's' },
  },
  ...filters.map((filter, i) => ({
    title: `filter ${n}.${i}`,
    logsource: logsource ?? sourceOf(n),
    filter: Array.isArray(filter.rules) ? { ...filter, rules: filter.rules.map((r) => `${r}${n}`) } : filter,
  })),
];
const documents = (list: YamlMap[]): string => list.map((document) => stringify(document)).join('---\n');

async function allVerdicts(): Promise<Verdicts[]> {
  const list: Verdicts[] = [];
  for (const { from, modifiers, value, placeholders, match, not } of await read<TextCase>('texts.yml')) {
    const key = modifiers ? `message|${modifiers}` : 'message';
    const detection = { s: { [key]: value }, condition: 's' };
    list.push(
      verdicts(
        list.length,
        `${from}: ${key}: ${String(value)}`,
        detection,
        messages(match),
        messages(not),
        placeholders,
      ),
    );
  }
  for (const { from, detection, condition, match, not } of await read<EventCase>('events.yml')) {
    list.push(verdicts(list.length, String(from), { condition: condition ?? 's', ...detection }, match, not));
  }
  for (const made of await read<ConditionCase>('conditions.yml')) {
    if (made.refused !== undefined) continue;
    list.push(
      verdicts(
        list.length,
        `condition ${String(made.condition)}`,
        searches(made),
        holding(made.true!),
        holding(made.false!),
      ),
    );
  }
  for (const made of await read<FilterCase>('filters.yml')) {
    if (made.refused !== undefined) continue;
    const [rule, ...filters] = filterText(list.length, made);
    list.push({
      what: `filter: ${made.from}`,
      text: documents([rule!, ...filters]),
      placeholders: {},
      match: made.match!,
      not: made.not!,
      judge: filtered(rule!, filters),
    });
  }
  return list;
}

let given: Given;
beforeAll(async () => {
  given = await Given.open();
});
afterAll(() => given.close());

describe('cases from the specification', () => {
  it('are decided alike by the engine, by the evaluator and by the specification', {
    timeout: 300_000,
  }, async () => {
    const cases = await allVerdicts();
    const wrong: string[] = [];
    const rules: LoadedRule[] = [];
    const events: GivenEvent[] = [];
    const expected: { id: string; at: number; wanted: boolean; what: string }[] = [];
    const plain = cases.filter((c) => Object.keys(c.placeholders).length === 0);
    rules.push(...(await rulesOf(given, plain.map((c) => c.text).join('---\n'))));
    for (const made of cases)
      if (!plain.includes(made)) rules.push(...(await rulesOf(given, made.text, made.placeholders)));
    for (const rule of rules)
      for (const problem of rule.problems) wrong.push(`${rule.title}: refused: ${problem.message}`);
    for (const [n, made] of cases.entries()) {
      for (const [event, wanted] of [
        ...made.match.map((e) => [e, true] as const),
        ...made.not.map((e) => [e, false] as const),
      ]) {
        const { judged, given: row } = eventOf(event);
        const what = `${made.what}: ${JSON.stringify(deepPlain(event))} must ${wanted ? '' : 'not '}match`;
        if (made.judge(judged) !== wanted) wrong.push(`evaluator: ${what}`);
        expected.push({ id: ruleId(n), at: events.length, wanted, what });
        events.push({ ...row, component: `case${n}` });
      }
    }
    await given.write(async (connection) => {
      const ids = await given.events(connection, events);
      const { rules: outcomes } = await detect(connection, rules);
      for (const { title, error } of outcomes) if (error !== null) wrong.push(`${title}: ${error}`);
      const rows = await connection.rows<{ pair: string }>(
        `SELECT f.rule_id || ' ' || e.event_id AS pair FROM findings f JOIN finding_events e ON e.finding_id = f.finding_id`,
      );
      const matched = new Set(rows.map((row) => row.pair));
      for (const { id, at, wanted, what } of expected)
        if (matched.has(`${id} ${ids[at]}`) !== wanted) wrong.push(`engine: ${what}`);
    });
    expect(wrong).toEqual([]);
    expect(expected.length).toBeGreaterThan(900);
  });
});

interface RefusalCase {
  from: string;
  reason: string;
  detection?: YamlMap;
  correlation?: YamlMap;
  rule?: string;
}
const simple = (name: string): YamlMap => ({
  title: name,
  name,
  logsource: { product: 'registry' },
  detection: { s: { user: 'x' }, condition: 's' },
});
const filled = (body: YamlMap): YamlMap =>
  Object.fromEntries(
    Object.entries({ rules: ['base'], 'group-by': ['user'], timespan: '5m', ...body }).filter(
      ([, v]) => v !== null,
    ),
  );

function refusedText({ detection, correlation, rule }: RefusalCase): string {
  if (detection) {
    return stringify({ ...simple('refused'), detection: { condition: 's', ...detection } });
  }
  if (correlation)
    return documents([
      { title: 'refused', correlation: filled(correlation) },
      simple('base'),
      simple('other'),
    ]);
  return rule!.replace("{{256 x 't' and one}}", 't'.repeat(257));
}

/** What a linear engine can't do, and what only the form of a rule forbids: beyond the evaluator. */
const ENGINE_ONLY = /no linear engine|modifier twice/;

describe('rules that the specification does not allow', () => {
  it('are refused with the reason, by the engine and by the evaluator', async () => {
    const wrong: string[] = [];
    const refusals: { text: string; reason: string; judge: boolean }[] = [];
    for (const made of await read<RefusalCase>('refusals.yml'))
      refusals.push({
        text: refusedText(made),
        reason: made.reason,
        judge: Boolean(made.detection) && !ENGINE_ONLY.test(made.from),
      });
    for (const made of await read<ConditionCase>('conditions.yml')) {
      if (made.refused !== undefined)
        refusals.push({
          text: stringify({ ...simple('refused'), detection: searches(made) }),
          reason: made.refused,
          judge: true,
        });
    }
    for (const made of await read<FilterCase>('filters.yml'))
      if (made.refused !== undefined)
        refusals.push({ text: documents(filterText(0, made)), reason: made.refused, judge: false });
    for (const { text, reason, judge } of refusals) {
      const { ok, problems } = checkRuleText(text);
      const said = problems.map((p) => `line ${p.line}: ${p.message}`).join('; ');
      if (ok) wrong.push(`accepted, though ${reason}:\n${text}`);
      else if (!new RegExp(reason, 'i').test(said))
        wrong.push(`refused because of ${said}, not ${reason}:\n${text}`);
      if (problems.some((p) => p.line < 1 || p.column < 1 || !p.message))
        wrong.push(`no place or reason:\n${text}`);
      if (!judge) continue;
      try {
        readRule(text);
        wrong.push(`the evaluator accepts:\n${text}`);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
    }
    expect(wrong).toEqual([]);
    expect(refusals.length).toBeGreaterThan(130);
  });
});

interface CorrelationCase {
  from: string;
  correlation: YamlMap;
  more?: YamlMap[];
  events: [at: number | null, kind: string, fields?: YamlMap][];
  findings: number[][];
}

describe('examples of correlations', () => {
  it('give the findings of the specification by the engine and by the brute force', {
    timeout: 300_000,
  }, async () => {
    const wrong: string[] = [];
    const rules: LoadedRule[] = [];
    const events: GivenEvent[] = [];
    const expected: { id: string; from: string; first: number; want: string }[] = [];
    for (const [n, made] of (await read<CorrelationCase>('correlations.yml')).entries()) {
      const { correlation, more = [], events: own, findings, from } = deepPlain(made) as CorrelationCase;
      const bases = ['a', 'b', 'c'].map((name) => ({
        title: name,
        name,
        logsource: sourceOf(n),
        detection: { s: { 'kind|contains': name }, condition: 's' },
      }));
      const text = documents([{ title: from, id: ruleId(n), correlation }, ...bases, ...more]);
      const rows = own.map(
        ([at, kind, fields]): GivenEvent => ({
          at,
          component: `case${n}`,
          fields: { kind, ...fields },
        }),
      );
      const timed = rows.map(
        (row): TimedEvent => ({
          at: row.at === null ? null : micros(row.at!),
          columns: {},
          fields: row.fields as YamlMap,
        }),
      );
      const want = JSON.stringify(findings.toSorted());
      const brute = findingsOf(readDocuments(text), ruleId(n), timed).map((f) => f.events);
      if (JSON.stringify(brute.toSorted()) !== want)
        wrong.push(`brute force: ${from}: ${JSON.stringify(brute)}, not ${want}`);
      const rule = (await rulesOf(given, text)).find((r) => r.ruleId === ruleId(n))!;
      for (const problem of rule.problems) wrong.push(`engine: ${from}: refused: ${problem.message}`);
      rules.push(rule);
      expected.push({ id: ruleId(n), from, first: events.length, want });
      events.push(...rows);
    }
    await given.write(async (connection) => {
      await given.clear(connection);
      const ids = await given.events(connection, events);
      const { findings } = await found(connection, rules);
      for (const { id, from, first, want } of expected) {
        const got = findings
          .filter((f) => f.rule_id === id)
          .map((f) => f.events.map((event) => ids.indexOf(event) - first).toSorted((a, b) => a - b));
        if (JSON.stringify(got.toSorted()) !== want)
          wrong.push(`engine: ${from}: ${JSON.stringify(got)}, not ${want}`);
      }
    });
    expect(wrong).toEqual([]);
    expect(expected.length).toBeGreaterThan(40);
  });
});
