import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../../electron/engine/case/database.ts';
import { regexProblem } from '../../../electron/engine/detect/sigma/regex.ts';
import { expectMatches, found, Given, type GivenEvent, matching, ruleText } from './given.ts';

let given: Given;
beforeAll(async () => {
  given = await Given.open();
});
afterAll(() => given.close());

const match = (events: GivenEvent[], detections: Record<string, number[]>) =>
  expectMatches(given, events, detections);
const selection = (item: string) => `s:\n  ${item}\ncondition: s`;
const negated = (item: string) => `s:\n  ${item}\ncondition: not s`;

describe('matching', () => {
  it('compares text without regard to case, and with it when cased', async () => {
    await match(
      [
        { at: 0, message: 'Alpha Beta' },
        { at: 0, message: 'alpha beta' },
        { at: 0, message: 'ÄLPHA' },
        { at: 0 },
      ],
      {
        [selection('message: ALPHA BETA')]: [0, 1],
        [selection('message|cased: Alpha Beta')]: [0],
        [selection('message|contains: PHA b')]: [0, 1],
        [selection('message|contains|cased: pha B')]: [0],
        [selection('message|startswith: alp')]: [0, 1],
        [selection('message|endswith: BETA')]: [0, 1],
        [selection('message: älpha')]: [2],
        [selection('message: [x, y, z, älpha]')]: [2],
        [selection("message: 'a*b?ta'")]: [0, 1],
        [selection("message: '*'")]: [0, 1, 2],
        [selection('message|contains: [alpha, beta]')]: [0, 1],
        [selection('message|contains|all: [alpha, beta]')]: [0, 1],
        [selection('message|contains|all: [alpha, gamma]')]: [],
      },
    );
  });

  it('takes a record that repeats another for none, unless the rule asks for copies', async () => {
    await match(
      [
        { at: 0, message: 'lost', fields: { task: 'a' } },
        {
          at: 0,
          message: 'lost',
          path: 'n/mesos-master.n.root.log.WARNING.20261120-120000.7',
          fields: { task: 'a', 'tidemark.copy_of': 4_294_967_297 },
        },
        { at: 0, message: 'lost', path: 'n/worker.log', fields: { said: 1, 'tidemark.copy_of': 1 } },
      ],
      {
        [selection('message: lost')]: [0, 2],
        [negated('task: b')]: [0, 2],
        [selection('tidemark.copy_of|exists: true')]: [1, 2],
        [selection('tidemark.copy_of|exists: false')]: [0],
      },
    );
  });

  it('is two-valued: a missing field is false, and true under not', async () => {
    await match(
      [
        { at: 0, fields: { user: 'bob', note: null } },
        { at: 0, fields: { user: 'eve' } },
        { at: 0, fields: null },
        { at: 0, fields: {} },
        { at: 0, fields: { user: '' } },
      ],
      {
        [selection('user: bob')]: [0],
        [negated('user: bob')]: [1, 2, 3, 4],
        [selection('user|neq: bob')]: [1, 2, 3, 4],
        [selection('user|neq: [bob, eve]')]: [2, 3, 4],
        [selection('user: null')]: [2, 3],
        [negated('user: null')]: [0, 1, 4],
        [selection("user: ''")]: [4],
        [selection('user|exists: true')]: [0, 1, 4],
        [selection('user|exists: false')]: [2, 3],
        [selection('note|exists: true')]: [0],
        [selection('note: null')]: [0, 1, 2, 3, 4],
        [negated('user|contains: o')]: [1, 2, 3, 4],
        [negated('user|re: o')]: [1, 2, 3, 4],
        [negated('n|gt: 3')]: [0, 1, 2, 3, 4],
        [negated("src_ip|cidr: '10.0.0.0/8'")]: [0, 1, 2, 3, 4],
        's:\n  user: bob\nt:\n  user: eve\ncondition: not (s or t)': [2, 3, 4],
        's:\n  user: bob\nt:\n  user: eve\ncondition: not s and not t': [2, 3, 4],
        's:\n  - user: bob\n  - user: eve\ncondition: s': [0, 1],
      },
    );
  });

  it('takes % _ and backslashes as they stand', async () => {
    await match(
      [
        { at: 0, message: '100%_done' },
        { at: 0, message: '100xxdone' },
        { at: 0, message: 'C:\\temp\\a.txt' },
        { at: 0, message: 'a*b?c' },
        { at: 0, message: 'aXbYc' },
        { at: 0, message: 'one\ntwo' },
      ],
      {
        [selection("message|contains: '0%_d'")]: [0],
        [selection("message: '1*%_d*'")]: [0],
        [selection("message|contains: 'p\\a'")]: [2],
        [selection("message: 'C:\\*\\a.txt'")]: [], // `\*` is a literal star
        [selection("message: 'C:\\\\*\\\\a.txt'")]: [2],
        [selection("message: 'a\\*b\\?c'")]: [3],
        [selection("message: 'a*b?c'")]: [3, 4],
        [selection("message: 'one*two'")]: [5],
        [selection("message: 'one?two'")]: [5],
        [selection("message|re: 'one.two'")]: [],
        [selection("message|re|s: 'one.two'")]: [5],
        [selection("message|re: '^two$'")]: [],
        [selection("message|re|m: '^two$'")]: [5],
        [selection("message|re: '^ONE'")]: [],
        [selection("message|re|i: '^ONE'")]: [5],
        [selection("message|re|i|m|s: '^ONE.two$'")]: [5],
      },
    );
  });

  it('compares numbers as numbers, also where they stand as text', async () => {
    await match(
      [
        { at: 0, http_status: 404, fields: { n: 5, t: '05', big: '9007199254740993', b: true } },
        { at: 0, http_status: 200, fields: { n: '5', t: 'x', big: '9007199254740992' } },
        { at: 0, fields: { n: 4.5, t: 'inf' } },
        { at: 0, fields: { n: 'nan' } },
      ],
      {
        [selection('http_status: 404')]: [0],
        [selection("http_status: '404'")]: [0],
        [selection('http_status|gte: 400')]: [0],
        [selection('http_status|lt: 400')]: [1],
        [selection("http_status|startswith: '4'")]: [0],
        [selection('n: 5')]: [0, 1],
        [selection("n: '5'")]: [0, 1],
        [selection('n|gt: 4.4')]: [0, 1, 2],
        [selection('n|lte: 4.5')]: [2],
        [selection('t: 5')]: [0],
        [selection("t: '5'")]: [],
        [selection('t|gt: 1')]: [0],
        [selection('big: 9007199254740993')]: [0],
        [selection('big|gt: 9007199254740992')]: [0],
        [selection('b: true')]: [0],
      },
    );
  });

  it('knows networks of both versions', async () => {
    const ips = [
      '10.0.0.0',
      '10.255.255.255',
      '11.0.0.0',
      '::ffff:10.1.2.3',
      'fe80::1',
      'FE80:0:0:0:0:0:0:1',
      'febf::',
      'fec0::1',
      '300.1.1.1',
      '10.1.2',
      'a',
      '::1',
    ];
    await match(
      ips.map((src_ip) => ({ at: 0, src_ip })),
      {
        [selection("src_ip|cidr: '10.0.0.0/8'")]: [0, 1, 3],
        [selection("src_ip|cidr: 'fe80::/10'")]: [4, 5, 6],
        [selection("src_ip|cidr: '::1'")]: [11],
        [selection("src_ip|cidr: ['11.0.0.0/8', '::1/128']")]: [2, 11],
        [selection("src_ip|cidr: '0.0.0.0/0'")]: [0, 1, 2, 3],
        [selection("c-ip|cidr: '10.0.0.0/31'")]: [0],
      },
    );
  });

  it('looks for keywords in message and fields', async () => {
    await match(
      [
        { at: 0, message: 'a Needle here' },
        { at: 0, fields: { x: 'the needle' } },
        { at: 0, message: 'hay', fields: { x: '100' } },
        { at: 0 },
      ],
      {
        'keywords:\n  - needle\n  - nothing\ncondition: keywords': [0, 1],
        'keywords: needle\ncondition: keywords': [0, 1],
        "k:\n  '|all': [needle, here]\ncondition: k": [0],
        "k:\n  '|re': 'N[e]+dle'\ncondition: k": [0],
        "k:\n  '|cased': needle\ncondition: k": [1],
        'k:\n  - 100\ncondition: k': [2],
        'k:\n  - needle\ncondition: not k': [2, 3],
        'k:\n  - needle\n  - message: hay\ncondition: k': [0, 1, 2],
      },
    );
  });

  it('maps names of the taxonomy, families of native fields, and lets fields. force the parsed field', async () => {
    await match(
      [
        {
          at: 0,
          http_path: '/v2/x',
          action: 'http_request',
          fields: { 'http.request.uri': '/v2/x?n=1', 'http.request.useragent': 'curl/8', action: 'push' },
        },
        {
          at: 0,
          http_path: '/v2/y',
          fields: { useragent: 'curl/7' },
          message: `resolved to sha256:${'a'.repeat(64)}`,
        },
      ],
      {
        [selection('cs-user-agent|startswith: curl')]: [0, 1],
        [selection("cs-uri-query|contains: 'n=1'")]: [0],
        [selection('cs-uri-stem: /v2/x')]: [0],
        [selection('action: push')]: [],
        [selection('fields.action: push')]: [0],
        [selection(`image_digest: 'sha256:${'a'.repeat(64)}'`)]: [1],
      },
    );
  });

  it('is not ended by one row whose fields are no JSON', async () => {
    await match(
      [
        { at: 0, fields: '{"a":"x"' },
        { at: 0, fields: { a: 'x' } },
      ],
      {
        [selection('a: x')]: [1],
        [selection('a|exists: false')]: [0],
      },
    );
  });
});

