// Message templates with their counts, so that what is rare or new stands out.
import type { Lens, Output, TemplateOrder } from '../../../shared/api.ts';
import type { Level } from '../../../shared/model.ts';
import type { Connection, Json } from '../case/database.ts';
import { Bounds, lensSql } from './lens-sql.ts';

const ORDER: Record<TemplateOrder, string> = {
  rare: 'shown, level DESC NULLS LAST, first_ts NULLS LAST, template_id',
  frequent: 'shown DESC, all_events DESC, template_id',
  newest: 'first_ts DESC NULLS LAST, shown, template_id',
  last: 'last_ts DESC NULLS LAST, template_id',
  level: 'level DESC NULLS LAST, shown, template_id',
};

/** Templates of the events in the lens; `all` counts the events of the whole case. `firstTs` is that of the case. */
export async function listTemplates(
  connection: Connection,
  input: { lens: Lens; order: TemplateOrder; text: string; onlyNew: boolean; offset: number; limit: number },
): Promise<Output<'templates.list'>> {
  const bounds = new Bounds();
  const where = lensSql(input.lens, bounds);
  const open = where === 'true';
  const inLens = open ? 'true' : `e.event_id IN (SELECT event_id FROM events WHERE ${where})`;
  const conditions = ['shown > 0'];
  if (input.text !== '')
    conditions.push(
      `(contains(lower(template), lower(${bounds.add(input.text)})) OR contains(lower(coalesce(component, '')), lower(${bounds.add(input.text)})))`,
    );
  // new: nothing of it was seen before the lens begins
  if (input.onlyNew && input.lens.from !== undefined)
    conditions.push(`first_ts >= make_timestamp(${bounds.add(BigInt(input.lens.from))}::BIGINT)`);
  const rows = await connection.rows<Record<string, Json>>(
    `WITH counted AS (
       SELECT e.template_id, count(*) AS n, count(*) FILTER (${inLens}) AS shown, min(e.ts) AS first_ts, max(e.ts) AS last_ts,
         max(e.level) AS level, list(DISTINCT m.node) AS nodes
       FROM event e JOIN member m ON m.file_id = e.file_id GROUP BY e.template_id),
     merged AS (
       SELECT t.merged_id AS template_id, t.system, t.component, min(t.text) AS template, sum(c.n)::BIGINT AS all_events, sum(c.shown)::BIGINT AS shown,
         min(c.first_ts) AS first_ts, max(c.last_ts) AS last_ts, max(c.level) AS level, list_sort(list_distinct(flatten(list(c.nodes)))) AS nodes
       FROM counted c JOIN template t ON t.template_id = c.template_id GROUP BY t.merged_id, t.system, t.component),
     wanted AS (SELECT * FROM merged WHERE ${conditions.join(' AND ')})
     SELECT template_id AS id, system, component, template, all_events AS "all", shown AS events, epoch_us(first_ts) AS first, epoch_us(last_ts) AS last,
       level, nodes, (SELECT count(*) FROM wanted) AS total, (SELECT count(*) FROM wanted WHERE shown = 1) AS once
     FROM wanted ORDER BY ${ORDER[input.order]} LIMIT ${input.limit} OFFSET ${input.offset}`,
    bounds.values,
  );
  const number = (value: Json | undefined) => (value === null || value === undefined ? null : Number(value));
  return {
    rows: rows.map((row) => ({
      templateId: String(row.id),
      system: (row.system as string | null) ?? 'other',
      component: row.component as string | null,
      template: row.template as string,
      level: row.level as Level | null,
      events: Number(row.events),
      all: Number(row.all),
      firstTs: number(row.first),
      lastTs: number(row.last),
      nodes: row.nodes as string[],
    })),
    total: Number(rows[0]?.total ?? 0),
    once: Number(rows[0]?.once ?? 0),
    offset: input.offset,
  };
}

/** The template of one event, and how many events of the case share it. */
export async function templateOf(
  connection: Connection,
  eventId: bigint,
): Promise<{ templateId: string; template: string; events: number } | null> {
  const row = await connection.row<{ id: string; template: string; n: string }>(
    `WITH mine AS (SELECT t.merged_id FROM event e JOIN template t ON t.template_id = e.template_id WHERE e.event_id = $1)
     SELECT t.merged_id AS id, min(t.text) AS template,
       (SELECT count(*) FROM event e WHERE e.template_id IN (SELECT template_id FROM template WHERE merged_id = (SELECT merged_id FROM mine))) AS n
     FROM template t WHERE t.merged_id = (SELECT merged_id FROM mine) GROUP BY t.merged_id`,
    [eventId],
  );
  return row ? { templateId: row.id, template: row.template, events: Number(row.n) } : null;
}
