// Passwords of encrypted bundles, from a file that the responder names: they never stand in a command line or in the case.
import { readFile } from 'node:fs/promises';

/** A line each: a password for every bundle, or `PATH<tab>PASSWORD` for one. Of several for one bundle the last holds. */
export async function passwordsIn(path: string): Promise<Record<string, string>> {
  const passwords: Record<string, string> = {};
  for (const line of (await readFile(path, 'utf8')).split(/\r?\n/)) {
    if (line === '') continue;
    const tab = line.indexOf('\t');
    if (tab > 0) passwords[line.slice(0, tab)] = line.slice(tab + 1);
    else passwords['*'] = line;
  }
  return passwords;
}
