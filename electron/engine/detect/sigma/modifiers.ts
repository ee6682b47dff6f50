// The modifiers behind a field name: which go together, in which order, and what they ask of the values.
import type { Encoding } from './base64.ts';
import type { Place, Problems } from './problem.ts';

export type CompareOperator = '<' | '<=' | '>' | '>=';
export const DATE_PARTS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
export type DatePart = (typeof DATE_PARTS)[number];

/** How the values of a line are compared. */
export type Match =
  | { by: 'text' }
  | { by: 'regex'; flags: string }
  | { by: 'cidr' }
  | { by: 'exists' }
  | { by: 'compare'; operator: CompareOperator }
  | { by: 'date'; part: DatePart }
  | { by: 'field' };

/** What happens to a text before it is compared, in the order written. */
export type Step =
  | { do: 'encode'; as: Encoding }
  | { do: 'base64' }
  | { do: 'base64offset' }
  | { do: 'windash' }
  | { do: 'open'; front: boolean; behind: boolean };

export interface Modifiers {
  match: Match;
  steps: Step[];
  cased: boolean;
  /** AND of the values in place of OR. */
  all: boolean;
  /** `neq`. */
  negated: boolean;
  expand: boolean;
}

const COMPARE: Record<string, CompareOperator> = { lt: '<', lte: '<=', gt: '>', gte: '>=' };
const REGEX_FLAGS: Record<string, string> = {
  i: 'i',
  ignorecase: 'i',
  m: 'm',
  multiline: 'm',
  s: 's',
  dotall: 's',
};
const ENCODINGS: Record<string, Encoding> = {
  wide: 'utf16le',
  utf16le: 'utf16le',
  utf16be: 'utf16be',
  utf16: 'utf16',
};
const OPENING: Record<string, { front: boolean; behind: boolean }> = {
  contains: { front: true, behind: true },
  startswith: { front: false, behind: true },
  endswith: { front: true, behind: false },
};
/** Modifiers that say how values are linked or written, not how they are compared. */
const FREE = new Set(['all', 'neq', 'expand', 'cased', 'windash', 'base64', 'base64offset']);

const own = <T>(table: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/** The kind of comparison a modifier asks for, or null when it asks for none. */
function matchOf(name: string): Match | null {
  const operator = own(COMPARE, name);
  if (operator) return { by: 'compare', operator };
  if ((DATE_PARTS as readonly string[]).includes(name)) return { by: 'date', part: name as DatePart };
  if (name === 're') return { by: 'regex', flags: '' };
  if (name === 'cidr' || name === 'exists') return { by: name };
  return name === 'fieldref' ? { by: 'field' } : null;
}

/** Reads the modifiers of one line; what does not go together becomes a problem at the line's place. */
export function readModifiers(names: string[], at: Place, problems: Problems, warnings: Problems): Modifiers {
  const made: Modifiers = {
    match: { by: 'text' },
    steps: [],
    cased: names.includes('cased'),
    all: names.includes('all'),
    negated: names.includes('neq'),
    expand: names.includes('expand'),
  };
  let kind = '';
  const flags = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) < index && name !== 'base64')
      warnings.add(at, `the modifier '${name}' is given twice; once is meant`);
    const match = matchOf(name);
    if (match) {
      if (kind && kind !== name) problems.add(at, `the modifiers '${kind}' and '${name}' do not go together`);
      kind = name;
      made.match = match;
      const before = names
        .slice(0, index)
        .find((n) => n !== 'all' && n !== 'neq' && n !== 'expand' && n !== name);
      if (before !== undefined && (name === 're' || name === 'cidr')) {
        problems.add(at, `the modifier '${name}' must come first, not behind '${before}'`);
      }
    } else if (own(REGEX_FLAGS, name)) {
      if (made.match.by !== 'regex') problems.add(at, `the modifier '${name}' belongs after 're'`);
      flags.add(own(REGEX_FLAGS, name)!);
    } else if (own(ENCODINGS, name)) made.steps.push({ do: 'encode', as: own(ENCODINGS, name)! });
    else if (own(OPENING, name)) made.steps.push({ do: 'open', ...own(OPENING, name)! });
    else if (name === 'windash' || name === 'base64' || name === 'base64offset')
      made.steps.push({ do: name });
    else if (!FREE.has(name)) {
      problems.add(at, name === '' ? "a modifier is missing after '|'" : `'${name}' is not a Sigma modifier`);
    }
  }
  if (made.match.by === 'regex') made.match.flags = [...flags].sort().join('');
  checkTogether(made, kind, names, at, problems);
  return made;
}

function checkTogether(made: Modifiers, kind: string, names: string[], at: Place, problems: Problems): void {
  const { match, steps } = made;
  const not = (other: string) => problems.add(at, `the modifier '${other}' does not go with '${kind}'`);
  if (match.by === 'exists' && names.length > 1) problems.add(at, "'exists' takes no other modifier");
  else if (match.by !== 'text') {
    const takesOpening = match.by === 'regex' || match.by === 'field';
    for (const step of steps) {
      if (step.do !== 'open') not(step.do === 'encode' ? 'wide, utf16le, utf16be and utf16' : step.do);
      else if (!takesOpening) not('contains, startswith and endswith');
    }
    if (made.cased && match.by !== 'field') not('cased');
    if (made.all && (match.by === 'compare' || match.by === 'date')) not('all');
    if (made.expand && match.by !== 'regex' && match.by !== 'cidr') not('expand');
  }
  for (const [i, step] of steps.entries()) {
    const next = steps[i + 1]?.do;
    if (step.do === 'encode' && next !== 'base64' && next !== 'base64offset') {
      problems.add(at, 'wide, utf16le, utf16be and utf16 stand right before base64 or base64offset');
    }
  }
}

/** Are wildcards put in front of or behind the value? */
export function opening(steps: Step[]): { front: boolean; behind: boolean } {
  return {
    front: steps.some((s) => s.do === 'open' && s.front),
    behind: steps.some((s) => s.do === 'open' && s.behind),
  };
}
