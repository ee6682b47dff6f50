import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import {
  constantWords,
  copyOf,
  fileNameOf,
  literal,
  ruleFromEvent,
  scalar,
} from '../../../renderer/src/views/rules/drafts.ts';
import { namedRules, restsOn } from '../../../renderer/src/views/rules/rests-on.ts';
import {
  askedPlaceholders,
  filtered,
  isNarrow,
  keyOf,
  NO_FILTER,
  sorted,
  stateOf,
  valuesOf,
} from '../../../renderer/src/views/rules/rows.ts';
import type { EventDetail, RuleRow } from '../../../shared/api.ts';

const rule = (over: Partial<RuleRow>): RuleRow => ({
  ruleId: 'r-1',
  title: 'A rule',
  level: 'medium',
  status: 'test',
  type: 'event',
  product: 'registry',
  service: null,
  attack: [],
  tags: [],
  path: 'registry/a.yml',
  line: 1,
  origin: 'built-in',
  editable: false,
  description: '',
  falsePositives: [],
  references: [],
  related: [],
  license: null,
  author: null,
  source: '',
  error: null,
  warnings: [],
  enabled: true,
  disabledWhy: null,
  thresholds: [],
  applies: true,
  note: null,
  findings: 0,
  suppressed: 0,
  events: 0,
  excluded: 0,
  millis: null,
  ...over,
});

describe('the list of rules', () => {
  const rules = [
    rule({ ruleId: 'a', title: 'Zebra', level: 'low', findings: 2, tags: ['attack.t1110.001'] }),
    rule({ ruleId: 'b', title: 'apple', level: 'high', error: 'line 3: unknown modifier' }),
    rule({
      ruleId: 'c',
      title: 'Mango',
      level: 'high',
      enabled: false,
      findings: 1,
      author: 'Somebody Else',
    }),
    rule({ ruleId: 'd', title: 'Fig', product: null, applies: false, tags: ['attack.t1110'] }),
  ];
  const ids = (rows: RuleRow[]) => rows.map((r) => r.ruleId);

  test('a refused rule is refused before it is anything else, a disabled one before it is absent', () => {
    expect(rules.map(stateOf)).toEqual(['ran', 'refused', 'disabled', 'absent']);
    expect(stateOf(rule({ error: 'no', enabled: false, applies: false }))).toBe('refused');
    expect(stateOf(rule({ enabled: false, applies: false }))).toBe('disabled');
  });

  test('every word of the filter must be somewhere, whatever its case', () => {
    expect(ids(filtered(rules, { ...NO_FILTER, text: 'mango SOMEBODY' }).shown)).toEqual(['c']);
    expect(ids(filtered(rules, { ...NO_FILTER, text: 'mango nobody' }).shown)).toEqual([]);
  });

  test('a technique finds its sub-techniques, a sub-technique not its technique', () => {
    expect(ids(filtered(rules, { ...NO_FILTER, tag: 'attack.t1110' }).shown)).toEqual(['a', 'd']);
    expect(ids(filtered(rules, { ...NO_FILTER, tag: 'attack.t1110.001' }).shown)).toEqual(['a']);
    expect(ids(filtered(rules, { ...NO_FILTER, tag: 'attack.t11' }).shown)).toEqual([]);
  });

  test('the counts of the states are of what the other filters leave', () => {
    const { shown, states } = filtered(rules, { ...NO_FILTER, levels: new Set(['high']), state: 'refused' });
    expect(ids(shown)).toEqual(['b']);
    expect(states).toEqual({ all: 2, hits: 1, ran: 0, absent: 0, disabled: 1, refused: 1 });
  });

  test('a rule without a product is of any log source', () => {
    expect(ids(filtered(rules, { ...NO_FILTER, system: 'any' }).shown)).toEqual(['d']);
    expect(isNarrow(NO_FILTER)).toBe(false);
    expect(isNarrow({ ...NO_FILTER, system: 'any' })).toBe(true);
  });

  test('order is by the column, then by level, then by title regardless of case', () => {
    expect(ids(sorted(rules, { by: 'findings', down: true }))).toEqual(['a', 'c', 'b', 'd']);
    expect(ids(sorted(rules, { by: 'title', down: false }))).toEqual(['b', 'd', 'c', 'a']);
    expect(ids(sorted(rules, { by: 'state', down: false }))).toEqual(['b', 'c', 'd', 'a']);
  });

  test('two documents with one id are two rows', () => {
    expect(keyOf(rule({ line: 1 }))).not.toBe(keyOf(rule({ line: 30 })));
    expect(keyOf(rule({ origin: 'case' }))).not.toBe(keyOf(rule({ origin: 'built-in' })));
  });

  test('values are counted, the most frequent first', () => {
    expect(valuesOf(rules, (r) => r.level)).toEqual([
      ['high', 2],
      ['low', 1],
      ['medium', 1],
    ]);
  });
});

test('placeholders are asked for by the rules that are refused for want of them', () => {
  const error = (name: string) =>
    `line 3: the placeholder %${name}% has no values in this case; set them under placeholders`;
  const asked = askedPlaceholders([
    rule({ error: `${error('admins')}; ${error('admins')}` }),
    rule({ error: `${error('admins')}; ${error('hosts')}` }),
    rule({ error: 'line 1: %else%' }),
    rule({}),
  ]);
  expect([...asked]).toEqual([
    ['admins', 2],
    ['hosts', 1],
  ]);
});

