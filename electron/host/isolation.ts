// How the engine's process is confined: the command that starts it, by platform and by what this machine allows.
// Pure functions, and the one question that has to be asked of the machine. docs/security.md says what each level stops.
import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { delimiter, join, relative, sep } from 'node:path';

/**
 * `bwrap`: a mount namespace of its own with nothing but what it needs, no network, no other process to be seen.
 * `unshare`: no network; files by Node's permission model. `node`: Node's permission model alone.
 */
export const LEVELS = ['bwrap', 'unshare', 'node'] as const;
export type Level = (typeof LEVELS)[number];

/** What the engine's process may reach besides Tidemark's own files. */
export interface Reach {
  /** The case folder, read and written; null: no case. */
  caseDir: string | null;
  /** A folder for temporary files where there is no case. */
  tempDir: string | null;
  /** Files and folders that the responder named: read. */
  inputs: readonly string[];
}

/** Where Tidemark itself is. */
export interface Own {
  node: string;
  /** The folder the process works in. Node lets every thread read that whole folder, whatever its flags say. */
  workDir: string;
  /** The file the process runs. */
  entry: string;
  /** Files and folders it reads: its code, packages, rules and formats. */
  files: readonly string[];
  /** Its modules, compiled (compile-cache.ts); used where the kernel keeps it from writing them. */
  compiled: string | null;
}

export interface StartCommand {
  program: string;
  words: string[];
}

export interface Isolation {
  network: 'kernel' | 'refused in the process' | 'none';
  files: 'kernel' | 'node' | 'none';
  sentence: string;
}

/** A path as it is named, and what it is once links are followed: the responder chose it, so its links are followed once. */
interface Place {
  at: string;
  real: string;
}

const place = (at: string): Place => {
  try {
    return { at, real: realpathSync(at) };
  } catch {
    return { at, real: at };
  }
};

export const isInside = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !/^[A-Za-z]:|^[\\/]/.test(way));
};

/** The command of a level, for a machine like this one. */
export function startCommand(level: Level, own: Own, reach: Reach, uid: number | null): StartCommand {
  // Node uses a cache that it believes it may write; bubblewrap binds it read-only all the same
  const cache =
    level === 'bwrap' && own.compiled !== null
      ? [`--allow-fs-write=${own.compiled}`, `--allow-fs-write=${join(own.compiled, '*')}`]
      : [];
  const inner = [own.node, ...nodeWords(own, reach), ...cache, own.entry];
  if (level === 'bwrap') return outer(['bwrap', ...bwrapWords(own, reach, uid), '--', ...inner]);
  const ended = process.platform === 'linux' && onPath('setpriv'); // with this process, however that ends
  if (level === 'node') return outer(ended ? ['setpriv', ...DEAD_WITH_PARENT, '--', ...inner] : inner);
  const held = ended ? ['setpriv', ...DEAD_WITH_PARENT, ...(uid === 0 ? FEW_POWERS : []), '--'] : [];
  return outer(['unshare', ...unshareWords(uid), '--', ...held, ...inner]);
}

const outer = ([program, ...words]: string[]): StartCommand => ({ program: program!, words });

/** Node's permission model: files by folder, no programs, no inspector. DuckDB is an addon, and parsing needs threads. */
export function nodeWords(own: Own, { caseDir, tempDir, inputs }: Reach): string[] {
  const written = both([caseDir, tempDir].filter((path) => path !== null));
  return [
    '--permission',
    '--allow-addons',
    '--allow-worker',
    '--disable-warning=SecurityWarning',
    '--disable-warning=ExperimentalWarning',
    ...granted('--allow-fs-read', [...both([...own.files, ...inputs]), ...written]),
    ...granted('--allow-fs-write', [...written]),
  ];
}

/**
 * Node keeps what it grants in a tree of letters and forgets a folder (not what is in it) once a path is added that goes on
 * with its name: `case` once `case.tar.gz` is there, or what holds another folder. So what lies in another is left out, and
 * such a folder is granted with all that begins like it, first.
 */
function granted(flag: string, paths: readonly string[]): string[] {
  const sorted = [...new Set(paths)].sort((a, b) => a.length - b.length);
  const apart = sorted.filter((path, i) => !sorted.slice(0, i).some((outer) => isInside(path, outer)));
  const alike = apart.filter((path) => apart.some((other) => other !== path && other.startsWith(path)));
  return [
    ...alike.map((path) => `${flag}=${path}*`),
    ...apart.flatMap((path) => [`${flag}=${path}`, `${flag}=${join(path, '*')}`]),
  ];
}

/** As named and as real: Node compares paths as they are written. */
const both = (paths: readonly string[]): Set<string> =>
  new Set(paths.flatMap((path) => Object.values(place(path))));

const DEAD_WITH_PARENT = ['--pdeathsig', 'KILL', '--no-new-privs'];

/** Root keeps what it needs to read and write files of other users, and nothing else. */
const FEW_POWERS = ['--inh-caps=-all', '--bounding-set=-all,+dac_override,+fowner'];

const unshareWords = (uid: number | null): string[] => [
  ...(uid === 0 ? [] : ['--user', '--map-current-user']),
  '--net',
  '--ipc',
  '--uts',
];

