// Says whether node_modules is what package-lock.json asks for, by content: copies and checkouts change file times.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** npm may leave out packages of other platforms, so optional ones may be missing; all others must be there in that version. */
export function isInstalled(root) {
  const file = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(file)) return false;
  const packages = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
  const there = packages(file);
  return Object.entries(packages(join(root, 'package-lock.json'))).every(([place, wanted]) => {
    if (place === '') return true;
    const found = there[place];
    return found ? found.version === wanted.version : wanted.optional === true || wanted.devOptional === true;
  });
}

/** npm as a program and its words: the one that runs this script, else the one beside this Node. */
export function npm(words) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js')) return [process.execPath, [script, ...words]];
  const beside = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  if (existsSync(beside)) return [process.execPath, [beside, ...words]];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', words];
}
