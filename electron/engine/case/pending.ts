// What was begun and is not completed: a row per step, written before the step, deleted with the last commit of it.
import type { Connection } from './database.ts';

/** `import`: the case is being made of a received one. */
export type PendingStep = 'settle' | 'detect' | 'import';

/** Remembers that `step` has to be done; what is pending already keeps its time and takes the new detail. */
export async function setPending(
  connection: Connection,
  step: PendingStep,
  detail: Record<string, unknown> = {},
): Promise<void> {
  await connection.run(
    `INSERT INTO pending VALUES ($1, now()::TIMESTAMP, $2) ON CONFLICT (step) DO UPDATE SET detail = excluded.detail`,
    [step, JSON.stringify(detail)],
  );
}

export async function clearPending(connection: Connection, step: PendingStep): Promise<void> {
  await connection.run('DELETE FROM pending WHERE step = $1', [step]);
}

/** The detail of a step that is pending, else null. */
export async function pendingDetail(
  connection: Connection,
  step: PendingStep,
): Promise<Record<string, unknown> | null> {
  const row = await connection.row<{ detail: string | null }>('SELECT detail FROM pending WHERE step = $1', [
    step,
  ]);
  return row ? (JSON.parse(row.detail ?? '{}') as Record<string, unknown>) : null;
}
