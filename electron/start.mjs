// `npm start`: installs and builds what is missing, then opens the sample case, on the desktop where Electron is
// installed and can be shown, otherwise in the browser shell. Plain JavaScript: runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, npm } from './installed.mjs';
import { NODE_NEEDED, NODE_WORDS, nodeEnvironment, nodeProgram, ROOT } from './node-program.mjs';

const must = (program, words, doing) => {
  console.error(doing);
  const { status, error } = spawnSync(program, words, { cwd: ROOT, stdio: ['ignore', 2, 2], shell: false });
  if (status === 0) return;
  console.error(`That failed${error ? `: ${error.message}` : ''}. Nothing was started.`);
  process.exit(3);
};

if (!isInstalled(ROOT))
  must(
    ...npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']),
    'Installing what Tidemark needs (npm ci) ...',
  );
const node = nodeProgram();
if (node === null) {
  console.error(NODE_NEEDED);
  process.exit(3);
}

const electron = electronProgram();
const parts = [];
if (isOlder(['dist', 'renderer', 'index.html'], ['renderer', 'shared', 'package-lock.json']))
  parts.push('renderer');
if (electron && isOlder(['dist', 'electron', 'preload.cjs'], ['electron', 'shared', 'package-lock.json']))
  parts.push('desktop');
if (parts.length > 0)
  must(
    node,
    [join(ROOT, 'electron', 'build.mjs'), ...parts],
    `Building the ${parts.join(' and the ')} part ...`,
  );

const asked = process.argv.slice(2);
const child = electron
  ? spawn(electron, [ROOT, ...(asked.length > 0 ? asked : ['--sample'])], { stdio: 'inherit' })
  : spawn(
      node,
      [
        ...NODE_WORDS,
        join(ROOT, 'electron', 'cli.ts'),
        'serve',
        '--open',
        ...(asked.length > 0 ? asked : ['--sample']),
      ],
      { stdio: 'inherit', env: nodeEnvironment() },
    );
process.on('SIGINT', () => {}); // the terminal tells the child too; it closes the case first
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('error', (error) => {
  console.error(error.message);
  process.exit(3);
});
child.on('exit', (code) => process.exit(code ?? 0));

/** Electron's program, when it is there and this machine can show a window. Never imports 'electron': that downloads it. */
function electronProgram() {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(ROOT, 'node_modules', 'electron', 'dist');
  const named = join(ROOT, 'node_modules', 'electron', 'path.txt');
  const file = join(folder, existsSync(named) ? readFileSync(named, 'utf8').trim() : 'electron');
  if (!existsSync(file) || !statSync(file).isFile()) return null;
  if (process.platform === 'linux') {
    if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return null;
    if (process.getuid() === 0) {
      console.error('Electron keeps its sandbox and so does not run as root: using the browser shell.');
      return null;
    }
  }
  return file;
}

/** True when `made` is missing or older than the newest file of `sources`. */
function isOlder(made, sources) {
  const file = join(ROOT, ...made);
  if (!existsSync(file)) return true;
  const age = statSync(file).mtimeMs;
  const isNewer = (path) => {
    const seen = statSync(path);
    if (!seen.isDirectory()) return seen.mtimeMs > age;
    return readdirSync(path).some((name) => isNewer(join(path, name)));
  };
  return sources.some((source) => isNewer(join(ROOT, source)));
}
