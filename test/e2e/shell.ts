// The browser shell for end-to-end tests: started on a state folder of its own, ended with the tests; and a page that
// is watched for what must never happen.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Shell {
  url: string;
  /** Folder for the tests of this worker; removed afterwards. */
  folder: string;
  sampleCase: string;
}

interface Watched {
  /** Console errors, page errors, requests off this machine, violations of the policy. */
  problems: string[];
}

export const test = base.extend<{ watched: Watched }, { shell: Shell; withSample: boolean }>({
  /** Without it the shell starts with no case: for tests that make cases of their own. */
  withSample: [true, { scope: 'worker', option: true }],
  shell: [
    async ({ withSample }, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'tidemark-e2e-'));
      const child = spawn(
        process.execPath,
        [join(ROOT, 'electron', 'tidemark.mjs'), 'serve', ...(withSample ? ['--sample'] : [])],
        {
          env: { ...process.env, XDG_DATA_HOME: join(folder, 'state'), HOME: folder, CI: 'true' },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      const kill = () => child.kill('SIGKILL');
      process.once('exit', kill);
      const url = await addressOf(child);
      const sampleCase = join(folder, 'state', 'tidemark', 'sample-case');
      await use({ url, folder, sampleCase });
      child.kill('SIGTERM');
      const [code] = await once(child, 'exit');
      process.off('exit', kill);
      expect(code, 'the shell ends properly').toBe(0);
      expect(existsSync(join(sampleCase, 'case.lock')), 'the case is closed').toBe(false);
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  watched: [
    async ({ page, shell }, use) => {
      const problems: string[] = [];
      const origin = new URL(shell.url).origin;
      // Violations of the policy are console errors too. (A script of the test's own in every frame would itself be
      // blocked in the sandboxed report, so there is none.)
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(`console: ${message.text()}`);
      });
      page.on('pageerror', (error) => problems.push(`page: ${error.message}`));
      page.on('request', (request) => {
        const { protocol, host } = new URL(request.url());
        const own =
          `${protocol}//${host}` === origin ||
          protocol === 'data:' ||
          protocol === 'about:' ||
          protocol === 'blob:';
        if (!own) problems.push(`request: ${request.url()}`);
      });
      page.on('websocket', (socket) => {
        if (new URL(socket.url()).host !== new URL(origin).host) problems.push(`socket: ${socket.url()}`);
      });
      await use({ problems });
      expect(problems, 'console errors, foreign requests, policy violations').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

async function addressOf(child: ChildProcess): Promise<string> {
  let out = '';
  let err = '';
  child.stderr!.on('data', (chunk) => {
    err += chunk;
  });
  for await (const chunk of child.stdout!) {
    out += chunk;
    const found = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/.exec(out);
    if (found) {
      child.stdout!.resume();
      return found[0];
    }
  }
  throw new Error(`The shell ended before it was ready: ${out}${err}`);
}
