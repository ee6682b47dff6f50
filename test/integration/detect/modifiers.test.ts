import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkRuleText } from '../../../electron/engine/detect/load-rules.ts';
import { expectMatches, found, Given, type GivenEvent, ruleText } from './given.ts';

let given: Given;
beforeAll(async () => {
  given = await Given.open();
});
afterAll(() => given.close());

const match = (events: GivenEvent[], detections: Record<string, number[]>) =>
  expectMatches(given, events, detections);
const selection = (item: string) => `s:\n  ${item}\ncondition: s`;
const messages = (...texts: string[]): GivenEvent[] => texts.map((message) => ({ at: 0, message }));
const base64 = (text: string, encoding: BufferEncoding = 'utf8') =>
  Buffer.from(text, encoding).toString('base64');

describe('modifiers', () => {
  it('base64 and base64offset work on the bytes of the text, at each of three places', async () => {
    const said = 'curl http://x | sh';
    await match(
      messages(
        base64(said),
        `run ${base64(`a${said}`)}`,
        `run ${base64(`ab${said}zz`)}`,
        `run ${base64(`abc${said}z`)}`,
        base64('größe über'),
        base64(`x größe über`),
        'nothing',
      ),
      {
        [selection(`message|base64: '${said}'`)]: [0],
        [selection(`message|base64|contains: 'curl '`)]: [],
        [selection(`message|base64offset|contains: '${said}'`)]: [0, 1, 2, 3],
        [selection(`message|base64offset|contains|all: ['curl http', 'x | sh']`)]: [0, 1, 2, 3],
        [selection("message|base64: 'größe über'")]: [4],
        [selection("message|base64offset|contains: 'größe'")]: [4, 5],
      },
    );
  });

  it('wide, utf16le, utf16be and utf16 encode before base64, also what is not ASCII', async () => {
    const le = (text: string) => Buffer.from(text, 'utf16le');
    const be = (text: string) => Buffer.from(le(text)).swap16();
    const bom = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), le(text)]);
    await match(
      messages(
        le('ping ü').toString('base64'),
        be('ping ü').toString('base64'),
        bom('ping ü').toString('base64'),
        Buffer.concat([le('x'), le('ping ü')]).toString('base64'),
      ),
      {
        [selection("message|wide|base64: 'ping ü'")]: [0],
        [selection("message|utf16le|base64: 'ping ü'")]: [0],
        [selection("message|utf16be|base64: 'ping ü'")]: [1],
        [selection("message|utf16|base64: 'ping ü'")]: [2],
        [selection("message|wide|base64offset|contains: 'ping ü'")]: [0, 2, 3],
      },
    );
  });

  it('windash takes five characters for a dash before a word, and no dash inside one', async () => {
    await match(
      messages(
        'tool -enc x',
        'tool /enc x',
        'tool \u2013enc x',
        'tool \u2014ENC x',
        'tool \u2015enc x',
        'tool +enc x',
        'a-b -p',
        'a/b -p',
        'a-b /p',
        '-a /b \u2013c -d -e /f',
      ),
      {
        [selection("message|windash|contains: ' -enc'")]: [0, 1, 2, 3, 4],
        [selection("message|windash|contains: ' /enc'")]: [0, 1, 2, 3, 4],
        [selection("message|contains|windash: ' -enc '")]: [0, 1, 2, 3, 4],
        [selection("message|windash: 'a-b -p'")]: [6, 8],
        [selection("message|windash|cased|contains: '-enc'")]: [0, 1, 2, 4],
        [selection("message|windash: '-a -b -c -d -e -f'")]: [9],
        [selection("message|windash|contains|all: ['-a', '/f']")]: [9],
      },
    );
  });

  it('fieldref compares with the value of another field as it stands', async () => {
    await match(
      [
        { at: 0, user_name: 'Bob', fields: { owner: 'bob' } },
        { at: 0, user_name: 'bobby', fields: { owner: 'bob' } },
        { at: 0, user_name: 'x', fields: { owner: '%' } },
        { at: 0, user_name: 'x', fields: { owner: '*' } },
        { at: 0, user_name: 'rob', fields: { owner: 'ob' } },
        { at: 0, fields: { owner: 'bob' } },
        { at: 0 },
        { at: 0, user_name: 'eve', fields: { owner: ['bob', 'eve'] } },
      ],
      {
        [selection('user_name|fieldref: owner')]: [0, 7],
        [selection('user_name|fieldref|cased: owner')]: [7],
        [selection('user_name|cased|fieldref: owner')]: [7],
        [selection('user_name|fieldref|startswith: owner')]: [0, 1, 7],
        [selection('user_name|fieldref|endswith: owner')]: [0, 4, 7],
        [selection('user_name|fieldref|contains: owner')]: [0, 1, 4, 7],
        [selection('user_name|fieldref|neq: owner')]: [1, 2, 3, 4, 5, 6],
        [selection('owner|fieldref: user_name')]: [0, 7],
      },
    );
  });

  it('parts of a date are those of UTC in time columns, and as written in fields', async () => {
    await match(
      [
        { at: '2026-11-20T23:05:00Z', fields: { seen: '2026-11-20T23:05:00-02:00' } },
        { at: '2027-01-01T00:00:00Z', fields: { seen: 'yesterday' } },
        { at: null, fields: { seen: '2026-01-05 03:00:00' } },
        { at: null, fields: { seen: '2026-01-05T03:00:00.123456789+0530' } },
      ],
      {
        [selection('ts|hour: 23')]: [0],
        [selection('ts|hour: [0, 23]')]: [0, 1],
        [selection('ts|minute: 5')]: [0],
        [selection('ts|day: 20')]: [0],
        [selection('ts|week: 53')]: [1],
        [selection('ts|month: 1')]: [1],
        [selection('ts|year|neq: 2026')]: [1, 2, 3],
        [selection('seen|hour: 23')]: [0],
        [selection('seen|day: 20')]: [0],
        [selection('seen|hour: 3')]: [2, 3],
        [selection('seen|week: 2')]: [2, 3],
      },
    );
  });

  it('startswith and endswith tie a regular expression to an end', async () => {
    await match(messages('abc', 'xabc', 'abcx', 'x\nabc'), {
      [selection("message|re: 'a.c'")]: [0, 1, 2, 3],
      [selection("message|re|contains: 'a.c'")]: [0, 1, 2, 3],
      [selection("message|re|startswith: 'z|a.c'")]: [0, 2],
      [selection("message|re|m|startswith: 'a.c'")]: [0, 2],
      [selection("message|re|endswith: 'a.c'")]: [0, 1, 3],
    });
  });

  it('reads what is odd but clear: null and the empty list among values, one value without a field', async () => {
    await match(
      [
        { at: 0, user_name: 'bob', message: 'x' },
        { at: 0, message: 'Alpha' },
        { at: 0, user_name: 'eve' },
      ],
      {
        [selection('user_name: [bob, null]')]: [0, 1],
        [selection('user_name: []')]: [1],
        's: alpha\ncondition: s': [1],
        's:\n  - alpha\n  - user_name: eve\ncondition: s': [1, 2],
      },
    );
  });

  it('answers the same for few values and for many', async () => {
    const events: GivenEvent[] = [
      { at: 0, message: 'Value-7', fields: { n: 7, ip: '10.0.7.1', t: ['a', 'Value-9'] } },
      { at: 0, message: 'has value-11 in it', fields: { n: '11.0', ip: '::ffff:10.0.11.1', t: ['x'] } },
      { at: 0, message: 'VALUE-500', fields: { n: 500, ip: 'fe80:0:1f4::1' } },
      { at: 0, message: 'none', fields: { n: 'x', ip: '10.0.300.1' } },
    ];
    for (const many of [13, 600]) {
      const numbers = Array.from({ length: many }, (_, i) => i);
      const list = (of: (n: number) => string) => `[${numbers.map(of).join(', ')}]`;
      const last = many > 500 ? [2] : [];
      await match(events, {
        [selection(`message: ${list((n) => `value-${n}`)}`)]: [0, ...last],
        [selection(`message|cased: ${list((n) => `Value-${n}`)}`)]: [0],
        [selection(`message|contains: ${list((n) => `E-${n}`)}`)]: [0, 1, 2],
        [selection(`message|endswith: ${list((n) => `e-${n}`)}`)]: [0, ...last],
        [selection(`t: ${list((n) => `value-${n}`)}`)]: [0],
        [selection(`n: ${list((n) => `${n}`)}`)]: [0, 1, ...last],
        [selection(
          `ip|cidr: ${list((n) => (n < 256 ? `10.0.${n}.0/24` : `fe80:0:${n.toString(16)}::/48`))}`,
        )]: [0, 1, ...last],
      });
    }
  });
});

