// Finds a Node that runs Tidemark's TypeScript as it stands. Plain JavaScript that any Node from 18 on can read.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** First version that strips types by itself; it has zstd too. */
const NEEDED = [22, 18];

const isEnough = (version) => {
  const [major, minor] = version.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
};

/** The Node of this process when it is new enough, else the one that `npm ci` brought; null when there is neither. */
export function nodeProgram() {
  if (isEnough(process.versions.node)) return process.execPath;
  const brought = join(ROOT, 'node_modules', '.bin', 'node');
  return existsSync(brought) ? brought : null;
}

export const NODE_NEEDED =
  `Tidemark needs Node ${NEEDED.join('.')} or newer; this is ${process.versions.node}. ` +
  'On Linux (x64) "npm ci" brings one; elsewhere install it from your system or nodejs.org.';

/** Hides that type stripping is young: nothing a responder can act on. */
export const NODE_WORDS = ['--disable-warning=ExperimentalWarning'];

/**
 * The environment of a Tidemark process. Stripped and compiled modules are kept beside the packages, so that a start costs
 * half as much. DuckDB's statements and decompression share libuv's threads: with the usual four, a few running inserts
 * would keep a bundle from being read.
 */
export const nodeEnvironment = () => ({
  NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'tidemark'),
  UV_THREADPOOL_SIZE: '16',
  ...process.env,
});
