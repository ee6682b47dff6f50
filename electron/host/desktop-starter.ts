// Starts the engine's process in the desktop app. No Electron here: main gives the function that forks.
import { existsSync } from 'node:fs';
import type { Begin } from './channel.ts';
import { EngineProcess, type Link } from './engine-process.ts';
import {
  engineEnvironment,
  type Isolation,
  isolationOf,
  nodeWords,
  ownFiles,
  type Reach,
} from './isolation.ts';
import type { EngineStarter } from './start-engine.ts';

/** The part of Electron's UtilityProcess that is used. */
export interface Forked {
  readonly pid: number | undefined;
  postMessage(message: unknown): void;
  on(event: 'message', receive: (message: unknown) => void): unknown;
  once(event: 'exit', ended: (code: number) => void): unknown;
  kill(): boolean;
}

export type Fork = (file: string, words: string[], env: Record<string, string>) => Forked;

const NOTHING: Reach = { caseDir: null, tempDir: null, inputs: [] };

/** `root` holds package.json; `file` is the process's program. */
export function desktopStarter(root: string, file: string, fork: Fork): EngineStarter {
  const own = { ...ownFiles(root, process.execPath, file), compiled: null };
  const unpacked = `${root}.unpacked`; // native libraries of a packed app lie beside its archive
  const files = [root, ...own.files, ...(existsSync(unpacked) ? [unpacked] : [])];
  let found: Isolation | null = null;
  const start = async (reach: Reach, begin: Omit<Begin, 'level'>): Promise<EngineProcess> => {
    const words = nodeWords({ ...own, files }, reach);
    const link = linkTo(fork(file, words, engineEnvironment(reach, process.env, null)));
    const started = new EngineProcess(link, { ...begin, level: 'node' });
    found = isolationOf('node', (await started.hello).permission);
    return started;
  };
  return {
    own: files,
    start,
    async isolation() {
      if (found === null) {
        const asked = await start(NOTHING, { shell: 'desktop', user: '', actor: '' });
        await asked.close();
      }
      return found!;
    },
  };
}

function linkTo(forked: Forked): Link {
  return {
    pid: forked.pid,
    post: (message) => forked.postMessage(message),
    onMessage: (receive) => void forked.on('message', receive),
    onEnd: (ended) => void forked.once('exit', (code) => ended(`it ended with code ${code}`)),
    kill: () => void forked.kill(),
  };
}
