// What a case that was made of a received file keeps saying of it: where it came from and what did not fit.
import type { Connection } from '../case/database.ts';

const KEY = 'import';
/** Differences that are said at every opening; all of them stand in the setting. */
const SAID = 20;

export interface ImportNotices {
  file: string;
  sha256: string;
  only: 'all' | 'tagged';
  differences: string[];
}

export async function keepImportNotices(connection: Connection, notices: ImportNotices): Promise<void> {
  await connection.run('INSERT OR REPLACE INTO setting VALUES ($1, $2)', [KEY, JSON.stringify(notices)]);
}

/** Sentences; none for a case that was not received. */
export async function importNotices(connection: Connection): Promise<string[]> {
  const row = await connection.row<{ value: string }>('SELECT value FROM setting WHERE key = $1', [KEY]);
  if (!row) return [];
  const { file, sha256, differences } = JSON.parse(row.value) as ImportNotices;
  const from = `This case was made of ${file} (SHA-256 ${sha256}), which was received`;
  if (differences.length === 0) return [`${from}; its evidence was read anew, and everything fits.`];
  const more = differences.length - SAID;
  return [
    `${from}; its evidence was read anew. What did not fit:`,
    ...differences.slice(0, SAID),
    ...(more > 0 ? [`${more} more differences are listed in the setting 'import' of the case.`] : []),
  ];
}
