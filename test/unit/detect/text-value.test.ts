import { describe, expect, it } from 'vitest';
import { parseNetwork, parseV6 } from '../../../electron/engine/detect/sigma/cidr.ts';
import { Problems } from '../../../electron/engine/detect/sigma/problem.ts';
import { readTemplate } from '../../../electron/engine/detect/sigma/template.ts';
import { likePattern, open, parseText } from '../../../electron/engine/detect/sigma/text-value.ts';

describe('a Sigma string', () => {
  const B = '\\';
  it.each<[string, unknown[]]>([
    ['abc', [{ text: 'abc' }]],
    ['a*b?', [{ text: 'a' }, 'any', { text: 'b' }, 'one']],
    [`${B}*`, [{ text: '*' }]],
    [`${B}?`, [{ text: '?' }]],
    [`a${B}b`, [{ text: `a${B}b` }]],
    [`${B}${B}*`, [{ text: B }, 'any']],
    [`${B}${B}${B}*`, [{ text: `${B}*` }]],
    [`${B}${B}x`, [{ text: `${B}x` }]],
    [`${B}${B}${B}x`, [{ text: `${B}${B}x` }]],
    [`${B}${B}${B}${B}x`, [{ text: `${B}${B}x` }]],
    [`a${B}`, [{ text: `a${B}` }]],
    ['**', ['any']],
    ['', []],
  ])('%j', (source, parts) => {
    expect(parseText(source)).toEqual(parts);
  });

  it('becomes a LIKE pattern in which only wildcards are wild', () => {
    expect(likePattern(parseText(`100%_${B}x*?`))).toBe(`100${B}%${B}_${B}${B}x%_`);
  });

  it('is opened once', () => {
    expect(open(parseText('*a'), true, true)).toEqual(['any', { text: 'a' }, 'any']);
    expect(open(parseText(''), true, true)).toEqual(['any']);
  });
});

describe('networks', () => {
  it('reads both versions and single addresses', () => {
    expect(parseNetwork('10.0.0.0/8')).toEqual({ version: 4, low: 0x0a000000n, high: 0x0affffffn });
    expect(parseNetwork('1.2.3.4')).toMatchObject({ low: 0x01020304n, high: 0x01020304n });
    expect(parseNetwork('fe80::/10')).toMatchObject({ version: 6 });
    expect(parseV6('::ffff:1.2.3.4')).toBe(0xffff01020304n);
    expect(parseV6('1:2:3:4:5:6:7:8')).toBe(0x00010002000300040005000600070008n);
    for (const wrong of [
      '',
      '10.0.0.0/33',
      '010.0.0.0/8',
      '1.2.3',
      '::1::',
      '1:2:3:4:5:6:7:8:9',
      'fe80::/129',
      'fe80::1/10',
    ]) {
      expect(typeof parseNetwork(wrong)).toBe('string');
    }
  });
});

describe('the sentence of a rule', () => {
  it('has places', () => {
    const problems = new Problems();
    expect(
      readTemplate('{count} x {values:user_name@login}{node}', { line: 1, column: 1 }, problems),
    ).toEqual([
      { is: 'count', role: null },
      ' x ',
      { is: 'field', field: 'user_name', role: 'login' },
      { is: 'node' },
    ]);
    expect(problems.any).toBe(false);
    readTemplate('{count} {', { line: 1, column: 1 }, problems);
    expect(problems.any).toBe(true);
  });
});
