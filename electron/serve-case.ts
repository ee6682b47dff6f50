// `tidemark serve`: the browser shell around one engine, until a signal ends it.
import { spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { JobInfo } from '../shared/api.ts';
import { type BrowserShell, startBrowserShell } from './browser-shell.ts';
import { CaseError } from './engine/case/errors.ts';
import type { EngineDoor } from './host/door.ts';
import { openSampleCase } from './sample-case.ts';
import { rendererDir, sampleDir } from './shell-paths.ts';
import { progress } from './terminal.ts';

export interface ServeAsked {
  dir: string | null;
  port: number;
  sample: boolean;
  open: boolean;
}

/** Serves until `interruption.cancel` is called; exit code 0 then, whoever asked for it. */
export async function serveCase(
  engine: EngineDoor,
  asked: ServeAsked,
  places: { root: string; stateDir: string },
  interruption: { happened: boolean; cancel: (() => unknown) | null },
): Promise<number> {
  if (asked.dir !== null) await engine.api['case.open']({ dir: resolve(asked.dir) });
  if (asked.sample) await openSample(engine, places, interruption);
  const ended = new Promise<void>((end) => {
    interruption.cancel = end;
    if (interruption.happened) end();
  });
  const shell = await listen(engine, asked.port, places.root);
  process.stdout.write(`Tidemark is ready: ${shell.url}\n`);
  if (asked.open) openBrowser(shell.oneTimeUrl());
  await ended;
  await shell.close();
  interruption.happened = false; // ending it is how it is meant to end
  return 0;
}

async function openSample(
  engine: EngineDoor,
  { root, stateDir }: { root: string; stateDir: string },
  interruption: { cancel: (() => unknown) | null },
): Promise<void> {
  const bundles = sampleDir(root);
  if (bundles === null)
    throw new CaseError('sample', 'This installation of Tidemark comes without the sample incident.');
  await openSampleCase(engine, {
    sampleDir: bundles,
    stateDir,
    async watch(from, jobId) {
      const shown = progress(process.stderr);
      const stop = from.subscribe((event, data) => {
        if (event === 'job' && (data as JobInfo).state === 'running') shown.show(data as JobInfo);
      });
      interruption.cancel = () => from.api['jobs.cancel']({ jobId });
      const ended = await from.job(jobId);
      stop();
      shown.done();
      return ended;
    },
  });
}

async function listen(engine: EngineDoor, port: number, root: string): Promise<BrowserShell> {
  try {
    return await startBrowserShell({
      engine,
      port,
      page: rendererDir(root),
      exportsDir: () => engine.exportsDir,
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new CaseError(
        'port',
        `Port ${port} is taken by another program. Choose another, or leave --port out.`,
      );
    if (code === 'EACCES')
      throw new CaseError('port', `Port ${port} is not permitted for this user. Choose one above 1023.`);
    throw new CaseError('serve', message);
  }
}

/** Opens the page where a browser can be shown; the printed address serves everywhere else. */
export function openBrowser(url: string): void {
  const command = browserCommand(process.platform, process.env);
  if (command === null) return;
  const [program, ...words] = command;
  if (process.platform === 'linux' && spawnSync('which', [program!]).status !== 0) return;
  spawn(program!, [...words, url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

/** The command that opens an address, null where there is nobody to look. */
export function browserCommand(
  platform: NodeJS.Platform,
  env: Record<string, string | undefined>,
): string[] | null {
  if (env.CI && env.CI !== 'false') return null;
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['explorer.exe'];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open'] : null;
}
