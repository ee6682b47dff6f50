// Formats as data: what a format file may say, what is refused and where, and how lines are read by one.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkSample } from '../../../electron/engine/load/check-format.ts';
import { customFormat } from '../../../electron/engine/parse/custom/custom-format.ts';
import { readDefinition } from '../../../electron/engine/parse/custom/definition.ts';
import { timeProblem, timeReader } from '../../../electron/engine/parse/custom/written-time.ts';
import { Member } from '../../../electron/engine/parse/kind.ts';
import { openMember } from '../../../electron/engine/parse/member.ts';
import { readPath } from '../../../electron/engine/parse/path.ts';
import type { Draft } from '../../../electron/engine/parse/record.ts';
import { checkTiling, copy, entitiesOf, fieldsOf, micros, text } from './reading.ts';

const FILE = `
name: billing
system: billing
files: ['billing*.log']
patterns:
  - pattern: '(?P<time>\\S+ \\S+) (?P<level>\\w+) \\[(?P<thread>\\d+)\\] login of (?P<user>\\S+) from (?P<src>\\S+) failed'
    category: authentication
    action: login
    outcome: failure
  - pattern: '(?P<time>\\S+ \\S+) (?P<level>\\w+) \\[(?P<thread>\\d+)\\] (?P<message>.*)'
time: { format: python, zone: Europe/Berlin }
level: { map: { FEHLER: error } }
message: message
fields:
  thread: { column: tid }
  user: { kind: user, role: attempted }
  src: { kind: ip, role: client, column: src_ip }
continuation: indented
samples:
  - lines: '2026-11-20 18:17:54,582 FEHLER [7] login of anna from 10.0.0.9 failed'
    gives: [{ time: '2026-11-20T17:17:54.582Z', level: error }]
`;

function defined(file: string) {
  const { definition, problems } = readDefinition(file);
  expect(problems).toEqual([]);
  return customFormat(definition!);
}

function readWith(file: string, path: string, content: string) {
  const records: Draft[] = [];
  const bytes = new TextEncoder().encode(content);
  const parser = openMember(
    { path, bundle: 'b', mtimeUs: micros('2026-12-01T00:00:00Z') },
    { record: (draft) => void records.push(copy(draft)) },
    [defined(file)],
  );
  parser.push(bytes);
  const summary = parser.end();
  checkTiling({ records, summary }, bytes.length);
  return { records, summary };
}

test.each(readdirSync(join(import.meta.dirname, '../../../resources/formats')))(
  'the shipped format %s is accepted and its samples are as stated',
  (name) => {
    const { definition, problems } = readDefinition(
      readFileSync(join(import.meta.dirname, '../../../resources/formats', name), 'utf8'),
    );
    expect(problems).toEqual([]);
    for (const sample of definition!.samples)
      expect(checkSample(customFormat(definition!), sample)).toEqual({ ok: true, differences: [] });
  },
);

test('a line is read with its time, level, columns, fields, entities and meaning', () => {
  const { records, summary } = readWith(
    FILE,
    'x/billing-1.log',
    '2026-11-20 18:17:54,582 FEHLER [7] login of jürgen from 10.0.0.9 failed\n  at home\n2026-07-01 12:00:00,000 INFO [8] begun\nno such line\n',
  );
  const [login, begun, stray] = records as [Draft, Draft, Draft];
  expect(records).toHaveLength(3);
  expect(login).toMatchObject({
    system: 'billing',
    category: 'authentication',
    action: 'login',
    outcome: 'failure',
    tid: '7',
    srcIp: '10.0.0.9',
    nativeLevel: 'FEHLER',
    lines: 2,
    parsed: true,
    level: 5,
  });
  expect(login.tsWall).toBe(micros('2026-11-20T17:17:54.582Z'));
  expect(fieldsOf(login)).toMatchObject({ user: 'jürgen', thread: '7' });
  expect(entitiesOf(login)).toEqual(['user:jürgen:attempted', 'ip:10.0.0.9:client']);
  expect(begun.tsWall, 'the zone keeps its daylight-saving rules').toBe(micros('2026-07-01T10:00:00Z'));
  expect(text(begun.message)).toBe('begun');
  expect(stray.parsed).toBe(false);
  expect(summary).toMatchObject({ format: 'custom.billing', system: 'billing', unparsedLines: 1 });
});

