// Pages, counts, facets and single events under the lens.
import type { EventDetail, EventRow, Facet, Lens } from '../../../shared/api.ts';
import {
  type EntityKind,
  type FindingLevel,
  LENS_FIELDS,
  type LensField,
  type Level,
  type TsBasis,
} from '../../../shared/model.ts';
import type { Connection, Json } from '../case/database.ts';
import { CaseError } from '../case/errors.ts';
import { Bounds, lensSql } from './lens-sql.ts';
import { templateOf } from './templates.ts';
import { timeSentence } from './time-sentence.ts';

const MESSAGE_CUT = 2000;

/** Columns of an event row; alias `e` is the view `events`. */
export const ROW_COLUMNS = `
  e.event_id::VARCHAR AS "eventId", epoch_us(e.ts) AS ts, epoch_us(e.ts_logged) AS "tsLogged", e.ts_basis AS "tsBasis", e.node, e.system,
  e.component, e.level, e.category, e.action, e.outcome, left(e.message, ${MESSAGE_CUT}) AS message,
  length(e.message) > ${MESSAGE_CUT} AS "messageCut", e.src_ip AS "srcIp", e.user_name AS "userName", e.http_method AS "httpMethod",
  left(e.http_path, ${MESSAGE_CUT}) AS "httpPath", e.http_status AS "httpStatus", e.file_id AS "fileId", e.line,
  (SELECT count(DISTINCT finding_id) FROM finding_event f WHERE f.event_id = e.event_id)::INTEGER AS findings`;

type Raw = Record<string, Json>;

const number = (value: Json | undefined): number | null =>
  value === null || value === undefined ? null : Number(value);

/** A row of ROW_COLUMNS as the contract has it. */
export function eventRow(raw: Raw): EventRow {
  return {
    ...(raw as unknown as EventRow),
    ts: number(raw.ts),
    tsLogged: number(raw.tsLogged),
    level: raw.level as Level | null,
    tsBasis: raw.tsBasis as TsBasis,
  };
}

const orderSql = (order: 'asc' | 'desc') =>
  order === 'asc' ? 'ts ASC NULLS LAST, event_id ASC' : 'ts DESC NULLS LAST, event_id DESC';

export async function countEvents(
  connection: Connection,
  lens: Lens,
): Promise<{ events: number; total: number }> {
  const bounds = new Bounds();
  const where = lensSql(lens, bounds);
  const total = Number((await connection.row<{ n: string }>('SELECT count(*) AS n FROM event'))!.n);
  if (where === 'true') return { events: total, total };
  const row = await connection.row<{ n: string }>(
    `SELECT count(*) AS n FROM events WHERE ${where}`,
    bounds.values,
  );
  return { events: Number(row!.n), total };
}

/** Whole rows of events named by id, in the order given. */
export async function eventsById(connection: Connection, ids: string[]): Promise<EventRow[]> {
  if (ids.length === 0) return [];
  const list = ids.map((id) => BigInt(id).toString()).join(', '); // digits only
  const rows = await connection.rows<Raw>(
    `SELECT ${ROW_COLUMNS} FROM events e WHERE e.event_id IN (${list})`,
  );
  const byId = new Map(rows.map((raw) => [raw.eventId as string, eventRow(raw)]));
  return ids.flatMap((id) => byId.get(BigInt(id).toString()) ?? []);
}

export async function pageEvents(
  connection: Connection,
  page: { lens: Lens; order: 'asc' | 'desc'; offset: number; limit: number },
): Promise<EventRow[]> {
  const bounds = new Bounds();
  const where = lensSql(page.lens, bounds);
  // ids first: the wide columns are then read for one page only
  const ids = await connection.rows<{ id: string }>(
    `SELECT event_id::VARCHAR AS id FROM events WHERE ${where} ORDER BY ${orderSql(page.order)} LIMIT ${page.limit} OFFSET ${page.offset}`,
    bounds.values,
  );
  return eventsById(
    connection,
    ids.map((row) => row.id),
  );
}

/** Position of an event, or of the first event at or after a time, in the order of the lens; null when it is not in it. */
export async function locateEvent(
  connection: Connection,
  input: { lens: Lens; order: 'asc' | 'desc'; eventId?: string | undefined; ts?: number | undefined },
): Promise<number | null> {
  const bounds = new Bounds();
  const where = lensSql(input.lens, bounds);
  if (input.eventId !== undefined) {
    const id = bounds.add(BigInt(input.eventId));
    const row = await connection.row<{ at: string }>(
      `SELECT at FROM (SELECT event_id, row_number() OVER (ORDER BY ${orderSql(input.order)}) - 1 AS at FROM events WHERE ${where}) WHERE event_id = ${id}`,
      bounds.values,
    );
    return row ? Number(row.at) : null;
  }
  const ts = bounds.add(BigInt(input.ts ?? 0));
  const before = input.order === 'asc' ? '<' : '>';
  const row = await connection.row<{ n: string }>(
    `SELECT count(*) AS n FROM events WHERE ${where} AND ts ${before} make_timestamp(${ts}::BIGINT)`,
    bounds.values,
  );
  return Number(row!.n);
}

