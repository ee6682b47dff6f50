// Rules that are meant to harm: each is refused by name or harmless, and none ends the process.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkRuleText, loadRules } from '../../../electron/engine/detect/load-rules.ts';

const rule = (detection: string) =>
  `title: t\nlogsource: {product: registry}\ndetection:\n${detection}  condition: s\n`;
const many = (count: number, line: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => line(n)).join('');
const listed = (count: number, key: string, value: (n: number) => string) =>
  rule(`  s:\n    ${key}:\n${many(count, (n) => `      - ${value(n)}\n`)}`);

const reasonOf = (text: string) => {
  const { ok, problems } = checkRuleText(text);
  return ok ? 'ok' : problems[0]!.message;
};

const TOO_MANY = 100_000;
const LISTS: [string, number, (count: number) => string][] = [
  ['texts', 50_000, (count) => listed(count, 'message', (n) => `value-${n}`)],
  ['quoted texts', 50_000, (count) => listed(count, 'message', (n) => `'value ${n}'`)],
  ['numbers', 50_000, (count) => listed(count, 'n', (n) => `${n}`)],
  [
    'texts on one line',
    50_000,
    (count) => rule(`  s:\n    message: [${many(count - 1, (n) => `v${n}, `)}v${count - 1}]\n`),
  ],
  ['parts of texts', 10_000, (count) => listed(count, 'message|contains', (n) => `value-${n}`)],
  [
    'networks',
    10_000,
    (count) => listed(count, 'ip|cidr', (n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}/32`),
  ],
  ['keywords', 5000, (count) => rule(`  s:\n${many(count, (n) => `    - kw${n}\n`)}`)],
];

describe('a long list', () => {
  it.each(LISTS)('of %s is bound as few values up to %d', (_, most, make) => {
    const { ok, problems, rules } = checkRuleText(make(most));
    expect({ ok, problems }).toEqual({ ok: true, problems: [] });
    const { sql, values } = rules[0]!.query!;
    expect(values.length).toBeLessThan(1000);
    expect(sql.length).toBeLessThan(200_000);
    const last = new RegExp(`(value[- ]|v|kw|\\D)${most - 1}|${0x0a000000 + most - 1}`);
    expect(last.test(JSON.stringify(values))).toBe(true);
    expect(checkRuleText(make(most + 1)).ok).toBe(false);
  });

  it.each(LISTS)('of 100,000 %s is refused with its line', (_name, most, make) => {
    const { problems } = checkRuleText(make(TOO_MANY));
    expect(problems).toEqual([
      { line: 5, column: expect.any(Number), message: expect.stringContaining(`at most ${most} `) },
    ]);
    expect(problems[0]!.message).toContain('100000 ');
  });

  it.each(['m|re', 'm|fieldref', 'm|gt', 'm|contains|all', 'm|base64offset|contains', 'm|windash|contains'])(
    'of %s, each a test of its own, is refused with its line',
    (key) => {
      const { problems } = checkRuleText(listed(TOO_MANY, key, (n) => `${key.endsWith('gt') ? n : `a${n}`}`));
      expect(problems).toEqual([{ line: 5, column: 5, message: expect.stringContaining('100000 values') }]);
    },
  );

  it('keeps the place of every value, and values of every kind', () => {
    const lines = many(500, (n) => `      - ${n === 250 ? 'a*b' : `v${n}`}\n`);
    const bad = rule(`  s:\n    m|base64:\n${lines}    n|gt: x\n`);
    expect(checkRuleText(bad).problems.map((p) => `${p.line}:${p.column}`)).toEqual(['256:9', '506:11']);
    const flow = rule(`  s:\n    m|base64: [${many(500, (n) => `${n === 250 ? "'a*b'" : `v${n}`}, `)}z]\n`);
    expect(checkRuleText(flow).problems[0]).toMatchObject({
      line: 5,
      column: 16 + flow.split('\n')[4]!.indexOf("'a*b'") - 15,
    });
    const kinds = checkRuleText(
      rule(
        `  s:\n    m:\n${many(300, () => "      - 'it''s'\n      - true\n      - 7\n      - null\n      - 10.0.0.1\n")}`,
      ),
    );
    expect(kinds.ok).toBe(true);
    expect(kinds.rules[0]!.query!.values.join(' ')).toContain("it's");
    expect(kinds.rules[0]!.query!.values).toContain('true');
  });

  it('that only looks like one stays text', () => {
    const text = `title: t\ndescription: |\n${many(400, (n) => `  - item ${n}\n`)}logsource: {product: registry}\ndetection: {s: {m: [${many(300, (n) => `v${n}, `)}z]}, condition: s}\n`;
    const { ok, rules } = checkRuleText(text);
    expect(ok).toBe(true);
    expect(rules[0]!.description).toContain('- item 250\n- item 251');
    expect(rules[0]!.source).toBe(text.trim());
  });
});

describe('YAML', () => {
  it.each<[string, string, RegExp]>([
    [
      'a bomb of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghij'].map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefghij'[i]}`).join(',')}]`).join('\n')}\n`,
      /too large once its aliases/,
    ],
    ['an alias of itself', 'a: &a [*a, *a]\n', /nested too deeply/],
    ['brackets without end', '['.repeat(100_000), /nested too deeply/],
    ['maps without end', `${'{a: '.repeat(5000)}1`, /nested too deeply/],
    ['deep blocks', many(400, (n) => `${' '.repeat(n)}a:\n`), /nested too deeply/],
    ['100,000 maps', rule(`  s:\n${many(TOO_MANY, (n) => `    - k${n}: x\n`)}`), /too large/],
    ['100,000 keys', rule(`  s:\n${many(TOO_MANY, (n) => `    k${n}: x\n`)}`), /too large/],
    ['a key twice', rule('  s: {message: x}\n  s: {message: y}\n'), /'s' stands twice/],
    ['a key twice on one line', rule('  s: {message: x, message: y}\n'), /'message' stands twice/],
    ['a tag of another language', 'title: !!js/function "x"\n', /YAML/],
    ['a title of two million letters', `title: ${'x'.repeat(1_900_000)}\n`, /'logsource' is missing/],
    [
      'parentheses without end',
      rule('  s: {m: x}\n').replace('n: s', `n: ${'('.repeat(TOO_MANY)}s`),
      /nested too deeply/,
    ],
    [
      'a condition without end',
      rule('  s: {m: x}\n').replace('n: s', `n: ${'s and '.repeat(TOO_MANY)}s`),
      /more than 5000 times/,
    ],
    [
      'conditions without end',
      rule('  s: {m: x}\n').replace('n: s', `n: [${'s, '.repeat(4000)}s]`),
      /more than 100 conditions/,
    ],
    ['selections without end', rule(many(2000, (n) => `  s${n}: {m: x}\n`)), /more than 1000 selections/],
  ])('%s is refused', (_, text, reason) => {
    expect(reasonOf(text)).toMatch(reason);
  });

  it('reads the documents of a file each on its own: one that is broken leaves the others', () => {
    const good = rule('  s: {message: x}\n');
    const { rules } = checkRuleText(`${good}---\ntitle: [\n---\n%bad\n---\n${good.replace('t\n', 'u\n')}`);
    expect(rules.map((r) => [r.title, r.problems.length > 0, r.line])).toEqual([
      ['t', false, 1],
      [expect.any(String), true, expect.any(Number)],
      [expect.any(String), true, expect.any(Number)],
      ['u', false, expect.any(Number)],
    ]);
  });

  it('takes names of prototypes as names', () => {
    const { ok, rules } = checkRuleText(
      `__proto__: {polluted: yes}\nconstructor: {prototype: {polluted: yes}}\n${rule(
        '  __proto__: {message: x}\n  constructor: {__proto__: y, "toString|contains": z}\n  s: {hasOwnProperty: 1}\n',
      ).replace('n: s', 'n: (__proto__ or constructor) and s')}`,
    );
    expect(ok).toBe(true);
    expect(rules[0]!.query!.values).toEqual(
      expect.arrayContaining(['/__proto__', '/toString', '/hasOwnProperty']),
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(reasonOf(rule('  s: {"m|constructor": x}\n'))).toContain("'constructor' is not a Sigma modifier");
    expect(reasonOf(rule('  s: {"m|__proto__": x}\n'))).toContain("'__proto__' is not a Sigma modifier");
    expect(
      reasonOf(
        'title: t\nlogsource: {product: constructor, service: __proto__}\ndetection: {s: {m: x}, condition: s}\n',
      ),
    ).toBe('ok');
  });
});

