import { describe, expect, it } from 'vitest';
import { checkRuleText } from '../../../electron/engine/detect/load-rules.ts';

const BODY = 'logsource: {product: registry}\ndetection: {s: {message: x}, condition: s}\n';

describe('what a rule says of itself', () => {
  it('is kept as written', () => {
    const { ok, warnings, rules } = checkRuleText(`title: A rule
id: 0A0B0C0D-0000-4000-8000-000000000001
name: a_rule
related:
  - {id: 0a0b0c0d-0000-4000-8000-000000000002, type: derived}
status: test
description: What it is for.
license: DRL-1.1
references: [https://example.org/a, https://example.org/b]
author: Ann, Bob
date: 2026-11-20
modified: 2026-11-21
tags: [attack.t1190, attack.stealth, attack.t1059.004, cve.2021-44228]
falsepositives: Tests
fields: [src_ip]
level: high
custom: {any: thing}
${BODY}`);
    expect({ ok, warnings }).toEqual({ ok: true, warnings: [] });
    expect(rules[0]).toMatchObject({
      ruleId: '0a0b0c0d-0000-4000-8000-000000000001',
      title: 'A rule',
      status: 'test',
      level: 'high',
      license: 'DRL-1.1',
      author: 'Ann, Bob',
      references: ['https://example.org/a', 'https://example.org/b'],
      related: [{ id: '0a0b0c0d-0000-4000-8000-000000000002', type: 'derived' }],
      tags: ['attack.t1190', 'attack.stealth', 'attack.t1059.004', 'cve.2021-44228'],
      attack: ['T1190', 'T1059.004'],
      falsePositives: ['Tests'],
    });
    expect(rules[0]!.document.metadata).toMatchObject({
      date: '2026-11-20',
      modified: '2026-11-21',
      fields: ['src_ip'],
    });
  });

  it('may be missing or odd without touching what matches', () => {
    const { ok, rules, warnings } = checkRuleText(
      `title: 7\nlevel: HIGH\nauthor: [Ann, Bob]\nreferences: one\nrelated: {id: x}\ntags: one.two\ndate: 20.11.2026\n${BODY}`,
    );
    expect(ok).toBe(true);
    expect(rules[0]).toMatchObject({
      title: '7',
      level: 'high',
      author: 'Ann, Bob',
      references: ['one'],
      tags: ['one.two'],
    });
    expect(warnings.map((w) => w.line).sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(checkRuleText(`title: t\n${BODY}`).rules[0]).toMatchObject({
      level: 'medium',
      status: 'experimental',
    });
    expect(checkRuleText(`title: t\nlevel: urgent\n${BODY}`).rules[0]!.level).toBe('medium');
  });
});
