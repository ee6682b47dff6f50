// Cases that tests make through the page: the dialog of bundles, and waiting for what runs.
import { expect, type Page } from '@playwright/test';

/** Chooses files of one folder in the dialog or on the start screen. */
export async function chooseBundles(page: Page, folder: string, ...names: string[]): Promise<void> {
  await page.getByTestId('intake-choose').click();
  await page.getByTestId('picker-path').fill(folder);
  await page.keyboard.press('Enter');
  for (const name of names) {
    const entry = page.getByTestId('picker-entry').filter({ hasText: name });
    await entry.click();
    await expect(entry).toHaveAttribute('aria-selected', 'true');
  }
  await page.getByTestId('picker-choose').click();
  await expect(page.getByTestId('path-picker')).toBeHidden();
  await expect(page.getByTestId('intake-bundle')).toHaveCount(names.length);
}

/** The start screen, whatever the tests before left open. */
export async function startScreen(page: Page, url: string): Promise<void> {
  await page.goto(url);
  const start = page.getByTestId('new-case-name');
  const menu = page.getByTestId('case-menu');
  await expect(start.or(menu)).toBeVisible();
  if (await menu.isVisible()) {
    await menu.click();
    await page.getByTestId('close-case').click();
  }
  await expect(start).toBeVisible();
}

/** What was started has been read, settled and judged. */
export async function readToTheEnd(page: Page): Promise<void> {
  const progress = page.getByTestId('ingest-progress');
  await expect(progress).toBeVisible();
  await expect(progress).toBeHidden({ timeout: 180_000 });
}

/** Makes a case of bundles of one folder from the start screen, with the keyboard where it matters. */
export async function makeCase(
  page: Page,
  { name, dir, folder, bundles }: { name: string; dir: string; folder: string; bundles: string[] },
): Promise<void> {
  await page.getByTestId('new-case-name').fill(name);
  await page.getByTestId('new-case-dir').fill(dir);
  await chooseBundles(page, folder, ...bundles);
  await expect(page.getByTestId('new-case-create')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('case-name')).toHaveText(name, { timeout: 90_000 });
  await readToTheEnd(page);
}
