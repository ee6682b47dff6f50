// Message templates after load: one row each, and those that differ in one word of many values become one.
import type { Connection } from '../case/database.ts';
import { templateId } from '../parse/template.ts';

const WILD = '<*>';
/** A place of a template is a value when so many words stand there among templates that are otherwise the same. */
const MANY_WORDS = 8;
/** Words that must stay for two templates to be called the same. */
const WORDS_LEFT = 2;
const ROUNDS = 3;
/** Templates of a component beyond this are left as they are: nothing was learned from more. */
const MOST_OF_COMPONENT = 20_000;

export interface Template {
  id: number;
  system: string;
  component: string;
  text: string;
}
export interface Merged extends Template {
  mergedId: number;
  mergedText: string;
}

/** Words of a template that are no value and have a letter. */
const wordsIn = (tokens: readonly string[]): number =>
  tokens.filter((token) => !token.includes(WILD) && /\p{L}/u.test(token)).length;

/** Merges templates of one system and component. Depends on the set alone, not on its order. */
export function mergeTemplates(templates: readonly Template[]): Merged[] {
  const groups = new Map<string, { template: Template; tokens: string[] }[]>();
  for (const template of templates) {
    const tokens = template.text.split(' ');
    const key = `${template.system}\0${template.component}\0${tokens.length}`;
    const group = groups.get(key);
    if (group) group.push({ template, tokens });
    else groups.set(key, [{ template, tokens }]);
  }
  const out: Merged[] = [];
  for (const group of groups.values()) {
    if (group.length >= MANY_WORDS && group.length <= MOST_OF_COMPONENT) {
      for (let round = 0; round < ROUNDS; round++) if (!mergeOnce(group)) break;
    }
    for (const { template, tokens } of group) {
      const text = tokens.join(' ');
      const same = text === template.text;
      out.push({
        ...template,
        mergedText: text,
        mergedId: same ? template.id : templateId(template.system, template.component, asBytes(text)),
      });
    }
  }
  return out;
}

/** One round over templates of equal length; true when something was merged. */
function mergeOnce(group: { tokens: string[] }[]): boolean {
  const words = new Map<string, Set<string>>();
  const keyOf = (tokens: string[], i: number): string =>
    `${i}\0${tokens.slice(0, i).join(' ')}\0${tokens.slice(i + 1).join(' ')}`;
  const mayVary = (tokens: string[], i: number): boolean =>
    !tokens[i]!.includes(WILD) && wordsIn(tokens) - (/\p{L}/u.test(tokens[i]!) ? 1 : 0) >= WORDS_LEFT;
  for (const { tokens } of group) {
    for (let i = 0; i < tokens.length; i++) {
      if (!mayVary(tokens, i)) continue;
      const key = keyOf(tokens, i);
      const known = words.get(key);
      if (known) known.add(tokens[i]!);
      else words.set(key, new Set([tokens[i]!]));
    }
  }
  let changed = false;
  for (const entry of group) {
    let best = -1;
    let most = MANY_WORDS - 1;
    for (let i = 0; i < entry.tokens.length; i++) {
      if (!mayVary(entry.tokens, i)) continue;
      const n = words.get(keyOf(entry.tokens, i))!.size;
      if (n > most) {
        best = i;
        most = n;
      }
    }
    if (best === -1) continue;
    entry.tokens[best] = WILD;
    changed = true;
  }
  return changed;
}

const asBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** Fills `template` from what the workers met. */
export async function settleTemplates(connection: Connection): Promise<void> {
  await connection.run('DELETE FROM template');
  await connection.run(
    `INSERT INTO template SELECT template_id, template_id, any_value(system), any_value(component), min(text) FROM template_seen GROUP BY template_id ORDER BY template_id`,
  );
  const rows = await connection.rows<{ id: string; system: string; component: string; text: string }>(
    `SELECT template_id AS id, coalesce(system, '') AS system, coalesce(component, '') AS component, text FROM template ORDER BY template_id`,
  );
  const merged = mergeTemplates(rows.map((row) => ({ ...row, id: Number(row.id) }))).filter(
    (t) => t.mergedId !== t.id,
  );
  if (merged.length === 0) return;
  await connection.run(
    `UPDATE template SET merged_id = change.merged, text = change.text
     FROM (SELECT unnest(from_json($1, '[{"id":"BIGINT","merged":"BIGINT","text":"VARCHAR"}]'), recursive := true)) AS change
     WHERE change.id = template.template_id`,
    [JSON.stringify(merged.map((t) => ({ id: t.id, merged: t.mergedId, text: t.mergedText })))],
  );
}
