// Hostile and broken archives through the whole engine: no crash, nothing outside the case, each with the ledger entry it
// deserves, nothing readable lost. The corpus is in test/hostile.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BOMBS, LOWERED } from '../../hostile/bombs.ts';
import { CORPUS } from '../../hostile/corpus.ts';
import type { Entry, HostileCase } from '../../hostile/hostile-case.ts';
import { Ground, type Ingested, ingested, type LedgerEntry } from '../../hostile/ingested.ts';

const bundleOf = (hostile: HostileCase) => hostile.name;
const shown = ({ path, status, reason }: LedgerEntry) => `${path.slice(0, 100)}: ${status}: ${reason}`;
const fits = (entry: LedgerEntry, wanted: Entry) =>
  (typeof wanted.path === 'string' ? entry.path === wanted.path : wanted.path.test(entry.path)) &&
  [wanted.status].flat().some((status) => status === entry.status) &&
  (wanted.reason === undefined || wanted.reason.test(entry.reason ?? ''));

/** Checks one case of an ingest: its ledger, its whole members, and what is said of the bundle. */
async function check(hostile: HostileCase, { ledger, problems, content }: Ingested): Promise<void> {
  const own = ledger.filter(({ bundle }) => bundle === bundleOf(hostile));
  for (const wanted of hostile.entries ?? []) {
    if (!own.some((entry) => fits(entry, wanted)))
      expect.fail(
        `no entry like ${String(wanted.path)} ${wanted.status} ${wanted.reason} among\n${own.map(shown).join('\n')}`,
      );
  }
  for (const [path, bytes] of Object.entries(hostile.whole ?? {})) {
    const named = own.filter((entry) => entry.path === path && entry.contentSha256 !== null);
    const kept = await Promise.all(named.map(content));
    if (!kept.some((stored) => stored.equals(Buffer.from(bytes))))
      expect.fail(`${JSON.stringify(path)} is not whole among\n${own.map(shown).join('\n')}`);
  }
  const said = problems.filter((problem) => problem.includes(bundleOf(hostile)));
  if (hostile.said) expect(said.join('\n')).toMatch(hostile.said);
  for (const { status, reason } of own) {
    // of a member that is whole, what is odd about its name may be said
    if (status === 'parsed') expect(reason ?? 'name').toMatch(/name/);
    else expect(reason?.length).toBeGreaterThan(10);
  }
  if (own.length === 0) expect(said.join('\n').length).toBeGreaterThan(20);
}

function suite(name: string, cases: readonly HostileCase[], limits: Parameters<typeof ingested>[2] = {}) {
  describe(name, () => {
    const ground = new Ground();
    let all: Ingested;
    beforeAll(async () => {
      const paths: string[] = [];
      for (const hostile of cases) paths.push(await ground.make(hostile));
      all = await ingested(ground, paths, limits);
    }, 600_000);
    afterAll(async () => {
      await all?.close();
      ground.remove();
    });

    test.each(cases.map((hostile) => [hostile.name, hostile] as const))('%s', async (_name, hostile) => {
      await check(hostile, all);
    });

    test('nothing appeared outside of the case', () => {
      expect(all.appeared).toEqual([]);
    });

    test('the engine answers, and its ledger, events and store agree', async () => {
      const { engine } = all;
      const { rows } = await engine.api['sql.run']({
        sql: `SELECT (SELECT count(*) FROM event)::DOUBLE, (SELECT sum(records) FROM member)::DOUBLE,
          (SELECT count(*) FROM event WHERE file_id NOT IN (SELECT file_id FROM member))::DOUBLE`,
        limit: 1,
      });
      const [events, records, loose] = rows[0] as number[];
      expect(events).toBeGreaterThan(0);
      expect([records, loose]).toEqual([events, 0]);
      expect((await engine.api['overview.get']({})).case.events).toBe(events);
    });
  });
}

test('the corpus holds at least 60 cases', () => {
  expect(CORPUS.length + BOMBS.length).toBeGreaterThanOrEqual(60);
  expect(new Set([...CORPUS, ...BOMBS].map(({ name }) => name)).size).toBe(CORPUS.length + BOMBS.length);
});

suite('archives that are broken or lie', CORPUS);
suite('bombs', BOMBS, LOWERED);