describe('placeholders', () => {
  const rule = (item: string) => ruleText(`s:\n  ${item}\ncondition: s`);
  const placeholders = new Map([
    ['admins', ['root', 'DOM\\adm*']],
    ['hosts', ['db1', 'db2']],
    ['inside', ['10.0.0.0/8']],
  ]);

  it('stand for the values of the case, alone or within a text', async () => {
    await given.write(async (connection) => {
      await given.clear(connection);
      const ids = await given.events(connection, [
        { at: 0, message: 'root', src_ip: '10.1.1.1' },
        { at: 0, message: 'dom\\admin' },
        { at: 0, message: 'root@db2' },
        { at: 0, message: '%admins%' },
        { at: 0, message: '100% db1 5%' },
      ]);
      const { loadRules } = await import('../../../electron/engine/detect/load-rules.ts');
      const { mkdtemp, writeFile } = await import('node:fs/promises');
      const { join } = await import('node:path');
      for (const [item, indexes] of [
        ["message|expand: '%admins%'", [0, 1]],
        ["message: '%admins%'", [3]],
        ["message|expand: '\\%admins\\%'", [3]],
        ["message|expand: '%admins%@%hosts%'", [2]],
        ["message|contains|expand: '%hosts%'", [2, 4]],
        ["message|expand|contains|all: ['%hosts%', '%admins%']", [2]],
        ["message|expand|neq: '%admins%'", [2, 3, 4]],
        ["message|re|expand: '^%admins%$'", [0]],
        ["src_ip|cidr|expand: '%inside%'", [0]],
      ] as const) {
        const dir = await mkdtemp(join(given.dir, 'rules-'));
        await writeFile(join(dir, 'a.yml'), rule(item));
        const rules = await loadRules([dir], { placeholders });
        expect([item, rules[0]!.problems]).toEqual([item, []]);
        const { findings } = await found(connection, rules);
        const hit = findings.flatMap((f) => f.events.map((e) => ids.indexOf(e))).sort();
        expect([item, hit]).toEqual([item, indexes]);
      }
    });
  });

  it('without a value are refused by name', () => {
    const { problems } = checkRuleText(rule("message|contains|expand: 'x %Servers%'"), { placeholders });
    expect(problems.map((p) => [p.line, p.message])).toEqual([[9, expect.stringContaining('%Servers%')]]);
    expect(checkRuleText(rule("message|expand: '%hosts%'"), { placeholders }).ok).toBe(true);
    expect(checkRuleText(rule("message|expand: '50% of \\%x\\%'")).ok).toBe(true);
  });
});

