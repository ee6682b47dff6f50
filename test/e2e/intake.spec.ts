// Taking bundles in through the page: what is in them is said before, passwords, limits, cancelling and going on.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { registryLog, tarGzOf } from '../integration/bundles.ts';
import { chooseBundles, makeCase, readToTheEnd, startScreen } from './cases.ts';
import { expect, test } from './shell.ts';
import { encryptedZip } from './zip-crypto.ts';

test.use({ withSample: false });

const PASSWORD = 'tide & mark';

test('bundles are looked into before they are read; an encrypted one is read once its password is right', async ({
  page,
  shell,
}) => {
  test.setTimeout(360_000);
  const folder = join(shell.folder, 'encrypted');
  const dir = join(shell.folder, 'case-passwords');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'registry-1.tar.gz'),
    await tarGzOf([{ name: 'registry-1/var/log/registry.log', content: registryLog(40) }]),
  );
  writeFileSync(
    join(folder, 'locked.zip'),
    encryptedZip(PASSWORD, [{ name: 'registry-2/var/log/registry.log', content: registryLog(25) }]),
  );
  await startScreen(page, shell.url);
  await makeCase(page, { name: 'Passwords', dir, folder, bundles: ['registry-1.tar.gz'] });
  await expect(page.getByTestId('status-count')).toHaveText('40 events in the case');

  const add = async (password: string) => {
    await page.getByTestId('case-menu').click();
    await page.getByTestId('add-bundles').click();
    await chooseBundles(page, folder, 'locked.zip');
    await expect(page.getByTestId('intake-about')).toContainText(
      /1 member\b.*1 of its members needs a password/,
    );
    await page.getByTestId('intake-password').fill(password);
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('add-bundles-dialog')).toBeHidden();
    await readToTheEnd(page);
  };

  await test.step('a wrong password leaves a member that says it is encrypted, and nothing else', async () => {
    await add('not this one');
    await page.getByTestId('nav-evidence').click();
    await page.getByTestId('evidence-reason-encrypted').click();
    await expect(page.getByTestId('evidence-total')).toContainText('1 of 2 files');
    await expect(page.getByTestId('ledger-row')).toContainText(/failed.*encrypted/s);
    await expect(page.getByTestId('status-count')).toHaveText('40 events in the case');
  });

  await test.step('the right one reads it', async () => {
    await add(PASSWORD);
    await expect(page.getByTestId('status-count')).toHaveText('65 events in the case');
  });

  await test.step('each bundle leads to its members in the ledger', async () => {
    await page.keyboard.press('b');
    const bundles = page.getByTestId('bundle');
    await expect(bundles).toHaveCount(3);
    await expect(bundles.first().getByTestId('bundle-sha256')).toHaveText(/^[0-9a-f]{64}$/);
    await bundles.first().getByTestId('bundle-parsed').click();
    await expect(page.getByTestId('evidence-total')).toContainText('1 of 3 files');
    await expect(page.getByTestId('ledger-row')).toContainText('registry-1.tar.gz');
    await page.keyboard.press('z');
    await expect(page.getByTestId('evidence-total')).toContainText('3 of 3 files');
  });

  await test.step('no password was written down', async () => {
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
    expect(kept).not.toContain(PASSWORD);
    const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    expect(files.length).toBeGreaterThan(3);
    for (const file of files)
      expect(readFileSync(join(file.parentPath, file.name)).includes(PASSWORD), file.name).toBe(false);
  });
});

test('reading is cancelled, keeps what it has, and goes on to what an undisturbed run would have', async ({
  page,
  shell,
}) => {
  test.setTimeout(360_000);
  const folder = join(shell.folder, 'large');
  const dir = join(shell.folder, 'case-cancelled');
  mkdirSync(folder);
  const LINES = 3_000;
  const MEMBERS = 24;
  const log = registryLog(LINES);
  for (const name of ['night-1', 'night-2'])
    writeFileSync(
      join(folder, `${name}.tar.gz`),
      await tarGzOf(
        // the same lines would be duplicates: each file begins with a line of its own
        Array.from({ length: MEMBERS }, (_, i) => ({
          name: `${name}/var/log/registry-${i}.log`,
          content: `${log.slice(0, log.indexOf('\n')).replace('id=r0', `id=${name}-${i}`)}\n${log}`,
        })),
      ),
    );
  const all = 2 * MEMBERS * (LINES + 1);
  await startScreen(page, shell.url);
  await page.getByTestId('new-case-name').fill('Cancelled');
  await page.getByTestId('new-case-dir').fill(dir);
  await chooseBundles(page, folder, 'night-1.tar.gz', 'night-2.tar.gz');
  await page.keyboard.press('Enter');

  await test.step('the bundles stand in rows; cancelling breaks off', async () => {
    await expect(page.getByTestId('bundle-row')).toHaveCount(2);
    await expect(page.locator('[data-testid=bundle-row][data-state=reading]')).toHaveCount(1);
    await page.getByTestId('job-cancel').first().click();
    await expect(page.getByTestId('pending-sentence')).toContainText('broken off', { timeout: 120_000 });
    await expect(page.getByTestId('ingest-progress')).toBeHidden();
  });

  await test.step('giving up asks first', async () => {
    await page.getByTestId('pending-give-up').click();
    await expect(page.getByTestId('pending-dialog')).toContainText('stays in the case');
    await page.getByTestId('give-up-stay').click();
    await expect(page.getByTestId('pending-sentence')).toBeVisible();
  });

  await test.step('it is still there after the case was closed and opened', async () => {
    await page.getByTestId('case-menu').click();
    await page.getByTestId('close-case').click();
    await page.getByTestId('recent-case').filter({ hasText: dir }).click();
    await expect(page.getByTestId('pending-sentence')).toBeVisible();
  });

  await test.step('going on reads the rest', async () => {
    await page.getByTestId('pending-resume').click();
    await expect(page.getByTestId('resume-start')).toBeFocused();
    await page.keyboard.press('Enter');
    await readToTheEnd(page);
    await expect(page.getByTestId('pending')).toHaveCount(0);
    await expect(page.getByTestId('status-count')).toHaveText(
      `${all.toLocaleString('en-US')} events in the case`,
    );
  });
});

test('a limit that is met keeps what was read, and the ledger and the bundle say so', async ({
  page,
  shell,
}) => {
  test.setTimeout(240_000);
  const folder = join(shell.folder, 'limited');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'many.tar.gz'),
    await tarGzOf(
      Array.from({ length: 6 }, (_, i) => ({
        name: `node/var/log/registry-${i}.log`,
        content: registryLog(3 + i),
      })),
    ),
  );
  await startScreen(page, shell.url);
  await page.getByTestId('new-case-name').fill('Limits');
  await page.getByTestId('new-case-dir').fill(join(shell.folder, 'case-limits'));
  await chooseBundles(page, folder, 'many.tar.gz');
  await page.getByTestId('intake-limits').locator('summary').click();
  await page.getByTestId('intake-limit-members').fill('many');
  await expect(page.getByTestId('new-case-create')).toBeDisabled();
  await page.getByTestId('intake-limit-members').fill('4');
  await expect(page.getByTestId('intake-limits')).toContainText('1 changed');
  await page.keyboard.press('Enter');
  await readToTheEnd(page);
  await page.getByTestId('nav-evidence').click();
  await page.keyboard.press('b');
  await expect(page.getByTestId('bundle-problem')).toContainText('4 members');
  await expect(page.getByTestId('bundle')).toContainText('members up to 4');
  await page.getByTestId('bundle-parsed').click();
  await expect(page.getByTestId('evidence-total')).toContainText('4 of ');
});
