// How the time of an event is known, in words that a report can quote: what the line states, year, zone and stretch, what stays
// in doubt, order, and the clock of its node.
import type { EventRow } from '../../../shared/api.ts';
import type { Connection } from '../case/database.ts';
import { TS_KIND } from '../parse/record.ts';
import { YEAR_BASES, type YearBasis } from '../parse/years.ts';

interface TimeFacts {
  ts_kind: number;
  line: number;
  component: string | null;
  file_id: number;
  year: number | null;
  year_basis: string | null;
  clock_us: string | null;
  offset_basis: string | null;
  by_hand: boolean;
  found_us: string | null;
  found_basis: string | null;
  stretches: number;
  node: string | null;
}

interface SpanRow {
  zone: string;
  basis: string;
  doubt: string | null;
  why: string;
  from_line: number | null;
  to_line: number | null;
  component: string | null;
  pieces: number;
}

/** `+420.250 s`, with the size in minutes where that helps. */
export function secondsWord(us: number): string {
  const size = Math.abs(us) / 1e6;
  return `${us < 0 ? '−' : '+'}${size.toFixed(3)} s`;
}

const end = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

export async function timeSentence(
  connection: Connection,
  row: EventRow,
  fields: Record<string, unknown>,
): Promise<string> {
  const id = BigInt(row.eventId);
  const facts = await connection.row<TimeFacts>(
    `SELECT e.ts_kind, e.line, e.component, e.file_id, year(e.ts_wall)::INTEGER AS year, m.year_basis, epoch_us(e.ts) - epoch_us(e.ts_logged) AS clock_us,
       n.offset_basis, n.offset_set IS NOT NULL AS by_hand, n.offset_found_us AS found_us, n.offset_found_basis AS found_basis,
       (SELECT count(*)::INTEGER FROM node_clock c WHERE c.node = n.node) AS stretches, m.node
     FROM event e JOIN member m ON m.file_id = e.file_id LEFT JOIN node n ON n.node = m.node WHERE e.event_id = $1`,
    [id],
  );
  if (!facts) return 'Nothing can be said about when this was written.';
  const parts: string[] = [];
  switch (facts.ts_kind) {
    case TS_KIND.absolute:
      parts.push('The line states its time with its zone.');
      break;
    case TS_KIND.wall:
    case TS_KIND.wallYearInferred:
      parts.push(...(await ownTime(connection, id, facts)));
      break;
    case TS_KIND.neighbourAbsolute:
    case TS_KIND.neighbourWall:
      parts.push(...(await neighbourTime(connection, id, facts)));
      break;
    default:
      return 'Nothing can be said about when this was written: neither the record nor a record beside it states a time.';
  }
  parts.push(...(await order(connection, id, facts, fields)));
  parts.push(...clock(facts));
  return parts.join(' ');
}

async function ownTime(connection: Connection, id: bigint, facts: TimeFacts): Promise<string[]> {
  const parts = ['The line states local time without a zone.'];
  if (facts.ts_kind === TS_KIND.wallYearInferred) {
    const basis = facts.year_basis as YearBasis | null;
    parts.push(
      basis && basis in YEAR_BASES
        ? `It states no year; ${facts.year} comes from ${YEAR_BASES[basis]} and from the order of the lines.`
        : `It states no year; ${facts.year} was inferred from the lines and the file around it.`,
    );
  }
  const span = await connection.row<SpanRow>(
    `SELECT s.zone, s.basis, s.doubt, s.why, s.from_line, s.to_line, s.component, (SELECT count(*)::INTEGER FROM zone_span x WHERE x.file_id = s.file_id) AS pieces
     FROM event e JOIN zone_span s ON s.file_id = e.file_id
     WHERE e.event_id = $1 AND (s.component IS NULL OR s.component = e.component) AND (s.from_line IS NULL OR e.line >= s.from_line)
       AND (s.to_line IS NULL OR e.line <= s.to_line) AND (s.from_wall IS NULL OR e.ts_wall >= s.from_wall)
       AND (s.to_wall IS NULL OR e.ts_wall < s.to_wall)
     ORDER BY s.seq LIMIT 1`,
    [id],
  );
  if (!span) return parts;
  parts.push(zoneWords(span));
  if (span.doubt !== null) parts.push(end(`In doubt: ${span.doubt}`));
  return parts;
}

