// The lens as SQL over the view `events`. Values are bound; field names come from a closed list.
import type { Lens, LensTerm } from '../../../shared/api.ts';
import type { LensField } from '../../../shared/model.ts';
import { type Bound, timestamp } from '../case/database.ts';

/** Collects bound values and hands out their `$n`. */
export class Bounds {
  readonly values: Bound[] = [];
  add(value: Bound): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

const NUMBERS = new Set<LensField>(['http_status', 'file_id']);

/** A condition over `events` (alias `e` or none), `true` when the lens is open. */
export function lensSql(lens: Lens, bounds: Bounds): string {
  const parts: string[] = [];
  if (lens.from !== undefined) parts.push(`ts >= ${bounds.add(timestamp(lens.from))}`);
  if (lens.to !== undefined) parts.push(`ts < ${bounds.add(timestamp(lens.to))}`);
  if (lens.text) parts.push(`contains(lower(message), lower(${bounds.add(lens.text)}))`);
  for (const term of lens.terms) parts.push(termSql(term, bounds));
  return parts.length ? parts.join(' AND ') : 'true';
}

function termSql(term: LensTerm, bounds: Bounds): string {
  const some =
    term.field === 'entity'
      ? entitySql(term, bounds)
      : term.field === 'finding'
        ? findingSql(term, bounds)
        : term.field === 'template'
          ? templateSql(term, bounds)
          : columnSql(term, bounds);
  return term.not ? `NOT coalesce(${some}, false)` : `coalesce(${some}, false)`;
}

function columnSql(term: LensTerm, bounds: Bounds): string {
  const values = term.values.filter((v) => v !== null);
  const parts: string[] = [];
  if (values.length) {
    const list = values
      .map((v) => `${bounds.add(v)}${NUMBERS.has(term.field) ? '::INTEGER' : ''}`)
      .join(', ');
    parts.push(`${term.field} IN (${list})`);
  }
  if (values.length < term.values.length) parts.push(`${term.field} IS NULL`);
  return `(${parts.join(' OR ')})`;
}

/** Values are `kind:value`. */
function entitySql(term: LensTerm, bounds: Bounds): string {
  const pairs = term.values
    .filter((v) => v !== null)
    .map((v) => {
      const at = v.indexOf(':');
      return `(n.kind = ${bounds.add(v.slice(0, at))} AND n.value = ${bounds.add(v.slice(at + 1))})`;
    });
  if (!pairs.length) return 'false';
  return `event_id IN (SELECT r.event_id FROM entity_ref r WHERE r.entity_id IN (SELECT n.entity_id FROM entity n WHERE ${pairs.join(' OR ')}))`;
}

function findingSql(term: LensTerm, bounds: Bounds): string {
  const ids = term.values.filter((v) => v !== null).map((v) => bounds.add(v));
  if (!ids.length) return 'event_id NOT IN (SELECT event_id FROM finding_event)';
  return `event_id IN (SELECT event_id FROM finding_event WHERE finding_id IN (${ids.join(', ')}))`;
}

/** Values are ids of merged templates. Events are looked for in their table: the view has no template. */
function templateSql(term: LensTerm, bounds: Bounds): string {
  const ids = term.values.filter((v) => v !== null).map((v) => `${bounds.add(v)}::BIGINT`);
  if (!ids.length) return 'false';
  return `event_id IN (SELECT t.event_id FROM event t WHERE t.template_id IN (SELECT template_id FROM template WHERE merged_id IN (${ids.join(', ')})))`;
}
