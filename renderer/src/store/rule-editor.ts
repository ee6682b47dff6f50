// The rule that is being written: its text, what is wrong with it, what it finds in the case; saving and removing.
import { create } from 'zustand';
import type { EventDetail, Output, RuleRow } from '../../../shared/api.ts';
import { ApiError } from '../../../shared/rpc.ts';
import { api } from '../backend.ts';
import { copyOf, fileNameOf, newRule, ruleFromEvent } from '../views/rules/drafts.ts';
import { recall, remember } from './kept.ts';
import { newest, sentence } from './newest.ts';
import { useRoute } from './route.ts';
import { useRules } from './rules.ts';
import { say } from './toasts.ts';

export type Checked = Output<'rules.check'>;
export type Tried = Output<'rules.try'>;
export interface Draft {
  /** In the case's folder of rules. */
  path: string;
  /** Follows the title until it is changed by hand or saved. */
  pathFollows: boolean;
  text: string;
  /** The text as it is kept in the case; null: not kept yet. */
  saved: string | null;
}

interface EditorState {
  draft: Draft | null;
  /** Whether the editor is shown, or the list while a draft waits. */
  shown: boolean;
  checked: Checked | null;
  tried: Tried | null;
  trying: boolean;
  tryError: string | null;
  /** Runs the text on the case while it is typed. */
  live: boolean;
  busy: boolean;
  error: string | null;
  /** What waits for an answer about unsaved changes; null: no question is open. */
  leaving: { then(): void } | null;
  openNew(): void;
  openEvent(event: EventDetail): void;
  openRule(rule: RuleRow): void;
  edit(text: string): void;
  setPath(path: string): void;
  setLive(live: boolean): void;
  run(): void;
  save(): Promise<boolean>;
  remove(path: string): Promise<void>;
  show(shown: boolean): void;
  close(): void;
  answer(what: 'stay' | 'discard' | 'save'): Promise<void>;
  /** The text stays; nothing that was said of it holds in another case. */
  otherCase(): void;
}

const CHECK_AFTER = 200;
const RUN_AFTER = 500;
const SHOWN = 50;
const KEPT = 'rules.draft';

export const isDirty = (draft: Draft | null): boolean => draft !== null && draft.text !== draft.saved;
const today = (): string => new Date().toISOString().slice(0, 10);
const newId = (): string => crypto.randomUUID();

