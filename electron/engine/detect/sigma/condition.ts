// The condition of a rule: or / and / not / ( ) / `1 of` / `all of` / `them` / wildcard patterns (Sigma 2.1, section 1.3).
import type { Place, Problems } from './problem.ts';

export type Condition =
  | { is: 'selection'; name: string }
  | { is: 'not'; of: Condition }
  | { is: 'and' | 'or'; of: Condition[] };

interface Token {
  text: string;
  kind: 'word' | 'open' | 'close' | 'end';
  offset: number;
}

const DEEPEST = 200;
/** Mentions of selections in one condition. */
const MOST_NAMED = 5000;

class Bad extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Parses one condition; `null` and a problem when it is not one. `names` are the selections of the rule, or the rules of
 * a correlation, whose conditions have no `1 of` and no patterns; null: any name will do.
 */
export function parseCondition(
  text: string,
  names: readonly string[] | null,
  at: Place,
  problems: Problems,
  of: 'selection' | 'rule' = 'selection',
): Condition | null {
  try {
    return new Parser(text, names, of).whole();
  } catch (error) {
    if (!(error instanceof Bad)) throw error;
    const before = text.slice(0, error.offset).split('\n');
    const place =
      before.length === 1
        ? { line: at.line, column: at.column + error.offset }
        : { line: at.line + before.length - 1, column: before.at(-1)!.length + 1 };
    problems.add(place, `condition: ${error.message}`);
    return null;
  }
}

class Parser {
  #tokens: Token[];
  #at = 0;
  #names: readonly string[] | null;
  #of: 'selection' | 'rule';
  #named = 0;

  constructor(text: string, names: readonly string[] | null, of: 'selection' | 'rule') {
    this.#tokens = tokens(text);
    this.#names = names;
    this.#of = of;
  }

  whole(): Condition {
    if (this.#peek().kind === 'end') throw new Bad(0, 'it is empty');
    const condition = this.#or(0);
    const rest = this.#peek();
    if (rest.kind !== 'end')
      throw new Bad(rest.offset, `'${rest.text}' was not expected here${hint(rest.text)}`);
    return condition;
  }

  #peek(): Token {
    return this.#tokens[this.#at]!;
  }
  #is(word: string): boolean {
    const token = this.#peek();
    return token.kind === 'word' && token.text === word;
  }

  #or(depth: number): Condition {
    const of = [this.#and(depth)];
    while (this.#is('or')) {
      this.#at++;
      of.push(this.#and(depth));
    }
    return of.length === 1 ? of[0]! : { is: 'or', of };
  }

  #and(depth: number): Condition {
    const of = [this.#not(depth)];
    while (this.#is('and')) {
      this.#at++;
      of.push(this.#not(depth));
    }
    return of.length === 1 ? of[0]! : { is: 'and', of };
  }

  #not(depth: number): Condition {
    let negations = 0;
    while (this.#is('not')) {
      this.#at++;
      negations++;
    }
    const atom = this.#atom(depth);
    return negations % 2 === 1 ? { is: 'not', of: atom } : atom;
  }

  #atom(depth: number): Condition {
    const token = this.#peek();
    if (depth > DEEPEST) throw new Bad(token.offset, 'its parentheses are nested too deeply');
    if (token.kind === 'open') {
      this.#at++;
      const inner = this.#or(depth + 1);
      const close = this.#peek();
      if (close.kind !== 'close')
        throw new Bad(close.offset, `')' is missing for the '(' at column ${token.offset + 1}`);
      this.#at++;
      return inner;
    }
    if (token.kind !== 'word') {
      throw new Bad(
        token.offset,
        token.kind === 'end' ? 'it ends too early' : `'${token.text}' was not expected here`,
      );
    }
    const next = this.#tokens[this.#at + 1]!;
    if (next.kind === 'word' && next.text === 'of') return this.#quantified(token);
    if (token.text === 'and' || token.text === 'or' || token.text === 'of') {
      throw new Bad(token.offset, `'${token.text}' was not expected here`);
    }
    if (token.text.includes('*')) {
      throw new Bad(
        token.offset,
        this.#of === 'rule'
          ? `patterns are not part of a correlation: ${token.text}`
          : `a pattern needs '1 of' or 'all of' before it: ${token.text}`,
      );
    }
    if (this.#names && !this.#names.includes(token.text)) {
      throw new Bad(
        token.offset,
        this.#of === 'rule'
          ? `'rules' does not list '${token.text}'${hint(token.text)}`
          : `there is no selection '${token.text}'${hint(token.text)}`,
      );
    }
    this.#at++;
    this.#count(1, token);
    return { is: 'selection', name: token.text };
  }

  #count(more: number, token: Token): void {
    this.#named += more;
    if (this.#named > MOST_NAMED)
      throw new Bad(token.offset, `it names selections more than ${MOST_NAMED} times`);
  }

  #quantified(quantity: Token): Condition {
    const known = this.#names ?? [];
    if (this.#of === 'rule') {
      throw new Bad(
        quantity.offset,
        `'${quantity.text} of' is not part of a correlation; name the rules, or compare their number with gte`,
      );
    }
    if (quantity.text !== '1' && quantity.text !== 'any' && quantity.text !== 'all') {
      throw new Bad(quantity.offset, `'${quantity.text} of' is not Sigma; only '1 of' and 'all of' are`);
    }
    this.#at += 2;
    const target = this.#peek();
    if (target.kind !== 'word') throw new Bad(target.offset, `'of' needs 'them' or a pattern after it`);
    this.#at++;
    const names =
      target.text === 'them' ? known.filter((name) => !name.startsWith('_')) : matching(known, target.text);
    if (names.length === 0) {
      throw new Bad(target.offset, `'${quantity.text} of ${target.text}' matches no selection`);
    }
    this.#count(names.length, target);
    const of = names.map((name): Condition => ({ is: 'selection', name }));
    if (of.length === 1) return of[0]!;
    return { is: quantity.text === 'all' ? 'and' : 'or', of };
  }
}

