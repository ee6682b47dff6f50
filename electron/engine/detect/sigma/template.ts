// The sentence of a finding: text with places such as {count}, {span}, {src_ip}, {distinct:user_name}, {values:user_name@login}.
import type { Place, Problems } from './problem.ts';

export type Slot =
  | { is: 'count'; role: string | null }
  | { is: 'span' }
  | { is: 'first' }
  | { is: 'last' }
  | { is: 'node' }
  | { is: 'nodes' }
  | { is: 'rule' }
  | { is: 'field'; field: string; role: string | null }
  | { is: 'distinct'; field: string; role: string | null };

export type Template = (string | Slot)[];

export function readTemplate(text: string, at: Place, problems: Problems): Template {
  const template: Template = [];
  let from = 0;
  for (const match of text.matchAll(/\{([^{}]*)\}/g)) {
    if (match.index > from) template.push(text.slice(from, match.index));
    from = match.index + match[0].length;
    const slot = readSlot(match[1]!.trim());
    if (slot) template.push(slot);
    else
      problems.add(
        at,
        `'tidemark.explain': {${match[1]}} is not a place; write {count}, {span}, {first}, {last}, {nodes}, {a_field}, {distinct:a_field} or {values:a_field@role}`,
      );
  }
  if (from < text.length) template.push(text.slice(from));
  if (template.some((part) => typeof part === 'string' && /[{}]/.test(part))) {
    problems.add(at, "'tidemark.explain': a brace has no partner");
  }
  return template;
}

function readSlot(text: string): Slot | null {
  if (['span', 'first', 'last', 'rule', 'node', 'nodes'].includes(text)) {
    return { is: text as 'span' | 'first' | 'last' | 'rule' | 'node' | 'nodes' };
  }
  if (text === 'count') return { is: 'count', role: null };
  const match = /^(?:(count|distinct|values):)?([^@:]+)(?:@(.+))?$/.exec(text);
  if (!match) return null;
  const [, verb, subject = '', role = null] = match;
  if (verb === 'count') return role === null ? { is: 'count', role: subject } : null;
  return { is: verb === 'distinct' ? 'distinct' : 'field', field: subject, role };
}

/** Fields whose values the sentence shows. */
export const templateFields = (template: Template): { field: string; role: string | null }[] => {
  const found = new Map<string, { field: string; role: string | null }>();
  for (const slot of template) {
    if (typeof slot === 'object' && (slot.is === 'field' || slot.is === 'distinct')) {
      found.set(`${slot.field}@${slot.role ?? ''}`, { field: slot.field, role: slot.role });
    }
  }
  return [...found.values()];
};
