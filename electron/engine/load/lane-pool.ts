// The lanes of one ingest or import: each member goes to the idlest, its ledger row is written with its last batch.
import { mkdir, readdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { CasePaths } from '../case/case.ts';
import type { Connection } from '../case/database.ts';
import type { MemberHeader, MemberWriter } from '../intake/bundle.ts';
import { removeParts } from '../intake/evidence-keeping.ts';
import type { FormatDefinition } from '../parse/custom/definition.ts';
import { Lane } from './lane.ts';
import { insertMembers, ledgerRow, type MemberRow, type OpenMember } from './ledger.ts';

export interface PoolOptions {
  /** Formats that are data, those of the case first. */
  formats: FormatDefinition[];
  workers?: number | undefined;
  batchRows?: number | undefined;
  /** Events committed just now. */
  committed?(rows: number): void;
  /** The ledger row of a member that is in the case with all of its events. */
  member?(row: MemberRow): void;
}

// one core is left to DuckDB and to reading the bundle: on two cores one worker is as fast as two and holds less
const lanesFor = (workers: number | undefined): number =>
  workers ?? Math.max(1, Math.min(8, availableParallelism() - 1));

/** What DuckDB may hold while lanes insert: a batch of each, and pages on their way to the disk. It would keep more if it might. */
export const loadMemory = (workers?: number): string => `${Math.min(1000, 400 + 100 * lanesFor(workers))}MB`;

export class LanePool {
  readonly #connection: Connection;
  readonly #paths: CasePaths;
  readonly #lanes: Lane[] = [];
  readonly #open = new Map<number, OpenMember>();

  private constructor(connection: Connection, paths: CasePaths) {
    this.#connection = connection;
    this.#paths = paths;
  }

  /** Clears away what an ingest that was broken off left behind, then starts the workers. */
  static async open(
    connection: Connection,
    connect: () => Promise<Connection>,
    paths: CasePaths,
    options: PoolOptions,
  ): Promise<LanePool> {
    await mkdir(paths.scratch, { recursive: true });
    await emptyFolder(paths.scratch, /^(?!spill$)/); // the open database may have spilled already
    await removeParts(paths.evidence);
    await removeUnfinished(connection);
    const next = await connection.row<{ round: number; kind: number }>(
      `SELECT coalesce((SELECT max(entity_id >> 40) FROM entity), 0)::INTEGER + 1 AS round,
        coalesce((SELECT max(kind_id) FROM event_kind), 0) + 1 AS kind`,
    );
    const pool = new LanePool(connection, paths);
    const workers = lanesFor(options.workers);
    for (let i = 0; i < workers; i++) {
      const setup = {
        name: `lane${i}`,
        storeDir: paths.evidence,
        scratchDir: paths.scratch,
        entityHigh: (next!.round << 8) | i,
        kinds: { first: next!.kind + i, step: workers },
        formats: options.formats,
        batchRows: options.batchRows,
      };
      pool.#lanes.push(new Lane(setup, await connect(), pool.#events(options)));
    }
    return pool;
  }

  #events(options: PoolOptions): ConstructorParameters<typeof Lane>[2] {
    return {
      members: async (connection, members) => {
        const rows = members.map((member) => ledgerRow(member, this.#open.get(member.fileId)!));
        await insertMembers(connection, rows, members);
        for (const row of rows) {
          this.#open.delete(row.fileId);
          options.member?.(row);
        }
      },
      committed: (rows) => options.committed?.(rows),
    };
  }

  /** A member with content. `bundle` is the name that parsers may know. */
  async begin(fileId: number, bundleId: number, bundle: string, header: MemberHeader): Promise<MemberWriter> {
    this.#open.set(fileId, { header, bundleId });
    const lane = idlest(this.#lanes);
    await lane.send({ kind: 'open', fileId, path: header.path, bundle, mtimeUs: header.mtimeUs });
    return {
      write: (chunk) => lane.send({ kind: 'chunk', bytes: chunk as Uint8Array<ArrayBuffer> }),
      end: (end) => lane.send({ kind: 'end', ...end }),
    };
  }

  /** Resolves when everything sent is committed. */
  async finish(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.finish()));
  }

  /** Ends the workers and removes what no ledger row stands for. */
  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
    // what can't be removed now (the disk is full, the database gave up) does not show and is removed by the next ingest
    await removeUnfinished(this.#connection).catch(() => undefined);
    await removeParts(this.#paths.evidence).catch(() => undefined);
    await emptyFolder(this.#paths.scratch, /^lane\d+-/).catch(() => undefined);
  }
}

async function emptyFolder(folder: string, which: RegExp): Promise<void> {
  for (const left of await readdir(folder))
    if (which.test(left)) await rm(join(folder, left), { recursive: true, force: true });
}

/**
 * Removes events of members whose end never came (broken off, cancelled, or killed in an earlier run), with the entities
 * and templates that no other event has.
 */
async function removeUnfinished(connection: Connection): Promise<void> {
  const found = await connection.rows<{ file_id: number }>(
    'SELECT DISTINCT file_id FROM event_row WHERE file_id NOT IN (SELECT file_id FROM member) ORDER BY file_id',
  );
  if (found.length === 0) return;
  const unfinished = `(${found.map((row) => row.file_id).join(', ')})`;
  await connection.run('BEGIN');
  try {
    await connection.run(`DELETE FROM entity_ref WHERE (event_id >> 32) IN ${unfinished}`);
    await connection.run(`DELETE FROM event_row WHERE file_id IN ${unfinished}`);
    await connection.run('DELETE FROM entity WHERE entity_id NOT IN (SELECT entity_id FROM entity_ref)');
    await connection.run(
      'DELETE FROM template_seen WHERE template_id NOT IN (SELECT template_id FROM event_row WHERE template_id IS NOT NULL)',
    );
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => 0);
    throw error;
  }
}

function idlest(lanes: Lane[]): Lane {
  let best = lanes[0]!;
  for (const lane of lanes) if (lane.load < best.load) best = lane;
  return best;
}
