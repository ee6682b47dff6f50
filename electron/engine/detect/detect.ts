// Runs rules over a case: each rule on its own, then all findings replace those of the run before in one transaction.
import type { FindingLevel } from '../../../shared/model.ts';
import type { Bound, Connection } from '../case/database.ts';
import { isDiskFull } from '../case/disk.ts';
import { CaseError } from '../case/errors.ts';
import { interruptible } from '../case/interruptible.ts';
import { clearPending } from '../case/pending.ts';
import { refusedRegex } from './accepts.ts';
import { explain, type FindingFacts } from './explain.ts';
import type { LoadedRule, RuleType } from './load-rules.ts';
import { NATIVE_CHECKS } from './native/checks.ts';
import { dropPrepared, prepareCheck } from './native/native-check.ts';
import { SHARED_TABLES, SharedPass } from './shared-pass.ts';
import { fieldSql } from './sigma/fields.ts';
import { problemsText } from './sigma/problem.ts';
import { Binder } from './sigma/sql.ts';
import { templateFields } from './sigma/template.ts';
import { applySuppressions } from './tuning/suppressions.ts';
import { NO_TUNING, type Tuning, verdict } from './tuning/tuning.ts';

export interface RuleOutcome {
  ruleId: string;
  title: string;
  level: FindingLevel;
  type: RuleType;
  /** False: the case has no such log source; the rule was compiled and not run. */
  applies: boolean;
  /** Why the rule was refused or failed. */
  error: string | null;
  /** Why the case does not run it; null: it does. */
  disabledWhy: string | null;
  /** Matched events that findings rest on, each once. */
  events: number;
  findings: number;
  /** Matched events that took part in no window: without time, group value or counted value. */
  excluded: number;
  /** What was left out of the windows, and the warnings of the rule; or null. */
  note: string | null;
  millis: number;
}

export interface DetectOptions {
  /** What the case has switched off; thresholds are in the rules already. */
  tuning?: Tuning;
  signal?: AbortSignal;
  progress?(done: number, total: number, title: string): void;
}

export interface DetectResult {
  findings: number;
  /** Of the findings, those that a suppression marks. */
  suppressed: number;
  /** States set by hand whose finding is not there any more; they are kept. */
  orphaned: number;
  rules: RuleOutcome[];
}

const TABLES = `
CREATE OR REPLACE TEMP TABLE detect_match (part BIGINT, g VARCHAR[], event_id BIGINT, ts TIMESTAMP, node VARCHAR, system VARCHAR, role VARCHAR);
CREATE OR REPLACE TEMP TABLE detect_name (part BIGINT, finding_id VARCHAR);
CREATE OR REPLACE TEMP TABLE detect_finding AS FROM finding LIMIT 0;
CREATE OR REPLACE TEMP TABLE detect_finding_event AS FROM finding_event LIMIT 0;
CREATE OR REPLACE TEMP TABLE detect_run AS FROM rule_run LIMIT 0;`;
const DROP = [
  ...['detect_match', 'detect_name', 'detect_finding', 'detect_finding_event', 'detect_run'],
  ...SHARED_TABLES,
];

/**
 * Replaces rule_run, finding and finding_event; the states of findings stay, being keyed by stable ids. When it is
 * cancelled or fails, the findings of the run before stand.
 */
export async function detect(
  connection: Connection,
  rules: LoadedRule[],
  options: DetectOptions = {},
): Promise<DetectResult> {
  const { signal, tuning = NO_TUNING } = options;
  const outcomes: RuleOutcome[] = [];
  try {
    await interruptible(connection, signal, CANCELLED, async () => {
      await connection.run(TABLES);
      const pass = await SharedPass.open(connection);
      const refused = await askAll(connection, rules, pass, options);
      for (const [done, rule] of rules.entries()) {
        check(signal);
        options.progress?.(done, rules.length, rule.title);
        outcomes.push(await runRule(connection, rule, pass, refused.get(rule) ?? null, tuning, signal));
      }
    });
    await replace(connection);
    options.progress?.(rules.length, rules.length, '');
    const marked = await connection.row<{ suppressed: string; orphaned: string }>(MARKED);
    return {
      findings: outcomes.reduce((sum, o) => sum + o.findings, 0),
      suppressed: Number(marked?.suppressed ?? 0),
      orphaned: Number(marked?.orphaned ?? 0),
      rules: outcomes,
    };
  } finally {
    for (const table of DROP) await connection.run(`DROP TABLE IF EXISTS temp.${table}`).catch(() => 0);
    await dropPrepared(connection).catch(() => 0);
  }
}

const MARKED = `SELECT
  (SELECT count(*) FROM findings WHERE state = 'suppressed') AS suppressed,
  (SELECT count(*) FROM finding_state s WHERE NOT EXISTS (FROM finding f WHERE f.finding_id = s.finding_id)) AS orphaned`;

