// The numbers of a rule that a case may set otherwise: which there are, and the rule with other ones.
import type { Threshold } from '../../../shared/model.ts';
import { NATIVE_CHECKS } from './native/checks.ts';
import type { Correlation } from './sigma/correlation-document.ts';
import type { RuleDocument } from './sigma/document.ts';

const LONGEST_SECONDS = 10_000 * 86_400;
const WORDS: Record<Correlation['condition'][number]['operator'], [name: string, words: string]> = {
  '>': ['gt', 'more than'],
  '>=': ['gte', 'at least'],
  '<': ['lt', 'less than'],
  '<=': ['lte', 'at most'],
  '=': ['eq', 'exactly'],
  '<>': ['neq', 'anything but'],
};

/** The thresholds of a rule with the values that it states itself. */
export function statedThresholds(document: RuleDocument): Threshold[] {
  const { body, extras } = document;
  if (body?.kind === 'event') {
    const about = 'Longest silence within one finding';
    return [
      { name: 'gap', value: extras.gap / 1e6, unit: 'seconds', least: 1, most: LONGEST_SECONDS, about },
    ];
  }
  if (body?.kind === 'native') return nativeThresholds(body.name);
  if (body?.kind !== 'correlation') return [];
  return [
    ...criteria(body).map(({ name, value, operator }) => countThreshold(body, name, value, operator)),
    {
      name: 'timespan',
      value: body.timespan / 1e6,
      unit: 'seconds',
      least: 1,
      most: LONGEST_SECONDS,
      about: 'Length of the window',
    },
  ];
}

/** The same rule with other numbers; names that it does not have change nothing. Native checks take theirs when they run. */
export function withThresholds(document: RuleDocument, values: Record<string, number>): RuleDocument {
  const { body, extras } = document;
  if (body?.kind === 'event' && Object.hasOwn(values, 'gap')) {
    return { ...document, extras: { ...extras, gap: values.gap! * 1e6 } };
  }
  if (body?.kind !== 'correlation') return document;
  const names = criteria(body).map((c) => c.name);
  return {
    ...document,
    body: {
      ...body,
      timespan: Object.hasOwn(values, 'timespan') ? values.timespan! * 1e6 : body.timespan,
      condition: body.condition.map((criterion, i) => {
        const name = names[i];
        return name !== undefined && Object.hasOwn(values, name)
          ? { ...criterion, value: values[name]! }
          : criterion;
      }),
    },
  };
}

function nativeThresholds(name: string): Threshold[] {
  return NATIVE_CHECKS.get(name)?.thresholds ?? [];
}

/** The criteria of a correlation that can be set, by name. temporal_ordered always asks for all its rules. */
function criteria(body: Correlation) {
  if (body.type === 'temporal_ordered') return [];
  return body.condition.map(({ operator, value }) => ({
    name: body.condition.length === 1 ? 'count' : `count.${WORDS[operator][0]}`,
    operator,
    value,
  }));
}

function countThreshold(
  body: Correlation,
  name: string,
  value: number,
  operator: Correlation['condition'][number]['operator'],
): Threshold {
  const type: string = body.type;
  const what =
    type === 'event_count'
      ? 'events'
      : type === 'value_count'
        ? 'values'
        : type === 'temporal'
          ? 'rules'
          : '';
  const measured = {
    value_sum: 'The sum',
    value_avg: 'The average',
    value_median: 'The median',
    value_percentile: `The percentile ${Math.round((body.quantile ?? 0) * 1e6) / 1e4}`,
  }[type];
  const about = measured
    ? `${measured} in one window must be ${WORDS[operator][1]} this`
    : `How many ${what} one window must have: ${WORDS[operator][1]} this`;
  return {
    name,
    value,
    unit: what as Threshold['unit'],
    least: what === '' ? -1e15 : type === 'temporal' ? 1 : 0,
    most: type === 'temporal' ? body.rules.length : what === '' ? 1e15 : 1e9,
    about,
  };
}
