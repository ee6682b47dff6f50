// Cases to be carried: made in a folder of their own, exported, imported, and held against each other view by view.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../../electron/engine/engine.ts';
import type { JobInfo } from '../../../shared/api.ts';

export const SAMPLE = join(import.meta.dirname, '..', '..', '..', 'resources', 'samples', 'incident');
export const sampleBundles = (): string[] =>
  readdirSync(SAMPLE)
    .filter((name) => /\.(?:gz|zip)$/.test(name))
    .sort()
    .map((name) => join(SAMPLE, name));

/** A folder with engines on it; `close` ends them and removes the folder. */
export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'tidemark-transfer-'));
  readonly #engines: Engine[] = [];

  constructor() {
    mkdirSync(join(this.folder, 'state'));
  }

  at(...names: string[]): string {
    return join(this.folder, ...names);
  }

  engine(actor = 'ana@laptop'): Engine {
    const engine = new Engine({
      shell: 'command line',
      sampleDir: null,
      stateDir: this.at('state'),
      actor,
      user: actor.split('@')[0]!,
    });
    this.#engines.push(engine);
    return engine;
  }

  async close(): Promise<void> {
    for (const engine of this.#engines) await engine.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The job as it ended well; a job that failed fails the test with what it says. */
export async function done(
  engine: Engine,
  started: Promise<{ jobId: string }>,
): Promise<Record<string, unknown>> {
  const job = await ended(engine, started);
  if (job.state !== 'done') throw new Error(`${job.title}: ${job.state}: ${job.error}`);
  return job.result!;
}

export async function ended(engine: Engine, started: Promise<{ jobId: string }>): Promise<JobInfo> {
  return engine.job((await started).jobId);
}

/** Every row of a query, values as text. */
export async function rowsOf(engine: Engine, sql: string): Promise<unknown[][]> {
  const made = await engine.api['sql.run']({ sql, limit: 10_000 });
  const rows = [...made.rows];
  let last = made;
  while (!last.done) {
    last = {
      ...last,
      ...(await engine.api['sql.fetch']({ cursorId: made.cursorId!, offset: rows.length, limit: 10_000 })),
    };
    rows.push(...last.rows);
  }
  return rows;
}

/** What differs by nature: when a bundle was added, how long a rule ran; the custody log goes on. */
const OWN = new Set(['added_at', 'millis']);

/** Rows of every public view in one order, by view. */
export async function publicViews(engine: Engine): Promise<Record<string, string[]>> {
  const columns = await rowsOf(
    engine,
    `SELECT table_name, column_name FROM duckdb_columns() JOIN duckdb_views() v ON v.view_name = table_name
     WHERE NOT v.internal AND v.comment IS NOT NULL ORDER BY table_name, column_index`,
  );
  const views = new Map<string, string[]>();
  for (const [view, column] of columns as [string, string][])
    if (view !== 'custody' && !OWN.has(column)) views.set(view, [...(views.get(view) ?? []), `"${column}"`]);
  const all: Record<string, string[]> = {};
  for (const [view, names] of views)
    all[view] = (await rowsOf(engine, `SELECT ${names.join(', ')} FROM ${view}`))
      .map((row) => JSON.stringify(row))
      .sort();
  return all;
}

/** Finds every answered request, in one finding of many events. */
export const RULE = `title: A manifest was read
id: 6f1d9c1e-0000-4000-8000-000000000001
status: test
description: Made for a test.
author: Tidemark
logsource:
  product: registry
detection:
  selection:
    message|contains: 'response completed'
  condition: selection
level: low
`;
