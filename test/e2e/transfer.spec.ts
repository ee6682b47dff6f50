// A case goes from one responder to another as one file, and comes up there with the same evidence and the same log.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { registryLog, tarGzOf } from '../integration/bundles.ts';
import { makeCase, startScreen } from './cases.ts';
import { expect, test } from './shell.ts';

test.use({ withSample: false });

test('a case is written into a file, and read from it into a new case', async ({ page, shell }) => {
  test.setTimeout(360_000);
  const folder = join(shell.folder, 'to-carry');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'registry-1.tar.gz'),
    await tarGzOf([{ name: 'registry-1/var/log/registry.log', content: registryLog(40) }]),
  );
  await startScreen(page, shell.url);
  await makeCase(page, {
    name: 'Carried',
    dir: join(shell.folder, 'case-to-carry'),
    folder,
    bundles: ['registry-1.tar.gz'],
  });
  const file = join(shell.folder, 'carried.tidemark');

  await test.step('it is exported, and the page says where and with which hash', async () => {
    await page.getByTestId('case-menu').click();
    await page.getByTestId('export-case').click();
    await page.getByTestId('export-case-path').fill(file);
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('export-case-dialog')).toBeHidden();
    await expect(page.getByTestId('exported-case')).toContainText('carried.tidemark', { timeout: 60_000 });
    await expect(page.getByTestId('exported-sha256')).toHaveText(/^[0-9a-f]{64}$/);
  });

  await test.step('it is imported from the start screen', async () => {
    await page.getByTestId('case-menu').click();
    await page.getByTestId('close-case').click();
    await page.getByTestId('start-import').click();
    await page.getByTestId('import-case-file').fill(file);
    await page.getByTestId('import-case-dir').fill(join(shell.folder, 'case-received'));
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('case-name')).toHaveText('Carried', { timeout: 120_000 });
    await expect(page.getByTestId('ingest-progress')).toBeHidden({ timeout: 120_000 });
    await expect(page.getByTestId('status-count')).toHaveText('40 events in the case');
  });

  await test.step('its log goes on from that of the sender', async () => {
    await page.getByTestId('nav-evidence').click();
    await page.keyboard.press('c');
    for (const act of ['case.created', 'ingest.done', 'case.imported'])
      await expect(page.locator(`[data-testid=custody-entry][data-act="${act}"]`)).toHaveCount(1);
    await page.getByTestId('custody-check').click();
    await expect(page.getByTestId('custody-check-result')).toHaveAttribute('data-ok', 'true');
  });

  await test.step('what the sender said of an event afterwards is merged, once', async () => {
    const later = join(shell.folder, 'later.tidemark');
    await page.getByTestId('case-menu').click();
    await page.getByTestId('close-case').click();
    await page.getByTestId('recent-case').filter({ hasText: 'case-to-carry' }).click();
    await page.getByTestId('nav-events').click();
    await page.getByTestId('event-row').first().click();
    await page.getByTestId('event-note-text').fill('first contact');
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('event-note')).toContainText('first contact');
    await page.getByTestId('case-menu').click();
    await page.getByTestId('export-case').click();
    await page.getByTestId('export-case-tagged').check();
    await page.getByTestId('export-case-path').fill(later);
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('exported-case')).toContainText('later.tidemark', { timeout: 60_000 });
    await page.getByTestId('case-menu').click();
    await page.getByTestId('close-case').click();
    await page.getByTestId('recent-case').filter({ hasText: 'case-received' }).click();
    const merge = async () => {
      await page.getByTestId('case-menu').click();
      await page.getByTestId('merge-case').click();
      await page.getByTestId('merge-file').fill(later);
      await page.keyboard.press('Enter');
    };
    await merge();
    await expect(page.getByTestId('merge-result')).toContainText('Added: 1 ', { timeout: 60_000 });
    await page.keyboard.press('Escape');
    await merge();
    await expect(page.getByTestId('merge-result')).toContainText('Nothing new in it', { timeout: 60_000 });
    await page.keyboard.press('Escape');
  });

  await test.step('a file that is no case file is refused in a sentence', async () => {
    await page.getByTestId('case-menu').click();
    await page.getByTestId('import-case').click();
    await page.getByTestId('import-case-file').fill(join(folder, 'registry-1.tar.gz'));
    await page.getByTestId('import-case-dir').fill(join(shell.folder, 'case-none'));
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('import-case-dialog').getByRole('alert')).not.toBeEmpty();
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('case-name')).toHaveText('Carried');
  });
});
