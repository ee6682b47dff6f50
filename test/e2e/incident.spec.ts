// The main path of a responder through the sample incident, in the browser shell.
// TIDEMARK_SCREENSHOT=1 also renews docs/screenshot.png.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, type Shell, test } from './shell.ts';

const SCREENSHOT = join(import.meta.dirname, '..', '..', 'docs', 'screenshot.png');

async function openSample(page: Page, shell: Shell): Promise<void> {
  await page.goto(shell.url);
  expect(page.url(), 'the token does not stay in the address').toBe(`${new URL(shell.url).origin}/`);
  await expect(page.getByTestId('case-name')).toContainText('Sample incident');
}

const total = async (page: Page): Promise<{ shown: number; all: number }> => {
  const text = (await page.getByTestId('status-count').textContent()) ?? '';
  const [shown = 0, all = shown] = (text.match(/\d[\d,.\u202f\u00a0 ]*/g) ?? []).map((n) =>
    Number(n.replace(/\D/g, '')),
  );
  return { shown, all };
};

/** The times an element names to those who can't see it. */
async function timesOf(element: Locator): Promise<number[]> {
  await expect(element).toHaveAttribute('aria-label', /\d\d:\d\d:\d\d/);
  const label = (await element.getAttribute('aria-label')) ?? '';
  const times = label.match(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g) ?? [];
  return times.map((time) => Date.parse(`${time.replace(' ', 'T')}Z`));
}

async function drag(page: Page, on: Locator, from: number, to: number): Promise<void> {
  const box = (await on.boundingBox())!;
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * ((from + to) / 2), y, { steps: 4 });
  await page.mouse.move(box.x + box.width * to, y, { steps: 4 });
  await page.mouse.up();
}

test('a responder opens the sample, brushes, follows a finding to its source, asks and reports', async ({
  page,
  shell,
}) => {
  await openSample(page, shell);
  let busiest = 0; // when most happened
  await test.step('the overview tells what there is', async () => {
    await expect(page.getByTestId('overview')).toBeVisible();
    await expect(page.getByTestId('matrix-cell').first()).toBeVisible();
    await expect.poll(async () => (await total(page)).all).toBeGreaterThan(100);
    busiest = (await timesOf(page.getByTestId('volume-chart').first())).at(-1)!;
  });

  await test.step('a brush on the timeline narrows every view', async () => {
    await page.getByTestId('nav-timeline').click();
    await expect(page.getByTestId('timeline-lanes')).toBeVisible();
    await expect(page.getByTestId('lane-label').first()).toBeVisible();
    const strip = page.getByTestId('timeline-context');
    const [from, to] = (await timesOf(strip)) as [number, number];
    const place = (busiest - from) / (to - from);
    await drag(page, strip, Math.max(0.001, place - 0.01), Math.min(0.999, place + 0.02));
    await expect(page.getByTestId('lens-chip')).toHaveCount(1);
    await expect
      .poll(async () => {
        const { shown, all } = await total(page);
        return shown > 0 && shown < all;
      })
      .toBe(true);
    await expect(page.getByTestId('event-row').first()).toBeVisible();
    if (process.env.TIDEMARK_SCREENSHOT) {
      await page.mouse.move(0, 0);
      await page.screenshot({ path: SCREENSHOT, style: '.statusbar .mono { visibility: hidden }' });
    }
    await page.getByTestId('timeline-clear-brush').click();
    await expect(page.getByTestId('lens-chip')).toHaveCount(0);
    await page.getByTestId('timeline-fit').click();
  });

  await test.step('a finding is explained down to its events, and its source address leads on', async () => {
    await page.getByTestId('nav-findings').click();
    await expect(page.getByTestId('finding-row').first()).toBeVisible();
    const withSource = page.getByTestId('finding-row').filter({ hasText: /src_ip=/ });
    await withSource.first().click();
    const details = page.getByTestId('finding-details');
    await expect(details.getByTestId('finding-explanation')).not.toBeEmpty();
    await expect(
      details.getByTestId('finding-event').or(details.getByTestId('event-row')).first(),
    ).toBeVisible();
    await details
      .getByRole('button', { name: /Pivot to src_ip/ })
      .first()
      .click();
    await expect(page.getByTestId('lens-chip').first()).toContainText(/\d+\.\d+\.\d+\.\d+/);
    await expect(page.getByTestId('event-row').first()).toBeVisible();
  });

  await test.step('SQL answers', async () => {
    await page.getByTestId('nav-sql').click();
    const editor = page.getByTestId('sql-editor');
    await editor.locator('.monaco-editor').first().waitFor();
    await editor.click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText('SELECT system, count(*) AS n FROM events GROUP BY ALL ORDER BY n DESC');
    await page.keyboard.press('Control+Enter');
    await expect(page.getByTestId('sql-row').first()).toBeVisible();
    await expect(page.getByTestId('sql-summary')).toContainText('rows');
    await expect(page.getByTestId('sql-grid')).toContainText('registry');
  });

  await test.step('the report is exported, and what is downloaded is what was written', async () => {
    await page.getByTestId('nav-report').click();
    await expect(page.getByTestId('report-preview')).toBeVisible();
    await page.getByTestId('report-export-html').click();
    const exported = page.getByTestId('report-exported').getByTestId('exported-file').first();
    await expect(exported).toContainText('report.html');
    const sha256 = ((await exported.getByTestId('exported-sha256').textContent()) ?? '').trim();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      exported.getByTestId('export-link').click(),
    ]);
    expect(download.suggestedFilename()).toBe('report.html');
    const content = readFileSync((await download.path())!);
    expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
    expect(content.toString()).toMatch(/^<!doctype html>/i);
  });
});

