// The life cycle of a task in the details: from its id, over nodes, step by step with the keyboard.
import { expect, test } from './shell.ts';

test('a task is followed from its id over the nodes, and each of its events leads back to it', async ({
  page,
  shell,
}) => {
  await page.goto(shell.url);
  await expect(page.getByTestId('case-name')).toContainText('Sample incident');
  await page.getByTestId('nav-events').click();
  await expect(page.getByTestId('event-row').first()).toBeVisible();

  await test.step('the palette opens the task', async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('mem-hog2');
    await page
      .getByRole('option', { name: /mesos task/ })
      .first()
      .click();
    await expect(page.getByRole('complementary', { name: 'Task details' })).toBeVisible();
    await expect(page.getByTestId('attempt')).toContainText('failed');
  });

  const steps = page.getByTestId('life-step');
  await test.step('its steps are of master and agent, in order, each with its reason', async () => {
    await expect(page.getByTestId('life-sentence')).toContainText('2 nodes');
    await expect(steps.first()).toContainText('mesos-master-1');
    await expect(steps.filter({ hasText: 'assigned to the agent' }).locator('.life-node')).toHaveText(
      'mesos-agent-1',
    );
    await expect(steps.first()).toHaveAttribute('title', /exact: names the task mem-hog2/);
  });

  await test.step('the keyboard walks the steps and opens one', async () => {
    await steps.first().focus();
    await page.keyboard.press('ArrowDown');
    await expect(steps.nth(1)).toBeFocused();
    const id = await steps.nth(1).getAttribute('data-event-id');
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('event-details')).toHaveAttribute('data-event-id', id!);
    await expect(page.locator('[data-testid=life-step][aria-current=step]')).toHaveAttribute(
      'data-event-id',
      id!,
    );
  });

  await test.step('the lens becomes its events', async () => {
    await page.getByTestId('life-lens').click();
    await expect(page.getByTestId('lens-chip')).toHaveCount(1);
    await expect(page.getByTestId('lens-chip')).toContainText('mem-hog2');
  });
});
