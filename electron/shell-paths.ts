// Where things are: the application's own folders and the user's state folder. No Electron here.
import { accessSync, constants, existsSync, lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';

/** The folder that holds package.json: the checkout, or the packed application. `from` is a folder inside it. */
export function appRoot(from: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
  throw new Error(`Tidemark's own files are incomplete: there is no package.json above ${from}.`);
}

/** The built page. */
export const rendererDir = (root: string): string => join(root, 'dist', 'renderer');

/** The bundles of the sample incident; null in an installation without them. */
export function sampleDir(root: string): string | null {
  const folder = join(root, 'resources', 'samples', 'incident');
  return existsSync(folder) ? folder : null;
}

/** What decides where state goes; made from the process by default, stated in tests. */
export interface Surroundings {
  platform: NodeJS.Platform;
  env: Record<string, string | undefined>;
  home: string | null;
  tmp: string;
  user: string;
}

function here(): Surroundings {
  const quietly = (ask: () => string): string | null => {
    try {
      return ask() || null;
    } catch {
      return null; // no HOME and no entry in the password file
    }
  };
  return {
    platform: process.platform,
    env: process.env,
    home: existingFolder(quietly(homedir)), // a home that is not there is not made: HOME=/nonexistent means none
    tmp: tmpdir(),
    user: String(process.getuid?.() ?? quietly(() => userInfo().username) ?? 'user'),
  };
}

function existingFolder(path: string | null): string | null {
  return path !== null && existsSync(path) ? path : null;
}

/** Folders for recent cases and the sample case, best first; the last one is in the temporary folder. */
export function stateCandidates({ platform, env, home, tmp, user }: Surroundings): string[] {
  const candidates: string[] = [];
  if (platform === 'win32') {
    if (env.APPDATA) candidates.push(join(env.APPDATA, 'Tidemark'));
    if (home) candidates.push(join(home, 'AppData', 'Roaming', 'Tidemark'));
  } else if (platform === 'darwin') {
    if (home) candidates.push(join(home, 'Library', 'Application Support', 'Tidemark'));
  } else {
    if (env.XDG_DATA_HOME?.startsWith('/')) candidates.push(join(env.XDG_DATA_HOME, 'tidemark'));
    if (home) candidates.push(join(home, '.local', 'share', 'tidemark'));
  }
  candidates.push(join(tmp, `tidemark-${user}`));
  return [...new Set(candidates)];
}

/** Makes and returns the first candidate that this user owns and can write; a fresh temporary folder when there is none. */
export function stateDir(around: Surroundings = here()): string {
  for (const folder of stateCandidates(around)) if (usable(folder)) return folder;
  return mkdtempSync(join(around.tmp, 'tidemark-'));
}

/** Parents first, one by one: a recursive mkdir of Node's loops for ever where a parent refuses with ENOENT, as /proc does. */
function makeFolders(folder: string): void {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const each of missing) mkdirSync(each, { mode: 0o700 });
}

function usable(folder: string): boolean {
  try {
    makeFolders(folder);
    const seen = lstatSync(folder);
    if (!seen.isDirectory()) return false; // a link could lead anywhere
    if (process.getuid && seen.uid !== process.getuid()) return false;
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
