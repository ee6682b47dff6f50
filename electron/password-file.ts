// Passwords of encrypted bundles, from a file that the responder names: they never stand in a command line or in the case.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/**
 * A line each: a password to try on every bundle, or `PATH<tab>PASSWORD` for one. Several are tried in turn; the engine
 * takes them as lines of one text, under the bundle's path or `*`.
 */
export async function passwordsIn(path: string): Promise<Record<string, string>> {
  const passwords = new Map<string, string[]>();
  for (const line of (await readFile(path, 'utf8')).split(/\r?\n/)) {
    if (line === '') continue;
    const tab = line.indexOf('\t');
    const of = tab > 0 ? resolve(line.slice(0, tab)) : '*';
    passwords.set(of, [...(passwords.get(of) ?? []), tab > 0 ? line.slice(tab + 1) : line]);
  }
  return Object.fromEntries([...passwords].map(([of, several]) => [of, several.join('\n')]));
}
