// Findings, how they are grouped, the chosen one with its events, and the responder's verdicts.
import { create } from 'zustand';
import type { FindingRow, Output } from '../../../shared/api.ts';
import { FINDING_LEVELS, type FindingState } from '../../../shared/model.ts';
import { api } from '../backend.ts';
import { newest, sentence } from './newest.ts';
import { say } from './toasts.ts';

export type Grouping = 'level' | 'rule' | 'node';
export type FindingEvent = Output<'findings.events'>['rows'][number];

interface FindingsState {
  findings: FindingRow[];
  loaded: boolean;
  error: string | null;
  grouping: Grouping;
  states: ReadonlySet<FindingState>;
  /** Only findings of this rule, from the rules view. */
  ruleId: string | null;
  selected: string | null;
  events: FindingEvent[];
  eventsOf: string | null;
  eventsTotal: number;
  load(): void;
  group(grouping: Grouping): void;
  showState(state: FindingState): void;
  ofRule(ruleId: string | null): void;
  select(findingId: string | null): void;
  loadEvents(findingId: string): void;
  moreEvents(): Promise<void>;
  setState(findingId: string, state: FindingState, why?: string): Promise<void>;
}

export const strength = (finding: Pick<FindingRow, 'level'>): number => FINDING_LEVELS.indexOf(finding.level);
export const strongestFirst = (a: FindingRow, b: FindingRow): number =>
  strength(b) - strength(a) ||
  (a.firstTs ?? Number.MAX_SAFE_INTEGER) - (b.firstTs ?? Number.MAX_SAFE_INTEGER) ||
  a.findingId.localeCompare(b.findingId);

const DONE: Record<FindingState, string> = {
  open: 'Reopened',
  confirmed: 'Confirmed',
  dismissed: 'Dismissed',
  suppressed: 'Suppressed',
};

export const useFindings = create<FindingsState>((set, get) => {
  const ask = newest({
    run: () => api['findings.list']({}),
    took: ({ findings }) => set({ findings: findings.toSorted(strongestFirst), loaded: true, error: null }),
    failed: (error) => set({ error, loaded: true }),
  });
  const askEvents = newest({
    run: (findingId: string) => api['findings.events']({ findingId, offset: 0, limit: 200 }),
    took: ({ rows, total }, findingId) => set({ events: rows, eventsTotal: total, eventsOf: findingId }),
    failed: (error) => set({ error, events: [] }),
  });
  return {
    findings: [],
    loaded: false,
    error: null,
    grouping: 'level',
    states: new Set<FindingState>(['open', 'confirmed']),
    ruleId: null,
    selected: null,
    events: [],
    eventsOf: null,
    eventsTotal: 0,
    load: () => ask(undefined),
    group: (grouping) => set({ grouping }),
    showState(state) {
      const states = new Set(get().states);
      if (!states.delete(state)) states.add(state);
      set({ states });
    },
    ofRule: (ruleId) => set({ ruleId }),
    select: (selected) => set({ selected }),
    loadEvents(findingId) {
      if (get().eventsOf !== findingId) set({ events: [], eventsOf: null, eventsTotal: 0 });
      askEvents(findingId);
    },
    async moreEvents() {
      const { eventsOf, events } = get();
      if (!eventsOf) return;
      try {
        const more = await api['findings.events']({ findingId: eventsOf, offset: events.length, limit: 200 });
        if (get().eventsOf === eventsOf) set({ events: [...get().events, ...more.rows] });
      } catch (error) {
        set({ error: sentence(error) });
      }
    },
    async setState(findingId, state, why = '') {
      const before = get().findings.find((f) => f.findingId === findingId);
      try {
        const after = (await api['findings.setState']({ findingId, state, why })).findings[0]!;
        set({ findings: get().findings.map((f) => (f.findingId === findingId ? after : f)) });
        const undo = before
          ? () => void get().setState(findingId, before.state, before.stateWhy ?? '')
          : undefined;
        say(`${DONE[state]}: ${after.title}`, undo ? { undo } : {});
      } catch (error) {
        say(sentence(error), { kind: 'error' });
      }
    },
  };
});

/** Findings with a time, in time order: for previous and next on the timeline. */
export const inTime = (findings: FindingRow[]): FindingRow[] =>
  findings
    .filter((f) => f.firstTs !== null && f.state !== 'dismissed' && f.state !== 'suppressed')
    .toSorted((a, b) => (a.firstTs ?? 0) - (b.firstTs ?? 0));