function zoneWords(span: SpanRow): string {
  const where =
    span.pieces < 2
      ? ''
      : span.component !== null
        ? ` for lines of ${span.component}`
        : span.from_line !== null || span.to_line !== null
          ? ` for lines ${span.from_line ?? 1} to ${span.to_line ?? 'the end'}`
          : ' for this part of the file';
  if (span.basis === 'set by hand') return `The zone ${span.zone} was set by the responder.`;
  if (span.basis === 'file_zone') return end(`The zone ${span.zone} is learned${where}: ${span.why}`);
  return end(`The zone ${span.zone} is assumed${where}: ${span.why}`);
}

async function neighbourTime(connection: Connection, id: bigint, facts: TimeFacts): Promise<string[]> {
  const neighbour = await connection.row<{ event_id: string; line: number; ts_kind: number; year: number }>(
    `SELECT n.event_id, n.line, n.ts_kind, year(n.ts_wall)::INTEGER AS year
     FROM event e JOIN event n ON n.file_id = e.file_id AND n.ts_wall = e.ts_wall AND n.ts_kind IN (1, 2, 3)
     WHERE e.event_id = $1 ORDER BY n.event_id > e.event_id, CASE WHEN n.event_id < e.event_id THEN -n.event_id ELSE n.event_id END LIMIT 1`,
    [id],
  );
  const parts = [
    `The record has no time of its own; that of its dated neighbour in the same file${neighbour ? `, line ${neighbour.line},` : ''} is used: it was written near that moment.`,
  ];
  if (neighbour && neighbour.ts_kind !== TS_KIND.absolute) {
    const own = await ownTime(connection, BigInt(neighbour.event_id), {
      ...facts,
      ts_kind: neighbour.ts_kind,
      year: neighbour.year,
    });
    parts.push(`Of that line: ${own.slice(1).join(' ') || own[0]!.toLowerCase()}`);
  }
  return parts;
}

/** Records out of order and foreign ones, as their fields say. */
async function order(
  connection: Connection,
  id: bigint,
  facts: TimeFacts,
  fields: Record<string, unknown>,
): Promise<string[]> {
  const parts: string[] = [];
  const behind = Number(fields['tidemark.out_of_order'] ?? Number.NaN);
  if (behind < 0) {
    parts.push(`Its time is ${secondsWord(-behind).slice(1)} ahead of the records that follow.`);
  } else if (behind > 0) {
    const later = await connection.row<{ line: number }>(
      `SELECT o.line FROM event e JOIN event o ON o.file_id = e.file_id AND o.event_id < e.event_id AND o.ts_logged > e.ts_logged + INTERVAL 2 SECOND AND o.ts_kind IN (1, 2, 3)
       WHERE e.event_id = $1 ORDER BY o.event_id DESC LIMIT 1`,
      [id],
    );
    const size = secondsWord(behind).slice(1);
    parts.push(
      later
        ? `Its time is ${size} behind records before it, e.g. line ${later.line}: out of order, copied, forged, or of a clock that was set back.`
        : `As written its time is ${size} behind records before it; the change of zone between them explains that.`,
    );
  }
  const foreign = fields['tidemark.foreign'];
  if (typeof foreign === 'string') parts.push(end(`It may not be of this file's own writer: ${foreign}`));
  const ahead = Number(fields['tidemark.carrier_ahead_minutes'] ?? Number.NaN);
  if (!Number.isNaN(ahead)) {
    parts.push(
      `Only its carrier dates it; the carrier's clock is ${Math.abs(ahead)} minutes ${ahead > 0 ? 'ahead of' : 'behind'} the writer's in the lines around, and the time was moved by that.`,
    );
  }
  void facts;
  return parts;
}

function clock(facts: TimeFacts): string[] {
  const moved = Number(facts.clock_us ?? 0);
  const by = secondsWord(moved);
  if (facts.by_hand) {
    const found = facts.found_basis
      ? ` The evidence says ${secondsWord(Number(facts.found_us ?? 0))}: ${facts.found_basis}.`
      : '';
    return [
      moved === 0
        ? `The clock of ${facts.node} is taken as right by the responder.${found}`
        : `The clock of ${facts.node} is corrected by ${by}, set by the responder; the logged time is kept in ts_logged.${found}`,
    ];
  }
  if (moved !== 0) {
    const part = facts.stretches > 1 ? ' in this stretch of time' : '';
    return [
      `The clock of ${facts.node} is corrected by ${by}${part} (${facts.offset_basis}); the logged time is kept in ts_logged.`,
    ];
  }
  return facts.offset_basis === null
    ? []
    : [
        end(
          `The clock of ${facts.node} is not corrected: ${facts.offset_basis.replace(/^not corrected: /, '')}`,
        ),
      ];
}
