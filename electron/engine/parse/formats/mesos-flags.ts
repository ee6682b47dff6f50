// `Flags at startup: --name="value" …` as fields: what a master or agent was allowed to do.
import type { Draft } from '../record.ts';
import { put, putJson } from '../text.ts';

const FLAG = /(?:^|[ \n])--([a-z][a-z0-9_-]{0,60})="/g;
const MAX_FLAGS = 400;
const MAX_VALUE = 2000;

/**
 * Adds `flag.<name>` for every flag. Values are not escaped: they may hold quotes and, as ACLs do (protobuf text), hundreds of
 * lines, so a value ends at the last quote before the next flag. Names of ACLs become `acls.<name>` with how often they occur.
 */
export function flags(msg: string, draft: Draft): void {
  const text = msg.length > 200_000 ? msg.slice(0, 200_000) : msg;
  const starts: { name: string; from: number; at: number }[] = [];
  for (const m of text.matchAll(FLAG)) {
    if (starts.length >= MAX_FLAGS) break;
    starts.push({ name: m[1] as string, at: m.index, from: m.index + m[0].length });
  }
  starts.forEach(({ name, from }, i) => {
    const next = starts[i + 1]?.at ?? text.length;
    const end = text.lastIndexOf('"', next - 1);
    const value = end > from - 1 ? text.slice(from, end) : text.slice(from, next);
    put(draft, `flag.${name}`, value.slice(0, MAX_VALUE));
    if (name === 'acls') acls(value, draft);
  });
}

const PERMISSIVE = /(?:^|[\s{,"])permissive"?\s{0,3}:\s{0,3}(true|false)\b/;
const ACL = /(?:^|[\n{,]|\]\s{0,3},)\s{0,8}"?([a-z][a-z_]{3,60})"?\s{0,3}(?::\s{0,3}\[|\{)/g;

/** ACLs as protobuf text (`register_agents {`) or as JSON (`"register_agents": [`); inner messages are no ACLs. */
function acls(value: string, draft: Draft): void {
  const permissive = PERMISSIVE.exec(value)?.[1];
  if (permissive) putJson(draft, 'acls.permissive', permissive);
  const counts = new Map<string, number>();
  for (const m of value.matchAll(ACL)) {
    const name = m[1] as string;
    if (name.indexOf('_') === -1) continue;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (counts.size >= 60) break;
  }
  if (counts.size > 0) putJson(draft, 'acls', JSON.stringify(Object.fromEntries(counts)));
}
