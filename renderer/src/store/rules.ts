// Detection rules: the list with its filter and order, what is known of the chosen one, tuning, import, running again.
import { create } from 'zustand';
import type { Input, Output, RuleRow } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import {
  type Column,
  keyOf,
  NO_FILTER,
  type RuleFilter,
  type RuleSort,
  startsDown,
} from '../views/rules/rows.ts';
import { useJobs } from './jobs.ts';
import { newest, sentence } from './newest.ts';
import { say } from './toasts.ts';

type Default = Output<'rules.defaults'>['defaults'][number];
type Imported = Output<'rules.import'>;

interface RulesState {
  rules: RuleRow[];
  loaded: boolean;
  error: string | null;
  filter: RuleFilter;
  sort: RuleSort;
  /** Key of a rule, or its id when another view asked for it. */
  selected: string | null;
  /** Whether the rule is shown beside the list. */
  beside: boolean;
  why: { key: string; answer: Output<'rules.whyNot'> | null; error: string | null } | null;
  sql: { key: string; answer: Output<'rules.sql'> | null; error: string | null } | null;
  defaults: Default[];
  imported: Imported | null;
  importing: boolean;
  /** Tuning changed since detection last ran. */
  stale: boolean;
  load(): void;
  /** Loads unless that has been done: for views that only need to name a rule. */
  ensure(): void;
  narrow(filter: Partial<RuleFilter>): void;
  clearFilter(): void;
  order(column: Column): void;
  select(key: string | null): void;
  showBeside(beside: boolean): void;
  /** From another view: the rule is shown whatever the filter hides. */
  open(ruleId: string): void;
  askWhyNot(rule: RuleRow): void;
  askSql(rule: RuleRow): void;
  tune(rule: RuleRow, change: Omit<Input<'rules.tune'>, 'ruleId'>, said: string): Promise<boolean>;
  loadDefaults(): void;
  setDefault(kind: Default['kind'], value: string, enabled: boolean): Promise<void>;
  importFrom(paths: string[]): Promise<void>;
  undoImport(): Promise<void>;
  closeImported(): void;
  detect(): Promise<void>;
}

export const useRules = create<RulesState>((set, get) => {
  const ask = newest({
    run: () => api['rules.list']({}),
    took: ({ rules }) => set({ rules, loaded: true, error: null }),
    failed: (error) => set({ error, loaded: true }),
  });
  const askWhy = newest({
    run: ({ ruleId }: { key: string; ruleId: string }) => api['rules.whyNot']({ ruleId }),
    took: (answer, { key }) => set({ why: { key, answer, error: null } }),
    failed: (error, { key }) => set({ why: { key, answer: null, error } }),
  });
  const askSql = newest({
    run: ({ ruleId }: { key: string; ruleId: string }) => api['rules.sql']({ ruleId }),
    took: (answer, { key }) => set({ sql: { key, answer, error: null } }),
    failed: (error, { key }) => set({ sql: { key, answer: null, error } }),
  });
  const askDefaults = newest({
    run: () => api['rules.defaults']({}),
    took: ({ defaults }) => set({ defaults }),
    failed: (error) => say(error, { kind: 'error' }),
  });
  const replace = (row: RuleRow) =>
    set({ rules: get().rules.map((r) => (keyOf(r) === keyOf(row) ? row : r)), stale: true });
  return {
    rules: [],
    loaded: false,
    error: null,
    filter: NO_FILTER,
    sort: { by: 'findings', down: true },
    selected: null,
    beside: true,
    why: null,
    sql: null,
    defaults: [],
    imported: null,
    importing: false,
    stale: false,
    load: () => ask(undefined),
    ensure() {
      if (!get().loaded) ask(undefined);
    },
    narrow: (filter) => set({ filter: { ...get().filter, ...filter } }),
    clearFilter: () => set({ filter: NO_FILTER }),
    order(column) {
      const { by, down } = get().sort;
      set({ sort: { by: column, down: by === column ? !down : startsDown(column) } });
    },
    select: (selected) => set({ selected, beside: true }),
    showBeside: (beside) => set({ beside }),
    open: (ruleId) => set({ selected: ruleId, beside: true, filter: NO_FILTER }),
    askWhyNot(rule) {
      const key = keyOf(rule);
      set({ why: { key, answer: null, error: null } });
      askWhy({ key, ruleId: rule.ruleId });
    },
    askSql(rule) {
      const key = keyOf(rule);
      set({ sql: { key, answer: null, error: null } });
      askSql({ key, ruleId: rule.ruleId });
    },
    async tune({ ruleId }, change, said) {
      try {
        replace(await api['rules.tune']({ ruleId, ...change }));
        say(said);
        return true;
      } catch (error) {
        say(sentence(error), { kind: 'error' });
        return false;
      }
    },
    loadDefaults: () => askDefaults(undefined),
    async setDefault(kind, value, enabled) {
      try {
        const { defaults } = await api['rules.setDefault']({ kind, value, enabled });
        set({ defaults, stale: true });
        ask(undefined);
      } catch (error) {
        say(sentence(error), { kind: 'error' });
      }
    },
    async importFrom(paths) {
      set({ importing: true, imported: null });
      try {
        const parts: Imported[] = [];
        for (const path of paths) parts.push(await api['rules.import']({ path }));
        set({ imported: together(parts), stale: true });
      } catch (error) {
        set({ error: sentence(error) });
      }
      set({ importing: false });
      ask(undefined);
    },
    async undoImport() {
      const { imported } = get();
      set({ imported: null, importing: true });
      try {
        for (const path of imported?.paths ?? []) await api['rules.remove']({ path });
        say('The imported rules are removed again');
      } catch (error) {
        say(sentence(error), { kind: 'error' });
      }
      set({ importing: false });
      ask(undefined);
    },
    closeImported: () => set({ imported: null }),
    async detect() {
      try {
        const { jobId } = await api['detect.start']({});
        set({ stale: false });
        useJobs.getState().watch(jobId);
      } catch (error) {
        say(sentence(error), { kind: 'error' });
      }
    },
  };
});

const together = (parts: Imported[]): Imported => ({
  files: parts.reduce((sum, part) => sum + part.files, 0),
  rules: parts.reduce((sum, part) => sum + part.rules, 0),
  paths: parts.flatMap((part) => part.paths),
  authors: [...new Set(parts.flatMap((part) => part.authors))],
  refused: parts.flatMap((part) => part.refused),
});
