// What a rule says of itself. Read leniently: the schema (schema.ts) tells what is not as the specification asks.
import { FINDING_LEVELS, type FindingLevel } from '../../../../shared/model.ts';
import type { Problems } from './problem.ts';
import { entry, type MapTree, type Tree } from './tree.ts';

export interface Metadata {
  /** A UUID, as a rule. */
  id: string | null;
  name: string | null;
  title: string;
  /** Medium where the rule states none, or none of Sigma's. */
  level: FindingLevel;
  status: string;
  description: string;
  author: string | null;
  license: string | null;
  /** As written; YYYY-MM-DD, as a rule. */
  date: string | null;
  modified: string | null;
  references: string[];
  falsePositives: string[];
  tags: string[];
  /** Techniques, groups and software among the tags: T1190, G0032, S0154. */
  attack: string[];
  related: { id: string; type: string }[];
  /** Fields the author would look at next. */
  fields: string[];
}

export const emptyMetadata = (): Metadata => ({
  id: null,
  name: null,
  title: '',
  level: 'medium',
  status: 'experimental',
  description: '',
  author: null,
  license: null,
  date: null,
  modified: null,
  references: [],
  falsePositives: [],
  tags: [],
  attack: [],
  related: [],
  fields: [],
});

export function readMetadata(root: MapTree, problems: Problems): Metadata {
  const text = (key: string): string | null => oneText(entry(root, key)?.value);
  const list = (key: string): string[] => manyTexts(entry(root, key)?.value);
  const title = text('title') ?? '';
  if (title === '') problems.add(entry(root, 'title')?.at ?? root.at, "'title' is missing");
  const taxonomy = text('taxonomy');
  if (taxonomy !== null && taxonomy !== 'sigma') {
    const at = entry(root, 'taxonomy')!.value.at;
    problems.add(
      at,
      `the taxonomy '${taxonomy}' is not known, so that its field names can't be understood; only 'sigma' is`,
    );
  }
  const level = text('level')?.toLowerCase() ?? '';
  const tags = list('tags');
  return {
    id: text('id')?.toLowerCase() ?? null,
    name: text('name'),
    title,
    level: (FINDING_LEVELS as readonly string[]).includes(level) ? (level as FindingLevel) : 'medium',
    status: text('status') ?? 'experimental',
    description: text('description') ?? '',
    author: text('author'),
    license: text('license'),
    date: text('date'),
    modified: text('modified'),
    references: list('references'),
    falsePositives: list('falsepositives'),
    tags,
    attack: tags.flatMap((tag) => /^attack\.([tgs]\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? []),
    related: readRelated(entry(root, 'related')?.value),
    fields: list('fields'),
  };
}

const LONGEST = 65_535;

/** A text, or a list of them on one line; null when there is none. */
function oneText(tree: Tree | undefined): string | null {
  if (!tree || tree.kind === 'map') return null;
  const text =
    tree.kind === 'list' ? manyTexts(tree).join(', ') : tree.value === null ? '' : String(tree.value).trim();
  return text === '' ? null : text.slice(0, LONGEST);
}

function manyTexts(tree: Tree | undefined): string[] {
  if (!tree) return [];
  const items = tree.kind === 'list' ? tree.items : [tree];
  const found: string[] = [];
  for (const item of items) {
    if (item.kind === 'scalar' && item.value !== null && item.value !== '') found.push(String(item.value));
  }
  return found;
}

function readRelated(tree: Tree | undefined): Metadata['related'] {
  if (tree?.kind !== 'list') return [];
  return tree.items.flatMap((item) => {
    if (item.kind !== 'map') return [];
    const id = oneText(entry(item, 'id')?.value);
    return id === null ? [] : [{ id, type: oneText(entry(item, 'type')?.value) ?? 'similar' }];
  });
}
