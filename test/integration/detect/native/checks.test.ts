import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { builtinRulesDir, loadRules } from '../../../../electron/engine/detect/load-rules.ts';
import { NATIVE_CHECKS } from '../../../../electron/engine/detect/native/checks.ts';
import { found, Given, type GivenEvent } from '../given.ts';

vi.setConfig({ testTimeout: 240_000 });
const NATIVE = join(builtinRulesDir(), 'native');
const docs = readFileSync(resolve(import.meta.dirname, '../../../../docs/native-checks.md'), 'utf8');

let given: Given;
beforeAll(async () => {
  given = await Given.open();
});
afterAll(() => given.close());

/** One of each system, with the fields that checks read, and with fields that are no JSON object or hold odd values. */
const odd: GivenEvent[] = [
  {
    at: 0,
    system: 'celery',
    component: 'worker',
    category: 'task',
    action: 'task_received',
    message: 'Task a[1] received',
    fields: { task_name: 'a', clock: 'x', utcoffset: 0, pid: 1, hostname: 'h' },
  },
  {
    at: 1,
    system: 'ray',
    component: 'gcs_server',
    action: 'job_register',
    message: 'Registering job',
    fields: { job_id: 'zz', entrypoint: 'python x.py' },
  },
  {
    at: 2,
    system: 'mesos',
    component: 'master',
    action: 'offer_send',
    message: 'Sending offers [  ]',
    fields: {},
  },
  {
    at: 3,
    system: 'registry',
    component: 'app',
    http_method: 'PUT',
    http_path: '/v2/a/manifests/1',
    http_status: 201,
    src_ip: '10.0.0.1',
    user_name: 'u',
    message: 'm',
    fields: { 'http.request.useragent': '%zz%0a\n\u0000x', repository: 'a' },
  },
  { at: null, system: 'registry', component: 'app', message: '', fields: null, level: 'error' },
  {
    at: 4,
    node: null,
    system: 'registry',
    component: 'app',
    message: 'x',
    fields: '{"tidemark.out_of_order":"no number"}',
    level: 'critical',
  },
];

describe('built-in checks', () => {
  it('have each one rule with metadata of its own, bounds that hold their thresholds, and a place in the documentation', async () => {
    const rules = await loadRules([NATIVE]);
    expect(rules.map((r) => r.native).sort()).toEqual([...NATIVE_CHECKS.keys()].sort());
    for (const rule of rules) {
      expect(rule.problems, rule.path).toEqual([]);
      expect(docs, rule.path).toMatch(new RegExp(`^## .*\\b${rule.native}\\b`, 'm'));
      expect(rule.extras.explain, rule.path).not.toBeNull();
      for (const t of rule.thresholds) {
        expect(t.least <= t.value && t.value <= t.most, `${rule.native} ${t.name}`).toBe(true);
        expect(docs, `${rule.native}: threshold '${t.name}' is described`).toContain(`\`${t.name}\``);
      }
      expect(new Set(rule.thresholds.map((t) => t.name)).size).toBe(rule.thresholds.length);
    }
  });

  it.each([
    ['stated', null],
    ['least', (t: { least: number }) => t.least],
    ['most', (t: { most: number }) => t.most],
    [
      'broken',
      (t: { least: number; most: number; unit: string }) =>
        t.unit === 'times' || t.unit === 'percent' ? Math.min(t.most, t.least + 0.7) : t.least,
    ],
  ] as const)(
    'run with %s thresholds over events of every system and over odd ones',
    async (_name, value) => {
      const stated = await loadRules([NATIVE]);
      const thresholds = new Map(
        value === null
          ? []
          : stated.map((r) => [r.ruleId, Object.fromEntries(r.thresholds.map((t) => [t.name, value(t)]))]),
      );
      const rules = await loadRules([NATIVE], { thresholds });
      await given.write(async (connection) => {
        for (const events of [[], odd]) {
          await given.clear(connection);
          await given.events(connection, events);
          const { rules: outcomes } = await found(connection, rules);
          expect(outcomes.filter((o) => o.error !== null).map((o) => [o.title, o.error])).toEqual([]);
        }
      });
    },
  );
});
