// What two cases hold in their public views, compared row for row: what the clock of the run says is left out.
import { createHash } from 'node:crypto';
import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Case } from '../../electron/engine/case/case.ts';
import type { Connection } from '../../electron/engine/case/database.ts';

/** Columns that say when something was done, not what the evidence says. */
const CLOCK: Record<string, string[]> = {
  bundles: ['added_at'],
  findings: ['state_at'],
  suppressions: ['made_at'],
  annotations: ['made_at'],
  saved_queries: ['made_at'],
};
/** Acts and their moments: a broken-off run has more of them. */
const LEFT_OUT = new Set(['custody']);

export type Digest = Record<string, { rows: number; sha256: string }>;

const viewsOf = async (connection: Connection): Promise<string[]> =>
  (
    await connection.rows<{ name: string }>(
      `SELECT view_name AS name FROM duckdb_views() WHERE NOT internal AND view_name <> 'event' ORDER BY 1`,
    )
  )
    .map(({ name }) => name)
    .filter((name) => !LEFT_OUT.has(name));

async function rowsOf(connection: Connection, view: string): Promise<string[]> {
  const without = CLOCK[view] ? ` EXCLUDE (${CLOCK[view].join(', ')})` : '';
  const rows = await connection.rows(`SELECT *${without} FROM ${view} ORDER BY ALL`);
  return rows.map((row) => JSON.stringify(row)).sort();
}

/** A digest of every public view. */
export async function digestOf(dir: string): Promise<Digest> {
  const open = await Case.open(dir);
  try {
    return await open.read(async (connection) => {
      const digest: Digest = {};
      for (const view of await viewsOf(connection)) {
        const rows = await rowsOf(connection, view);
        digest[view] = {
          rows: rows.length,
          sha256: createHash('sha256').update(rows.join('\n')).digest('hex'),
        };
      }
      return digest;
    });
  } finally {
    await open.close();
  }
}

/** The first differences between two cases in one view, in words. */
export async function differences(view: string, oneDir: string, otherDir: string): Promise<string[]> {
  const read = async (dir: string) => {
    const open = await Case.open(dir);
    try {
      return await open.read((connection) => rowsOf(connection, view));
    } finally {
      await open.close();
    }
  };
  const [one, other] = [await read(oneDir), await read(otherDir)];
  const [inOne, inOther] = [new Set(one), new Set(other)];
  const missing = one.filter((row) => !inOther.has(row));
  const added = other.filter((row) => !inOne.has(row));
  return [
    `${view}: ${one.length} rows and ${other.length}; ${missing.length} are missing, ${added.length} are new`,
    ...missing.slice(0, 3).map((row) => `- ${row.slice(0, 1_000)}`),
    ...added.slice(0, 3).map((row) => `+ ${row.slice(0, 1_000)}`),
  ];
}

/** Views in which the digests differ. */
export const unequal = (one: Digest, other: Digest): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((view) => one[view]?.sha256 !== other[view]?.sha256)
    .sort();

/** Files of a case that a run left half written, and evidence that may be written to; sentences. */
export function leftovers(dir: string): string[] {
  const found: string[] = [];
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of files as Dirent[]) {
    const path = join(file.parentPath, file.name);
    const inside = path.slice(dir.length + 1);
    if (/\.(?:part|tmp)$|^\.tmp/.test(file.name)) found.push(`${inside} is left`);
    if (inside.startsWith('scratch/')) found.push(`${inside} is left`);
    if (inside.startsWith('evidence/') && (statSync(path).mode & 0o222) !== 0)
      found.push(`${inside} may be written to`);
  }
  if (existsSync(join(dir, 'case.duckdb.wal')) && statSync(join(dir, 'case.duckdb.wal')).size > 0)
    found.push('the log of the database was not taken in');
  return found;
}
