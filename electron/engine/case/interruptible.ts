// Long work on a connection that ends soon after it is cancelled: what runs is interrupted, what has not begun is not begun.
import type { Connection } from './database.ts';
import { CaseError } from './errors.ts';

/** An interrupt before a statement has begun to run is lost: it is said again until the work has ended. */
const AGAIN_MS = 20;

/** Runs `work`; when `signal` is aborted it is interrupted and `cancelled` is thrown, whatever it says itself. */
export async function interruptible<T>(
  connection: Connection,
  signal: AbortSignal | undefined,
  sentence: string,
  work: () => Promise<T>,
): Promise<T> {
  const cancelled = () => new CaseError('cancelled', sentence);
  if (signal?.aborted) throw cancelled();
  let again: ReturnType<typeof setInterval> | undefined;
  const stop = () => {
    connection.interrupt();
    again = setInterval(() => connection.interrupt(), AGAIN_MS);
  };
  signal?.addEventListener('abort', stop);
  try {
    const result = await work();
    if (signal?.aborted) throw cancelled();
    return result;
  } catch (error) {
    throw signal?.aborted ? cancelled() : error;
  } finally {
    signal?.removeEventListener('abort', stop);
    clearInterval(again);
  }
}
