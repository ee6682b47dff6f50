// Takes hostile bundles into a case through the engine, as a responder would, and answers what became of them.
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../electron/engine/engine.ts';
import { EvidenceReader } from '../../electron/engine/intake/evidence-store.ts';
import type { ApiImplementation } from '../../shared/api.ts';
import type { HostileCase } from './hostile-case.ts';

export interface LedgerEntry {
  fileId: number;
  bundle: string;
  path: string;
  status: string;
  reason: string | null;
  contentSha256: string | null;
  contentSize: number | null;
}

export interface Ingested {
  engine: Engine;
  ledger: LedgerEntry[];
  problems: string[];
  /** Paths outside of the case that appeared while it was read. */
  appeared: string[];
  /** Content of an entry, from the store. */
  content(entry: LedgerEntry): Promise<Buffer>;
  close(): Promise<void>;
}

type Limits = Parameters<ApiImplementation['ingest.start']>[0]['limits'];

/** A folder of its own with room for bundles, a case, and what nobody may write to. */
export class Ground {
  readonly root = mkdtempSync(join(tmpdir(), 'tidemark-hostile-'));
  readonly outside = join(this.root, 'outside');
  #made = 0;

  constructor() {
    mkdirSync(this.outside);
  }

  async make(hostile: HostileCase): Promise<string> {
    const dir = join(this.root, 'bundles', String(this.#made++));
    mkdirSync(dir, { recursive: true });
    return hostile.make({ dir, outside: this.outside });
  }

  /** Every path below the ground and in the working folder, the case itself left out. */
  seen(): Set<string> {
    const found = new Set<string>();
    const own = new Set(['case', 'state'].map((name) => join(this.root, name)));
    const walk = (dir: Buffer) => {
      for (const name of readdirSync(dir, { encoding: 'buffer' })) {
        const path = Buffer.concat([dir, Buffer.from('/'), name]);
        const shown = path.toString('latin1');
        if (own.has(shown)) continue;
        found.add(shown);
        if (lstatSync(path).isDirectory()) walk(path);
      }
    };
    walk(Buffer.from(this.root));
    for (const name of readdirSync(process.cwd())) found.add(join(process.cwd(), name));
    for (const dir of ['/', '/tmp', '/etc/cron.d']) {
      try {
        for (const name of readdirSync(dir))
          if (/escaped|evil|through|absolute/.test(name)) found.add(join(dir, name));
      } catch {
        // Not on this system.
      }
    }
    return found;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Reads `paths` in one ingest. The job must end by itself. */
export async function ingested(ground: Ground, paths: string[], limits: Limits = {}): Promise<Ingested> {
  const before = ground.seen();
  const dir = join(ground.root, 'case');
  const engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: join(ground.root, 'state') });
  await engine.api['case.create']({ dir });
  const { jobId } = await engine.api['ingest.start']({ paths, detect: false, limits });
  const job = await engine.job(jobId);
  if (job.state !== 'done') throw new Error(`the ingest ended ${job.state}: ${JSON.stringify(job)}`);
  const { files } = await engine.api['evidence.list']({});
  const hashes = await contents(engine);
  const reader = new EvidenceReader(join(dir, 'evidence'));
  return {
    engine,
    ledger: files.map(({ fileId, bundle, path, status, reason }) => ({
      fileId,
      bundle,
      path,
      status,
      reason,
      ...(hashes.get(fileId) ?? { contentSha256: null, contentSize: null }),
    })),
    problems: (job.result as { problems: string[] }).problems,
    appeared: [...ground.seen()].filter((path) => !before.has(path)),
    content: async ({ contentSha256, contentSize }) =>
      contentSha256 === null || contentSize === null
        ? Buffer.alloc(0)
        : Buffer.from(await reader.read(contentSha256, 0, contentSize)),
    close: () => engine.close(),
  };
}

/** Hash and size of the content of every entry; the public views hold those as collected. */
async function contents(engine: Engine) {
  const known = new Map<number, { contentSha256: string | null; contentSize: number | null }>();
  const sql = 'SELECT file_id, content_sha256, content_size::DOUBLE FROM member ORDER BY file_id';
  const page = await engine.api['sql.run']({ sql, limit: 1000 });
  for (let rows = page.rows, at = 0; rows.length > 0; ) {
    for (const [id, contentSha256, contentSize] of rows as [number, string | null, number | null][])
      known.set(id, { contentSha256, contentSize });
    at += rows.length;
    if (rows.length < 1000 || page.cursorId === null) break;
    rows = (await engine.api['sql.fetch']({ cursorId: page.cursorId, offset: at, limit: 1000 })).rows;
  }
  return known;
}
