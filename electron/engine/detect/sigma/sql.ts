// Collects bound values while SQL text is written: a value never becomes part of the text.
import type { Bound } from '../../case/database.ts';

export class Binder {
  /** Where the events stand: the view, or a table with its columns. */
  readonly events: string = 'events';
  readonly values: Bound[] = [];
  #known = new Map<unknown, string>();

  /** The placeholder of a value; equal values share one. */
  bind(value: string | number | bigint): string {
    const known = this.#known.get(value);
    if (known) return known;
    this.values.push(value);
    const name = `$${this.values.length}${typeof value === 'string' ? '::VARCHAR' : typeof value === 'bigint' ? '::HUGEINT' : '::DOUBLE'}`;
    this.#known.set(value, name);
    return name;
  }

  /** The text of what stands at a JSON pointer in `fields`, or NULL. */
  jsonText(pointer: string): string {
    // TRY: `fields` is JSON by construction, but a filter that runs early must not end the query over one bad row
    return `TRY(json_extract_string(e.fields, ${this.bind(pointer)}))`;
  }

  /** An expression over `events AS e` that many rules need: as it stands, unless it is reckoned elsewhere once for all. */
  hoist(make: (binder: Binder) => string): string {
    return make(this);
  }

  /** A quick test of a text that is true wherever the regular expression matches; null: there is none that is quicker. */
  quickly(_text: string, _pattern: string): string | null {
    return null;
  }

  /** As `hoist`, for an expression without bound values over what `hoist` and `derive` answered. */
  derive(sql: string): string {
    return sql;
  }
}

/** `(a OR b)`; a single part stands alone. */
export const anyOf = (parts: string[]): string =>
  parts.length === 1 ? parts[0]! : `(${parts.join(' OR ')})`;
export const allOf = (parts: string[]): string =>
  parts.length === 1 ? parts[0]! : `(${parts.join(' AND ')})`;

/** A time span of a rule as an interval; the number is ours, never text of a rule. Spans are whole seconds. */
export const interval = (microseconds: number): string =>
  `INTERVAL ${Math.round(microseconds / 1e6)} SECONDS`;
