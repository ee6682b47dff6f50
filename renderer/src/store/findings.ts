// Findings: the list and what narrows it, the chosen one with its events and why it is one, and the responder's verdicts.
import { create } from 'zustand';
import type { FindingRow, Matched, Output } from '../../../shared/api.ts';
import type { FindingState } from '../../../shared/model.ts';
import { api } from '../backend.ts';
import { plural } from '../format/numbers.ts';
import type { Grouping } from '../views/findings/grouped.ts';
import { strongestFirst } from '../views/findings/order.ts';
import { newest, sentence } from './newest.ts';
import { say } from './toasts.ts';

export type FindingEvent = Output<'findings.events'>['rows'][number] & { matched?: Matched[] | undefined };
export type Explained = Output<'findings.explain'>;

/** A way back: what the findings were before, or what undoes something else. */
interface Undo {
  word: string;
  run(): Promise<void>;
}

interface FindingsState {
  findings: FindingRow[];
  loaded: boolean;
  error: string | null;
  grouping: Grouping;
  display: 'list' | 'matrix';
  states: ReadonlySet<FindingState>;
  /** Only findings of this rule, from the rules view. */
  ruleId: string | null;
  /** Only findings at this place of the ATT&CK matrix; technique null: all of the tactic. */
  place: { tactic: string; technique: string | null } | null;
  selected: string | null;
  /** The group it was chosen in: a finding may be in several. */
  selectedIn: string | null;
  /** Chosen to be judged together. */
  marked: ReadonlySet<string>;
  past: Undo[];
  events: FindingEvent[];
  eventsOf: string | null;
  eventsTotal: number;
  explained: Explained | null;
  explainError: string | null;
  load(): void;
  group(grouping: Grouping): void;
  show(display: FindingsState['display']): void;
  showState(state: FindingState): void;
  showAllStates(): void;
  ofRule(ruleId: string | null): void;
  ofPlace(place: FindingsState['place']): void;
  select(findingId: string | null, group?: string | null): void;
  mark(findingId: string): void;
  markAll(findingIds: string[]): void;
  loadEvents(findingId: string): void;
  moreEvents(): Promise<void>;
  setState(findingIds: string | string[], state: FindingState, why?: string): Promise<void>;
  /** Remembers how to take something back; the toast offers it too. */
  remember(undo: Undo, said: string): void;
  undo(): Promise<void>;
}

const PAGE = 200;
const USUAL: readonly FindingState[] = ['open', 'confirmed'];

const DONE: Record<FindingState, string> = {
  open: 'Reopened',
  confirmed: 'Confirmed',
  dismissed: 'Dismissed',
  suppressed: 'Suppressed',
};

async function readEvents(findingId: string, offset: number) {
  const at = { findingId, offset, limit: PAGE };
  const [events, explained] = await Promise.all([
    api['findings.events'](at),
    // Without an explanation the events are still worth reading.
    api['findings.explain'](at).catch((error) => sentence(error)),
  ]);
  const matched = new Map(
    typeof explained === 'string' ? [] : explained.events.map((e) => [e.eventId, e.matched]),
  );
  return {
    rows: events.rows.map((row): FindingEvent => ({ ...row, matched: matched.get(row.eventId) })),
    total: events.total,
    explained,
  };
}