describe('what a correlation rests on', () => {
  const source = `title: Both
correlation:
  type: temporal
  rules:
    - pushed_by_hand # the first
    - '11111111-2222-4333-8444-555555555555'
  group-by:
    - digest
`;
  test('the names are read from its list, quoted or not, written out or inline', () => {
    expect(namedRules(source)).toEqual(['pushed_by_hand', '11111111-2222-4333-8444-555555555555']);
    expect(namedRules('correlation:\n  type: event_count\n  rules: [a, "b"]\n')).toEqual(['a', 'b']);
    expect(namedRules('correlation:\n  rules: just_one\n')).toEqual(['just_one']);
    expect(namedRules('detection:\n  rules:\n    - no\n')).toEqual([]);
  });

  test('a name leads to the rule that bears it; one that is listed nowhere is said all the same', () => {
    const named = rule({ ruleId: 'x', path: 'other.yml', source: 'title: P\nname: pushed_by_hand\n' });
    expect(restsOn(rule({ source }), [named])).toEqual([
      { name: 'pushed_by_hand', rule: named },
      { name: '11111111-2222-4333-8444-555555555555', rule: null },
    ]);
  });
});

describe('texts a new rule starts from', () => {
  const event = {
    eventId: '42',
    message: "authorization failed for 'eve\\*' from 10.0.0.1: bad password?",
    system: 'registry',
    component: 'access',
    category: 'authentication',
    action: null,
    outcome: 'failure',
    httpMethod: 'GET',
    httpPath: '/v2/a*b',
    httpStatus: 401,
    srcIp: '10.0.0.1',
    userName: "o'brien",
    node: 'registry-1',
    template: { templateId: 't', template: 'authorization failed for <*> from <*> bad password?', events: 3 },
  } as unknown as EventDetail;

  test('a scalar is read back as it was, whatever stands in it', () => {
    for (const text of [
      "it's",
      '#no: comment',
      '- x',
      'a\nb: c',
      'tab\there',
      '\u2028',
      '\u0085',
      '',
      '*',
      '{{x}}',
    ])
      expect(parse(`v: ${scalar(text)}`).v).toBe(text);
  });

  test('wildcards of a value are taken literally', () => {
    expect(literal('a\\b*c?')).toBe('a\\\\b\\*c\\?');
  });

  test('the constant words come from the template, and only those the message has', () => {
    expect(constantWords(event.message, event.template!.template)).toEqual([
      'authorization failed for',
      'from',
      'bad password?',
    ]);
    expect(constantWords('hello world', 'other words <*>')).toEqual(['hello world']);
    expect(constantWords('hello\nworld', null)).toEqual(['hello']);
  });

  test('a rule from an event has its log source, what is constant, and what is particular as comments', () => {
    const text = ruleFromEvent(event, 'an-id', '2026-11-21');
    const made = parse(text);
    expect(made.id).toBe('an-id');
    expect(made.logsource).toEqual({ product: 'registry', service: 'access' });
    expect(made.detection).toEqual({
      selection: {
        'message|contains|all': ['authorization failed for', 'from', 'bad password\\?'],
        category: 'authentication',
        outcome: 'failure',
        http_method: 'GET',
        http_path: '/v2/a\\*b',
        http_status: 401,
      },
      condition: 'selection',
    });
    expect(text).toContain("    # user_name: 'o''brien'\n");
  });

  test('a copy has ids of its own, says what it derives from, and its correlation rests on the copies', () => {
    const source = `title: One # kept
id: 11111111-1111-4111-8111-111111111111
name: one
detection:
  s:
    field: one
---
title: Two
id: 22222222-2222-4222-8222-222222222222
related:
  - id: 33333333-3333-4333-8333-333333333333
    type: similar
correlation:
  rules:
    - one
    - 11111111-1111-4111-8111-111111111111
    - elsewhere
  aliases:
    who:
      one: src_ip
tidemark:
  focus: one
  explain: 'of {count:one} by {src_ip@one}, none of {someone}'
`;
    let n = 0;
    const [one, two] = parseAllDocuments(copyOf(source, () => `new-${++n}`)).map((d) => d.toJS());
    expect(one).toMatchObject({
      id: 'new-1',
      name: 'one_copy',
      related: [{ id: '11111111-1111-4111-8111-111111111111', type: 'derived' }],
      detection: { s: { field: 'one' } },
    });
    expect(two.id).toBe('new-2');
    expect(two.related).toEqual([{ id: '33333333-3333-4333-8333-333333333333', type: 'similar' }]);
    expect(two.correlation).toEqual({
      rules: ['one_copy', 'new-1', 'elsewhere'],
      aliases: { who: { one_copy: 'src_ip' } },
    });
    expect(two.tidemark).toEqual({
      focus: 'one_copy',
      explain: 'of {count:one_copy} by {src_ip@one_copy}, none of {someone}',
    });
    expect(copyOf(source, () => 'x')).toContain('title: One # kept');
  });

  test('a file is named after the title', () => {
    expect(fileNameOf('title: Médium / "odd" – title!\n')).toBe('medium-odd-title.yml');
    expect(fileNameOf('id: x\n')).toBe('rule.yml');
  });
});
