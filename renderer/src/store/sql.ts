// The responder's SQL: the text, the running statement, its result page by page, and what was run before.
import { create } from 'zustand';
import type { Output } from '../../../shared/api.ts';
import { api, on } from '../backend.ts';
import { recall, remember } from './kept.ts';
import { newest, sentence } from './newest.ts';

type Page = Output<'sql.run'>;
export const SQL_EXPORT_FORMATS = ['csv', 'json', 'parquet'] as const;
export type SqlExportFormat = (typeof SQL_EXPORT_FORMATS)[number];

export interface Ran {
  sql: string;
  when: number; // ms
  outcome: string;
}

const FIRST = 500;
const MORE = 2000;
const HISTORY = 100;
const STARTER = `-- Ctrl+Enter runs the statement under the cursor.
select ts, node, system, component, level, message, event_id
from events
where level in ('error', 'critical')
order by ts
limit 1000;

select node, system, count(*) as events, min(ts) as first_seen, max(ts) as last_seen
from events
group by all
order by events desc;
`;

interface SqlState {
  text: string;
  catalog: Output<'sql.catalog'> | null;
  running: string | null;
  startedAt: number;
  percent: number | null;
  /** The statement the result is of. */
  ran: string | null;
  cursorId: string | null;
  columns: Page['columns'];
  rows: Page['rows'];
  done: boolean;
  fetching: boolean;
  millis: number | null;
  error: string | null;
  history: Ran[];
  exporting: boolean;
  exported: (Output<'sql.export'> & { format: SqlExportFormat }) | null;
  loadCatalog(): void;
  edit(text: string): void;
  run(sql: string): Promise<void>;
  more(): Promise<void>;
  cancel(): Promise<void>;
  write(format: SqlExportFormat): Promise<void>;
  forgetHistory(): void;
}

export const useSql = create<SqlState>((set, get) => {
  let turn = 0;
  on('sql', ({ percent }) => {
    if (get().running) set({ percent });
  });
  const noted = (sql: string, outcome: string) => {
    const history = [{ sql, when: Date.now(), outcome }, ...get().history.filter((h) => h.sql !== sql)];
    remember('sql.history', history.slice(0, HISTORY));
    return history.slice(0, HISTORY);
  };
  const askCatalog = newest({
    run: () => api['sql.catalog']({}),
    took: (catalog) => set({ catalog }),
    failed: (error) => set({ error }),
  });
  return {
    text: recall('sql.text', STARTER),
    catalog: null,
    running: null,
    startedAt: 0,
    percent: null,
    ran: null,
    cursorId: null,
    columns: [],
    rows: [],
    done: true,
    fetching: false,
    millis: null,
    error: null,
    history: recall<Ran[]>('sql.history', []),
    exporting: false,
    exported: null,
    loadCatalog: () => askCatalog(undefined),
    edit(text) {
      set({ text });
      remember('sql.text', text);
    },
    async run(sql) {
      if (get().running) return;
      const mine = ++turn;
      const old = get().cursorId;
      if (old) void api['sql.close']({ cursorId: old }).catch(() => {});
      set({
        running: sql,
        startedAt: Date.now(),
        percent: null,
        error: null,
        exported: null,
        cursorId: null,
      });
      try {
        const page = await api['sql.run']({ sql, limit: FIRST });
        if (mine !== turn || get().running !== sql) return;
        const n = page.rows.length;
        set({
          running: null,
          ran: sql,
          cursorId: page.done ? null : page.cursorId,
          columns: page.columns,
          rows: page.rows,
          done: page.done,
          millis: page.millis,
          history: noted(sql, page.done ? `${n} rows` : `first ${n} rows`),
        });
      } catch (error) {
        if (mine !== turn || get().running !== sql) return;
        set({
          running: null,
          ran: sql,
          columns: [],
          rows: [],
          done: true,
          millis: null,
          error: sentence(error),
          history: noted(sql, 'failed'),
        });
      }
    },
    async more() {
      const { cursorId, rows, done, fetching } = get();
      if (!cursorId || done || fetching) return;
      const mine = turn;
      set({ fetching: true });
      try {
        const page = await api['sql.fetch']({ cursorId, offset: rows.length, limit: MORE });
        if (mine === turn) set({ rows: [...rows, ...page.rows], done: page.done });
      } catch (error) {
        if (mine === turn) set({ error: sentence(error), done: true });
      } finally {
        set({ fetching: false });
      }
    },
    async cancel() {
      try {
        await api['sql.cancel']({});
      } catch (error) {
        set({ error: sentence(error) });
      }
    },
    async write(format) {
      const { ran } = get();
      if (!ran) return;
      set({ exporting: true, error: null });
      try {
        const file = await api['sql.export']({ sql: ran, format });
        set({ exported: { ...file, format } });
      } catch (error) {
        set({ error: sentence(error) });
      } finally {
        set({ exporting: false });
      }
    },
    forgetHistory() {
      remember('sql.history', []);
      set({ history: [] });
    },
  };
});
