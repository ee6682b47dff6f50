// Suppressions: findings that the responder knows, by rule, field values and time. They stay in the case, marked.
import { randomUUID } from 'node:crypto';
import type { SuppressionRow } from '../../../../shared/api.ts';
import { type Connection, timestamp } from '../../case/database.ts';
import { CaseError } from '../../case/errors.ts';
import { fieldSql } from '../sigma/fields.ts';
import { Binder } from '../sigma/sql.ts';

export type SuppressionAsked = Pick<SuppressionRow, 'ruleId' | 'fieldValues' | 'fromTs' | 'toTs' | 'reason'>;

interface Stored {
  suppression_id: string;
  rule_id: string | null;
  field_values: string;
  from_us: string | null;
  to_us: string | null;
  reason: string;
  author: string | null;
  made_us: string;
  findings: string;
}

const number = (value: string | null) => (value === null ? null : Number(value));

/** Oldest first: of several that fit a finding the oldest one is named. */
export async function listSuppressions(connection: Connection): Promise<SuppressionRow[]> {
  const rows = await connection.rows<Stored>(
    `SELECT s.suppression_id, s.rule_id, s.field_values, epoch_us(s.from_ts) AS from_us, epoch_us(s.to_ts) AS to_us,
      s.reason, s.author, epoch_us(s.made_at) AS made_us, count(f.finding_id) AS findings
    FROM suppression s
      LEFT JOIN (finding_suppressed fs JOIN finding f ON f.finding_id = fs.finding_id
        AND NOT EXISTS (FROM finding_state st WHERE st.finding_id = f.finding_id)) ON fs.suppression_id = s.suppression_id
    GROUP BY ALL ORDER BY made_us, s.suppression_id`,
  );
  return rows.map((row) => ({
    suppressionId: row.suppression_id,
    ruleId: row.rule_id,
    fieldValues: JSON.parse(row.field_values) as Record<string, string>,
    fromTs: number(row.from_us),
    toTs: number(row.to_us),
    reason: row.reason,
    author: row.author ?? 'unknown',
    madeAt: Number(row.made_us),
    findings: Number(row.findings),
  }));
}

export async function addSuppression(
  connection: Connection,
  asked: SuppressionAsked,
  author: string,
): Promise<{ suppression: SuppressionRow; findings: number }> {
  if (asked.ruleId === null && Object.keys(asked.fieldValues).length === 0) {
    throw new CaseError(
      'suppresses_all',
      'A suppression must name a rule or a value of a field; this one would hide every finding. Nothing was changed.',
      { refusal: 'usage' },
    );
  }
  if (asked.fromTs !== null && asked.toTs !== null && asked.fromTs > asked.toTs) {
    throw new CaseError(
      'bad_time',
      'The suppression ends before it begins. Swap the two times; nothing was changed.',
      { refusal: 'usage' },
    );
  }
  const suppressionId = randomUUID();
  await whole(connection, async () => {
    await connection.run('INSERT INTO suppression VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', [
      suppressionId,
      asked.ruleId,
      JSON.stringify(asked.fieldValues),
      asked.fromTs === null ? null : timestamp(asked.fromTs),
      asked.toTs === null ? null : timestamp(asked.toTs),
      asked.reason,
      author,
      timestamp(Date.now() * 1000),
    ]);
    await applySuppressions(connection);
  });
  const suppression = await getSuppression(connection, suppressionId);
  return { suppression, findings: suppression.findings };
}

/** Answers the row, so that it can be added again, and how many findings came back. */
export async function removeSuppression(
  connection: Connection,
  suppressionId: string,
): Promise<{ suppression: SuppressionRow; findings: number }> {
  const suppression = await getSuppression(connection, suppressionId);
  const hidden = async () => Number((await connection.row<{ n: string }>(HIDDEN))?.n ?? 0);
  const before = await hidden();
  await whole(connection, async () => {
    await connection.run('DELETE FROM suppression WHERE suppression_id = $1', [suppressionId]);
    await applySuppressions(connection);
  });
  return { suppression, findings: before - (await hidden()) };
}