const CANCELLED = 'Detection was cancelled. The findings of the run before were kept.';
const cancelled = () => new CaseError('cancelled', CANCELLED);

function check(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled();
}

/** Asks the detections of all rules that will run, in one pass. Answers what RE2 refuses, by rule. */
async function askAll(
  connection: Connection,
  rules: LoadedRule[],
  pass: SharedPass,
  { signal, progress, tuning = NO_TUNING }: DetectOptions,
): Promise<Map<LoadedRule, string>> {
  const refused = new Map<LoadedRule, string>();
  const asked: LoadedRule[] = [];
  for (const rule of rules) {
    if (!rule.query || rule.problems.length > 0) continue;
    check(signal);
    const wrong = await refusedRegex(connection, rule.query.regexes);
    if (wrong !== null) refused.set(rule, wrong);
    else if (rule.native === null && verdict(rule, tuning).why === null && rule.applies(pass.sources))
      asked.push(rule);
  }
  await pass.run(connection, asked, (events, of) => {
    check(signal);
    progress?.(0, rules.length, `reading the events for all rules: ${grouped(events)} of ${grouped(of)}`);
  });
  return refused;
}

const grouped = (n: number) => n.toLocaleString('en-US');

async function replace(connection: Connection): Promise<void> {
  await connection.run('BEGIN TRANSACTION');
  try {
    for (const table of ['rule_run', 'finding', 'finding_event'])
      await connection.run(`DELETE FROM ${table}`);
    await connection.run('INSERT INTO rule_run FROM detect_run');
    await connection.run('INSERT INTO finding FROM detect_finding ORDER BY first_ts, finding_id');
    await connection.run('INSERT INTO finding_event FROM detect_finding_event ORDER BY finding_id, seq');
    await applySuppressions(connection);
    await clearPending(connection, 'detect');
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => 0);
    throw error;
  }
}

async function runRule(
  connection: Connection,
  rule: LoadedRule,
  pass: SharedPass,
  refused: string | null,
  tuning: Tuning,
  signal: AbortSignal | undefined,
): Promise<RuleOutcome> {
  const began = performance.now();
  const outcome: RuleOutcome = {
    ruleId: rule.ruleId,
    title: rule.title,
    level: rule.level,
    type: rule.type,
    applies: false,
    error: rule.problems.length > 0 ? problemsText(rule.problems) : refused,
    disabledWhy: verdict(rule, tuning).why,
    events: 0,
    findings: 0,
    excluded: 0,
    note: null,
    millis: 0,
  };
  const native = rule.native === null ? undefined : NATIVE_CHECKS.get(rule.native);
  const { query } = rule;
  if (query && outcome.error === null) {
    try {
      outcome.applies = rule.applies(pass.sources);
      if (outcome.applies && outcome.disabledWhy === null) {
        if (native) await prepareCheck(connection, native, rule.thresholdsInForce);
        const run = native ? query : pass.found(rule) ? pass.queryOf(rule) : null;
        if (run)
          Object.assign(
            outcome,
            await findings(connection, rule, run, native ? 'events' : pass.eventsOf(rule)),
          );
      }
    } catch (error) {
      if (signal?.aborted) throw cancelled();
      if (isDiskFull(error)) throw error; // it says nothing of the rule
      const text = error instanceof Error ? error.message : String(error);
      outcome.error = `the database could not run the rule: ${text.split('\n')[0]!.slice(0, 500)}`;
    }
  }
  outcome.millis = performance.now() - began + pass.millis(rule);
  const notes = rule.warnings.map((warning) => `line ${warning.line}: ${warning.message}`);
  if (rule.note !== null) notes.unshift(rule.note);
  const why = outcome.error === null && !outcome.applies ? rule.appliesNot(pass.sources) : null;
  if (why !== null && why !== rule.note) notes.unshift(why);
  if (outcome.excluded > 0) {
    notes.unshift(
      `${outcome.excluded} matching event${outcome.excluded === 1 ? '' : 's'} without a time or without a value to group, count or reckon with took part in no window`,
    );
  }
  const lacking = outcome.error === null && outcome.applies ? rule.lacks(pass.sources) : [];
  if (lacking.length > 0) {
    const names = lacking.map((name) => `'${name}'`).join(', ');
    notes.unshift(`the case holds no logs for ${names}, which can't occur in it`);
  }
  notes.push(...baseNotes(rule, tuning));
  if (notes.length > 0) outcome.note = notes.join('; ');
  await connection.run(
    `INSERT INTO detect_run (rule_id, title, level, status, type, path, source, sql, parameters, error, applies, events, findings, millis,
      enabled, disabled_why, origin, warnings, excluded, note, tuned)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::VARCHAR, $17, $18, $19, $20::VARCHAR, $21::VARCHAR)`,
    [
      rule.ruleId,
      rule.title,
      rule.level,
      rule.status,
      rule.type,
      rule.path,
      rule.source,
      query?.sql ?? null,
      JSON.stringify(query?.values ?? [], (_, v) => (typeof v === 'bigint' ? v.toString() : v)),
      outcome.error,
      outcome.applies,
      outcome.events,
      outcome.findings,
      outcome.millis,
      outcome.disabledWhy === null,
      outcome.disabledWhy,
      rule.origin,
      JSON.stringify(rule.warnings.map(({ line, message }) => `line ${line}: ${message}`)),
      outcome.excluded,
      outcome.note,
      Object.keys(rule.tuned).length === 0 ? null : JSON.stringify(rule.tuned),
    ],
  );
  return outcome;
}