describe('fields', () => {
  it('are found by dotted keys, in nested objects, and in any element of an array', async () => {
    await match(
      [
        { at: 0, fields: { 'a.b': 'x' } },
        { at: 0, fields: { a: { b: 'x' } } },
        { at: 0, fields: { a: [{ b: 'y' }, { b: ['q', 'x'] }] } },
        { at: 0, fields: { a: { b: { c: 7 } } } },
        { at: 0, fields: { a: 'x' } },
        { at: 0, fields: { a: { b: null } } },
        { at: 0, fields: { a: ['q', [['x'], 'z'], 5] } },
        { at: 0, fields: { a: '["x"]' } },
      ],
      {
        [selection('a.b: x')]: [0, 1, 2],
        [selection('a.b|contains|all: [q, x]')]: [2],
        [selection('a.b.c: 7')]: [3],
        [selection('a.b.c|gt: 6')]: [3],
        [selection('a: x')]: [4, 6],
        [selection('a: 5')]: [6],
        [selection('a|re: ^z$')]: [6],
        [selection('a: \'["x"]\'')]: [7],
        [selection('a.b|exists: true')]: [0, 1, 2, 3, 5],
        [selection('a.b: null')]: [4, 5, 6, 7],
        [selection('a.b|neq: x')]: [3, 4, 5, 6, 7],
      },
    );
  });
});
