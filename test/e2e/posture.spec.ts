// The logging posture and the evidence: from a weakness to what proves it and what to change, and how well a file was read.
import type { Page } from '@playwright/test';
import { expect, type Shell, test } from './shell.ts';

async function openSample(page: Page, shell: Shell): Promise<void> {
  await page.goto(shell.url);
  await expect(page.getByTestId('case-name')).toContainText('Sample incident');
}

test('the posture leads from a weakness to its events and to what to change', async ({ page, shell }) => {
  await openSample(page, shell);
  await page.getByTestId('overview-posture-item').first().click();
  await expect(page.getByTestId('posture-row').first()).toBeVisible();
  const shown = await page.getByTestId('posture-row').count();
  await page.getByTestId('posture-standing-weak').click();
  await expect.poll(() => page.getByTestId('posture-row').count()).toBeLessThan(shown);
  for (const row of await page.getByTestId('posture-row').all())
    await expect(row).toHaveAttribute('data-standing', 'bad');
  await page.getByTestId('posture-row').filter({ hasText: 'registry-2' }).first().click();
  const details = page.getByTestId('posture-details');
  await expect(details.getByTestId('posture-proof')).toContainText('requests succeeded');
  await expect(details.getByTestId('posture-change')).toContainText('auth.htpasswd');
  await details.getByTestId('posture-event').first().click();
  await expect(page.getByTestId('event-details')).toBeVisible();
  await details.getByTestId('posture-events').click();
  await expect(page.getByTestId('event-row').first()).toBeVisible();
  await expect(page.getByTestId('lens-chip').first()).toContainText('registry-2');

  await page.getByTestId('nav-posture').click();
  await page.getByTestId('posture-standing-weak').click();
  await page.getByTestId('posture-filter').fill('no such words');
  await expect(page.getByText('No line fits the filter.')).toBeVisible();
  await page.getByTestId('posture-filter').fill('mesos-agent-2');
  await expect(page.getByTestId('posture-row')).toHaveText(/No log of mesos-agent-2/);
});

test('the evidence says how well a file was read and opens what was not', async ({ page, shell }) => {
  await openSample(page, shell);
  await page.getByTestId('nav-evidence').click();
  await page.getByTestId('evidence-unparsed').check();
  await page.getByTestId('evidence-node').selectOption('=registry-1');
  await expect(page.getByTestId('ledger-row')).toHaveCount(1);
  await page.getByTestId('ledger-file').first().click();
  const details = page.getByTestId('file-details');
  await expect(details.getByTestId('file-quality')).toContainText('kept as plain text');
  await details.getByTestId('file-unparsed').first().click();
  await expect(page.getByTestId('event-details')).toBeVisible();
});
