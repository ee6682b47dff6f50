// JSON of a received file: bounded in size and depth before it is parsed, and believed only as far as its form is right.
import type { z } from 'zod';

const DEEPEST = 32;

export type Parsed<T> = { value: T; problem: null } | { value: null; problem: string };

const refused = (problem: string): { value: null; problem: string } => ({ value: null, problem });

/** `problem` is a clause: what is wrong with it. */
export function parseJson(bytes: Uint8Array): Parsed<unknown> {
  if (depthOf(bytes) > DEEPEST) return refused(`it is nested deeper than ${DEEPEST} levels`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refused('it is not UTF-8');
  }
  try {
    // a database may end a text at NUL
    const value: unknown = text.includes('\\u0000')
      ? JSON.parse(text, (_, inner) => (typeof inner === 'string' ? inner.replaceAll('\0', '\ufffd') : inner))
      : JSON.parse(text);
    return { value, problem: null };
  } catch {
    return refused('it is not JSON');
  }
}

export function parseAs<T>(bytes: Uint8Array, schema: z.ZodType<T>): Parsed<T> {
  const parsed = parseJson(bytes);
  if (parsed.problem !== null) return refused(parsed.problem);
  const checked = schema.safeParse(parsed.value);
  if (checked.success) return { value: checked.data, problem: null };
  const issue = checked.error.issues[0]!;
  return refused(`${issue.path.join('.').slice(0, 200) || 'it'} is not as it should be`);
}

/** The elements that have the right form, and how many have not. */
export function sound<T>(values: unknown, schema: z.ZodType<T>): { good: T[]; bad: number } {
  if (!Array.isArray(values)) return { good: [], bad: values === undefined ? 0 : 1 };
  const good = values.flatMap((value) => {
    const checked = schema.safeParse(value);
    return checked.success ? [checked.data] : [];
  });
  return { good, bad: values.length - good.length };
}

/** How deep brackets stand in each other outside of strings; stops counting beyond what is refused. */
function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inText) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) inText = false;
    } else if (byte === 0x22) inText = true;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > deepest) deepest = depth;
      if (deepest > DEEPEST) return deepest;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return deepest;
}
