// The engine's modules, stripped of types and compiled, kept between starts: half of the time a start takes. The engine's
// process may only read them, for what it wrote would be run by the next one, with the evidence of another case. They are
// made by a process that sees no evidence, whenever Tidemark's own files changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the modules as they are now; null while it is not there: it is being made then. */
export function compiledModules(root: string, node: string): string | null {
  const folder = join(root, 'node_modules', '.cache', 'tidemark-engine', stampOf(root, node));
  if (existsSync(join(folder, DONE))) return folder;
  make(root, node, folder);
  return null;
}

const DONE = 'done';
const KEPT = 4;

/** Of everything that is compiled. */
function stampOf(root: string, node: string): string {
  const hash = createHash('sha256').update(`${process.version}\n${node}\n${root}\n`);
  for (const top of ['electron', 'shared']) {
    for (const name of readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).sort()) {
      if (!name.endsWith('.ts')) continue;
      const { size, mtimeMs } = statSync(join(root, top, name));
      hash.update(`${top}/${name} ${size} ${mtimeMs}\n`);
    }
  }
  const packages = statSync(join(root, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false });
  return hash.update(String(packages?.mtimeMs)).digest('hex').slice(0, 16);
}

/** Those of earlier states of the files, but for a few that other processes may be starting from. */
function dropOlder(parent: string): void {
  const age = (name: string) => statSync(join(parent, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const newestFirst = readdirSync(parent).sort((a, b) => age(b) - age(a));
  for (const name of newestFirst.slice(KEPT)) rmSync(join(parent, name), { recursive: true, force: true });
}

/** In the background: whoever starts an engine meanwhile does without. Not to be had in an installation that can't be written. */
function make(root: string, node: string, folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'begun'), '', { flag: 'wx' }); // one is enough
    dropOlder(dirname(folder));
  } catch {
    return;
  }
  const child = spawn(
    node,
    ['--disable-warning=ExperimentalWarning', join(root, 'electron', 'warm-engine.ts'), join(folder, DONE)],
    { stdio: 'ignore', detached: true, env: { NODE_COMPILE_CACHE: folder }, windowsHide: true },
  );
  child.on('error', () => undefined);
  child.unref();
}