describe('values', () => {
  it('never become text of the statement', () => {
    const nasty = [
      "x' OR 1=1 --",
      '$1',
      '"; DROP TABLE event_row; --',
      'a\u0000b',
      '\\',
      '%',
      ')',
      '\ud800',
      "read_csv('/etc/passwd')",
    ];
    for (const text of nasty) {
      const quoted = JSON.stringify(text);
      for (const key of ['m', 'm|contains', 'm|re', 'm|fieldref', 'm|base64', 'm|windash', quoted]) {
        const detection = key === quoted ? `  s: {${quoted}: x}\n` : `  s: {"${key}": ${quoted}}\n`;
        const { rules } = checkRuleText(rule(detection));
        const sql = rules[0]?.query?.sql ?? '';
        if (text.length > 2) expect(sql).not.toContain(text);
        expect(sql).not.toContain('DROP');
      }
    }
  });

  it.each<[string, string, RegExp]>([
    ['a regular expression that elsewhere takes for ever', rule("  s: {m|re: '(a+)+(a+)+(a+)+$'}\n"), /^ok$/],
    ['thousands of wildcards', rule(`  s: {m: '${'*a'.repeat(5000)}'}\n`), /^ok$/],
    ['thousands of dashes', rule(`  s: {m|windash|contains: '${' -a'.repeat(5000)}'}\n`), /^ok$/],
    ['dashes to be encoded', rule(`  s: {m|windash|base64: '${' -a'.repeat(9)}'}\n`), /four dashes/],
    ['thousands of placeholders', rule(`  s: {m|expand: '${'%a%'.repeat(5000)}'}\n`), /placeholder %a%/],
    ['a field name without end', rule(`  s: {${'a.'.repeat(400)}b: x}\n`), /too long/],
    ['modifiers without end', rule(`  s: {'m${'|contains'.repeat(100)}': x}\n`), /^ok$/],
  ])('%s', (_, text, outcome) => {
    expect(reasonOf(text)).toMatch(outcome);
  });

  it('placeholders that multiply are refused', () => {
    const placeholders = new Map([['a', Array.from({ length: 1000 }, (_, n) => `v${n}`)]]);
    const { problems } = checkRuleText(rule("  s: {m|expand: '%a%%a%%a%'}\n"), { placeholders });
    expect(problems[0]!.message).toContain('more than 20000 texts');
  });
});

