// A case made of logs as text, by path; the first folder of a path is the node.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { Engine } from '../../../electron/engine/engine.ts';
import type { LifeCycle } from '../../../shared/api.ts';
import type { EntityKind } from '../../../shared/model.ts';

type Row = Record<string, unknown>;

export class LogsCase {
  readonly engine: Engine;
  readonly #dir: string;

  private constructor(dir: string, engine: Engine) {
    this.#dir = dir;
    this.engine = engine;
  }

  static async of(logs: Record<string, string | readonly string[]>): Promise<LogsCase> {
    const dir = mkdtempSync(join(tmpdir(), 'tidemark-logs-'));
    for (const [path, text] of Object.entries(logs)) {
      const file = join(dir, 'bundles', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, typeof text === 'string' ? text : `${text.join('\n')}\n`);
    }
    const engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: dir });
    await engine.api['case.create']({ dir: join(dir, 'case') });
    const { jobId } = await engine.api['ingest.start']({
      paths: [join(dir, 'bundles')],
      detect: false,
    });
    const job = await engine.job(jobId);
    expect(job.error).toBeNull();
    return new LogsCase(dir, engine);
  }

  async rows(sql: string): Promise<Row[]> {
    const page = await this.engine.api['sql.run']({ sql, limit: 10_000 });
    await this.engine.api['sql.close']({ cursorId: page.cursorId });
    return page.rows.map((row) => Object.fromEntries(page.columns.map((c, i) => [c.name, row[i]])));
  }

  async life(kind: EntityKind, value: string): Promise<LifeCycle> {
    const { lifeCycle } = await this.engine.api['lifecycle.get']({ kind, value });
    if (!lifeCycle) throw new Error(`no life cycle of ${kind} ${value}`);
    return lifeCycle;
  }

  /** The event whose message holds the text; there must be one. */
  async eventOf(text: string): Promise<string> {
    const found = await this.rows(
      `SELECT event_id::VARCHAR AS id FROM events WHERE contains(message, '${text.replaceAll("'", "''")}')`,
    );
    expect(found, text).toHaveLength(1);
    return found[0]!.id as string;
  }

  async close(): Promise<void> {
    await this.engine.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** `node: role` of every step, in order; inferred ones with a `~`. */
export const told = (life: LifeCycle): string[] =>
  life.steps
    .filter((step) => !step.minor)
    .map((step) => `${step.event.node}: ${step.basis === 'inferred' ? '~' : ''}${step.role}`);
