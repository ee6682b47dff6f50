// Puts the work of a responder into a case: rows as they were said, authors and times theirs.
import type { Connection } from '../case/database.ts';
import { isZone } from '../parse/time.ts';
import { eventsOf } from './event-refs.ts';
import type { Annotations } from './format.ts';
import { insertRows } from './rows.ts';

/** Zones and clocks set by hand, before the times are settled. Nodes that the case does not have, and zones that are none, are told. */
export async function applyNodes(connection: Connection, nodes: Annotations['nodes']): Promise<string[]> {
  const problems: string[] = [];
  const known = new Set(
    (await connection.rows<{ node: string }>('SELECT DISTINCT node FROM member')).map(({ node }) => node),
  );
  for (const { node, zone, clockOffsetUs } of nodes) {
    if (!known.has(node)) {
      problems.push(
        `There is no node ${node} in the evidence: the zone and clock set for it were passed over.`,
      );
      continue;
    }
    if (zone !== null && !isZone(zone))
      problems.push(`'${zone}', set for ${node}, is no time zone: passed over.`);
    const [offset, good] = [clockOffsetUs, zone !== null && isZone(zone) ? zone : null];
    await connection.run(
      `INSERT INTO node (node, zone_set, offset_set) VALUES ($1, $2, $3)
       ON CONFLICT (node) DO UPDATE SET zone_set = coalesce(excluded.zone_set, zone_set), offset_set = coalesce(excluded.offset_set, offset_set)`,
      [node, good, offset === null ? null : BigInt(offset)],
    );
  }
  return problems;
}

/** Everything but what is set for nodes. `refs` of annotations are resolved here; those on events that are not there are told. */
export async function applyWork(connection: Connection, work: Annotations): Promise<string[]> {
  const problems: string[] = [];
  const about = work.annotations.filter(({ event }) => event !== null);
  const found = await eventsOf(
    connection,
    about.map(({ event }) => event!),
  );
  const eventOf = new Map(about.map((annotation, i) => [annotation, found[i] ?? null]));
  const placed = work.annotations.filter(
    (annotation) =>
      eventOf.get(annotation) != null || (annotation.event === null && annotation.kind === 'note'),
  );
  const lost = work.annotations.length - placed.length;
  if (lost > 0)
    problems.push(
      `${lost} ${lost === 1 ? 'tag or comment is' : 'tags or comments are'} on events that are not in the evidence: passed over.`,
    );
  await insertAnnotations(
    connection,
    placed.map((annotation) => ({ ...annotation, eventId: eventOf.get(annotation) ?? null })),
  );
  await insertStates(connection, work.findingStates);
  await insertSavedQueries(connection, work.savedQueries);
  problems.push(...(await insertSuppressions(connection, work.suppressions)));
  await insertTuning(connection, work);
  return problems;
}

export async function insertAnnotations(
  connection: Connection,
  rows: readonly (Omit<Annotations['annotations'][number], 'event'> & { eventId: string | null })[],
): Promise<void> {
  await insertRows(
    connection,
    'annotation',
    {
      annotation_id: 'VARCHAR',
      event_id: 'BIGINT',
      kind: 'VARCHAR',
      text: 'VARCHAR',
      author: 'VARCHAR',
      made_at: 'us',
    },
    rows.map((row) => ({
      annotation_id: row.id,
      event_id: row.eventId,
      kind: row.kind,
      text: row.text,
      author: row.author,
      made_at: row.madeAt,
    })),
    'INSERT OR IGNORE',
  );
}

export async function insertStates(
  connection: Connection,
  rows: Annotations['findingStates'],
): Promise<void> {
  await insertRows(
    connection,
    'finding_state',
    {
      finding_id: 'VARCHAR',
      state: 'VARCHAR',
      state_by: 'VARCHAR',
      state_at: 'us',
      state_why: 'VARCHAR',
    },
    rows.map((row) => ({
      finding_id: row.findingId,
      state: row.state,
      state_by: row.by,
      state_at: row.at,
      state_why: row.why,
    })),
    'INSERT OR IGNORE',
  );
}

export async function insertSavedQueries(
  connection: Connection,
  rows: Annotations['savedQueries'],
): Promise<void> {
  await insertRows(
    connection,
    'saved_query',
    { name: 'VARCHAR', sql: 'VARCHAR', author: 'VARCHAR', made_at: 'us' },
    rows.map((row) => ({ name: row.name, sql: row.sql, author: row.author, made_at: row.madeAt })),
    'INSERT OR IGNORE',
  );
}

/** One that would hide every finding is told and passed over. */
export async function insertSuppressions(
  connection: Connection,
  rows: Annotations['suppressions'],
): Promise<string[]> {
  const good = rows.filter((row) => row.ruleId !== null || Object.keys(row.fieldValues).length > 0);
  await insertRows(
    connection,
    'suppression',
    {
      suppression_id: 'VARCHAR',
      rule_id: 'VARCHAR',
      field_values: 'VARCHAR',
      from_ts: 'us',
      to_ts: 'us',
      reason: 'VARCHAR',
      author: 'VARCHAR',
      made_at: 'us',
    },
    good.map((row) => ({
      suppression_id: row.id,
      rule_id: row.ruleId,
      field_values: JSON.stringify(row.fieldValues),
      from_ts: row.fromTs,
      to_ts: row.toTs,
      reason: row.reason,
      author: row.author,
      made_at: row.madeAt,
    })),
    'INSERT OR IGNORE',
  );
  return good.length === rows.length
    ? []
    : [
        `${rows.length - good.length} suppressions name neither a rule nor a value and would hide every finding: passed over.`,
      ];
}

export async function insertTuning(
  connection: Connection,
  {
    ruleTuning,
    ruleDefaults,
    placeholders,
  }: Pick<Annotations, 'ruleTuning' | 'ruleDefaults' | 'placeholders'>,
): Promise<void> {
  await insertRows(
    connection,
    'rule_tuning',
    {
      rule_id: 'VARCHAR',
      enabled: 'BOOLEAN',
      thresholds: 'VARCHAR',
      reason: 'VARCHAR',
      author: 'VARCHAR',
      made_at: 'us',
    },
    ruleTuning.map((row) => ({
      rule_id: row.ruleId,
      enabled: row.enabled,
      thresholds: Object.keys(row.thresholds).length === 0 ? null : JSON.stringify(row.thresholds),
      reason: row.reason,
      author: row.author,
      made_at: row.madeAt,
    })),
    'INSERT OR IGNORE',
  );
  await insertRows(
    connection,
    'rule_default',
    { kind: 'VARCHAR', value: 'VARCHAR', enabled: 'BOOLEAN', author: 'VARCHAR', made_at: 'us' },
    ruleDefaults.map(({ madeAt, ...row }) => ({ ...row, made_at: madeAt })),
    'INSERT OR IGNORE',
  );
  await insertRows(
    connection,
    'placeholder',
    { name: 'VARCHAR', values: 'VARCHAR[]', author: 'VARCHAR', made_at: 'us' },
    placeholders.map(({ madeAt, ...row }) => ({ ...row, made_at: madeAt })),
    'INSERT OR IGNORE',
  );
}
