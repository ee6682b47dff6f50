// What the engine says of rules and events: which events each rule matches, on real DuckDB.
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '../../../electron/engine/case/database.ts';
import { detect } from '../../../electron/engine/detect/detect.ts';
import { type LoadedRule, loadRules } from '../../../electron/engine/detect/load-rules.ts';
import { COLUMNS, type RandomEvent } from '../../judge/random-events.ts';
import type { Placeholders } from '../../judge/value.ts';
import type { Given, GivenEvent } from './given.ts';

export interface Verdict {
  /** Why the rule was refused; null: it ran. */
  refused: string | null;
  /** Indexes of the events that it matches. */
  matched: Set<number>;
}

/** Rules of a text of several documents. */
export async function rulesOf(
  given: Given,
  text: string,
  placeholders: Placeholders = {},
): Promise<LoadedRule[]> {
  const path = join(given.dir, `rules-${randomUUID()}.yml`);
  await writeFile(path, text);
  const load: (paths: string[], options?: { placeholders: Map<string, string[]> }) => Promise<LoadedRule[]> =
    loadRules;
  return load([path], { placeholders: new Map(Object.entries(placeholders)) });
}

const GIVEN = ['message', ...Object.keys(COLUMNS)];

export function givenEvent({ seconds, columns, fields }: RandomEvent): GivenEvent {
  const known = Object.entries(columns).filter(([name, value]) => GIVEN.includes(name) && value !== null);
  return { ...Object.fromEntries(known), at: seconds, fields };
}

/** By rule id. The events replace all those of the case. */
export async function engineVerdicts(
  given: Given,
  connection: Connection,
  events: GivenEvent[],
  rules: LoadedRule[],
): Promise<Map<string, Verdict>> {
  await given.clear(connection);
  const ids = await given.events(connection, events);
  const { rules: outcomes } = await detect(connection, rules);
  const verdicts = new Map<string, Verdict>();
  for (const { ruleId, error } of outcomes) verdicts.set(ruleId, { refused: error, matched: new Set() });
  const index = new Map(ids.map((id, i) => [id, i]));
  const rows = await connection.rows<{ rule_id: string; event_id: string }>(
    'SELECT f.rule_id, e.event_id::VARCHAR AS event_id FROM findings f JOIN finding_events e ON e.finding_id = f.finding_id',
  );
  for (const { rule_id, event_id } of rows) verdicts.get(rule_id)!.matched.add(index.get(event_id)!);
  return verdicts;
}
