// Templates of a case: counted in the lens and in the case, rare and new ones found, events led to.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from '../../../electron/engine/engine.ts';

let dir: string;
let engine: Engine;
const at = (second: number) =>
  `2026-11-20 17:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}`;
const line = (second: number, level: string, text: string) =>
  `[${at(second)},000: ${level}/MainProcess] ${text}\n`;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tidemark-templates-'));
  const logs = join(dir, 'logs', 'cel-1', 'celery');
  mkdirSync(logs, { recursive: true });
  let text = '';
  for (let i = 0; i < 60; i++) text += line(i, 'INFO', `queue q${i} has ${i} messages waiting`);
  for (const [i, name] of ['anna', 'bert', 'carl', 'dora', 'emil', 'fritz', 'gerd', 'hanna', 'ida'].entries())
    text += line(60 + i, 'INFO', `user ${name} signed in today`);
  text += line(100, 'ERROR', 'the vault door stands open');
  writeFileSync(join(logs, 'worker.log'), text);
  engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: join(dir, 'state') });
  await engine.api['case.create']({ dir: join(dir, 'case') });
  const { jobId } = await engine.api['ingest.start']({ paths: [join(dir, 'logs')], detect: false });
  expect(await engine.job(jobId)).toMatchObject({ state: 'done' });
}, 60_000);
afterAll(async () => {
  await engine.close();
  rmSync(dir, { recursive: true, force: true });
});

const us = (second: number) => Date.parse(`${at(second).replace(' ', 'T')}Z`) * 1000;

test('the rare ones come first, and what differs in one word of many is one template', async () => {
  const { rows, total, once } = await engine.api['templates.list']({ lens: {} });
  expect(rows.map(({ template, events }) => [template, events])).toEqual([
    ['the vault door stands open', 1],
    ['user <*> signed in today', 9],
    ['queue <*> has <*> messages waiting', 60],
  ]);
  expect([total, once]).toEqual([3, 1]);
  expect(rows[0]).toMatchObject({
    system: 'celery',
    component: 'worker',
    level: 'error',
    nodes: ['cel-1'],
    firstTs: us(100),
    lastTs: us(100),
  });
});

test('within a lens they are counted there, and only those not seen before can be asked for', async () => {
  const lens = { from: us(30), to: us(200) };
  const all = await engine.api['templates.list']({ lens, order: 'frequent' });
  expect(all.rows.map(({ events, all: inCase }) => [events, inCase])).toEqual([
    [30, 60],
    [9, 9],
    [1, 1],
  ]);
  const fresh = await engine.api['templates.list']({ lens, onlyNew: true, order: 'newest' });
  expect(fresh.rows.map(({ template }) => template)).toEqual([
    'the vault door stands open',
    'user <*> signed in today',
  ]);
});

test('a template in the lens leads to its events, and an event says how usual it is', async () => {
  const { rows } = await engine.api['templates.list']({ lens: {}, text: 'SIGNED' });
  expect(rows).toHaveLength(1);
  const lens = { terms: [{ field: 'template' as const, values: [rows[0]!.templateId] }] };
  const page = await engine.api['events.page']({ lens, offset: 0, limit: 100 });
  expect(page.rows).toHaveLength(9);
  const detail = await engine.api['events.detail']({ eventId: page.rows[0]!.eventId });
  expect(detail.template).toEqual({
    templateId: rows[0]!.templateId,
    template: 'user <*> signed in today',
    events: 9,
  });
});

test('SQL sees the same', async () => {
  const { rows } = await engine.api['sql.run']({
    sql: 'SELECT t.template, count(*) AS n FROM event_templates e JOIN templates t USING (template_id) GROUP BY ALL ORDER BY n',
  });
  expect(rows.map(([template, n]) => [template, Number(n)])).toEqual([
    ['the vault door stands open', 1],
    ['user <*> signed in today', 9],
    ['queue <*> has <*> messages waiting', 60],
  ]);
});
