// One row of an event query as the report keeps it.
import type { Level, TsBasis } from '../../../shared/model.ts';
import { type Numeric, number, numberOrNull } from './asker.ts';
import type { EventPlace } from './model.ts';
import { nameOnly } from './paths.ts';

export interface PlaceRow {
  event_id: string;
  ts_us: Numeric;
  logged_us: Numeric;
  ts_basis: TsBasis;
  node: string | null;
  system: string | null;
  component: string | null;
  level: Level | null;
  bundle: string;
  path: string;
  line: number | null;
  byte_offset: Numeric;
  byte_length: Numeric;
  sha256: string | null;
}

export const toPlace = (row: PlaceRow): EventPlace => ({
  eventId: row.event_id,
  ts: numberOrNull(row.ts_us),
  tsLogged: numberOrNull(row.logged_us),
  tsBasis: row.ts_basis,
  node: row.node,
  system: row.system,
  component: row.component,
  level: row.level,
  bundle: nameOnly(row.bundle),
  path: row.path,
  line: row.line ?? 0,
  byteOffset: number(row.byte_offset),
  byteLength: number(row.byte_length),
  sha256: row.sha256,
});

/** A message of at most `limit` characters that says when it is cut. */
export function cutMessage(message: string | null, limit: number): string {
  const text = message ?? '';
  if (text.length <= limit) return text;
  const end = /[\ud800-\udbff]/.test(text[limit - 1]!) ? limit - 1 : limit;
  return `${text.slice(0, end)} […${text.length - end} more characters]`;
}
