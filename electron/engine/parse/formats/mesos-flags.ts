// `Flags at startup: --name="value" …` as fields.
import type { Draft } from '../record.ts';
import { put } from '../text.ts';

const WEAK_FLAG = /--(authenticate(?:_\w{1,30})?)="(true|false)"/g;

export function flags(msg: string, draft: Draft): void {
  const text = msg.length > 30_000 ? msg.slice(0, 30_000) : msg;
  for (const m of text.matchAll(WEAK_FLAG)) put(draft, `flag.${m[1]}`, m[2] as string);
}
