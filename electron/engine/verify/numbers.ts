// BIGINT comes from DuckDB as text; what verification compares are numbers.

/** Rows with these places as numbers; null stays null. */
export function placesAreNumbers<T>(rows: Record<string, unknown>[], places: readonly string[]): T[] {
  return rows.map((row) => {
    const read = { ...row };
    for (const place of places) if (read[place] !== null) read[place] = Number(read[place]);
    return read as T;
  });
}
