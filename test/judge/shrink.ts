// Makes a detection and an event on which two judges disagree as small as they stay in disagreement.
import type { RandomEvent } from './random-events.ts';
import type { Detection } from './random-rules.ts';

export interface Pair {
  detection: Detection;
  event: RandomEvent;
}

/** Greedy: takes the first smaller pair that still `differs`, until there is none. */
export async function shrink(
  start: Pair,
  differs: (pair: Pair) => Promise<boolean>,
  most = 300,
): Promise<Pair> {
  let best = start;
  let tried = 0;
  for (let found = true; found && tried < most; ) {
    found = false;
    for (const pair of smaller(best)) {
      if (++tried > most) break;
      if (!(await differs(pair))) continue;
      best = pair;
      found = true;
      break;
    }
  }
  return best;
}

function* smaller({ detection, event }: Pair): Generator<Pair> {
  for (const next of smallerDetections(detection)) yield { detection: next, event };
  for (const columns of smallerValues(event.columns)) {
    yield { detection, event: { ...event, columns: columns as RandomEvent['columns'] } };
  }
  for (const fields of smallerValues(event.fields)) {
    yield { detection, event: { ...event, fields: fields as RandomEvent['fields'] } };
  }
}

function* smallerDetections(detection: Detection): Generator<Detection> {
  const { condition, ...searches } = detection;
  const names = Object.keys(searches);
  for (const name of names) {
    for (const simple of [name, `not ${name}`]) {
      if (names.length > 1 || condition !== simple) {
        if (names.length > 1 || String(condition).length > simple.length)
          yield { [name]: searches[name], condition: simple };
      }
    }
  }
  for (const name of names) {
    for (const value of smallerValues(searches[name])) {
      const empty = Array.isArray(value)
        ? value.length === 0
        : typeof value === 'object' && value && !Object.keys(value).length;
      if (!empty && value !== null) yield { ...detection, [name]: value };
    }
  }
}

/** Values with one member, element or character less. */
function* smallerValues(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const i of value.keys()) yield value.toSpliced(i, 1);
    if (value.length === 1) yield value[0];
    for (const [i, part] of value.entries())
      for (const next of smallerValues(part)) yield value.with(i, next);
  } else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    for (const i of entries.keys()) yield Object.fromEntries(entries.toSpliced(i, 1));
    for (const [i, [key, part]] of entries.entries()) {
      for (const next of smallerValues(part)) yield Object.fromEntries(entries.with(i, [key, next]));
    }
  } else if (typeof value === 'string') {
    const points = [...value];
    if (points.length > 3) {
      yield points.slice(points.length >> 1).join('');
      yield points.slice(0, points.length >> 1).join('');
    }
    for (const i of points.keys()) yield points.toSpliced(i, 1).join('');
  }
}
