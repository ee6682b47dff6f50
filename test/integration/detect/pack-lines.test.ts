// The packs for Ray and Celery on lines as the programs write them, through the parsers: what readers make of a line and
// what the rules ask for fit together. And on lines of an ordinary day, in which nothing grave may be found.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtinRulesDir } from '../../../electron/engine/detect/load-rules.ts';
import { Engine } from '../../../electron/engine/engine.ts';
import { CELERY_ATTACK, RAY_ATTACK } from './lines/attack.ts';
import { QUIET } from './lines/quiet.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tidemark-lines-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Found {
  path: string;
  level: string;
  explanation: string;
}

/** The findings of the shipped rules in these files. */
async function findings(name: string, files: Record<string, string[]>): Promise<Found[]> {
  const root = join(dir, name);
  for (const [path, lines] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${lines.join('\n')}\n`);
  }
  const engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: dir });
  try {
    await engine.api['case.create']({ dir: join(dir, `${name}-case`), name });
    const { jobId } = await engine.api['ingest.start']({ paths: [root] });
    const job = await engine.job(jobId);
    expect(job.error).toBeNull();
    const page = await engine.api['sql.run']({
      sql: 'SELECT r.path, f.level, f.explanation FROM findings f JOIN rule_run r USING (rule_id) ORDER BY r.path, f.first_ts',
      limit: 1000,
    });
    await engine.api['sql.close']({ cursorId: page.cursorId });
    return page.rows.map(([path, level, explanation]) => ({
      path: String(path),
      level: String(level),
      explanation: String(explanation),
    }));
  } finally {
    await engine.close();
  }
}

/** The rules of a folder; those that need another system's lines are left out by name. */
const pack = (folder: string, ...without: string[]): string[] =>
  readdirSync(join(builtinRulesDir(), folder))
    .map((name) => `${folder}/${name}`)
    .filter((path) => !without.includes(path))
    .sort();

describe('lines as the programs write them', () => {
  test('of acts against Ray, Celery and brokers are found, each rule of these packs finding its own', async () => {
    const found = new Set((await findings('attack', { ...RAY_ATTACK, ...CELERY_ATTACK })).map((f) => f.path));
    const wanted = [...pack('ray'), ...pack('celery', 'celery/overwritten-image-deployed.yml')];
    expect(wanted.length).toBeGreaterThan(70);
    expect(wanted.filter((path) => !found.has(path))).toEqual([]);
  }, 180_000);

  test('of an ordinary day give no finding of level medium or above', async () => {
    const found = await findings('quiet', QUIET);
    expect(found.filter((f) => !['low', 'informational'].includes(f.level))).toEqual([]);
  }, 180_000);
});
