// Some events of a part, to see which texts are rare in it. What it says decides on speed alone.
import type { Connection } from '../case/database.ts';
import type { Part } from './pass-parts.ts';
import { SIEVED, type Sieve, type Sieved } from './sigma/needles.ts';
import { LONG_S } from './sigma/regex-needles.ts';

const EVENTS = 500;

export class Sample {
  #rows: Record<Sieved, string | null>[];
  /** For each column and text, in which rows it stands. */
  #known = new Map<string, Set<number>>();

  private constructor(rows: Record<Sieved, string | null>[]) {
    this.#rows = rows;
  }

  static async of(connection: Connection, part: Part): Promise<Sample> {
    const step = Math.max(1, Math.floor(part.events / EVENTS));
    const columns = SIEVED.map((column) => `lower(e.${column}) AS ${column}`).join(', ');
    return new Sample(
      await connection.rows(
        `SELECT ${columns} FROM events AS e WHERE ${part.where} AND e.event_id % ${step} = 0 LIMIT ${EVENTS}`,
      ),
    );
  }

  /** The share of the events that a sieve lets through, 0 to 1. */
  share(sieve: Sieve): number {
    const through = new Set<number>();
    for (const { column, text } of sieve) for (const row of this.#where(column, text)) through.add(row);
    return this.#rows.length === 0 ? 0 : through.size / this.#rows.length;
  }

  #where(column: Sieved, text: string): Set<number> {
    const key = `${column} ${text}`;
    const known = this.#known.get(key);
    if (known) return known;
    const found = new Set<number>();
    const plain = text.replaceAll(LONG_S, 's');
    for (const [i, row] of this.#rows.entries()) if (row[column]?.includes(plain)) found.add(i);
    this.#known.set(key, found);
    return found;
  }
}
