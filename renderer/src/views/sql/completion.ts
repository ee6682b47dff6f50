// What the SQL editor offers: views, their columns (those of views named in the text first), functions, keywords.
import type { Output } from '../../../../shared/api.ts';

type Catalog = Output<'sql.catalog'>;

export interface Offer {
  label: string;
  kind: 'view' | 'column' | 'function' | 'keyword';
  detail: string;
  documentation: string;
  insert: string;
  /** Sorts offers: smaller is nearer. */
  rank: number;
}

/** Views that stand after FROM or JOIN, with the names they go by. */
export function namedViews(sql: string, catalog: Catalog): Map<string, Catalog['views'][number]> {
  const out = new Map<string, Catalog['views'][number]>();
  const views = new Map(catalog.views.map((v) => [v.name.toLowerCase(), v]));
  const reference = /\b(?:from|join|,)\s+"?([a-z_]\w*)"?(?:\s+(?:as\s+)?"?([a-z_]\w*)"?)?/gi;
  for (const m of sql.matchAll(reference)) {
    const view = views.get(m[1]!.toLowerCase());
    if (!view) continue;
    out.set(view.name.toLowerCase(), view);
    if (
      m[2] &&
      !/^(where|group|order|join|left|right|inner|full|on|limit|using|having|union|cross|qualify)$/i.test(
        m[2],
      )
    ) {
      out.set(m[2].toLowerCase(), view);
    }
  }
  return out;
}

/** Offers at a place: `before` is the statement up to the cursor, `whole` all of it. */
export function offers(catalog: Catalog, before: string, whole: string): Offer[] {
  const named = namedViews(whole, catalog);
  const column = (
    view: Catalog['views'][number],
    c: Catalog['views'][number]['columns'][number],
    rank: number,
  ): Offer => ({
    label: c.name,
    kind: 'column',
    detail: `${c.type} · ${view.name}`,
    documentation: c.comment ?? '',
    insert: c.name,
    rank,
  });
  const dotted = /"?([a-z_]\w*)"?\.\w*$/i.exec(before);
  if (dotted) {
    const view = named.get(dotted[1]!.toLowerCase()) ?? catalog.views.find((v) => v.name === dotted[1]);
    return view ? view.columns.map((c) => column(view, c, 0)) : [];
  }
  const afterFrom = /\b(?:from|join)\s+\w*$/i.test(before);
  const views = catalog.views.map(
    (v): Offer => ({
      label: v.name,
      kind: 'view',
      detail: 'view',
      documentation: v.comment ?? '',
      insert: v.name,
      rank: afterFrom ? 0 : 3,
    }),
  );
  if (afterFrom) return views;
  const inScope = new Set(named.values());
  const columns = (inScope.size > 0 ? [...inScope] : catalog.views).flatMap((v) =>
    v.columns.map((c) => column(v, c, inScope.size > 0 ? 1 : 4)),
  );
  const seen = new Set<string>();
  return [
    ...columns.filter((c) => !seen.has(c.label) && seen.add(c.label)),
    ...views,
    ...catalog.functions.map(
      (f): Offer => ({
        label: f.name,
        kind: 'function',
        detail: 'function',
        documentation: f.description ?? '',
        insert: `${f.name}($0)`,
        rank: 5,
      }),
    ),
    ...catalog.keywords.map(
      (k): Offer => ({ label: k, kind: 'keyword', detail: '', documentation: '', insert: k, rank: 6 }),
    ),
  ];
}
