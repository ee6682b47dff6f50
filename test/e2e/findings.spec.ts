// Findings: judged by keyboard one by one and many at once, suppressed and brought back, filtered on the ATT&CK matrix,
// explained down to the parts of the lines that matched.
import type { Page } from '@playwright/test';
import { expect, type Shell, test } from './shell.ts';

async function openFindings(page: Page, shell: Shell): Promise<void> {
  await page.goto(shell.url);
  await page.getByTestId('nav-findings').click();
  await expect(page.getByTestId('finding-row').first()).toBeVisible();
}

const current = (page: Page) => page.locator('[data-testid="finding-row"][aria-current="true"]');
const idOf = (page: Page) => current(page).getAttribute('data-finding-id');
const rowOf = (page: Page, id: string | null) => page.locator(`[data-finding-id="${id}"][data-state]`);

async function inState(page: Page, state: string): Promise<number> {
  const text = (await page.getByTestId(`findings-state-${state}`).textContent()) ?? '';
  return Number(/\d[\d,]*/.exec(text)?.[0].replaceAll(',', ''));
}

test('findings are judged by keyboard, and each verdict can be taken back', async ({ page, shell }) => {
  await openFindings(page, shell);
  const open = await inState(page, 'open');
  const first = await idOf(page);
  await page.keyboard.press('j');
  await expect(current(page)).not.toHaveAttribute('data-finding-id', first!);
  const second = await idOf(page);
  await page.keyboard.press('k');
  await expect(current(page)).toHaveAttribute('data-finding-id', first!);

  await test.step('confirm, with who and when, and back', async () => {
    await page.keyboard.press('c');
    await expect(rowOf(page, first)).toHaveAttribute('data-state', 'confirmed');
    await expect(page.getByTestId('finding-state-why')).toHaveText(
      /confirmed by \S+.*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/,
    );
    await page.keyboard.press('u');
    await expect(rowOf(page, first)).toHaveAttribute('data-state', 'open');
  });

  await test.step('dismissing needs a reason, hides it, and the next one comes up', async () => {
    await page.keyboard.press('d');
    await page.keyboard.press('Enter');
    await expect(rowOf(page, first)).toHaveAttribute('data-state', 'open');
    await page.keyboard.type('a drill');
    await page.keyboard.press('Enter');
    await expect(rowOf(page, first)).toHaveCount(0);
    await expect(current(page)).toHaveAttribute('data-finding-id', second!);
    await expect(page.getByTestId('findings-hidden')).toContainText('1 hidden');
    await page.getByTestId('findings-hidden').click();
    await rowOf(page, first).click();
    await expect(page.getByTestId('finding-state-why')).toContainText('a drill');
    await page.keyboard.press('o');
    await expect(rowOf(page, first)).toHaveAttribute('data-state', 'open');
    expect(await inState(page, 'dismissed')).toBe(0);
  });

  await test.step('several at once', async () => {
    await page.keyboard.press('x');
    await page.keyboard.press('x');
    await expect(page.getByTestId('bulk-count')).toContainText('2 selected');
    await page.keyboard.press('c');
    await expect.poll(() => inState(page, 'confirmed')).toBe(2);
    await expect(page.getByTestId('bulk-bar')).toHaveCount(0);
    await page.keyboard.press('u');
    await expect.poll(() => inState(page, 'confirmed')).toBe(0);
    expect(await inState(page, 'open')).toBe(open);
  });

  await page.keyboard.press('?');
  await expect(page.getByTestId('key-help')).toContainText('Suppress');
});

