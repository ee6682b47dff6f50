import { describe, expect, test } from 'vitest';
import { matchedLines } from '../../../renderer/src/details/matched-lines.ts';
import { markedPieces, windowStart } from '../../../renderer/src/format/marked.ts';
import { matrixOf, placesOf } from '../../../renderer/src/views/findings/attack-places.ts';
import { grouped } from '../../../renderer/src/views/findings/grouped.ts';
import { offeredValues } from '../../../renderer/src/views/findings/suppress.ts';
import type { Attack, EventRow, FindingRow, Matched, RuleRow } from '../../../shared/api.ts';

const attack: Attack = {
  tactics: [
    { id: 'TA0001', name: 'Initial Access', short: 'initial-access' },
    { id: 'TA0002', name: 'Execution', short: 'execution' },
    { id: 'TA0006', name: 'Credential Access', short: 'credential-access' },
  ],
  techniques: [
    { id: 'T1078', name: 'Valid Accounts', tactics: ['initial-access', 'credential-access'] },
    { id: 'T1110', name: 'Brute Force', tactics: ['credential-access'] },
  ],
};
const finding = (over: Partial<FindingRow>): FindingRow => ({
  findingId: 'f-1',
  ruleId: 'r-1',
  title: 'Found',
  level: 'medium',
  attack: [],
  node: 'n1',
  nodes: ['n1'],
  systems: ['registry'],
  firstTs: 1,
  lastTs: 2,
  eventCount: 2,
  groupValues: {},
  explanation: '',
  state: 'open',
  stateBy: null,
  stateAt: null,
  stateWhy: null,
  suppressionId: null,
  ...over,
});
const rule = (ruleId: string, tags: string[]): RuleRow => ({ ruleId, tags }) as unknown as RuleRow;

describe('places in the ATT&CK matrix', () => {
  test('a technique stands under the tactic its rule names, else under all of its own', () => {
    expect(placesOf(['attack.t1078', 'attack.initial_access'], attack)).toEqual([
      { tactic: 'initial-access', technique: 'T1078' },
    ]);
    expect(placesOf(['attack.T1078'], attack).map((p) => p.tactic)).toEqual([
      'initial-access',
      'credential-access',
    ]);
  });

  test('a tactic without a technique of its own stands for itself', () => {
    expect(placesOf(['attack.t1110', 'attack.execution', 'cve.2024-1'], attack)).toEqual([
      { tactic: 'credential-access', technique: 'T1110' },
      { tactic: 'execution', technique: '' },
    ]);
  });

  test('a sub-technique that is not listed has the tactics of its technique; an unknown technique none', () => {
    expect(placesOf(['attack.t1110.009'], attack)).toEqual([
      { tactic: 'credential-access', technique: 'T1110.009' },
    ]);
    expect(placesOf(['attack.t9999'], attack)).toEqual([{ tactic: '', technique: 'T9999' }]);
    expect(placesOf(['attack.g0001', 'detection.threat-hunting'], attack)).toEqual([]);
  });

  test('columns keep the order of the tactics, cells count rules and findings, the unknown comes last', () => {
    const rules = [
      rule('r-1', ['attack.t1110', 'attack.credential-access']),
      rule('r-2', ['attack.t1110']),
      rule('r-3', ['attack.t9999']),
    ];
    const columns = matrixOf(attack, rules, [
      finding({ level: 'low' }),
      finding({ findingId: 'f-2', level: 'critical', state: 'confirmed' }),
      finding({ findingId: 'f-3', ruleId: 'gone', attack: ['T1078'] }),
    ]);
    expect(columns.map((c) => c.short)).toEqual(['initial-access', 'execution', 'credential-access', '']);
    expect(columns[2]!.cells).toEqual([
      expect.objectContaining({ technique: 'T1078', rules: 0, findings: 1 }),
      {
        tactic: 'credential-access',
        technique: 'T1110',
        name: 'Brute Force',
        rules: 2,
        findings: 2,
        open: 1,
        level: 'critical',
      },
    ]);
    expect(columns[1]!.cells).toEqual([]);
    expect(columns[3]!.cells.map((c) => c.technique)).toEqual(['T9999']);
  });
});

describe('groups of findings', () => {
  const names = { attack, rules: new Map([['r-1', rule('r-1', ['attack.t1078'])]]) };
  test('by entity a finding is in the group of each of its values that names something', () => {
    const groups = grouped(
      [finding({ groupValues: { src_ip: '10.0.0.1', user: 'eve', n: 5, m: '5', none: null } })],
      'entity',
      names,
    );
    expect(groups.map((g) => g.word)).toEqual(['src_ip = 10.0.0.1', 'user = eve']);
  });

  test('by tactic the groups stand in the order of ATT&CK, what has none at the end', () => {
    const groups = grouped(
      [finding({}), finding({ findingId: 'f-2', ruleId: 'x', level: 'critical' })],
      'tactic',
      names,
    );
    expect(groups.map((g) => g.word)).toEqual(['Initial Access', 'Credential Access', 'Under no tactic']);
  });
});

