// One line of a selection - field, modifiers, values - as it was written; its SQL is in leaf.ts.
import { fieldProblem } from './fields.ts';
import { type Modifiers, readModifiers } from './modifiers.ts';
import type { Place } from './problem.ts';
import type { Tree, Value } from './tree.ts';
import { type Leaf, readValue, type ValueReading } from './values.ts';

/** What reading a detection needs and fills. */
export type Reading = ValueReading;

export interface Item {
  /** null: keyword, looked for in the whole event. */
  field: string | null;
  /** `exists` asks for presence alone; `values` is empty then. */
  exists: boolean | null;
  /** Per value the alternatives it stands for: any of them will do, under `all` too. */
  values: Leaf[][];
  /** AND of the values in place of OR. */
  all: boolean;
  /** `neq`. */
  negated: boolean;
  at: Place;
  /** `message|contains: x, y`: the line in short, for people. */
  text: string;
}

/** Reads `field|modifier|...: value(s)`; null when it is refused. */
export function readItem(key: string, keyAt: Place, tree: Tree, reading: Reading): Item | null {
  const { problems, warnings } = reading;
  const [name = '', ...names] = key.split('|');
  const before = problems.count;
  const how = readModifiers(names, keyAt, problems, warnings);
  const wrong = name === '' ? null : fieldProblem(name);
  if (wrong) problems.add(keyAt, wrong);
  if (name === '' && names.length === 0) problems.add(keyAt, 'a field name is empty');
  const scalars = readScalars(name, how, keyAt, tree, reading);
  const { by } = how.match;
  if (name === '' && by !== 'text' && by !== 'regex') {
    problems.add(
      keyAt,
      `keywords have no field, so that '${names.find((n) => n !== 'all')}' can't be asked of them`,
    );
  }
  if (by === 'exists' && scalars.length > 1) problems.add(tree.at, "'exists' takes one value, true or false");
  if (problems.count > before) return null;
  const most = mostValues(name, names, how);
  const forms = how.steps.some((step) => step.do === 'windash')
    ? 5
    : how.steps.some((step) => step.do === 'base64offset')
      ? 3
      : 1;
  if (scalars.length * forms > most) {
    problems.add(
      keyAt,
      `'${key}' has ${scalars.length} values; at most ${Math.floor(most / forms)} are possible here`,
    );
    return null;
  }
  const values: Leaf[][] = [];
  for (const { value, at } of scalars) {
    const leaves = readValue(value, how, at, reading);
    if (leaves) values.push(leaves);
  }
  if (problems.count > before) return null;
  const exists = by === 'exists' ? scalars[0]!.value === true : null;
  return {
    field: name === '' ? null : name,
    exists,
    values: exists === null ? values : [],
    all: how.all,
    negated: how.negated,
    at: keyAt,
    text: `${key}: ${inShort(scalars)}`,
  };
}

/** Whole texts and numbers are looked up together; parts of texts and networks cost more; the rest is a test per value. */
const MOST_WHOLE = 50_000;
const MOST_SOUGHT = 10_000;
const MOST_KEYWORDS = 5000;
const MOST_APART = 1000;

function mostValues(name: string, modifiers: string[], how: Modifiers): number {
  const { by } = how.match;
  if (how.all || (by !== 'text' && by !== 'cidr')) return MOST_APART;
  if (name === '') return MOST_KEYWORDS;
  const sought = by === 'cidr' || modifiers.some((m) => ['contains', 'startswith', 'endswith'].includes(m));
  return sought ? MOST_SOUGHT : MOST_WHOLE;
}

type Scalar = { value: Value; at: Place };

function readScalars(name: string, how: Modifiers, keyAt: Place, tree: Tree, reading: Reading): Scalar[] {
  const { problems, warnings } = reading;
  const scalars: Scalar[] = [];
  const called = name === '' ? 'the keywords' : `'${name}'`;
  if (tree.kind === 'scalar') scalars.push(tree);
  else if (tree.kind === 'map')
    problems.add(tree.at, `the value of ${called} must be a value or a list of values`);
  else {
    for (const item of tree.items) {
      if (item.kind !== 'scalar') problems.add(item.at, `a value of ${called} is neither text nor a number`);
      else scalars.push(item);
    }
    if (tree.items.length === 0) {
      warnings.add(
        tree.at,
        `the list of values of ${called} is empty; it is read as null: the field has no value`,
      );
      scalars.push({ value: null, at: tree.at });
    } else if (name !== '' && tree.items.length > 1 && scalars.some((s) => s.value === null)) {
      const at = scalars.find((s) => s.value === null)!.at;
      warnings.add(
        at,
        `null stands in a list of values of ${called}; it is read as: or the field has no value`,
      );
    }
  }
  if (how.all && scalars.length === 1)
    warnings.add(keyAt, `'all' has no effect on the one value of ${called}`);
  if (name === '') {
    for (const { value, at } of scalars)
      if (value === null || value === '') problems.add(at, 'a keyword is empty');
  }
  return scalars;
}

/** A list of keywords, ORed. */
export function keywordItem(values: Scalar[], at: Place, reading: Reading): Item | null {
  const plain: Modifiers = {
    match: { by: 'text' },
    steps: [],
    cased: false,
    all: false,
    negated: false,
    expand: false,
  };
  if (values.length > MOST_KEYWORDS) {
    reading.problems.add(
      at,
      `${values.length} keywords are searched for in the whole event; at most ${MOST_KEYWORDS} are possible here`,
    );
    return null;
  }
  const leaves: Leaf[][] = [];
  for (const { value, at: valueAt } of values) {
    const read = readValue(value, plain, valueAt, reading);
    if (!read) return null;
    leaves.push(read);
  }
  const text = inShort(values);
  return { field: null, exists: null, values: leaves, all: false, negated: false, at, text };
}

const MOST_SHOWN = 3;

function inShort(scalars: Scalar[]): string {
  const shown = scalars.slice(0, MOST_SHOWN).map(({ value }) => {
    const text = value === '' ? "''" : String(value);
    return text.length > 60 ? `${text.slice(0, 59)}…` : text;
  });
  const more = scalars.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
