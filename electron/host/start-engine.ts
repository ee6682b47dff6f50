// Starts the engine's process with Node, confined as strongly as this machine allows, and says how.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CaseError } from '../engine/case/errors.ts';
import type { Begin } from './channel.ts';
import { compiledModules } from './compile-cache.ts';
import { EngineProcess, type Link } from './engine-process.ts';
import {
  engineEnvironment,
  type Isolation,
  isolationOf,
  type Level,
  levelsHere,
  ownFiles,
  type Reach,
  startCommand,
} from './isolation.ts';

/** Starts one process for a reach; resolves when it is ready to be asked. */
export interface EngineStarter {
  start(reach: Reach, begin: Omit<Begin, 'level'>): Promise<EngineProcess>;
  /** Files and folders that every process may read. */
  readonly own: readonly string[];
  /** What is in force, or would be. */
  isolation(): Promise<Isolation>;
}

const NOTHING: Reach = { caseDir: null, tempDir: null, inputs: [] };
const uid = process.getuid?.() ?? null;
const SAID_AT_MOST = 4000; // characters of what a process says that does not start

/** `root` holds package.json. */
export function nodeStarter(
  root: string,
  env: Record<string, string | undefined> = process.env,
): EngineStarter {
  const own = {
    ...ownFiles(root, process.execPath, join(root, 'electron', 'engine-child.ts')),
    compiled: null as string | null,
  };
  let levels: Level[] | null = null;
  let known: Level | null = null; // something was started at this level
  const left = (): Level[] => {
    levels ??= levelsHere(process.platform, env.TIDEMARK_ISOLATION);
    return levels;
  };
  /** True when this machine starts nothing at this level; it is not tried again then. */
  const refuses = (level: Level): boolean => {
    const { program, words } = startCommand(level, { ...own, entry: '--version' }, NOTHING, uid);
    if (
      spawnSync(program, words, { stdio: 'ignore', env: engineEnvironment(NOTHING, env, null) }).status === 0
    )
      return false;
    levels = left().filter((each) => each !== level);
    return true;
  };
  return {
    own: own.files,
    async start(reach, begin) {
      for (;;) {
        const level = left()[0];
        if (!level) throw noLevel(env.TIDEMARK_ISOLATION);
        if (level === 'bwrap') own.compiled ??= compiledModules(root, own.node);
        const { program, words } = startCommand(level, own, reach, uid);
        const cache = level === 'bwrap' ? own.compiled : null;
        const link = spawnLink(program, words, engineEnvironment(reach, env, cache), own.workDir);
        const started = new EngineProcess(link, { ...begin, level });
        try {
          await started.hello;
          known = level;
          return started;
        } catch (error) {
          if (!refuses(level)) throw error;
        }
      }
    },
    async isolation() {
      for (;;) {
        const level = left()[0];
        if (!level) throw noLevel(env.TIDEMARK_ISOLATION);
        if (level === known || !refuses(level)) return isolationOf(level, true);
      }
    },
  };
}

const noLevel = (asked: string | undefined) =>
  new CaseError(
    'engine_not_started',
    asked
      ? `This machine does not start the engine with TIDEMARK_ISOLATION=${asked}. Leave it out to have the strongest that works; nothing was changed.`
      : 'This machine does not start the engine. Nothing was changed.',
  );

function spawnLink(program: string, words: string[], env: Record<string, string>, cwd: string): Link {
  const child: ChildProcess = spawn(program, words, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'json', // the smallest thing to read from a process that is not trusted
    detached: process.platform !== 'win32', // Ctrl+C is for the shell, which closes the case in order
    env,
    cwd,
    windowsHide: true,
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID_AT_MOST);
  });
  return {
    pid: child.pid,
    post: (message) => {
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (receive) => void child.on('message', receive),
    onEnd: (ended) => {
      let told = false;
      const tell = (why: string) => {
        if (!told) ended(why);
        told = true;
      };
      child.once('error', (error) => tell(error.message));
      child.once('close', (code, signal) => tell(endText(code, signal, said)));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

function endText(code: number | null, signal: string | null, said: string): string {
  const lines = said.split('\n').map((each) => each.trim());
  const line = lines.find((each) => /^(\w*Error|bwrap|unshare|setpriv|FATAL ERROR)\b.*:/.test(each));
  const how =
    signal === 'SIGKILL' || code === 137
      ? 'it was killed, by hand or because the machine ran out of memory'
      : signal
        ? `it ended by ${signal}`
        : `it ended with code ${code}`;
  return line ? `${how} (${line.slice(0, 300)})` : how;
}
