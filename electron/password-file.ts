// Passwords of encrypted bundles, from a file that the responder names: they never stand in a command line or in the case.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** A line each: a password to be tried on every bundle, or `PATH<tab>PASSWORD` for one, of which the last holds. */
export async function passwordsIn(path: string): Promise<Record<string, string>> {
  const passwords: Record<string, string> = {};
  for (const line of (await readFile(path, 'utf8')).split(/\r?\n/)) {
    if (line === '') continue;
    const tab = line.indexOf('\t');
    if (tab > 0) passwords[resolve(line.slice(0, tab))] = line.slice(tab + 1);
    else passwords['*'] = '*' in passwords ? `${passwords['*']}\n${line}` : line;
  }
  return passwords;
}