describe('what a suppression is offered', () => {
  const row = (over: Partial<EventRow>) =>
    ({
      node: 'n1',
      system: 'registry',
      component: null,
      action: null,
      srcIp: null,
      userName: null,
      httpMethod: null,
      httpPath: null,
      httpStatus: null,
      ...over,
    }) as EventRow;
  test('group values are chosen, values that all events share are there to be chosen', () => {
    const offered = offeredValues(finding({ groupValues: { src_ip: '10.0.0.1', empty: null } }), [
      row({ srcIp: '10.0.0.1', userName: 'eve', httpStatus: 401 }),
      row({ srcIp: '10.0.0.1', userName: 'adam', httpStatus: 401 }),
    ]);
    expect(offered).toEqual([
      { field: 'src_ip', value: '10.0.0.1', grouped: true },
      { field: 'node', value: 'n1', grouped: false },
      { field: 'system', value: 'registry', grouped: false },
      { field: 'http_status', value: '401', grouped: false },
    ]);
  });

  test('of a finding whose events are not all read nothing is said to be common', () => {
    expect(offeredValues(finding({ eventCount: 3 }), [row({})])).toEqual([]);
  });
});

const match = (over: Partial<Matched>): Matched => ({
  selection: 's',
  field: 'message',
  column: 'message',
  start: 0,
  end: 1,
  value: '',
  ...over,
});

describe('marks in a message', () => {
  test('overlapping matches share the piece they share', () => {
    const pieces = markedPieces('abcdef', [match({ start: 0, end: 3 }), match({ start: 2, end: 5 })]);
    expect(pieces.map((p) => [p.text, p.by.length])).toEqual([
      ['ab', 1],
      ['c', 2],
      ['de', 1],
      ['f', 0],
    ]);
    expect(pieces.map((p) => p.text).join('')).toBe('abcdef');
  });

  test('what lies outside, is empty or in another column marks nothing and loses nothing', () => {
    const pieces = markedPieces('abc', [
      match({ start: 3, end: 9 }),
      match({ start: 1, end: 1 }),
      match({ column: 'fields', start: 0, end: 2 }),
    ]);
    expect(pieces).toEqual([{ at: 0, text: 'abc', by: [] }]);
    expect(markedPieces('abc', [match({ start: 1, end: 99 })]).map((p) => p.text)).toEqual(['a', 'bc']);
  });

  test('a long line is shown around its first match', () => {
    expect(windowStart('x'.repeat(100), [match({ start: 90, end: 92 })], 200)).toBe(0);
    expect(windowStart('x'.repeat(1000), [match({ start: 10, end: 12 })], 200)).toBe(0);
    const from = windowStart('x'.repeat(1000), [match({ start: 500, end: 502 })], 200);
    expect(from).toBeLessThan(500);
    expect(from + 200).toBeGreaterThan(502);
    expect(windowStart('x'.repeat(1000), [match({ start: 998, end: 1000 })], 200)).toBe(800);
  });
});

describe('the lines of a rule that matched', () => {
  const source = `title: T
detection:
  selection:
    message|contains:
      - 'failed login'
      # a comment
      - "curl *|bash"
    src_ip: 10.0.0.1
  other:
    message: x
  words:
    - keyword one
    - keyword two
  condition: selection and not other or words
falsepositives:
  - failed login of a script
`;
  test('selection, field and value of a list; not its other values, nor other selections', () => {
    const lines = matchedLines(source, [
      match({ selection: 'selection', field: 'message|contains', value: 'Failed Login' }),
    ]);
    expect([...lines].toSorted((a, b) => a - b)).toEqual([3, 4, 5]);
  });

  test('wildcards stand for anything', () => {
    const lines = matchedLines(source, [match({ selection: 'selection', value: 'curl http://x |bash' })]);
    expect(lines.has(7)).toBe(true);
    expect(lines.has(5)).toBe(false);
  });

  test('of keywords the one that was found', () => {
    const lines = matchedLines(source, [
      match({ selection: 'words', field: 'keyword', value: 'keyword two' }),
    ]);
    expect([...lines].toSorted((a, b) => a - b)).toEqual([11, 13]);
  });

  test('nothing that matched marks nothing', () => {
    expect(matchedLines(source, []).size).toBe(0);
    expect(matchedLines('SELECT 1', [match({})]).size).toBe(0);
  });
});
