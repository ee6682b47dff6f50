// Rules: found in the table, asked why they found nothing, copied and edited while they run on the case, saved, run, removed.
import type { Page } from '@playwright/test';
import { expect, type Shell, test } from './shell.ts';

async function openRules(page: Page, shell: Shell): Promise<void> {
  await page.goto(shell.url);
  await page.getByTestId('nav-rules').click();
  await expect(page.getByTestId('rule-row').first()).toBeVisible();
}

const number = async (page: Page, testid: string): Promise<number> =>
  Number(/\d[\d,]*/.exec((await page.getByTestId(testid).textContent()) ?? '')?.[0].replaceAll(',', ''));

/** Pastes a whole text into the editor: typed, each line would be indented as the one before. */
async function write(page: Page, text: string): Promise<void> {
  const editor = page.getByTestId('rule-editor');
  await editor.locator('.monaco-editor').first().waitFor();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate((what) => navigator.clipboard.writeText(what), text);
  await editor.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('ControlOrMeta+v');
}

const RULE = (words: string) => `title: Authorised requests of the test
id: 7d1f6f0a-5c3e-4c57-9f2f-2f7a0f1d9c11
status: experimental
logsource:
  product: registry
detection:
  selection:
    message|contains: '${words}'
  condition: selection
level: low
`;

