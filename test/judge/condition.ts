// Conditions: or < and < not < x of < ( ), read by descent; and what they say of an event.
import { Refused } from './refused.ts';

export type Condition =
  | { kind: 'name'; name: string }
  | { kind: 'not'; of: Condition }
  | { kind: 'and' | 'or'; of: Condition[] };

/** `names` are the identifiers that there are; patterns are resolved against them. */
export function readCondition(text: string, names: string[]): Condition {
  const words = text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const take = (): string => {
    const word = words[at++];
    if (word === undefined) throw new Refused('the condition ends too early');
    return word;
  };
  const series = (word: 'or' | 'and', part: () => Condition): Condition => {
    const of = [part()];
    while (words[at] === word) {
      at++;
      of.push(part());
    }
    return of.length === 1 ? of[0]! : { kind: word, of };
  };
  const atom = (): Condition => {
    const word = take();
    if (word === '(') {
      const inner = or();
      if (take() !== ')') throw new Refused("')' is missing");
      return inner;
    }
    if (words[at] === 'of') {
      at++;
      return quantified(word, take(), names);
    }
    if (['and', 'or', 'not', 'of', ')'].includes(word))
      throw new Refused(`'${word}' stands where a name belongs`);
    if (!names.includes(word)) throw new Refused(`there is no search identifier '${word}'`);
    return { kind: 'name', name: word };
  };
  const not = (): Condition => {
    if (words[at] !== 'not') return atom();
    at++;
    return { kind: 'not', of: not() };
  };
  const and = (): Condition => series('and', not);
  const or = (): Condition => series('or', and);
  const tree = or();
  if (at < words.length) throw new Refused(`'${words[at]}' is left over`);
  return tree;
}

function quantified(quantity: string, what: string, names: string[]): Condition {
  if (!['1', 'any', 'all'].includes(quantity))
    throw new Refused(`'${quantity} of' is not of the specification`);
  const fits = (name: string): boolean => {
    if (name.startsWith('_') && !what.startsWith('_')) return false;
    if (what === 'them') return true;
    const parts = what.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`).test(name);
  };
  if (what !== 'them' && !/^[A-Za-z0-9_*-]+$/.test(what)) throw new Refused(`'${what}' is no pattern`);
  const of = names.filter(fits).map((name): Condition => ({ kind: 'name', name }));
  if (of.length === 0) throw new Refused(`no search identifier fits '${what}'`);
  return of.length === 1 ? of[0]! : { kind: quantity === 'all' ? 'and' : 'or', of };
}

export function holds(condition: Condition, name: (name: string) => boolean): boolean {
  switch (condition.kind) {
    case 'name':
      return name(condition.name);
    case 'not':
      return !holds(condition.of, name);
    case 'and':
      return condition.of.every((part) => holds(part, name));
    case 'or':
      return condition.of.some((part) => holds(part, name));
  }
}
