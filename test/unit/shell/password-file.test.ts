// Passwords of encrypted bundles as a file gives them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { passwordsIn } from '../../../electron/password-file.ts';

test('a line is a password for every bundle, or for the one that is named before a tab', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tidemark-passwords-'));
  try {
    const path = join(dir, 'words');
    writeFileSync(path, 'one\r\nlogs/a.zip\ttwo = 2\n\n three \n');
    expect(await passwordsIn(path)).toEqual({ '*': 'one\n three ', [resolve('logs/a.zip')]: 'two = 2' });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