describe('rule folders', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tidemark-hostile-'));
    await mkdir(join(dir, 'rules', 'inner'), { recursive: true });
    await writeFile(join(dir, 'secret'), 'root:x:0:0\n');
    await writeFile(join(dir, 'rules', 'good.yml'), rule('  s: {message: x}\n'));
    await writeFile(join(dir, 'rules', 'latin.yml'), Buffer.from('title: caf\xe9\n', 'latin1'));
    await writeFile(join(dir, 'rules', 'wide.yml'), Buffer.from('\ufefftitle: x\n', 'utf16le'));
    await writeFile(join(dir, 'rules', 'large.yml'), 'x'.repeat(2_000_001));
    await writeFile(join(dir, 'rules', 'nothing.yml'), '');
    await symlink(join(dir, 'secret'), join(dir, 'rules', 'stolen.yml'));
    await symlink(join(dir, 'rules'), join(dir, 'rules', 'inner', 'loop'));
    await symlink(join(dir, 'nowhere'), join(dir, 'rules', 'broken.yml'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('are read within themselves: links, other encodings and large files are refused by name', async () => {
    const rules = await loadRules([join(dir, 'rules')]);
    const refused = Object.fromEntries(rules.map((r) => [r.path, r.problems[0]?.message ?? 'ok']));
    expect(refused).toEqual({
      'broken.yml': expect.stringContaining('link'),
      'good.yml': 'ok',
      'large.yml': expect.stringContaining('2000001 bytes'),
      'latin.yml': expect.stringContaining('not UTF-8'),
      'nothing.yml': expect.stringContaining('holds no rule'),
      'stolen.yml': expect.stringContaining('link'),
      'wide.yml': expect.stringContaining('not UTF-8'),
    });
    expect(JSON.stringify(rules)).not.toContain('root:x');
  });
});