test('the table of rules is filtered, sorted and leads to findings', async ({ page, shell }) => {
  await openRules(page, shell);
  const all = await number(page, 'rules-state-all');
  await page.getByTestId('rules-filter').fill('guessing registry');
  await expect(page.getByTestId('rules-hidden')).toContainText(/\d+ hidden/);
  await expect.poll(() => number(page, 'rules-state-all')).toBeLessThan(all);
  await expect(page.getByTestId('rule-row').filter({ hasText: 'Password guessing' })).toBeVisible();
  await expect(page.getByTestId('rule-row').filter({ hasText: 'Miner' })).toHaveCount(0);
  await page.getByTestId('rules-hidden').click();
  await expect.poll(() => number(page, 'rules-state-all')).toBe(all);

  await page.getByTestId('rules-state-hits').click();
  await page.getByTestId('rules-sort-findings').focus();
  await expect(page.getByTestId('rule-row').first().getByTestId('rule-row-findings')).toBeVisible();
  const found = await page
    .getByTestId('rule-row')
    .evaluateAll((rows) =>
      rows
        .toSorted((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
        .map((row) =>
          Number(row.querySelector('[data-testid="rule-row-findings"]')?.textContent?.replaceAll(',', '')),
        ),
    );
  expect(found, 'most findings first').toEqual(found.toSorted((a, b) => b - a));
  await page.getByTestId('rule-row').first().getByTestId('rule-row-findings').click();
  await expect(page.getByTestId('findings-of-rule')).toBeVisible();
  await expect(page.getByTestId('findings-total')).toHaveText(new RegExp(`^${found[0]} of `));
});

test('a rule says why it found nothing or how often each part is true', async ({ page, shell }) => {
  await openRules(page, shell);
  await page.getByTestId('rules-filter').fill('Miner');
  await page.getByTestId('rule-row').filter({ hasText: 'Miner' }).first().click();
  await page.keyboard.press('w');
  await expect(page.getByTestId('why-not-sentence')).not.toBeEmpty();
  await expect(page.getByTestId('why-part').first()).toBeVisible();
  await page.getByTestId('rule-sql').click();
  await expect(page.getByTestId('rule-sql-text')).toContainText(/select/i);
});

test('a rule is switched off with a reason and on again', async ({ page, shell }) => {
  await openRules(page, shell);
  await page.getByTestId('rules-filter').fill('Miner');
  const row = page.getByTestId('rule-row').filter({ hasText: 'Miner' }).first();
  await row.click();
  await page.keyboard.press('x');
  await page.keyboard.type('we mine ourselves');
  await page.keyboard.press('Enter');
  await expect(row).toHaveAttribute('data-state', 'disabled');
  await expect(page.getByTestId('rule-state-why')).toContainText('we mine ourselves');
  await page.getByTestId('rule-enable').click();
  await expect(row).toHaveAttribute('data-state', 'ran');
});

test('a copy is edited while it runs on the case, saved, run, and removed with a way back', async ({
  page,
  shell,
}) => {
  test.setTimeout(360_000); // all rules run once
  await openRules(page, shell);
  await page.getByTestId('rules-filter').fill('password guess');
  await page.getByTestId('rule-row').first().click();
  await page.keyboard.press('e');

  await test.step('the text runs on the case while it is typed, what matched is marked', async () => {
    await write(page, RULE('authorized request'));
    await expect(page.getByTestId('rule-problems')).toContainText('Accepted');
    await expect(page.getByTestId('try-counts')).toContainText(/[1-9][\d,]* events?/);
    await expect(page.getByTestId('matched-part').first()).toHaveText('authorized request');
  });

  await test.step('a text that matches nothing says which part', async () => {
    await write(page, RULE('no line has these words'));
    await expect(page.getByTestId('try-counts')).toContainText('0 findings');
    await expect(page.locator('[data-testid="why-part"][data-events="0"]').first()).toBeVisible();
  });

  await test.step('a refused text says where', async () => {
    await write(page, RULE('x').replace('|contains', '|contians'));
    await expect(page.getByTestId('rule-problems')).toContainText(/line 8.*contians/s);
    await expect(page.getByTestId('try-counts')).toContainText('refused');
  });

  await test.step('unsaved changes are not lost by the way', async () => {
    await write(page, RULE('authorized request'));
    await expect(page.getByTestId('editor-state')).toContainText('unsaved');
    await page.getByTestId('editor-close').click();
    await page.getByTestId('leaving-stay').click();
    await page.getByTestId('nav-events').click();
    await page.getByTestId('nav-rules').click();
    await expect(page.getByTestId('rule-editor').getByText('Authorised requests')).toBeVisible();
  });

  await test.step('it is saved, run, and finds', async () => {
    await page.getByTestId('editor-path').fill('of-the-test.yml');
    await page.getByTestId('editor-save').click();
    await expect(page.getByTestId('editor-state')).toHaveText('✓ saved in the case');
    await page.getByTestId('editor-close').click();
    await page.getByTestId('rules-filter').fill('7d1f6f0a');
    const row = page.getByTestId('rule-row');
    await expect(row).toHaveCount(1);
    await page.getByTestId('rules-detect').click();
    await row.getByTestId('rule-row-findings').click({ timeout: 240_000 });
    await expect(page.getByTestId('finding-row').first()).toContainText('Authorised requests of the test');
  });

  await test.step('removed, brought back, removed', async () => {
    await page.getByTestId('nav-rules').click();
    await page.getByTestId('rule-row').first().click();
    await page.getByTestId('rule-remove').click();
    const removed = page.getByTestId('toast').filter({ hasText: 'Removed' });
    await expect(page.getByTestId('rule-remove')).toHaveCount(0);
    await removed.getByTestId('toast-undo').click();
    await expect(page.getByTestId('toast').filter({ hasText: 'Brought back' })).toBeVisible();
    await expect(page.getByTestId('rule-remove')).toBeVisible();
    await page.getByTestId('rule-remove').click();
    await expect(page.getByTestId('rule-remove')).toHaveCount(0);
  });
});

test('an event gives a rule that finds it', async ({ page, shell }) => {
  test.setTimeout(240_000);
  await openRules(page, shell);
  await page.getByTestId('nav-events').click();
  await page.getByTestId('event-row').first().click();
  await page.getByTestId('event-new-rule').click();
  await expect(page.getByTestId('rule-problems')).toContainText('Accepted');
  await expect(page.getByTestId('try-counts')).toContainText(/[1-9][\d,]* events?/);
  await page.getByTestId('editor-close').click();
  await page.getByTestId('leaving-discard').click();
  await expect(page.getByTestId('rules-total')).toBeVisible();
});