const HIDDEN = `SELECT count(*) AS n FROM finding_suppressed fs JOIN finding f ON f.finding_id = fs.finding_id
  WHERE NOT EXISTS (FROM finding_state st WHERE st.finding_id = f.finding_id)`;

/** Works out anew which findings the suppressions fit. */
export async function applySuppressions(connection: Connection): Promise<void> {
  await connection.run('DELETE FROM finding_suppressed');
  for (const suppression of await listSuppressions(connection)) {
    const binder = new Binder();
    const fits = fitsSql(suppression, binder);
    await connection.run(
      `INSERT OR IGNORE INTO finding_suppressed
      SELECT f.finding_id, ${binder.bind(suppression.suppressionId)} FROM finding f WHERE ${fits}`,
      binder.values,
    );
  }
}

/** What a suppression would hide that is not hidden yet, and what fits but was judged by hand; nothing is kept. */
export async function countSuppressed(
  connection: Connection,
  asked: Omit<SuppressionAsked, 'reason'>,
): Promise<{ findings: number; judged: number }> {
  const binder = new Binder();
  const row = await connection.row<{ n: string; judged: string }>(
    `SELECT count(*) FILTER (NOT judged AND state <> 'suppressed') AS n, count(*) FILTER (judged) AS judged
    FROM (SELECT state, EXISTS (FROM finding_state st WHERE st.finding_id = f.finding_id) AS judged
      FROM findings f WHERE ${fitsSql(asked, binder)})`,
    binder.values,
  );
  return { findings: Number(row?.n ?? 0), judged: Number(row?.judged ?? 0) };
}

/** A condition on the finding `f`. */
function fitsSql(
  { ruleId, fieldValues, fromTs, toTs }: Omit<SuppressionAsked, 'reason'>,
  binder: Binder,
): string {
  const fits = [
    ruleId === null ? '' : `f.rule_id = ${binder.bind(ruleId)}`,
    fromTs === null ? '' : `f.first_ts >= make_timestamp(${binder.bind(BigInt(fromTs))}::BIGINT)`,
    toTs === null ? '' : `f.last_ts <= make_timestamp(${binder.bind(BigInt(toTs))}::BIGINT)`,
    ...fieldsFit(fieldValues, binder),
  ].filter((part) => part !== '');
  return fits.join(' AND ') || 'true';
}

/** The group value or an event has the value, and no event has another. */
function fieldsFit(fieldValues: Record<string, string>, binder: Binder): string[] {
  const fields = Object.entries(fieldValues);
  if (fields.length === 0) return [];
  const group = ([name, value]: [string, string]) => {
    const key = binder.bind(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    return `coalesce(json_extract_string(f.group_values, ${key}) = ${binder.bind(value)}, false)`;
  };
  const having = fields.map((field) => {
    const text = fieldSql(field[0], binder).text;
    const value = binder.bind(field[1]);
    return `(bool_or(coalesce(${text} = ${value}, false)) OR bool_or(${group(field)}))
      AND NOT bool_or(coalesce(${text} <> ${value}, false))`;
  });
  return [
    `f.finding_id IN (
      SELECT f.finding_id FROM finding f JOIN finding_event fe ON fe.finding_id = f.finding_id JOIN events e ON e.event_id = fe.event_id
      GROUP BY f.finding_id HAVING ${having.join(' AND ')})`,
  ];
}

async function getSuppression(connection: Connection, suppressionId: string): Promise<SuppressionRow> {
  const found = (await listSuppressions(connection)).find((s) => s.suppressionId === suppressionId);
  if (found) return found;
  throw new CaseError(
    'no_suppression',
    'There is no such suppression; it may have been removed meanwhile. Reload the list.',
    { refusal: 'usage' },
  );
}

async function whole(connection: Connection, work: () => Promise<void>): Promise<void> {
  await connection.run('BEGIN TRANSACTION');
  try {
    await work();
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => 0);
    throw error;
  }
}
