// The words that say what kind of line an event is (system, component, level, category, action, outcome): a case has few
// combinations of them, so an event holds a number, and each combination stands once.
import { LEVELS } from '../../../shared/model.ts';
import type { Draft } from '../parse/record.ts';
import { type Column, Int32Column, WordColumn } from './columns.ts';
import type { EncodedColumn } from './parquet.ts';

/** Numbers that one worker may hand out: `first`, `first + step`, ... No other worker has them. */
export interface KindIds {
  first: number;
  step: number;
}

interface Kind {
  id: number;
  system: string;
  component: string;
  level: number;
  nativeLevel: string;
  category: string;
  action: string;
  outcome: string;
}

const SLOTS = 512;
/** Kinds that are remembered; a hostile log may have as many as lines. */
const REMEMBERED = 100_000;
const HELD = 122_880;

const isSame = (k: Kind, d: Draft): boolean =>
  k.action === d.action &&
  k.component === d.component &&
  k.level === d.level &&
  k.category === d.category &&
  k.system === d.system &&
  k.outcome === d.outcome &&
  k.nativeLevel === d.nativeLevel;

export class EventKinds {
  /** Kinds met since the last `take`. */
  news = 0;
  #next: number;
  #step: number;
  #last: Kind | null = null;
  #slots: (Kind | undefined)[] = new Array(SLOTS).fill(undefined);
  #known = new Map<string, Kind>();

  #id = new Int32Column('kind_id', HELD);
  #system = new WordColumn('system', HELD);
  #component = new WordColumn('component', HELD);
  #level = new WordColumn('level', HELD);
  #native = new WordColumn('level_native', HELD);
  #category = new WordColumn('category', HELD);
  #action = new WordColumn('action', HELD);
  #outcome = new WordColumn('outcome', HELD);
  #columns: Column[] = [
    this.#id,
    this.#system,
    this.#component,
    this.#level,
    this.#native,
    this.#category,
    this.#action,
    this.#outcome,
  ];

  constructor(ids: KindIds) {
    this.#next = ids.first;
    this.#step = ids.step;
  }

  id(draft: Draft): number {
    const last = this.#last;
    if (last !== null && isSame(last, draft)) return last.id;
    const { action, component } = draft;
    const slot =
      (action.length * 37 +
        component.length * 11 +
        (action.length > 0 ? action.charCodeAt(action.length - 1) * 5 + action.charCodeAt(0) : 0) +
        draft.level * 19 +
        draft.outcome.length * 3 +
        draft.system.length) &
      (SLOTS - 1);
    const there = this.#slots[slot];
    if (there !== undefined && isSame(there, draft)) {
      this.#last = there;
      return there.id;
    }
    const kind = this.#find(draft);
    this.#slots[slot] = kind;
    this.#last = kind;
    return kind.id;
  }

  #find(d: Draft): Kind {
    const key = `${d.system}\0${d.component}\0${d.level}\0${d.nativeLevel}\0${d.category}\0${d.action}\0${d.outcome}`;
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    const kind: Kind = {
      id: this.#next,
      system: d.system,
      component: d.component,
      level: d.level,
      nativeLevel: d.nativeLevel,
      category: d.category,
      action: d.action,
      outcome: d.outcome,
    };
    this.#next += this.#step;
    this.#known.set(key, kind);
    const row = this.news++;
    this.#id.set(row, kind.id);
    this.#system.set(row, d.system);
    this.#component.set(row, d.component);
    this.#level.set(row, d.level < 0 ? '' : LEVELS[d.level]!);
    this.#native.set(row, d.nativeLevel);
    this.#category.set(row, d.category);
    this.#action.set(row, d.action);
    this.#outcome.set(row, d.outcome);
    return kind;
  }

  /** The kinds met since the last call, as columns. */
  take(): EncodedColumn[] {
    const columns = this.#columns.map((column) => column.encode(this.news));
    for (const column of this.#columns) column.reset();
    this.news = 0;
    return columns;
  }
}
