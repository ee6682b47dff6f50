// The desktop app itself, where Electron's binary is installed and a display is there; skipped elsewhere.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, expect, test } from '@playwright/test';

const ROOT = join(import.meta.dirname, '..', '..');

/** Looks, and never imports 'electron', which would download it. */
function electronProgram(): string | null {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(ROOT, 'node_modules', 'electron', 'dist');
  const named = join(ROOT, 'node_modules', 'electron', 'path.txt');
  const file = join(folder, existsSync(named) ? readFileSync(named, 'utf8').trim() : 'electron');
  return existsSync(file) ? file : null;
}

const program = electronProgram();
const hasDisplay =
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

test('the desktop app opens the sample case in one fenced window', async () => {
  test.skip(program === null, "Electron's binary is not installed here (npx install-electron brings it).");
  test.skip(!hasDisplay, 'There is no display here.');
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-desktop-'));
  const app = await _electron.launch({
    executablePath: program!,
    args: [ROOT, '--sample', `--user-data-dir=${folder}`],
    chromiumSandbox: process.getuid?.() !== 0,
  });
  try {
    const page = await app.firstWindow();
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await expect(page.getByTestId('case-name')).toContainText('Sample incident', { timeout: 60_000 });
    expect(page.url()).toBe('app://tidemark/index.html');
    expect(await page.evaluate(() => [typeof require, typeof process])).toEqual(['undefined', 'undefined']);
    await page.getByTestId('nav-timeline').click();
    await expect(page.getByTestId('timeline-lanes')).toBeVisible();
    expect(errors).toEqual([]);
  } finally {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
