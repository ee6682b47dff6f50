// How rules refer to each other: by id or name, within files and between them; what does not fit is a problem of the rule.
import type { RuleOrigin } from '../../../shared/model.ts';
import type { Base } from './sigma/correlation-query.ts';
import { tooMuch } from './sigma/correlation-size.ts';
import type { RuleDocument } from './sigma/document.ts';
import type { Problems } from './sigma/problem.ts';

/** A document with what has become of it. */
export interface Draft {
  path: string;
  origin: RuleOrigin;
  tuned: Record<string, number>;
  stated: RuleDocument;
  /** With the thresholds of the case. */
  document: RuleDocument;
  problems: Problems;
  /** Correlations that refer to it and keep it from being reported on its own. */
  quiet: boolean;
  note: string | null;
  base: Base | null | undefined;
  resolving: boolean;
}

/** Documents by what others may call them. */
export type ByWord = Map<string, Draft | 'several'>;

/**
 * Documents by id and name. A copy of a rule is refused, as it would tell everything twice; of two different rules with
 * one word both run, and a correlation that refers to the word is refused.
 */
export function draftsByWord(drafts: Draft[]): ByWord {
  const byWord = new Map<string, Draft | 'several'>();
  const firsts = new Map<string, Draft>();
  for (const draft of drafts) {
    const { metadata, text, at } = draft.document;
    for (const word of new Set([metadata.id, metadata.name])) {
      if (word === null) continue;
      const first = firsts.get(word);
      if (!first) {
        firsts.set(word, draft);
        byWord.set(word, draft);
      } else if (first.document.text === text) {
        draft.problems.add(at, `the id or name '${word}' is already taken by the same rule in ${first.path}`);
      } else {
        byWord.set(word, 'several');
        const message = `the id or name '${word}' is already taken by another rule in ${first.path}`;
        draft.document = { ...draft.document, warnings: [...draft.document.warnings, { ...at, message }] };
      }
    }
  }
  return byWord;
}

/** The rule as something a correlation can rest on; null when it is refused. */
export function resolveBase(draft: Draft, byWord: ByWord): Base | null {
  if (draft.base !== undefined) return draft.base;
  const { metadata, body } = draft.document;
  const names = [metadata.name, metadata.id].filter((n) => n !== null);
  const role = metadata.name ?? metadata.title;
  if (draft.resolving) return null;
  draft.resolving = true;
  let base: Base | null = null;
  if (body?.kind === 'event') base = draft.problems.any ? null : { role, names, body };
  else if (body?.kind === 'correlation') {
    const bases: Base[] = [];
    for (const { name, at } of body.rules) {
      const target = byWord.get(name);
      if (!target) {
        draft.problems.add(
          at,
          `the correlation refers to '${name}', which is no id or name of a loaded rule`,
        );
        continue;
      }
      if (target === 'several') {
        draft.problems.add(at, `the correlation refers to '${name}', which more than one rule is called`);
        continue;
      }
      if (target.resolving) {
        draft.problems.add(at, `the correlation refers to '${name}', which refers back to it`);
        continue;
      }
      const kind = target.document.body?.kind;
      if (kind === 'native' || kind === 'filter') {
        draft.problems.add(
          at,
          `the correlation refers to '${name}', a ${kind === 'native' ? 'built-in check' : 'filter'}; only rules can be correlated`,
        );
        continue;
      }
      const found = resolveBase(target, byWord);
      if (found && bases.includes(found))
        draft.problems.add(at, `the correlation names the rule '${name}' twice, by its id and by its name`);
      else if (found) bases.push(found);
      else {
        draft.problems.add(at, `the correlation refers to '${name}', which is refused itself`);
        for (const problem of target.problems.list) {
          if (target.path === draft.path) draft.problems.add(problem, problem.message);
          else draft.problems.add(at, `${target.path} line ${problem.line}: ${problem.message}`);
        }
      }
    }
    if (bases.length === body.rules.length) checkAliases(draft, bases);
    const wrong = tooMuch(bases);
    if (wrong !== null) draft.problems.add(body.rules[0]?.at ?? draft.document.at, wrong);
    if (!draft.problems.any) base = { role, names, body: { correlation: body, bases } };
  }
  draft.resolving = false;
  draft.base = base;
  return base;
}

function checkAliases(draft: Draft, bases: Base[]): void {
  const body = draft.document.body;
  if (body?.kind !== 'correlation') return;
  const words = new Set(bases.flatMap((b) => b.names));
  for (const { rule, at } of body.aliasPlaces) {
    if (!words.has(rule))
      draft.problems.add(at, `an alias names '${rule}', which is not one of the correlated rules`);
  }
  for (const { name, at } of body.groupBy) {
    const alias = body.aliases.get(name);
    if (!alias) continue;
    for (const base of bases) {
      if (!base.names.some((n) => alias.has(n))) {
        draft.problems.add(
          at,
          `the alias '${name}' has no field for the rule '${base.names[0] ?? base.role}'`,
        );
      }
    }
  }
}

/** `tidemark.focus` names something that can be a role of the finding. */
export function checkFocus(draft: Draft): void {
  const { body, extras, at } = draft.document;
  if (extras.splitBy.length > 0 && (body?.kind !== 'correlation' || extras.focus === null)) {
    draft.problems.add(at, "'tidemark.split_by' belongs to a correlation with 'tidemark.focus'");
  }
  if (extras.once && !(body?.kind === 'correlation' && body.type === 'temporal_ordered')) {
    draft.problems.add(at, "'tidemark.once' belongs to temporal_ordered");
  }
  if (extras.focus === null || body === null || body.kind === 'native' || body.kind === 'filter') return;
  const base = draft.base;
  const roles =
    body.kind === 'event'
      ? [...body.selections.keys()]
      : base && !('kind' in base.body)
        ? base.body.bases.map((b) => b.role)
        : [extras.focus];
  if (!roles.includes(extras.focus)) {
    draft.problems.add(at, `'tidemark.focus' names '${extras.focus}', which is none of ${roles.join(', ')}`);
  }
}

/** The text of a rule, for a correlation with those of its rules that stand in the same file. */
export function sourceOf(draft: Draft, ofFile: Draft[], byWord: ByWord): string {
  const wanted = new Set<Draft>([draft]);
  const visit = (from: Draft) => {
    const body = from.document.body;
    if (body?.kind !== 'correlation') return;
    for (const { name } of body.rules) {
      const target = byWord.get(name);
      if (!target || target === 'several' || wanted.has(target)) continue;
      wanted.add(target);
      visit(target);
    }
  };
  visit(draft);
  return ofFile
    .filter((d) => wanted.has(d))
    .map((d) => d.document.text.replace(/^---\s*\n/, ''))
    .join('\n---\n');
}