function bwrapWords(own: Own, { caseDir, tempDir, inputs }: Reach, uid: number | null): string[] {
  const bound = [
    ...[own.node, ...own.files, ...inputs].map((path) => ({ ...place(path), how: '--ro-bind' })),
    ...[tempDir, caseDir].filter((path) => path !== null).map((path) => ({ ...place(path), how: '--bind' })),
  ].filter(({ real }) => existsSync(real));
  bound.sort((a, b) => a.at.length - b.at.length); // what lies inside another is bound after it
  return [
    ...(uid === 0 ? [] : ['--unshare-user']),
    '--unshare-pid',
    '--unshare-net',
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-cgroup-try',
    '--die-with-parent',
    '--new-session',
    '--cap-drop',
    'ALL',
    // root reads and writes files of other users, as it does everywhere; what it can reach is what is bound here
    ...(uid === 0 ? ['--cap-add', 'CAP_DAC_OVERRIDE', '--cap-add', 'CAP_FOWNER'] : []),
    ...systemWords(),
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--tmpfs',
    '/tmp',
    ...bound.flatMap(({ how, real, at }) => [how, real, at]),
    '--remount-ro',
    '/',
    '--chdir',
    own.workDir,
  ];
}

const LIBRARIES = ['lib', 'lib32', 'lib64', 'libx32'];
/** Stores of systems that keep no libraries in /usr, and what the loader and the clock look at. */
const SYSTEM = [
  '/nix/store',
  '/gnu/store',
  '/etc/ld.so.cache',
  '/etc/ld-musl-x86_64.path',
  '/etc/localtime',
  '/usr/share/zoneinfo',
];

/** Shared libraries and no program. */
function systemWords(): string[] {
  const words: string[] = [];
  for (const name of LIBRARIES)
    if (existsSync(`/usr/${name}`)) words.push('--ro-bind', `/usr/${name}`, `/usr/${name}`);
  for (const name of LIBRARIES) {
    const path = `/${name}`;
    if (!existsSync(path)) continue;
    if (lstatSync(path).isSymbolicLink()) words.push('--symlink', readlinkSync(path), path);
    else words.push('--ro-bind', path, path);
  }
  for (const path of SYSTEM) if (existsSync(path)) words.push('--ro-bind', path, path);
  return words;
}

/** The environment of the engine's process: nothing of the responder's own. */
export function engineEnvironment(
  { caseDir, tempDir }: Reach,
  env: Record<string, string | undefined>,
  compiled: string | null,
): Record<string, string> {
  const temporary = caseDir === null ? tempDir : join(caseDir, 'scratch');
  return {
    UV_THREADPOOL_SIZE: env.UV_THREADPOOL_SIZE ?? '16', // see nodeEnvironment in node-program.mjs
    ...(compiled === null ? {} : { NODE_COMPILE_CACHE: compiled }),
    ...(temporary === null ? {} : { TMPDIR: temporary, TEMP: temporary, TMP: temporary }),
    ...Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('TIDEMARK_'))),
    ...(env.LANG ? { LANG: env.LANG } : {}),
    ...(env.TZ ? { TZ: env.TZ } : {}),
    ...(env.SystemRoot ? { SystemRoot: env.SystemRoot } : {}), // Windows starts nothing without it
  };
}

/** Levels to try on this platform, strongest first; `asked` (TIDEMARK_ISOLATION) leaves only that one. Throws what is wrong with it. */
export function levelsHere(platform: NodeJS.Platform, asked: string | undefined): Level[] {
  if (asked) {
    const level = LEVELS.find((each) => each === asked);
    if (!level) throw new Error(`TIDEMARK_ISOLATION=${asked} is no isolation; use ${LEVELS.join(', ')}.`);
    return [level];
  }
  if (platform !== 'linux') return ['node'];
  return LEVELS.filter((level) => level === 'node' || onPath(level));
}

export function onPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => folder && existsSync(join(folder, name)));
}

/** What is in force, for people. `permission`: the process says that Node's model holds in it. */
export function isolationOf(level: Level, permission: boolean): Isolation {
  const files = level === 'bwrap' ? 'kernel' : permission ? 'node' : 'none';
  const network = level === 'node' ? 'refused in the process' : 'kernel';
  return { network, files, sentence: SENTENCES[level](permission) };
}

const SENTENCES: Record<Level, (permission: boolean) => string> = {
  bwrap: () =>
    'The engine runs in a namespace of its own (bubblewrap): the kernel keeps it from every network and from all files but the case, the inputs and Tidemark’s own.',
  unshare: () =>
    'The kernel keeps the engine from every network (unshare); its files are limited by Node’s permission model, which binds JavaScript and not native code. Install bubblewrap to have the kernel limit them too.',
  node: (permission) =>
    `${
      permission
        ? 'The engine’s files are limited by Node’s permission model'
        : 'The engine’s files are not limited here'
    }, and it refuses the network by itself: that binds JavaScript and not native code.${
      process.platform === 'linux' ? ' Install bubblewrap to have the kernel do both.' : ''
    }`,
};

/** Tidemark's own files as the engine's process needs them. `root` holds package.json. */
export function ownFiles(root: string, node: string, entry: string): Omit<Own, 'compiled'> {
  const names = ['package.json', 'electron', 'shared', 'resources', 'dist', 'node_modules'];
  return {
    node: realpathSync(node),
    workDir: join(root, 'electron'),
    entry,
    files: names.map((name) => join(root, name)).filter((path) => existsSync(path)),
  };
}
