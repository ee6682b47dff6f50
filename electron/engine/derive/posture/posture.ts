// The logging posture: runs every check over the loaded case and replaces the rows of the view `posture`.
import { POSTURE_TOPICS, STANDINGS } from '../../../../shared/model.ts';
import type { Connection } from '../../case/database.ts';
import { isDiskFull } from '../../case/disk.ts';
import { interruptible } from '../../case/interruptible.ts';
import { FIRST, type PostureCheck, type Stand } from './check.ts';
import { CHECKS } from './checks.ts';
import { readSeen, type Seen } from './seen.ts';

export interface PostureOptions {
  signal?: AbortSignal | undefined;
  /** Runs in the transaction that replaces the rows. */
  completed?(connection: Connection): Promise<void>;
}

const CANCELLED = 'Looking at the logging posture was cancelled; what was known of it before stands.';

/** Must not run inside a transaction: a check that fails would take the rest with it. */
export async function settlePosture(
  connection: Connection,
  { signal, completed }: PostureOptions = {},
): Promise<void> {
  const stands = await interruptible(connection, signal, CANCELLED, () => askAll(connection, signal));
  await write(connection, stands, completed);
}

async function askAll(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<{ check: string; stand: Stand }[]> {
  const stands: { check: string; stand: Stand }[] = [];
  const seen = await readSeen(connection);
  for (const check of CHECKS) {
    signal?.throwIfAborted();
    const found = await ask(check, seen);
    stands.push(...found.map((stand) => ({ check: check.id, stand })));
  }
  stands.sort(
    (a, b) =>
      rank(STANDINGS, a.stand.standing) - rank(STANDINGS, b.stand.standing) ||
      rank(POSTURE_TOPICS, a.stand.topic) - rank(POSTURE_TOPICS, b.stand.topic) ||
      compare(a.stand.node, b.stand.node) ||
      compare(a.stand.system, b.stand.system) ||
      compare(a.stand.component, b.stand.component) ||
      compare(a.check, b.check) ||
      compare(a.stand.title, b.stand.title) ||
      compare(a.stand.proof, b.stand.proof),
  );
  return stands;
}

/** A check that fails says so; what the others found stays. */
async function ask(check: PostureCheck, seen: Seen): Promise<Stand[]> {
  if (check.system && !seen.systems.has(check.system)) return [];
  try {
    return await check.read(seen);
  } catch (error) {
    if (isDiskFull(error)) throw error; // it says nothing of the check
    return [notRun(check.id, error)];
  }
}

/** Rows of one statement: what DuckDB holds of their text stays small. */
const AT_ONCE = 1_000;

async function write(
  connection: Connection,
  stands: { check: string; stand: Stand }[],
  completed: PostureOptions['completed'],
): Promise<void> {
  const rows = stands.map(({ check, stand }, i) => ({
    posture_id: i + 1,
    check_id: check,
    topic: stand.topic,
    node: stand.node,
    system: stand.system,
    component: stand.component,
    standing: stand.standing,
    title: stand.title,
    proof: stand.proof,
    change: stand.change,
    event_ids: (stand.events ?? []).slice(0, FIRST).map(String),
    event_count: stand.eventCount ?? stand.events?.length ?? 0,
    file_ids: (stand.files ?? []).slice(0, FIRST),
    file_count: stand.fileCount ?? stand.files?.length ?? 0,
    source: stand.source,
    terms: stand.terms ? JSON.stringify(stand.terms) : null,
  }));
  await connection.run('BEGIN');
  try {
    await connection.run('DELETE FROM posture_row');
    for (let from = 0; from < rows.length; from += AT_ONCE)
      await connection.run(
        `INSERT INTO posture_row BY NAME SELECT unnest(from_json($1::JSON, '[{"posture_id":"INTEGER","check_id":"VARCHAR","topic":"VARCHAR",
        "node":"VARCHAR","system":"VARCHAR","component":"VARCHAR","standing":"VARCHAR","title":"VARCHAR","proof":"VARCHAR","change":"VARCHAR",
        "event_ids":["BIGINT"],"event_count":"BIGINT","file_ids":["INTEGER"],"file_count":"BIGINT","source":"VARCHAR","terms":"VARCHAR"}]'), recursive := true)`,
        [JSON.stringify(rows.slice(from, from + AT_ONCE))],
      );
    await completed?.(connection);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => 0);
    throw error;
  }
}

function notRun(check: string, error: unknown): Stand {
  const text = error instanceof Error ? error.message : String(error);
  return {
    node: null,
    system: null,
    component: null,
    topic: 'missing',
    standing: 'unknown',
    title: `The check "${check}" could not run`,
    proof: `Nothing can be said of what it looks at: ${text.split('\n')[0]!.slice(0, 200)}.`,
    change: null,
    source: 'this program',
  };
}

const rank = (words: readonly string[], word: string): number => words.indexOf(word);
/** null, which stands for the whole case, comes first. */
const compare = (a: string | null, b: string | null): number =>
  a === b ? 0 : a === null ? -1 : b === null ? 1 : a < b ? -1 : 1;
