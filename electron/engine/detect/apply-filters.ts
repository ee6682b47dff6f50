// Filters put beside the event rules they are meant for, with a word on both sides.
import type { RuleDocument } from './sigma/document.ts';
import { filters } from './sigma/filter.ts';

/** A document among all that are loaded together. */
interface Filtered {
  document: RuleDocument;
  /** What there is to know beside problems and warnings. */
  note: string | null;
}

/** Changes `document` to one with its filters, never the document itself: it may be kept for another run. */
export function applyFilters(drafts: Filtered[]): void {
  const rules = drafts.filter((draft) => draft.document.body?.kind === 'event');
  const titles = new Map<Filtered, string[]>();
  const words = new Set(rules.flatMap(wordsOf));
  for (const draft of drafts) {
    const { body, metadata, warnings } = draft.document;
    if (body?.kind !== 'filter') continue;
    const fitting = rules.filter(({ document }) => {
      const rule = document.body;
      return rule?.kind === 'event' && filters(body, rule.logSource, wordsOf({ document }));
    });
    for (const target of fitting) {
      const rule = target.document.body;
      if (rule?.kind !== 'event') continue;
      const filter = { title: metadata.title, selections: body.selections, conditions: body.conditions };
      target.document = { ...target.document, body: { ...rule, filters: [...rule.filters, filter] } };
      titles.set(target, [...(titles.get(target) ?? []), metadata.title]);
    }
    const strangers = (body.rules ?? []).filter(
      ({ name }) => !words.has(name) && !words.has(name.toLowerCase()),
    );
    const told = strangers.map(({ name, at }) => ({
      ...at,
      message: `no loaded event rule has the id or name '${name}'`,
    }));
    draft.document = { ...draft.document, warnings: [...warnings, ...told] };
    const names = fitting.map((target) => target.document.metadata.title);
    draft.note =
      names.length === 0
        ? 'The filter fits no loaded rule: none has its log source and is one of those it names.'
        : `The filter is put beside ${names.length} rule${names.length === 1 ? '' : 's'}: ${listed(names)}.`;
  }
  for (const [draft, names] of titles)
    draft.note = `Filter${names.length === 1 ? '' : 's'} in force: ${listed(names)}.`;
}

const wordsOf = ({ document }: { document: RuleDocument }): string[] =>
  [document.metadata.id, document.metadata.name].filter((word) => word !== null);

const MOST_LISTED = 5;

const listed = (titles: string[]): string =>
  titles.length > MOST_LISTED
    ? `${titles.slice(0, MOST_LISTED).join(', ')} and ${titles.length - MOST_LISTED} more`
    : titles.join(', ');
