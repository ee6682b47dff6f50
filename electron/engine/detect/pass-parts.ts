// The events of a case in parts that fit in memory: files of one system stand together, large files are cut.
import type { Bound, Connection } from '../case/database.ts';
import type { CaseSources } from './sigma/logsource.ts';

/** A stretch of the case. */

export interface Part {
  where: string;
  events: number;
  sources: CaseSources;
  /** Of most of its events. */
  system: string;
}

/** What files hold: rows of `file_id`, a source, and how many events. */
export type FileSource = CaseSources[number] & { file_id: number; n: number };

/** Two row groups of DuckDB, one for each of two cores. */
const PART_EVENTS = 245_760;

export const sourceOf = ({ system, component, category, http }: FileSource): CaseSources[number] => ({
  system,
  component,
  category,
  http,
});

/** A part is asked about by few rules, as files of one system stand together. Fills the TEMP table detect_file. */
export async function partsOf(connection: Connection, files: FileSource[]): Promise<Part[]> {
  const byFile = [...Map.groupBy(files, (f) => f.file_id).values()].map((rows) => ({
    id: rows[0]!.file_id,
    system: rows.reduce((a, b) => (b.n > a.n ? b : a)).system ?? '',
    events: rows.reduce((sum, row) => sum + row.n, 0),
    sources: rows.map(sourceOf),
  }));
  byFile.sort((a, b) => (a.system < b.system ? -1 : a.system > b.system ? 1 : a.id - b.id));
  const parts: Part[] = [];
  const rows: Bound[][] = [];
  let open: Part | null = null;
  for (const file of byFile) {
    if (file.events > PART_EVENTS) {
      parts.push(...cut(file));
      continue;
    }
    if (!open || open.system !== file.system || open.events + file.events > PART_EVENTS) {
      const where = `e.file_id IN (SELECT file_id FROM detect_file WHERE part = ${parts.length})`;
      open = { where, events: 0, sources: [], system: file.system };
      parts.push(open);
    }
    open.events += file.events;
    open.sources = [...open.sources, ...file.sources];
    rows.push([parts.length - 1, file.id]);
  }
  await connection.run('CREATE OR REPLACE TEMP TABLE detect_file (part INTEGER, file_id INTEGER)');
  for (let from = 0; from < rows.length; from += 1000) {
    const some = rows.slice(from, from + 1000);
    await connection.run(
      `INSERT INTO detect_file VALUES ${some.map((_, i) => `($${i * 2 + 1}::INTEGER, $${i * 2 + 2}::INTEGER)`).join(', ')}`,
      some.flat(),
    );
  }
  return parts;
}

/** By record number, which is the lower half of an event's id. */
function cut(file: { id: number; events: number; sources: CaseSources; system: string }): Part[] {
  const first = BigInt(file.id) << 32n;
  const parts: Part[] = [];
  for (let from = 0; from < file.events; from += PART_EVENTS) {
    const last = from + PART_EVENTS >= file.events;
    const to = last ? first + 0xffff_ffffn : first + BigInt(from + PART_EVENTS) - 1n;
    parts.push({
      where: `e.event_id BETWEEN ${first + BigInt(from)} AND ${to}`,
      events: Math.min(PART_EVENTS, file.events - from),
      sources: file.sources,
      system: file.system,
    });
  }
  return parts;
}