function matching(names: readonly string[], pattern: string): string[] {
  const parts = pattern.split('*');
  const fits = (name: string): boolean => {
    if (parts.length === 1) return name === pattern;
    if (!name.startsWith(parts[0]!) || !name.endsWith(parts.at(-1)!)) return false;
    let from = parts[0]!.length;
    const end = name.length - parts.at(-1)!.length;
    for (const part of parts.slice(1, -1)) {
      const found = name.indexOf(part, from);
      if (found === -1) return false;
      from = found + part.length;
    }
    return from <= end;
  };
  return names.filter((name) => (pattern.startsWith('_') || !name.startsWith('_')) && fits(name));
}

function tokens(text: string): Token[] {
  const list: Token[] = [];
  const lexer = /\s+|([A-Za-z0-9_*-]+)|([()])|(\|)|(.)/gsu;
  for (const match of text.matchAll(lexer)) {
    const offset = match.index;
    if (match[1] !== undefined) list.push({ text: match[1], kind: 'word', offset });
    else if (match[2] !== undefined)
      list.push({ text: match[2], kind: match[2] === '(' ? 'open' : 'close', offset });
    else if (match[3] !== undefined) {
      throw new Bad(
        offset,
        "aggregations after '|' (such as '| count() > 5') were removed from Sigma; write a correlation rule (type event_count or value_count) instead",
      );
    } else if (match[4] !== undefined)
      throw new Bad(offset, `the character '${match[4]}' is not part of the language`);
  }
  list.push({ text: '', kind: 'end', offset: text.length });
  return list;
}

const hint = (word: string): string =>
  /^(AND|OR|NOT|OF)$/i.test(word) && word !== word.toLowerCase() ? `; write '${word.toLowerCase()}'` : '';

/** Names of the selections that can make the condition true, each once. */
export function positiveSelections(
  condition: Condition,
  negated = false,
  found: Set<string> = new Set(),
): Set<string> {
  if (condition.is === 'selection') {
    if (!negated) found.add(condition.name);
  } else if (condition.is === 'not') positiveSelections(condition.of, !negated, found);
  else for (const part of condition.of) positiveSelections(part, negated, found);
  return found;
}

/** Names of all selections that a condition speaks of. */
export function namedSelections(condition: Condition, found: Set<string> = new Set()): Set<string> {
  if (condition.is === 'selection') found.add(condition.name);
  else if (condition.is === 'not') namedSelections(condition.of, found);
  else for (const part of condition.of) namedSelections(part, found);
  return found;
}