export const useFindings = create<FindingsState>((set, get) => {
  const ask = newest({
    run: () => api['findings.list']({}),
    took({ findings }) {
      const there = new Set(findings.map((f) => f.findingId));
      const marked = new Set([...get().marked].filter((id) => there.has(id)));
      set({ findings: findings.toSorted(strongestFirst), marked, loaded: true, error: null });
    },
    failed: (error) => set({ error, loaded: true }),
  });
  const askEvents = newest({
    run: (findingId: string) => readEvents(findingId, 0),
    took: ({ rows, total, explained }, findingId) =>
      set({
        events: rows,
        eventsTotal: total,
        eventsOf: findingId,
        explained: typeof explained === 'string' ? null : explained,
        explainError: typeof explained === 'string' ? explained : null,
      }),
    failed: (error) => set({ error, events: [] }),
  });
  /** Sets states and puts the answered rows into the list. */
  const judge = async (findingIds: string[], state: FindingState, why: string) => {
    const { findings } = await api['findings.setState']({ findingIds, state, why });
    const after = new Map(findings.map((f) => [f.findingId, f]));
    set({ findings: get().findings.map((f) => after.get(f.findingId) ?? f) });
  };
  return {
    findings: [],
    loaded: false,
    error: null,
    grouping: 'level',
    display: 'list',
    states: new Set(USUAL),
    ruleId: null,
    place: null,
    selected: null,
    selectedIn: null,
    marked: new Set(),
    past: [],
    events: [],
    eventsOf: null,
    eventsTotal: 0,
    explained: null,
    explainError: null,
    load: () => ask(undefined),
    group: (grouping) => set({ grouping, selectedIn: null }),
    show: (display) => set({ display }),
    showState(state) {
      const states = new Set(get().states);
      if (!states.delete(state)) states.add(state);
      set({ states });
    },
    showAllStates: () =>
      set({ states: new Set<FindingState>(['open', 'confirmed', 'dismissed', 'suppressed']) }),
    ofRule: (ruleId) => set({ ruleId, place: null, display: 'list' }),
    ofPlace: (place) => set({ place, ruleId: null, display: 'list' }),
    select: (selected, selectedIn = null) => set({ selected, selectedIn }),
    mark(findingId) {
      const marked = new Set(get().marked);
      if (!marked.delete(findingId)) marked.add(findingId);
      set({ marked });
    },
    markAll: (findingIds) => set({ marked: new Set(findingIds) }),
    loadEvents(findingId) {
      if (get().eventsOf !== findingId)
        set({ events: [], eventsOf: null, eventsTotal: 0, explained: null, explainError: null });
      askEvents(findingId);
    },
    async moreEvents() {
      const { eventsOf, events } = get();
      if (!eventsOf) return;
      try {
        const more = await readEvents(eventsOf, events.length);
        if (get().eventsOf === eventsOf) set({ events: [...get().events, ...more.rows] });
      } catch (error) {
        set({ error: sentence(error) });
      }
    },
    async setState(ids, state, why = '') {
      const findingIds = [ids].flat();
      const chosen = new Set(findingIds);
      const before = get().findings.filter((f) => chosen.has(f.findingId) && f.state !== state);
      if (before.length === 0) return;
      try {
        await judge(
          before.map((f) => f.findingId),
          state,
          why,
        );
        set({ marked: new Set() });
        const what = before.length === 1 ? before[0]!.title : plural(before.length, 'finding');
        get().remember(
          {
            word: what,
            async run() {
              const groups = Map.groupBy(before, (f) => JSON.stringify([f.state, f.stateWhy ?? '']));
              for (const group of groups.values())
                await judge(
                  group.map((f) => f.findingId),
                  group[0]!.state,
                  group[0]!.stateWhy ?? '',
                );
            },
          },
          `${DONE[state]}: ${what}`,
        );
      } catch (error) {
        say(sentence(error), { kind: 'error' });
      }
    },
    remember(undo, said) {
      set({ past: [...get().past.slice(-49), undo] });
      const run = async () => {
        if (!get().past.includes(undo)) return;
        set({ past: get().past.filter((u) => u !== undo) });
        try {
          await undo.run();
          say(`Taken back: ${undo.word}`);
        } catch (error) {
          say(sentence(error), { kind: 'error' });
        }
      };
      say(said, { undo: () => void run() });
    },
    async undo() {
      const last = get().past.at(-1);
      if (!last) {
        say('Nothing to take back.');
        return;
      }
      set({ past: get().past.slice(0, -1) });
      try {
        await last.run();
        say(`Taken back: ${last.word}`);
      } catch (error) {
        say(sentence(error), { kind: 'error' });
      }
    },
  };
});
