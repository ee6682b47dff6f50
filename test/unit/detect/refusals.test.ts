import { describe, expect, it } from 'vitest';
import { checkRuleText } from '../../../electron/engine/detect/load-rules.ts';

const rule = (detection: string, head = '') => `title: A rule
${head}logsource:
  product: registry
detection:
${detection}`;
const base = `---
title: Base
name: base
logsource: {product: registry}
detection: {s: {message: x}, condition: s}
`;
const correlation = (body: string) => `title: C
correlation:
${body}${base}`;

describe('what cannot be honoured is refused by name and line', () => {
  it.each<[string, string, number, string]>([
    [
      'an unknown modifier',
      rule('  s:\n    message|contians: x\n  condition: s\n'),
      6,
      "'contians' is not a Sigma modifier",
    ],
    [
      'an unresolved placeholder',
      rule("  s:\n    user_name|expand: '%Administrators%'\n  condition: s\n"),
      6,
      'the placeholder %Administrators% has no values',
    ],
    [
      'two kinds of match',
      rule('  s:\n    message|re|fieldref: x\n  condition: s\n'),
      6,
      'do not go together',
    ],
    ['re behind another', rule('  s:\n    message|cased|re: x\n  condition: s\n'), 6, "'re' must come first"],
    ['a regex flag without re', rule('  s:\n    message|i: x\n  condition: s\n'), 6, "belongs after 're'"],
    ['lookahead', rule("  s:\n    message|re: 'a(?=b)'\n  condition: s\n"), 6, 'lookahead'],
    ['lookbehind', rule("  s:\n    message|re: '(?<!a)b'\n  condition: s\n"), 6, 'lookbehind'],
    ['a backreference', rule("  s:\n    message|re: '(a)\\1'\n  condition: s\n"), 6, 'backreferences'],
    ['possessive', rule("  s:\n    message|re: 'a++'\n  condition: s\n"), 6, 'possessive'],
    ['an open group', rule("  s:\n    message|re: '(a'\n  condition: s\n"), 6, "'(' is not closed"],
    ['a huge repetition', rule("  s:\n    message|re: 'a{1001}'\n  condition: s\n"), 6, 'more than 1000'],
    ['text compared', rule('  s:\n    http_status|gte: many\n  condition: s\n'), 6, 'needs a number'],
    ['exists without a boolean', rule('  s:\n    task_id|exists: 1\n  condition: s\n'), 6, 'true or false'],
    [
      'a network with host bits',
      rule("  s:\n    src_ip|cidr: '10.0.0.1/8'\n  condition: s\n"),
      6,
      'host bits',
    ],
    ['no network', rule("  s:\n    src_ip|cidr: 'inside'\n  condition: s\n"), 6, 'not a network'],
    ['an empty selection', rule('  s: {}\n  condition: s\n'), 5, 'is empty'],
    ['a map as value', rule('  s:\n    message: {a: b}\n  condition: s\n'), 6, 'must be a value'],
    ['an unknown selection', rule('  s:\n    message: x\n  condition: s and t\n'), 7, "no selection 't'"],
    ['an aggregation', rule('  s:\n    message: x\n  condition: s | count() > 3\n'), 7, 'correlation rule'],
    [
      'an empty pattern',
      rule('  s:\n    message: x\n  condition: 1 of filter_*\n'),
      7,
      'matches no selection',
    ],
    [
      'timeframe',
      rule('  s:\n    message: x\n  timeframe: 5m\n  condition: s\n'),
      7,
      "'timeframe' was removed",
    ],
    ['no condition', rule('  s:\n    message: x\n'), 5, 'no condition'],
    ['a duplicate key', rule('  s:\n    message: x\n    message: y\n  condition: s\n'), 7, 'unique'],
    ['broken YAML', 'title: [a\n', 2, 'YAML'],
    [
      'no title',
      'logsource: {product: ray}\ndetection: {s: {message: x}, condition: s}\n',
      1,
      "'title' is missing",
    ],
    ['no logsource', 'title: t\ndetection: {s: {message: x}, condition: s}\n', 1, "'logsource' is missing"],
    [
      'an empty logsource',
      'title: t\nlogsource: {}\ndetection: {s: {message: x}, condition: s}\n',
      2,
      'neither product',
    ],
    [
      'another taxonomy',
      rule('  s:\n    message: x\n  condition: s\n', 'taxonomy: ecs\n'),
      2,
      "taxonomy 'ecs'",
    ],
    ['encoding a wildcard', rule("  s:\n    message|base64: 'a*'\n  condition: s\n"), 6, 'wildcard'],
    ['encoding next to nothing', rule('  s:\n    message|base64offset: a\n  condition: s\n'), 6, 'two bytes'],
    ['wide alone', rule('  s:\n    message|wide: a\n  condition: s\n'), 6, 'right before base64'],
    [
      'base64 of a number',
      rule('  s:\n    message|base64: 12\n  condition: s\n'),
      6,
      'put the value in quotes',
    ],
    [
      'exists with another',
      rule('  s:\n    message|exists|neq: true\n  condition: s\n'),
      6,
      'no other modifier',
    ],
    [
      'cidr behind another',
      rule("  s:\n    src_ip|contains|cidr: '10.0.0.0/8'\n  condition: s\n"),
      6,
      'must come first',
    ],
    ['an hour as text', rule("  s:\n    ts|hour: '3'\n  condition: s\n"), 6, 'a whole number'],
    [
      'dashes beyond number',
      rule("  s:\n    message|windash|base64: '-a -b -c -d -e'\n  condition: s\n"),
      6,
      'four dashes',
    ],
    [
      'fieldref to nothing',
      rule("  s:\n    message|fieldref: ''\n  condition: s\n"),
      6,
      'field name is empty',
    ],
    [
      'a keyword with a network',
      rule("  s:\n    '|cidr': '10.0.0.0/8'\n  condition: s\n"),
      6,
      'keywords have no field',
    ],
    [
      'a filter without rules',
      'title: f\nlogsource: {product: ray}\nfilter: {selection: {message: x}, condition: not selection}\n',
      3,
      "'filter.rules' is missing",
    ],
    [
      'a rule and a filter at once',
      rule(
        '  s: {message: x}\n  condition: s\n',
        'filter: {rules: any, s: {message: x}, condition: not s}\n',
      ),
      2,
      'documents of their own',
    ],
    ['an action document', 'title: f\naction: global\n', 2, "'action'"],
    [
      'an extra word of ours',
      rule('  s:\n    message: x\n  condition: s\n', 'tidemark: {gaps: 5m}\n'),
      2,
      "'tidemark.gaps' is not known",
    ],
    [
      'a place that is none',
      rule('  s:\n    message: x\n  condition: s\n', "tidemark: {explain: 'x {} y'}\n"),
      2,
      'is not a place',
    ],
    [
      'an unknown correlation type',
      correlation('  type: value_mode\n  rules: [base]\n  timespan: 5m\n'),
      3,
      "'value_mode' is not a correlation type",
    ],
    ['no type', correlation('  rules: [base]\n  timespan: 5m\n'), 3, "'correlation.type' is missing"],
    [
      'an unknown reference',
      correlation('  type: event_count\n  rules: [nobody]\n  timespan: 5m\n  condition: {gte: 2}\n'),
      4,
      "'nobody'",
    ],
    [
      'a bad timespan',
      correlation('  type: event_count\n  rules: [base]\n  timespan: 1 week\n  condition: {gte: 2}\n'),
      5,
      'whole number with s, m, h or d',
    ],
    [
      'no timespan',
      correlation('  type: event_count\n  rules: [base]\n  condition: {gte: 2}\n'),
      3,
      "'correlation.timespan' is missing",
    ],
    [
      'no condition of a count',
      correlation('  type: event_count\n  rules: [base]\n  timespan: 5m\n'),
      3,
      'condition',
    ],
    [
      'a condition word',
      correlation('  type: event_count\n  rules: [base]\n  timespan: 5m\n  condition: {foo: 1}\n'),
      6,
      "'foo' is not part",
    ],
    [
      'a fraction',
      correlation('  type: event_count\n  rules: [base]\n  timespan: 5m\n  condition: {gte: 1.5}\n'),
      6,
      'whole number',
    ],
    [
      'value_count without a field',
      correlation('  type: value_count\n  rules: [base]\n  timespan: 5m\n  condition: {gte: 2}\n'),
      6,
      "needs 'condition.field'",
    ],
    [
      'an expression with a rule that is not listed',
      correlation('  type: temporal\n  rules: [base]\n  timespan: 5m\n  condition: base and not other\n'),
      6,
      "'rules' does not list 'other'",
    ],
    [
      'an expression that leaves out a listed rule',
      correlation('  type: temporal\n  rules: [base, other]\n  timespan: 5m\n  condition: base\n'),
      6,
      "'rules' lists 'other', which the condition does not name",
    ],
    [
      'an expression with a quantity',
      correlation('  type: temporal\n  rules: [base]\n  timespan: 5m\n  condition: 1 of base*\n'),
      6,
      "'1 of' is not part of a correlation",
    ],
    [
      'an expression of a count',
      correlation('  type: event_count\n  rules: [base]\n  timespan: 5m\n  condition: base\n'),
      6,
      'belongs to temporal and temporal_ordered',
    ],
    [
      'an order of what does not occur',
      correlation('  type: temporal_ordered\n  rules: [base]\n  timespan: 5m\n  condition: not base\n'),
      6,
      'without any rule that occurs',
    ],
    [
      'an order that contradicts itself',
      correlation(
        '  type: temporal_ordered\n  rules: [base]\n  timespan: 5m\n  condition: base and not base\n',
      ),
      6,
      'can never be true',
    ],
    [
      'more rules than there are',
      correlation('  type: temporal\n  rules: [base]\n  timespan: 5m\n  condition: {gte: 2}\n'),
      6,
      'asks for 2 rules',
    ],
    [
      'a percentile that is not named',
      correlation(
        '  type: value_percentile\n  rules: [base]\n  timespan: 5m\n  condition: {field: a, lte: 1}\n',
      ),
      6,
      "value_percentile needs 'condition.percentile'",
    ],
    [
      'a percentile of a sum',
      correlation(
        '  type: value_sum\n  rules: [base]\n  timespan: 5m\n  condition: {field: a, percentile: 5, lte: 1}\n',
      ),
      6,
      "'condition.percentile' does not belong to value_sum",
    ],
    [
      'a sum of two fields',
      correlation(
        '  type: value_sum\n  rules: [base]\n  timespan: 5m\n  condition: {field: [a, b], gte: 1.5}\n',
      ),
      6,
      'reckons with one field',
    ],
    [
      'one rule by two words',
      `title: t\ncorrelation:\n  type: temporal\n  rules: [base, 00000000-0000-4000-8000-00000000000b]\n  timespan: 5m\n---\ntitle: b\nid: 00000000-0000-4000-8000-00000000000b\nname: base\nlogsource: {product: ray}\ndetection: {s: {message: x}, condition: s}\n`,
      4,
      'names the rule',
    ],
    [
      'an alias of a stranger',
      correlation(
        '  type: event_count\n  rules: [base]\n  timespan: 5m\n  group-by: [who]\n  aliases: {who: {other: a}}\n  condition: {gte: 2}\n',
      ),
      7,
      "names 'other'",
    ],
    [
      'an unknown built-in check',
      'title: n\ntidemark: {native: nothing}\n',
      1,
      "no built-in check 'nothing'",
    ],
    ['nothing at all', '', 1, 'holds no rule'],
    ['only a comment', '# x\n', 1, 'holds no rule'],
    ['a list', '- a\n', 1, 'a rule is a map'],
  ])('%s', (_, text, line, message) => {
    const { ok, problems } = checkRuleText(text);
    expect(ok).toBe(false);
    expect(problems.map((p) => p.message).join('\n')).toContain(message);
    expect(problems.find((p) => p.message.includes(message))!.line).toBe(line);
  });

  it.each<[string, string, number, string]>([
    [
      'an unknown level',
      rule('  s:\n    message: x\n  condition: s\n', 'level: extreme\n'),
      2,
      "'level' must be one of",
    ],
    [
      'an unknown status',
      rule('  s:\n    message: x\n  condition: s\n', 'status: new\n'),
      2,
      "'status' must be one of",
    ],
    ['an id that is no UUID', rule('  s:\n    message: x\n  condition: s\n', 'id: seven\n'), 2, 'UUID'],
    [
      'a date with slashes',
      rule('  s:\n    message: x\n  condition: s\n', 'date: 2026/11/20\n'),
      2,
      'YYYY-MM-DD',
    ],
    [
      'a tag of odd shape',
      rule('  s:\n    message: x\n  condition: s\n', 'tags: [Attack]\n'),
      2,
      'namespace.value',
    ],
    [
      'a long title',
      rule('  s:\n    message: x\n  condition: s\n').replace('A rule', 'x'.repeat(300)),
      1,
      'longer than 256',
    ],
    [
      'references as text',
      rule('  s:\n    message: x\n  condition: s\n', 'references: a\n'),
      2,
      "'references' must be a list",
    ],
    [
      'null in a list',
      rule('  s:\n    user_name: [a, null]\n  condition: s\n'),
      6,
      'or the field has no value',
    ],
    ['an empty list', rule('  s:\n    user_name: []\n  condition: s\n'), 6, 'read as null'],
    [
      'all with one value',
      rule('  s:\n    message|contains|all: a\n  condition: s\n'),
      6,
      "'all' has no effect",
    ],
    ['a value without a field', rule('  s: a\n  condition: s\n'), 5, 'read as a keyword'],
    ['a modifier twice', rule('  s:\n    message|contains|contains: a\n  condition: s\n'), 6, 'given twice'],
    ['an hour that never is', rule('  s:\n    ts|hour: 24\n  condition: s\n'), 6, 'never 24'],
    [
      'a selection without use',
      rule('  s: {message: x}\n  t: {message: y}\n  condition: s\n'),
      6,
      "uses the selection 't'",
    ],
    [
      'a filter without not',
      'title: f\nlogsource: {product: ray}\nfilter:\n  rules: any\n  selection: {message: x}\n  condition: selection\n',
      6,
      "has no 'not'",
    ],
  ])('only warns of %s', (_, text, line, message) => {
    const { ok, problems, warnings } = checkRuleText(text);
    expect({ ok, problems }).toEqual({ ok: true, problems: [] });
    expect(warnings.map((w) => `${w.line}: ${w.message}`).join('\n')).toMatch(
      new RegExp(`^${line}: .*${message}`, 'm'),
    );
  });

  it('names the line of a broken base rule of a correlation, and of a circle', () => {
    const broken = checkRuleText(`title: C
correlation: {type: event_count, rules: [b], timespan: 5m, condition: {gte: 2}}
---
title: B
name: b
logsource: {product: ray}
detection:
  s:
    message|nope: x
  condition: s
`);
    expect(broken.problems.map((p) => p.line)).toContain(9);
    const circle = checkRuleText(`title: A
name: a
correlation: {type: event_count, rules: [b], timespan: 5m, condition: {gte: 2}}
---
title: B
name: b
correlation: {type: event_count, rules: [a], timespan: 5m, condition: {gte: 2}}
---
title: C
correlation: {type: event_count, rules: [a], timespan: 5m, condition: {gte: 2}}
`);
    expect(circle.ok).toBe(false);
    expect(circle.problems.map((p) => p.message).join()).toContain('refers back to it');
  });

  it('accepts attributes it does not know, several conditions, and warns about windows that end at no event', () => {
    expect(
      checkRuleText(
        rule('  a: {message: x}\n  b: {message: y}\n  condition: [a, b]\n', 'my_own: {any: thing}\n'),
      ).ok,
    ).toBe(true);
    const lt = checkRuleText(
      correlation('  type: event_count\n  rules: [base]\n  timespan: 5m\n  condition: {lt: 2}\n'),
    );
    expect(lt.ok).toBe(true);
    expect(lt.warnings[0]!.message).toContain('windows end at an event');
    expect(
      checkRuleText(
        correlation('  type: event_count\n  rules: [base]\n  timespan: 5m\n  condition: {gt: 2, lte: 9}\n'),
      ).ok,
    ).toBe(true);
  });

  it('survives hostile YAML', () => {
    expect(checkRuleText('['.repeat(100_000)).ok).toBe(false);
    expect(checkRuleText(`${'{a: '.repeat(5000)}1`).ok).toBe(false);
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
      .split('')
      .map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefghij'[i]}`).join(',')}]`)
      .join('\n')}\ntitle: x\n`;
    const { ok, problems } = checkRuleText(bomb);
    expect(ok).toBe(false);
    expect(problems[0]!.message).toMatch(/too large|aliases/);
    expect(checkRuleText('title: !!js/function "x"\n').ok).toBe(false);
    expect(checkRuleText('\u0000').ok).toBe(false);
  });
});