test('a file that the format does not name stays with the parser that knows it', () => {
  const line = 'time="2026-11-20T17:20:48Z" level=info msg="response completed" go.version=go1.19\n';
  expect(readWith(FILE, 'registry.log', line).summary.format).toBe('registry.text');
});

test('a format without files is used where no other fits', () => {
  const free = FILE.replace(/^files:.*\n/m, '');
  expect(
    readWith(free, 'some.txt', '2026-11-20 18:17:54,582 INFO [7] a\n2026-11-20 18:17:55,582 INFO [7] b\n')
      .summary.format,
  ).toBe('custom.billing');
  expect(
    readWith(free, 'registry.log', 'time="2026-11-20T17:20:48Z" level=info msg="x" go.version=go1.19\n')
      .summary.format,
  ).toBe('registry.text');
});

test.each([
  [
    'a pattern that RE2 refuses',
    FILE.replace(
      '(?P<time>\\S+ \\S+) (?P<level>\\w+) \\[(?P<thread>\\d+)\\] (?P<message>.*)',
      '(?P<time>a)(?=b)',
    ),
    10,
    /RE2 refuses the pattern/,
  ],
  [
    'a group that is not there',
    FILE.replace('message: message', 'message: text'),
    13,
    /no pattern has a group named 'text'/,
  ],
  ['a level that is none', FILE.replace('FEHLER: error', 'FEHLER: schlimm'), 12, /level\.map\.FEHLER/],
  ['a key that is not known', `${FILE}\nhidden: 1\n`, 1, /hidden/],
  ['a time that cannot be read', FILE.replace('format: python', "format: '%Q'"), 11, /%Q is not known/],
  ['a zone that is none', FILE.replace('Europe/Berlin', 'Europe/Atlantis'), 11, /no time zone/],
  ['no samples', FILE.replace(/samples:[\s\S]*/, 'samples: []'), 19, /at least one sample/],
  ['the same key twice', `${FILE}\nname: twice\n`, 23, /unique/],
  ['no YAML', 'a: [', 1, /./],
  [
    'a bomb of aliases',
    `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
    null,
    /aliases/,
  ],
])('%s is refused with its line', (_what, file, line, message) => {
  const { definition, problems } = readDefinition(file);
  expect(definition).toBeNull();
  expect(problems.length).toBeGreaterThan(0);
  expect(problems[0]!.message).toMatch(message);
  if (line !== null) expect(problems[0]!.line).toBe(line);
});

test('a sample that does not become what it states is told in words', () => {
  const { definition } = readDefinition(FILE.replace('level: error }', 'level: warning, message: other }'));
  const { ok, differences } = checkSample(customFormat(definition!), definition!.samples[0]!);
  expect(ok).toBe(false);
  expect(differences.join('\n')).toMatch(/level is stated as "warning", read as "error"/);
});

const member = () =>
  new Member({ path: 'x.log', bundle: 'b', mtimeUs: micros('2026-12-01T00:00:00Z') }, readPath('x.log'));
test.each([
  ['%d/%b/%Y:%H:%M:%S %z', '20/Nov/2026:18:17:54 +0100', '2026-11-20T17:17:54Z'],
  ['%b %d %H:%M:%S', 'Nov  5 18:17:54', '2026-11-05T18:17:54Z'],
  ['%m/%d/%y %I:%M:%S %p', '11/20/26 06:17:54 PM', '2026-11-20T18:17:54Z'],
  ['%Y.%j %H:%M', '2026.324 18:17', '2026-11-20T18:17:00Z'],
  ['%Y-%m-%d %H:%M:%S.%L', '2026-11-20 18:17:54.582', '2026-11-20T18:17:54.582Z'],
  ['epoch', '1795195074.582', '2026-11-20T17:17:54.582Z'],
  ['epoch', '1795195074582', '2026-11-20T17:17:54.582Z'],
  ['iso', '2026-11-20T18:17:54.5+01:00', '2026-11-20T17:17:54.5Z'],
])('%s reads %s', (format, written, expected) => {
  expect(timeProblem(format)).toBeNull();
  expect(timeReader(format, '')(written, member())?.us).toBe(micros(expected));
});

test.each(['%H:%M:%S', '%Y-%m-%d', 'nothing', '%Y-%m-%d %d %H', '%Y-%j-%Q %H'])(
  'the time format %s is refused',
  (format) => {
    expect(timeProblem(format)).not.toBeNull();
  },
);