test('a statement that reaches for a file is refused in a sentence', async ({ page, shell }) => {
  await openSample(page, shell);
  await page.getByTestId('nav-sql').click();
  const editor = page.getByTestId('sql-editor');
  await editor.locator('.monaco-editor').first().waitFor();
  await editor.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText("SELECT * FROM read_text('/etc/passwd')");
  await page.keyboard.press('Control+Enter');
  await expect(page.getByTestId('error')).toContainText('Refused');
});

test('an event shows its exact bytes and verifies them', async ({ page, shell }) => {
  await openSample(page, shell);
  await page.getByTestId('nav-events').click();
  await page.getByTestId('event-row').first().click();
  await expect(page.getByTestId('event-details')).toBeVisible();
  await expect(page.getByTestId('event-raw')).toBeVisible();
  await page.getByTestId('event-verify').click();
  await expect(page.getByTestId('verify-result')).toContainText(/SHA-256/i);
});

test('two windows see the same case, and a reload comes back to it', async ({ page, shell, context }) => {
  await openSample(page, shell);
  const second = await context.newPage();
  await second.goto(new URL(shell.url).origin);
  await expect(second.getByTestId('case-name')).toContainText('Sample incident');
  await second.close();
  await page.reload();
  await expect(page.getByTestId('case-name')).toContainText('Sample incident');
});

test('the start screen makes a case of the sample, and its rules find something', async ({ page, shell }) => {
  await openSample(page, shell);
  await page.getByTestId('case-menu').click();
  await page.getByTestId('close-case').click();
  await page.getByTestId('open-sample').click();
  await expect(page.getByTestId('case-name')).toContainText('Sample incident');
  await expect(page.getByTestId('top-finding').first()).toBeVisible({ timeout: 60_000 });
  await page.getByTestId('case-menu').click();
  await page.getByTestId('close-case').click();
  await page.getByTestId('recent-case').filter({ hasText: shell.sampleCase }).first().click();
  await expect(page.getByTestId('status-bar')).toContainText(shell.sampleCase);
});