/** A correlation runs over its rules also when these are switched off for themselves; that is said. */
function baseNotes(rule: LoadedRule, tuning: Tuning): string[] {
  return rule.bases.flatMap((base) => {
    const { why } = verdict(base, tuning);
    return why === null ? [] : [`it rests on '${base.title}', which is ${why}; it was run all the same`];
  });
}

interface PartRow {
  part: string;
  g: (string | null)[];
  first_event: string;
  first_us: string | null;
  last_us: string | null;
  events: string;
  nodes: string[];
  focus_nodes: string[];
  systems: string[];
  finding_id: string;
  roles: { role: string; n: string }[];
}

async function findings(
  connection: Connection,
  rule: LoadedRule,
  query: { sql: string; values: Bound[]; groupNames: string[] },
  table: string,
): Promise<Pick<RuleOutcome, 'events' | 'findings' | 'excluded'>> {
  await connection.run('DELETE FROM detect_match');
  await connection.run('DELETE FROM detect_name');
  await connection.run(
    `INSERT INTO detect_match
    SELECT CASE WHEN island IS NOT NULL THEN dense_rank() OVER (ORDER BY g, island IS NULL, island, ts IS NULL) END, g, event_id,
      any_value(ts), any_value(node), any_value(system), string_agg(DISTINCT role, ', ' ORDER BY role)
    FROM (${query.sql}) AS rule_rows
    GROUP BY g, island, ts IS NULL, event_id`,
    query.values,
  );
  const excluded = await connection.row<{ n: string }>(
    'SELECT count(DISTINCT event_id) AS n FROM detect_match WHERE part IS NULL',
  );
  // The id of a finding: rule, group values, first event. Group values keep their order; a missing one is not an empty one.
  const parts = await connection.rows<PartRow>(
    `SELECT part, any_value(g) AS g, arg_min(event_id, row(ts, event_id)) AS first_event,
      epoch_us(min(ts) FILTER (shown)) AS first_us, epoch_us(max(ts) FILTER (shown)) AS last_us, count(*) AS events,
      list_sort(list(DISTINCT node) FILTER (node IS NOT NULL)) AS nodes,
      list(DISTINCT node) FILTER (shown AND node IS NOT NULL) AS focus_nodes,
      list_sort(list(DISTINCT system) FILTER (system IS NOT NULL)) AS systems,
      left(sha256($1::VARCHAR || chr(10) || CAST(to_json(any_value(g)) AS VARCHAR) || chr(10) || arg_min(event_id, row(ts, event_id))::VARCHAR), 16) AS finding_id
    FROM (SELECT *, $2::VARCHAR IS NULL OR list_contains(string_split(role, ', '), $2::VARCHAR) AS shown FROM detect_match)
    WHERE part IS NOT NULL GROUP BY part ORDER BY first_us, part`,
    [rule.ruleId, rule.extras.focus],
  );
  if (parts.length === 0) return { events: 0, findings: 0, excluded: Number(excluded?.n ?? 0) };
  const roles = await rolesOf(connection);
  const shown = await shownValues(connection, rule, query.groupNames, table);
  const rows: Bound[][] = parts.map((part) => {
    const nodes = part.nodes ?? [];
    const node = part.focus_nodes?.length === 1 ? part.focus_nodes[0]! : null;
    const facts: FindingFacts = {
      title: rule.title,
      groups: query.groupNames.map((name, i) => [name, part.g[i] ?? null]),
      firstUs: part.first_us === null ? null : Number(part.first_us),
      lastUs: part.last_us === null ? null : Number(part.last_us),
      events: Number(part.events),
      node,
      nodes,
      roles: roles.get(part.part) ?? [],
      shown: (field, role) => shown.get(`${part.part} ${field}@${role ?? ''}`) ?? { values: [], distinct: 0 },
    };
    const groups = rule.type === 'event' && rule.extras.groupBy === null ? [] : facts.groups;
    return [
      part.finding_id,
      rule.ruleId,
      rule.title,
      rule.level,
      JSON.stringify(rule.attack),
      node,
      JSON.stringify(nodes),
      JSON.stringify(part.systems ?? []),
      part.first_us === null ? null : BigInt(part.first_us),
      part.last_us === null ? null : BigInt(part.last_us),
      BigInt(part.events),
      JSON.stringify(Object.fromEntries(groups)),
      explain(rule.extras.explain, facts),
      BigInt(part.part),
    ];
  });
  for (let from = 0; from < rows.length; from += 100)
    await insertFindings(connection, rows.slice(from, from + 100));
  await connection.run(
    `INSERT INTO detect_finding_event
    SELECT n.finding_id, m.event_id, m.role, row_number() OVER (PARTITION BY m.part ORDER BY m.ts, m.event_id)
    FROM detect_match AS m JOIN detect_name AS n ON n.part = m.part`,
  );
  const events = await connection.row<{ n: string }>(
    'SELECT count(DISTINCT event_id) AS n FROM detect_match WHERE part IS NOT NULL',
  );
  return { events: Number(events?.n ?? 0), findings: parts.length, excluded: Number(excluded?.n ?? 0) };
}

