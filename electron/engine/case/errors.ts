// Errors a responder may read: a code, what happened and where, what was done, what to do.
import type { ApiErrorData } from '../../../shared/api.ts';

/** How a shell answers an error: wrong usage (exit 2) or refused (exit 3). */
export type Refusal = 'usage' | 'refused';

export class CaseError extends Error {
  readonly code: string;
  readonly refusal: Refusal;
  readonly detail: string | undefined;
  constructor(
    code: string,
    sentence: string,
    options: { refusal?: Refusal; detail?: string; cause?: unknown } = {},
  ) {
    super(sentence, { cause: options.cause });
    this.name = 'CaseError';
    this.code = code;
    this.refusal = options.refusal ?? 'refused';
    this.detail = options.detail;
  }
}

/** What crosses a wire or reaches a terminal for any thrown value; unknown faults lose their stack trace on the way. */
export function toApiError(error: unknown): ApiErrorData {
  if (error instanceof CaseError) {
    return { code: error.code, sentence: error.message, ...(error.detail ? { detail: error.detail } : {}) };
  }
  const text = error instanceof Error ? error.message : String(error);
  if (/INTERRUPT/i.test(text)) return { code: 'cancelled', sentence: 'Cancelled.' };
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return {
      code: 'disk_full',
      sentence: `The disk is full: ${path ?? 'a file'} could not be written. What was stored before is whole. Free space, then do it again.`,
    };
  const first = text.split('\n')[0]!.slice(0, 500);
  return {
    code: 'internal',
    sentence: `Tidemark hit a fault of its own: ${first}. The case on disk was not changed by this call.`,
  };
}
