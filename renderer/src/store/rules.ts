// Detection rules: their text, what they found, checking a text, running them again.
import { create } from 'zustand';
import type { Output, RuleRow } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { useJobs } from './jobs.ts';
import { newest, sentence } from './newest.ts';
import { say } from './toasts.ts';

type Problem = Output<'rules.check'>['problems'][number];

interface RulesState {
  rules: RuleRow[];
  loaded: boolean;
  error: string | null;
  filter: string;
  only: 'all' | 'hits' | 'refused';
  selected: string | null;
  /** Text in the check box; null: not editing. */
  draft: string | null;
  problems: Problem[] | null;
  load(): void;
  setFilter(filter: string): void;
  show(only: RulesState['only']): void;
  select(ruleId: string | null): void;
  edit(text: string | null): void;
  detect(): Promise<void>;
}

export const useRules = create<RulesState>((set) => {
  const ask = newest({
    run: () => api['rules.list']({}),
    took: ({ rules }) => set({ rules, loaded: true, error: null }),
    failed: (error) => set({ error, loaded: true }),
  });
  const check = newest({
    run: (text: string) => api['rules.check']({ text }),
    took: ({ problems }) => set({ problems }),
    failed: (error) => set({ problems: [{ line: null, column: null, message: error }] }),
  });
  return {
    rules: [],
    loaded: false,
    error: null,
    filter: '',
    only: 'all',
    selected: null,
    draft: null,
    problems: null,
    load: () => ask(undefined),
    setFilter: (filter) => set({ filter }),
    show: (only) => set({ only }),
    select: (selected) => set({ selected, draft: null, problems: null }),
    edit(draft) {
      set({ draft, ...(draft === null ? { problems: null } : {}) });
      if (draft) check(draft);
    },
    async detect() {
      try {
        const { jobId } = await api['detect.start']({});
        useJobs.getState().watch(jobId);
      } catch (error) {
        say(sentence(error), { kind: 'error' });
      }
    },
  };
});
