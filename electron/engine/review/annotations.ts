// Tags and comments on events: the responder's own words, kept apart from the evidence.
import { randomUUID } from 'node:crypto';
import type { AnnotationRow } from '../../../shared/api.ts';
import type { AnnotationKind } from '../../../shared/model.ts';
import { type Connection, list, timestamp } from '../case/database.ts';
import { CaseError } from '../case/errors.ts';

/** In the order of events, oldest first; of one event, of some annotations, or all. */
export async function listAnnotations(
  connection: Connection,
  only: { eventId?: string | undefined; ids?: string[] } = {},
): Promise<AnnotationRow[]> {
  const rows = await connection.rows<Omit<AnnotationRow, 'madeAt'> & { madeAt: string }>(
    `SELECT annotation_id AS "annotationId", event_id::VARCHAR AS "eventId", kind, text, coalesce(author, 'unknown') AS author,
       epoch_us(made_at) AS "madeAt"
     FROM annotation a
     WHERE ($1::BIGINT IS NULL OR event_id = $1::BIGINT)
       AND ($2::VARCHAR[] IS NULL OR annotation_id IN (SELECT unnest($2::VARCHAR[])))
     ORDER BY a.event_id, a.made_at, a.annotation_id`,
    [
      only.eventId === undefined ? null : bigint(only.eventId),
      only.ids === undefined ? null : list(only.ids),
    ],
  );
  return rows.map((row) => ({ ...row, madeAt: Number(row.madeAt) }));
}

/** One tag or comment on each event, all or none. A responder who says the same again gets the row that is there. */
export async function addAnnotations(
  connection: Connection,
  eventIds: string[],
  kind: AnnotationKind,
  text: string,
  author: string,
): Promise<AnnotationRow[]> {
  const events = [...new Set(eventIds.map((id) => bigint(id).toString()))];
  const missing = await connection.row<{ id: string; n: string }>(
    `SELECT min(id) AS id, count(*) AS n FROM (SELECT unnest($1::VARCHAR[]) AS id)
     WHERE id::BIGINT NOT IN (SELECT event_id FROM events WHERE event_id IN (SELECT unnest($1::VARCHAR[])::BIGINT))`,
    [list(events)],
  );
  if (Number(missing?.n ?? 0) > 0)
    throw new CaseError(
      'no_event',
      `There is no event ${missing!.id} in this case${Number(missing!.n) > 1 ? `, nor ${Number(missing!.n) - 1} more of those named` : ''}. Nothing was changed; the column event_id of the view events names them.`,
      { refusal: 'usage' },
    );
  await connection.run(
    `INSERT INTO annotation
     SELECT p.annotation_id, p.event_id::BIGINT, $3, $4, $5, $6
     FROM (SELECT unnest($1::VARCHAR[]) AS event_id, unnest($2::VARCHAR[]) AS annotation_id) p
     WHERE NOT EXISTS (FROM annotation a WHERE a.event_id = p.event_id::BIGINT AND a.kind = $3 AND a.text = $4 AND a.author = $5)`,
    [list(events), list(events.map(() => randomUUID())), kind, text, author, timestamp(Date.now() * 1000)],
  );
  const rows = await connection.rows<{ id: string }>(
    `SELECT annotation_id AS id FROM annotation
     WHERE event_id IN (SELECT unnest($1::VARCHAR[])::BIGINT) AND kind = $2 AND text = $3 AND author = $4`,
    [list(events), kind, text, author],
  );
  return listAnnotations(connection, { ids: rows.map((row) => row.id) });
}

/** Answers the row that is gone. */
export async function removeAnnotation(connection: Connection, annotationId: string): Promise<AnnotationRow> {
  const [row] = await listAnnotations(connection, { ids: [annotationId] });
  if (!row)
    throw new CaseError(
      'no_annotation',
      'There is no such tag or comment; it may have been removed meanwhile. Reload the list.',
      { refusal: 'usage' },
    );
  await connection.run('DELETE FROM annotation WHERE annotation_id = $1', [annotationId]);
  return row;
}

/** An event id within BIGINT; ids beyond are of no event. */
function bigint(id: string): bigint {
  const value = BigInt(id);
  if (value > 0x7fff_ffff_ffff_ffffn)
    throw new CaseError('no_event', `There is no event ${id} in this case. Nothing was changed.`, {
      refusal: 'usage',
    });
  return value;
}
