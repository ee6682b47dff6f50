// The method: every rule that ran with its text and SQL, every rule that did not and why, the settings.
import { createHash } from 'node:crypto';
import type { FindingLevel } from '../../../shared/model.ts';
import { type Asker, type Numeric, number } from './asker.ts';
import type { Method } from './model.ts';
import { nameOnly, ruleFile } from './paths.ts';
import { type RuleText, readRuleText } from './rule-text.ts';

export interface RuleRun {
  rule_id: string;
  title: string | null;
  level: FindingLevel | null;
  status: string | null;
  type: string | null;
  path: string | null;
  source: string | null;
  sql: string | null;
  parameters: string | null;
  error: string | null;
  applies: boolean | null;
  events: Numeric;
  findings: Numeric;
  enabled: boolean | null;
  /** Why, when the responder switched this one rule off. */
  off_reason: string | null;
  /** JSON: thresholds that the case set otherwise. */
  tuned: string | null;
  text: RuleText;
}

export async function readRuleRuns(ask: Asker): Promise<RuleRun[]> {
  const rows = await ask.rows<Omit<RuleRun, 'text'>>(
    'Rules of the last detection with their text, SQL and outcome',
    `
    SELECT rule_id, title, level, status, type, path, source, sql, parameters, error, applies, events, findings,
      enabled, tuned,
      (SELECT t.reason FROM rule_tuning t WHERE t.rule_id = rule_run.rule_id AND t.enabled = false) AS off_reason
    FROM rule_run
    ORDER BY rule_id`,
  );
  return rows.map((row) => ({ ...row, text: readRuleText(row.source, row.rule_id) }));
}

// Settings that tell of this machine or this moment, not of the case.
const MACHINE_SETTING = /(^|[._])(at|by|dir|folder|path|host|user|pid|millis|seconds)$/;

export async function readMethod(ask: Asker, toolVersion: string, runs: RuleRun[]): Promise<Method> {
  const settings = await ask.rows<{ key: string; value: string | null }>(
    'Settings of the case',
    'SELECT key, value FROM setting ORDER BY key',
  );
  const saved = await ask.rows<{ name: string; sql: string }>(
    'Saved queries of the responder',
    'SELECT name, sql FROM saved_queries ORDER BY name',
  );
  const ran = (run: RuleRun) => run.applies !== false && !run.error && run.enabled !== false;
  return {
    toolVersion,
    steps: [
      'Every bundle was hashed as it was read; every archive member was hashed as collected and after decompression, listed in the ledger and kept byte by byte.',
      'Members were recognised by their content and path, split into records, and every record became an event; lines that no parser understood are events too.',
      'Zones, years and clock offsets were derived from the evidence, or taken from case settings where the report says so.',
      'Entities (addresses, users, tasks, images) were taken from the events.',
      'Rules were compiled to SQL and run over the events: first rules on single events, then correlations over their hits, then native checks.',
      'This report was written from the case database and the evidence store; no other source was used and no network was reached.',
    ],
    settings: settings
      .filter(
        ({ key, value }) => !MACHINE_SETTING.test(key) && !/^(?:[/\\]|[A-Za-z]:[/\\])/.test(value ?? ''),
      )
      .map(({ key, value }) => ({ key, value: value ?? '' })),
    rules: runs.filter(ran).map((run) => ({
      ruleId: run.rule_id,
      title: run.title ?? run.rule_id,
      level: run.level,
      status: run.status,
      type: run.type,
      file: ruleFile(run.path),
      author: run.text.author,
      version: run.text.version,
      error: run.error,
      tuned: run.tuned === null ? null : tunedText(run.tuned),
      events: number(run.events),
      findings: number(run.findings),
      source: run.source ?? '',
      sourceSha256: createHash('sha256')
        .update(run.source ?? '')
        .digest('hex'),
      sql: run.sql,
      parameters: run.parameters,
    })),
    rulesNotApplied: runs
      .filter((run) => !ran(run))
      .map((run) => ({
        ruleId: run.rule_id,
        title: run.title ?? run.rule_id,
        level: run.level,
        off: !run.error && run.enabled === false,
        why: whyNotRun(run),
      })),
    savedQueries: saved,
    queries: ask.asked,
  };
}

function whyNotRun(run: RuleRun): string {
  if (run.error) return `refused: ${nameOnly(run.error)}`;
  if (run.enabled === false)
    return `switched off for this case${run.off_reason ? `: ${run.off_reason}` : ''}`;
  return 'its log source is not in the case';
}

/** `count 5, timespan 60` */
function tunedText(json: string): string {
  const values = JSON.parse(json) as Record<string, number>;
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .sort()
    .join(', ');
}
