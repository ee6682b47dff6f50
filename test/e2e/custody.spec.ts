// Proof in the page: every act is in the log, verification names a changed byte, manifests and reports are signed.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { registryLog, tarGzOf } from '../integration/bundles.ts';
import { makeCase, startScreen } from './cases.ts';
import { expect, test } from './shell.ts';

test.use({ withSample: false });

function flipByte(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 0xff;
  writeFileSync(path, bytes);
}

async function verify(page: Page): Promise<void> {
  const button = page.getByTestId('verify-start');
  await button.click();
  await expect(button).toHaveText('Verify again', { timeout: 120_000 });
}

const acts = (page: Page, act: string) => page.locator(`[data-testid=custody-entry][data-act="${act}"]`);

async function makeKey(page: Page, name: string, passphrase: string): Promise<void> {
  await page.getByTestId('key-make').click();
  await page.getByTestId('key-name').fill(name);
  await page.getByTestId('key-first').fill(passphrase);
  await page.getByTestId('key-again').fill(`${passphrase}?`);
  await expect(page.getByTestId('key-make-done')).toBeDisabled();
  await page.getByTestId('key-again').fill(passphrase);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('key-select')).toContainText(name);
}

test('what is done to a case can be proved: log, verification, signatures', async ({ page, shell }) => {
  test.setTimeout(480_000);
  const folder = join(shell.folder, 'to-prove');
  const dir = join(shell.folder, 'case-to-prove');
  mkdirSync(folder);
  const bundle = join(folder, 'registry-1.tar.gz');
  writeFileSync(
    bundle,
    await tarGzOf([
      { name: 'registry-1/var/log/registry.log', content: registryLog(40) },
      { name: 'registry-1/var/log/registry.log.1', content: registryLog(60).replaceAll('id=r', 'id=old') },
    ]),
  );
  await startScreen(page, shell.url);
  await makeCase(page, { name: 'Proof', dir, folder, bundles: ['registry-1.tar.gz'] });
  await page.getByTestId('nav-evidence').click();

  await test.step('a case that was never verified says so, here and in the report', async () => {
    await page.keyboard.press('v');
    await expect(page.getByText('Never verified', { exact: true })).toBeVisible();
    await page.getByTestId('nav-report').click();
    await expect(page.getByTestId('report-verified')).toContainText('Never verified');
    await page.getByTestId('nav-evidence').click();
    await verify(page);
    await expect(page.getByTestId('verify-result')).toHaveAttribute('data-ok', 'true');
    await expect(page.getByTestId('verify-when')).toContainText(/\d\d:\d\d:\d\d UTC/);
  });

  await test.step('the log has every act; it is filtered and opened', async () => {
    await page.keyboard.press('c');
    for (const act of ['case.created', 'ingest.done', 'rules.run', 'verified'])
      await expect(acts(page, act)).toHaveCount(1);
    await page.getByTestId('custody-act').selectOption('ingest.done');
    await expect(page.getByTestId('custody-total')).toContainText(/^1 of \d+ acts/);
    await acts(page, 'ingest.done').getByRole('button').first().click();
    await expect(acts(page, 'ingest.done')).toContainText(/previous\s*[0-9a-f]{64}/);
    await page.getByTestId('custody-act').selectOption('');
    await page.getByTestId('custody-check').click();
    await expect(page.getByTestId('custody-check-result')).toHaveAttribute('data-ok', 'true');
  });

  await test.step('two people sign the manifest', async () => {
    await page.keyboard.press('s');
    await makeKey(page, 'Ada Responder', 'correct horse');
    await expect(page.getByTestId('key-passphrase')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('sign-dialog')).toBeHidden();
    await expect(page.getByTestId('manifest-signatures')).toContainText('1 signature');
    await page.getByTestId('sign-manifest').click();
    await expect(page.getByTestId('signed-so-far')).toContainText('Ada Responder');
    await makeKey(page, 'Ben Second', 'battery staple');
    await page.getByTestId('sign-confirm').click();
    await expect(page.getByTestId('manifest-signatures')).toContainText('2 signatures');
    await page.getByTestId('manifest-signatures').locator('summary').click();
    await expect(page.getByTestId('signature').and(page.locator('[data-ok=true]'))).toHaveCount(2);
  });

  await test.step('a wrong passphrase signs nothing, and says so', async () => {
    await page.getByTestId('sign-manifest').click();
    await page.getByTestId('key-passphrase').fill('wrong');
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('key-error')).toContainText(/passphrase/i);
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('manifest-signatures')).toContainText('2 signatures');
  });

  await test.step('a report is signed, and says where its signature is', async () => {
    await page.getByTestId('nav-report').click();
    await expect(page.getByTestId('report-verified')).toContainText(/Evidence verified .* UTC/);
    await page.getByTestId('report-sign').check();
    await page.getByTestId('key-passphrase').fill('battery staple');
    await page.getByTestId('report-export-html').click();
    const signed = page.getByTestId('exported-signature');
    await expect(signed).toContainText('at the end of the file itself');
    await expect(signed).toContainText((await page.getByTestId('key-fingerprint').textContent())!);
    const name = readdirSync(join(dir, 'exports')).find((file) => file.endsWith('.html'))!;
    expect(readFileSync(join(dir, 'exports', name), 'utf8')).toMatch(/<!-- tidemark-signature \{.*\} -->\n$/);
  });

  await test.step('a changed byte of the bundle, of the store and of the log are each found and named', async () => {
    flipByte(bundle, 40);
    const store = join(dir, 'evidence');
    const stored = readdirSync(store, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .toSorted((a, b) => statSync(b).size - statSync(a).size)[0]!;
    flipByte(stored, Math.floor(statSync(stored).size / 2));
    await page.getByTestId('nav-evidence').click();
    await page.keyboard.press('v');
    await verify(page);
    await expect(page.getByTestId('verify-result')).toHaveAttribute('data-ok', 'false');
    await page.getByTestId('verify-bad-bundle').click();
    await expect(page.getByTestId('verify-problems')).toContainText('registry-1.tar.gz');
    await page.getByTestId('verify-bad-store').click();
    await expect(page.getByTestId('verify-problems').getByRole('listitem')).not.toHaveCount(0);

    const log = join(dir, 'custody.jsonl');
    const text = readFileSync(log, 'utf8');
    writeFileSync(log, text.replace('"act":"rules.run"', '"act":"rules.ruN"'));
    await page.keyboard.press('c');
    await page.getByTestId('custody-check').click();
    await expect(page.getByTestId('custody-check-result')).toHaveAttribute('data-ok', 'false');
    await expect(page.getByTestId('custody-problem').first()).not.toBeEmpty();
    writeFileSync(log, text);
  });
});