export const useRuleEditor = create<EditorState>((set, get) => {
  let checkTimer: ReturnType<typeof setTimeout> | undefined;
  let runTimer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  /** Each call goes out at once: the engine ends the older run, whose answer nobody waits for. */
  const run = async (text: string) => {
    const mine = ++asked;
    set({ trying: true, tryError: null });
    try {
      const tried = await api['rules.try']({ text, limit: SHOWN });
      if (mine === asked) set({ tried, trying: false });
    } catch (error) {
      if (mine !== asked || (error instanceof ApiError && error.code === 'cancelled')) return;
      set({ tryError: sentence(error), tried: null, trying: false });
    }
  };
  const check = newest({
    run: (text: string) => api['rules.check']({ text }),
    took(checked, text) {
      set({ checked });
      clearTimeout(runTimer);
      if (!checked.ok) {
        asked++;
        set({ trying: false, tried: null, tryError: null });
      } else if (get().live) runTimer = setTimeout(() => void run(text), RUN_AFTER - CHECK_AFTER);
    },
    failed: (error) => set({ checked: null, tryError: error }),
  });
  const put = (draft: Draft) => {
    set({ draft });
    remember(KEPT, isDirty(draft) ? draft : null);
    clearTimeout(checkTimer);
    clearTimeout(runTimer);
    checkTimer = setTimeout(() => check(draft.text), CHECK_AFTER);
  };
  const begin = (draft: Draft) => {
    asked++;
    set({ shown: true, checked: null, tried: null, trying: false, tryError: null, error: null });
    put(draft);
    useRoute.getState().go('rules');
  };
  /** Goes on at once, or asks first when there are unsaved changes. */
  const guarded = (then: () => void) => {
    if (isDirty(get().draft)) {
      set({ leaving: { then }, shown: true });
      useRoute.getState().go('rules');
    } else then();
  };
  const fresh = (text: string): Draft => ({ path: fileNameOf(text), pathFollows: true, text, saved: null });
  const reload = () => {
    useRules.setState({ stale: true });
    useRules.getState().load();
  };
  const putBack = async (path: string, text: string) => {
    try {
      await api['rules.save']({ path, text });
      say(`Brought back: ${path}`);
      reload();
    } catch (error) {
      say(sentence(error), { kind: 'error' });
    }
  };
  return {
    draft: recall<Draft | null>(KEPT, null),
    shown: false,
    checked: null,
    tried: null,
    trying: false,
    tryError: null,
    live: true,
    busy: false,
    error: null,
    leaving: null,
    openNew: () => guarded(() => begin(fresh(newRule(newId(), today())))),
    openEvent: (event) => guarded(() => begin(fresh(ruleFromEvent(event, newId(), today())))),
    openRule(rule) {
      const { draft } = get();
      if (draft && rule.editable && draft.saved !== null && draft.path === rule.path) {
        get().show(true);
        return;
      }
      guarded(() => {
        if (!rule.editable) {
          begin(fresh(copyOf(rule.source, newId)));
          return;
        }
        api['rules.text']({ path: rule.path }).then(
          ({ text }) => begin({ path: rule.path, pathFollows: false, text, saved: text }),
          (error) => say(sentence(error), { kind: 'error' }),
        );
      });
    },
    edit(text) {
      const { draft } = get();
      if (!draft || draft.text === text) return;
      put({ ...draft, text, path: draft.pathFollows ? fileNameOf(text) : draft.path });
    },
    setPath(path) {
      const { draft } = get();
      if (draft) put({ ...draft, path, pathFollows: false });
    },
    setLive(live) {
      set({ live });
      if (live) get().run();
    },
    run() {
      const { draft } = get();
      if (draft) void run(draft.text);
    },
    async save() {
      const { draft } = get();
      if (!draft) return false;
      set({ busy: true, error: null });
      try {
        const { before, rules } = await api['rules.save']({ path: draft.path, text: draft.text });
        const now = get().draft;
        if (now) put({ ...now, pathFollows: false, saved: draft.text });
        const first = rules[0];
        if (first) useRules.setState({ selected: first.ruleId });
        say(`Saved in the case: ${draft.path}`, {
          undo: () =>
            void (
              before === null ? api['rules.remove']({ path: draft.path }) : putBack(draft.path, before)
            ).then(
              () => {
                const open = get().draft;
                if (open?.path === draft.path) put({ ...open, saved: before });
                reload();
              },
              (error) => say(sentence(error), { kind: 'error' }),
            ),
        });
        reload();
        return true;
      } catch (error) {
        set({ error: sentence(error) });
        return false;
      } finally {
        set({ busy: false });
      }
    },
    async remove(path) {
      set({ busy: true, error: null });
      try {
        const { text } = await api['rules.remove']({ path });
        if (get().draft?.path === path) {
          set({ draft: null, shown: false });
          remember(KEPT, null);
        }
        say(`Removed from the case: ${path}`, { undo: () => void putBack(path, text) });
        reload();
      } catch (error) {
        say(sentence(error), { kind: 'error' });
      }
      set({ busy: false });
    },
    show(shown) {
      set({ shown });
      const { draft, checked } = get();
      if (shown && draft && !checked) check(draft.text);
    },
    close: () =>
      guarded(() => {
        asked++;
        clearTimeout(checkTimer);
        clearTimeout(runTimer);
        remember(KEPT, null);
        set({ draft: null, shown: false, trying: false, tried: null, checked: null });
      }),
    async answer(what) {
      const { leaving, draft } = get();
      if (what === 'save' && !(await get().save())) {
        set({ leaving: null });
        return;
      }
      if (what === 'discard' && draft)
        set({ draft: { ...draft, text: draft.saved ?? '', saved: draft.saved ?? '' } });
      set({ leaving: null });
      if (what !== 'stay') leaving?.then();
    },
    otherCase() {
      asked++;
      const { draft } = get();
      set({
        draft: draft && { ...draft, saved: null },
        shown: false,
        checked: null,
        tried: null,
        trying: false,
        error: null,
        leaving: null,
      });
    },
  };
});