describe('hostile rules', () => {
  const nasty = [
    "x' OR 1=1 --",
    'x" OR 1=1 --',
    '$1',
    '$."a"',
    "'); DROP TABLE event; --",
    '\\',
    '\\"',
    'a\u0000b',
    '%',
    '*',
    '☃',
  ];

  it('reach nothing but the rows of their log source by value, field name, id, title or selection', async () => {
    await given.write(async (connection) => {
      await given.clear(connection);
      const ids = await given.events(connection, [
        { at: 0, message: 'plain' },
        { at: 0, system: 'ray', message: 'other' },
        ...nasty.map((text) => ({ at: 1, message: text, fields: { [text]: text } })),
      ]);
      for (const [i, text] of nasty.entries()) {
        const q = JSON.stringify(text).replaceAll('\\u0000', '\\0');
        const literal = JSON.stringify(text.replace(/[*?\\]/g, '\\$&')).replaceAll('\\u0000', '\\0');
        expect([
          text,
          await matching(given, connection, `s:\n  message: ${literal}\ncondition: s`, ids),
        ]).toEqual([text, [i + 2]]);
        if (!text.includes('|')) {
          expect([
            text,
            await matching(given, connection, `s:\n  ${q}: ${literal}\ncondition: s`, ids),
          ]).toEqual([text, [i + 2]]);
        }
        const rules = await given.rules(
          `title: ${q}\nname: ${q}\nlogsource: {product: ${q}}\ndetection: {s: {message: x}, condition: s}\ntidemark: {group_by: [${q}], explain: ${JSON.stringify(text.replaceAll('\u0000', ''))}}\n`,
        );
        const { rules: outcomes } = await found(connection, rules);
        expect(outcomes[0]!.error).toBeNull();
        expect(outcomes[0]!.applies).toBe(false);
      }
      const count = await connection.row<{ n: number }>('SELECT count(*)::INTEGER AS n FROM event');
      expect(count!.n).toBe(nasty.length + 2);
    });
  });

  it('a regular expression only the database can judge is refused by name, and the others run', async () => {
    await given.write(async (connection) => {
      await given.clear(connection);
      await given.events(connection, [{ at: 0, message: 'x' }]);
      const rules = await given.rules(
        ruleText("s:\n  message|re: '(((x{100}){100}){100})'\ncondition: s"),
        ruleText('s:\n  message: x\ncondition: s').replace('0001', '0002').replace('Test rule', 'Second'),
      );
      const { rules: outcomes, findings } = await found(connection, rules);
      expect(outcomes[0]!.error).toMatch(/^line 9: regular expression: RE2 refuses it/);
      expect(outcomes[1]!.error).toBeNull();
      expect(findings).toHaveLength(1);
    });
  });
});