test('what is suppressed is counted, listed with its reason, and comes back', async ({ page, shell }) => {
  await openFindings(page, shell);
  const open = await inState(page, 'open');
  await page
    .getByTestId('finding-row')
    .filter({ hasText: /src_ip=/ })
    .first()
    .click();
  const id = await idOf(page);
  await page.keyboard.press('s');
  const dialog = page.getByTestId('suppress-dialog');
  await expect(dialog.getByTestId('suppress-field-src_ip')).toBeChecked();
  await expect(dialog.getByTestId('suppress-would')).toContainText(/Would hide \d+ finding/);
  const would = Number(/\d+/.exec((await dialog.getByTestId('suppress-would').textContent()) ?? '')?.[0]);
  expect(would).toBeGreaterThan(0);
  await expect(dialog.getByTestId('suppress-confirm')).toBeDisabled();

  await test.step('without rule, value and time it would hide everything, and is not offered', async () => {
    await dialog.getByTestId('suppress-any-rule').check();
    for (const box of await dialog.locator('input[type="checkbox"]:checked').all()) await box.uncheck();
    await expect(dialog.getByTestId('suppress-would')).toContainText('would hide everything');
    await dialog.getByTestId('suppress-field-src_ip').check();
    await expect(dialog.getByTestId('suppress-would')).toContainText(/Would hide \d+ finding/);
    const ofAll = Number(/\d+/.exec((await dialog.getByTestId('suppress-would').textContent()) ?? '')?.[0]);
    expect(ofAll, 'of every rule at least as many').toBeGreaterThanOrEqual(would);
    await dialog.locator('input[type="radio"]').first().check();
    await expect(dialog.getByTestId('suppress-would')).toContainText(`Would hide ${would} finding`);
  });

  await dialog.getByTestId('suppress-reason').fill('the scanner of the platform team');
  await dialog.getByTestId('suppress-confirm').click();
  await expect(dialog).toHaveCount(0);
  await expect.poll(() => inState(page, 'suppressed')).toBe(would);
  await expect(rowOf(page, id)).toHaveCount(0);
  await page.getByTestId('findings-hidden').click();
  await rowOf(page, id).click();
  await expect(page.getByTestId('finding-state-why')).toContainText('the scanner of the platform team');

  await page.keyboard.press('l');
  const row = page.getByTestId('suppression-row');
  await expect(row).toContainText('the scanner of the platform team');
  await expect(row).toContainText(/src_ip=/);
  await expect(row).toContainText('UTC');
  await row.getByTestId('suppression-remove').click();
  await expect(row).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect.poll(() => inState(page, 'suppressed')).toBe(0);
  expect(await inState(page, 'open')).toBe(open);
  await expect(rowOf(page, id)).toHaveAttribute('data-state', 'open');
});

test('the ATT&CK matrix has the tactics in their order and filters the findings', async ({ page, shell }) => {
  await openFindings(page, shell);
  const all = await page.getByTestId('findings-total').textContent();
  await page.keyboard.press('m');
  const names = await page
    .getByTestId('attack-tactic')
    .evaluateAll((columns) => columns.map((column) => column.getAttribute('aria-label') ?? ''));
  expect(names.indexOf('Initial Access')).toBeGreaterThanOrEqual(0);
  expect(names.indexOf('Execution')).toBeGreaterThan(names.indexOf('Initial Access'));
  expect(names.indexOf('Credential Access')).toBeGreaterThan(names.indexOf('Execution'));
  expect(names.indexOf('Impact')).toBeGreaterThan(names.indexOf('Credential Access'));
  const cell = page.locator('[data-testid="attack-cell"][data-found="true"]').first();
  const technique = await cell.getAttribute('data-technique');
  const findings = Number(/(\d+) finding/.exec((await cell.textContent()) ?? '')?.[1]);
  await cell.locator('[data-cell]').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('findings-of-place')).toContainText(technique!);
  await expect(page.getByTestId('findings-total')).toHaveText(new RegExp(`^${findings} of `));
  await expect(page.getByTestId('finding-row')).toHaveCount(findings);
  await page.getByTestId('findings-of-place').click();
  await expect(page.getByTestId('findings-total')).toHaveText(all!);
});

test('a finding says why it is one: what matched is marked in its lines and in its rule', async ({
  page,
  shell,
}) => {
  await openFindings(page, shell);
  await page.getByTestId('finding-row').filter({ hasText: 'Miner' }).first().click();
  const details = page.getByTestId('finding-details');
  await expect(details.getByTestId('matched-part').first()).toBeVisible();
  const marked = await details.getByTestId('matched-part').allTextContents();
  const lines = (await details.getByTestId('rule-text').locator('.marked').allTextContents()).join('\n');
  expect(lines).not.toBe('');
  expect(
    marked.some((text) => lines.toLowerCase().includes(text.toLowerCase().trim())),
    `a marked part (${marked.slice(0, 5).join(', ')}) stands in the marked lines of the rule:\n${lines}`,
  ).toBe(true);
  await expect(
    details.getByTestId('finding-stronger').or(details.getByTestId('finding-weaker')).first(),
  ).toBeVisible();
});
