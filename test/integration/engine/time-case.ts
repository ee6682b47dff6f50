// A case made of the log files that a test of time writes down: bundles by name, files by path.
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Engine } from '../../../electron/engine/engine.ts';

export interface TimeCase {
  engine: Engine;
  /** Rows of a statement, values as text. */
  rows(sql: string): Promise<string[][]>;
  close(): Promise<void>;
}

/** `bundles`: name of the bundle (the node) to its files; a file is its lines, or lines with the time of its last change. */
export async function timeCase(
  bundles: Record<string, Record<string, string[] | { lines: string[]; mtime: string }>>,
  timezones: Record<string, string> = {},
): Promise<TimeCase> {
  const dir = mkdtempSync(join(tmpdir(), 'tidemark-time-'));
  for (const [bundle, files] of Object.entries(bundles)) {
    for (const [path, file] of Object.entries(files)) {
      const target = join(dir, 'in', bundle, path);
      mkdirSync(dirname(target), { recursive: true });
      const lines = Array.isArray(file) ? file : file.lines;
      writeFileSync(target, lines.map((line) => `${line}\n`).join(''), 'latin1');
      if (!Array.isArray(file)) utimesSync(target, new Date(file.mtime), new Date(file.mtime));
    }
  }
  const engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: dir });
  await engine.api['case.create']({ dir: join(dir, 'case') });
  const { jobId } = await engine.api['ingest.start']({
    paths: Object.keys(bundles).map((bundle) => join(dir, 'in', bundle)),
    timezones,
    detect: false,
  });
  const job = await engine.job(jobId);
  if (job.state !== 'done') throw new Error(`ingest ended as ${job.state}: ${job.error}`);
  return {
    engine,
    rows: async (sql) =>
      (await engine.api['sql.run']({ sql, limit: 10_000 })).rows.map((row) =>
        row.map((value) => (value === null ? 'NULL' : String(value))),
      ),
    close: async () => {
      await engine.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
