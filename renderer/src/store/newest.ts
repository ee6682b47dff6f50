// One request at a time, and of those waiting only the newest: answers nobody waits for are dropped.
import { ApiError } from '../../../shared/rpc.ts';

export function sentence(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return `Something in this window failed: ${error instanceof Error ? error.message : String(error)}`;
}

interface Options<I, O> {
  run(input: I): Promise<O>;
  took(output: O, input: I): void;
  failed(sentence: string, input: I): void;
  /** Shows also answers that a newer question has overtaken: for pan and zoom, where late is better than nothing. */
  overtaken?: boolean;
}

/** Returns `ask`; asking again replaces what waits. */
export function newest<I, O>({ run, took, failed, overtaken = false }: Options<I, O>): (input: I) => void {
  let busy = false;
  let waiting: { input: I } | null = null;
  const start = async (input: I): Promise<void> => {
    busy = true;
    try {
      const output = await run(input);
      if (!waiting || overtaken) took(output, input);
    } catch (error) {
      if (!waiting) failed(sentence(error), input);
    }
    busy = false;
    const next = waiting;
    waiting = null;
    if (next) void start(next.input);
  };
  return (input) => {
    if (busy) waiting = { input };
    else void start(input);
  };
}