/** Rows hold the columns of `finding` in order, then the part. Lists come as JSON, times as microseconds. */
async function insertFindings(connection: Connection, rows: Bound[][]): Promise<void> {
  const list = (n: number) => `from_json($${n}::VARCHAR, '["VARCHAR"]')`;
  const tuple = (i: number) => {
    const n = (column: number) => i * 13 + column;
    return `($${n(1)}, $${n(2)}, $${n(3)}, $${n(4)}, ${list(n(5))}, $${n(6)}::VARCHAR, ${list(n(7))}, ${list(n(8))},
      make_timestamp($${n(9)}::BIGINT), make_timestamp($${n(10)}::BIGINT), $${n(11)}::BIGINT, $${n(12)}, $${n(13)})`;
  };
  await connection.run(
    `INSERT INTO detect_finding (finding_id, rule_id, title, level, attack, node, nodes, systems, first_ts, last_ts,
      event_count, group_values, explanation) VALUES ${rows.map((_, i) => tuple(i)).join(', ')}`,
    rows.flatMap((row) => row.slice(0, 13)),
  );
  await connection.run(
    `INSERT INTO detect_name VALUES ${rows.map((_, i) => `($${i * 2 + 1}::BIGINT, $${i * 2 + 2})`).join(', ')}`,
    rows.flatMap((row) => [row[13]!, row[0]!]),
  );
}

async function rolesOf(connection: Connection): Promise<Map<string, { role: string; events: number }[]>> {
  const rows = await connection.rows<{ part: string; role: string; n: string }>(
    `SELECT part, role, count(*) AS n FROM detect_match WHERE part IS NOT NULL GROUP BY part, role ORDER BY part, min(ts), role`,
  );
  const roles = new Map<string, { role: string; events: number }[]>();
  for (const { part, role, n } of rows) {
    const list = roles.get(part) ?? [];
    list.push({ role, events: Number(n) });
    roles.set(part, list);
  }
  return roles;
}

/** Values that the sentence of the rule names, for every finding. */
async function shownValues(
  connection: Connection,
  rule: LoadedRule,
  groupNames: string[],
  events: string,
): Promise<Map<string, { values: string[]; distinct: number }>> {
  const shown = new Map<string, { values: string[]; distinct: number }>();
  if (!rule.extras.explain) return shown;
  for (const { field, role } of templateFields(rule.extras.explain)) {
    if (role === null && groupNames.includes(field)) continue;
    const binder = new Binder();
    const text = fieldSql(field, binder).text;
    const only = role === null ? '' : `AND list_contains(string_split(m.role, ', '), ${binder.bind(role)})`;
    const rows = await connection.rows<{ part: string; values: string[]; distinct: string }>(
      `SELECT part, list(value ORDER BY first_ts, value)[:6] AS "values", count(*) AS "distinct" FROM (
        SELECT m.part, ${text} AS value, min(m.ts) AS first_ts
        FROM detect_match AS m
        JOIN (SELECT * FROM ${events} WHERE event_id IN (SELECT event_id FROM detect_match)) AS e ON e.event_id = m.event_id
        WHERE m.part IS NOT NULL ${only}
        GROUP BY m.part, value
      ) WHERE value IS NOT NULL GROUP BY part`,
      binder.values,
    );
    for (const row of rows) {
      shown.set(`${row.part} ${field}@${role ?? ''}`, { values: row.values, distinct: Number(row.distinct) });
    }
  }
  return shown;
}