/** Every field of the lens that is a column. */
const COLUMN_FACETS = new Set<LensField>(
  LENS_FIELDS.filter((field) => field !== 'entity' && field !== 'finding' && field !== 'template'),
);

export async function facets(
  connection: Connection,
  input: { lens: Lens; fields: LensField[]; limit: number },
): Promise<Facet[]> {
  const answers: Facet[] = [];
  for (const field of input.fields) {
    if (!COLUMN_FACETS.has(field)) continue;
    // the facet of a field ignores the lens's own positive terms of that field, so that other values can be added
    const lens = {
      ...input.lens,
      terms: input.lens.terms.filter((term) => term.field !== field || term.not),
    };
    const bounds = new Bounds();
    const where = lensSql(lens, bounds);
    const rows = await connection.rows<{ value: string | null; n: string; distinct: string }>(
      `SELECT value, n, count(*) OVER () AS "distinct" FROM (SELECT ${field}::VARCHAR AS value, count(*) AS n FROM events WHERE ${where} GROUP BY 1)
       ORDER BY n DESC, value NULLS LAST LIMIT ${input.limit}`,
      bounds.values,
    );
    answers.push({
      field,
      values: rows.map((row) => ({ value: row.value, events: Number(row.n) })),
      more: rows.length ? Number(rows[0]!.distinct) - rows.length : 0,
    });
  }
  return answers;
}

/** Where the bytes of an event are: the stored content of its member. */
export interface EventPlace {
  fileId: number;
  contentSha256: string;
  sha256: string;
  contentSize: number;
  byteOffset: number;
  byteLength: number;
  line: number;
  path: string;
  bundle: string;
}

export async function eventPlace(connection: Connection, eventId: string): Promise<EventPlace> {
  const row = await connection.row<Raw>(
    `SELECT e.file_id AS "fileId", m.content_sha256 AS "contentSha256", m.sha256, m.content_size AS "contentSize", e.byte_offset AS "byteOffset",
       e.byte_length AS "byteLength", e.line, m.path, b.name AS bundle
     FROM event e JOIN member m ON m.file_id = e.file_id JOIN bundle b ON b.bundle_id = m.bundle_id WHERE e.event_id = $1`,
    [BigInt(eventId)],
  );
  if (!row)
    throw new CaseError(
      'no_event',
      `There is no event ${eventId} in this case. Ids come from the column event_id of the view events.`,
      { refusal: 'usage' },
    );
  return {
    ...(row as unknown as EventPlace),
    contentSize: Number(row.contentSize),
    byteOffset: Number(row.byteOffset),
    byteLength: Number(row.byteLength),
  };
}

export async function eventDetail(connection: Connection, eventId: string): Promise<EventDetail> {
  const id = BigInt(eventId);
  const place = await eventPlace(connection, eventId);
  const raw = (await connection.row<Raw>(
    `SELECT ${ROW_COLUMNS}, e.message AS whole, e.level_native, e.fields, e.pid, e.tid, e.logger, t.lines
     FROM events e JOIN event t ON t.event_id = e.event_id
     WHERE e.event_id = $1`,
    [id],
  ))!;
  const entities = await connection.rows<{ kind: EntityKind; value: string; role: string; events: string }>(
    `WITH mine AS (SELECT DISTINCT n.kind, n.value, n.role FROM entity_ref r JOIN entity n USING (entity_id) WHERE r.event_id = $1)
     SELECT mine.kind, mine.value, mine.role,
       (SELECT count(DISTINCT r.event_id) FROM entity n JOIN entity_ref r USING (entity_id) WHERE n.kind = mine.kind AND n.value = mine.value) AS events
     FROM mine ORDER BY mine.kind, mine.value, mine.role LIMIT 200`,
    [id],
  );
  const findingList = await connection.rows<{
    findingId: string;
    title: string;
    level: FindingLevel;
    role: string;
  }>(
    `SELECT f.finding_id AS "findingId", f.title, f.level, e.role FROM finding_event e JOIN finding f USING (finding_id)
     WHERE e.event_id = $1 ORDER BY f.level DESC, f.finding_id`,
    [id],
  );
  const row = eventRow(raw);
  const fields = parseFields(raw.fields);
  return {
    ...row,
    message: raw.whole as string,
    messageCut: false,
    levelNative: raw.level_native as string | null,
    fields,
    pid: raw.pid as string | null,
    tid: raw.tid as string | null,
    logger: raw.logger as string | null,
    byteOffset: place.byteOffset,
    byteLength: place.byteLength,
    bundle: place.bundle,
    path: place.path,
    sha256: place.sha256,
    lines: Number(raw.lines),
    template: await templateOf(connection, id),
    timeSentence: await timeSentence(connection, row, fields),
    entities: entities.map((entity) => ({ ...entity, events: Number(entity.events) })),
    findingList,
  };
}

function parseFields(text: Json | undefined): Record<string, unknown> {
  if (typeof text !== 'string') return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { 'tidemark.unreadable': text };
  }
}