describe('the static test of regular expressions', () => {
  it('accepts nothing that RE2 refuses, and refuses nothing simple that it accepts', async () => {
    const piece = fc.constantFrom(
      'a',
      '.',
      '\\d',
      '[a-z]',
      '[^x]',
      '(',
      ')',
      '(?:',
      '|',
      '*',
      '+',
      '?',
      '{2,3}',
      '{2}',
      '{',
      '}',
      '^',
      '$',
      '\\b',
      '\\.',
      '[',
      ']',
      '-',
      '(?i)',
      '(?P<n>',
      '\\pL',
      '\\x41',
      '\\1',
      '(?=',
      '[[:alpha:]]',
      '\\Q',
      '\\E',
      '\\z',
      ',',
      '7',
    );
    await given.write(async (connection: Connection) => {
      const patterns = fc.sample(
        fc.array(piece, { minLength: 1, maxLength: 7 }).map((p) => p.join('')),
        { numRuns: 1500, seed: 4 },
      );
      const wrong: string[] = [];
      for (const pattern of new Set(patterns)) {
        const accepted = await connection.run(`SELECT regexp_matches('', $1::VARCHAR)`, [pattern]).then(
          () => true,
          () => false,
        );
        const problem = regexProblem(pattern);
        if (accepted !== (problem === null))
          wrong.push(`${pattern}: RE2 ${accepted ? 'accepts' : 'refuses'}, we ${problem ?? 'accept'}`);
      }
      expect(wrong).toEqual([]);
    });
  });
});
