// The `tidemark` command as a user runs it: what it prints, where, and its exit codes.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registryLog, tarGzOf, tarOf, zipOf } from './bundles.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const started = new Set<ChildProcess>();
let folder: string;
const at = (...names: string[]) => join(folder, ...names);

function begin(words: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [join(ROOT, 'electron', 'tidemark.mjs'), ...words], {
    cwd: folder,
    env: { ...process.env, XDG_DATA_HOME: at('state'), CI: 'true', ...env },
  });
  started.add(child);
  child.once('exit', () => started.delete(child));
  return child;
}

async function tidemark(...words: string[]) {
  const child = begin(words);
  const out: Buffer[] = [];
  let err = '';
  child.stdout!.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr!.on('data', (chunk: Buffer) => {
    err += chunk;
  });
  const [code] = (await once(child, 'close')) as [number];
  const bytes = Buffer.concat(out);
  return { code, out: bytes.toString(), err, bytes, json: () => JSON.parse(bytes.toString()) };
}

/** One sentence for the responder, no stack trace. */
function expectSentence(err: string, pattern: RegExp): void {
  expect(err).toMatch(pattern);
  expect(err).not.toMatch(/\n\s+at |node:internal|fault of its own/);
}

const RULE = `title: A manifest was read
id: 6f1d9c1e-0000-4000-8000-000000000001
status: test
description: Made for a test.
author: Tidemark
logsource:
  product: registry
detection:
  selection:
    http_path|startswith: /v2/app/manifests/
  condition: selection
level: low
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-cli-'));
  mkdirSync(at('rules'));
  writeFileSync(at('rules', 'manifest.yml'), RULE);
  writeFileSync(
    at('broken.yml'),
    RULE.replace('condition: selection', 'condition: selection and (').replace('0001', '0002'),
  );
  writeFileSync(
    at('good.tar.gz'),
    await tarGzOf([{ name: 'registry-1/registry.log', content: registryLog(200) }]),
  );
  expect((await tidemark('ingest', 'case', 'good.tar.gz')).code).toBe(0);
});
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('analyze', () => {
  test('makes the case, finds, and writes a report, as one JSON object', async () => {
    const { code, json, err } = await tidemark(
      ...['analyze', 'good.tar.gz', '--case', 'new', '--report', 'report.html', '--rules', 'rules', '--json'],
    );
    expect(err).not.toMatch(/fault/);
    const result = json();
    expect(Object.keys(result).sort()).toEqual(['case', 'detect', 'findings', 'ingest', 'report']);
    expect(result.ingest).toMatchObject({ bundles: 1, records: 200, unparsed_lines: 0 });
    expect(result.ingest.members).toMatchObject({ parsed: 1, failed: 0, partial: 0 });
    expect(result.detect.refused).toEqual([]);
    expect(result.findings.map((f: { title: string }) => f.title)).toContain('A manifest was read');
    expect(result.report).toMatchObject({
      path: at('report.html'),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(readFileSync(at('report.html'), 'utf8')).toMatch(/^<!doctype html>/i);
    expect(code).toBe(0);
  });

  test('does not touch a case that is there', async () => {
    const { code, err, json } = await tidemark('analyze', 'good.tar.gz', '--case', 'case', '--json');
    expect(code).toBe(3);
    expect(json().error).toMatchObject({ code: 'case_exists' });
    expectSentence(err, /already holds a case/);
  });

  test('makes no case for a path that is not there', async () => {
    const { code, err } = await tidemark('analyze', 'missing.tar', '--case', 'never');
    expect(code).toBe(2);
    expectSentence(err, /no file or folder .*missing\.tar/);
    expect(existsSync(at('never'))).toBe(false);
  });
});

describe('ingest', () => {
  const ingest = async (name: string, content: Buffer) => {
    writeFileSync(at(name), content);
    const answer = await tidemark('ingest', `case-${name}`, name, '--json');
    expectSentence(answer.err, /^/);
    return { ...answer, result: answer.json() };
  };

  test('of an empty tar is refused with a sentence', async () => {
    writeFileSync(at('empty.tar'), await tarOf([]));
    const { code, err, json } = await tidemark('ingest', 'case-empty', 'empty.tar', '--json');
    expect(json().error.code).toBe('empty_bundle');
    expectSentence(err, /empty\.tar .*without any file/);
    expect(code).toBe(3);
  });

  test('of a truncated archive keeps its readable part and marks it partial', async () => {
    const content = Array.from({ length: 20_000 }, (_, i) => `${randomBytes(40).toString('hex')} ${i}`).join(
      '\n',
    );
    const whole = await tarGzOf([
      { name: 'n/first.log', content: registryLog(100) },
      { name: 'n/second.log', content },
    ]);
    const { code, result } = await ingest('cut.tar.gz', whole.subarray(0, whole.length / 2));
    expect(result.members).toMatchObject({ parsed: 1, partial: 1 });
    expect(result.records).toBeGreaterThan(100);
    expect(result.problems.join(' ')).toMatch(/cut\.tar\.gz/);
    expect(code).toBe(1);
  });

  test('of members named ../x writes nothing outside the case', async () => {
    const { result } = await ingest(
      'escape.zip',
      zipOf([
        { name: '../../escaped.log', content: registryLog(3) },
        { name: '/tmp/tidemark-escaped.log', content: registryLog(3) },
        { name: 'fine.log', content: registryLog(3) },
      ]),
    );
    expect(result.members.parsed).toBeGreaterThan(0);
    expect(existsSync(at('escaped.log'))).toBe(false);
    expect(existsSync('/tmp/tidemark-escaped.log')).toBe(false);
    expect(readdirSync(join(folder, '..'))).not.toContain('escaped.log');
  });

  test('reads what is encrypted with the passwords of a file, and says what it has none for', async () => {
    writeFileSync(at('secret.zip'), readFileSync(join(ROOT, 'test/unit/intake/fixtures/aes-256.zip')));
    const without = await tidemark('ingest', 'case-locked', 'secret.zip', '--json');
    expect(without.json()).toMatchObject({ members: { failed: 1, parsed: 0 } });
    expect(without.json().problems.join()).toMatch(/secret\.log: encrypted: its password was not given/);
    expect(without.code).toBe(1);
    writeFileSync(at('passwords.txt'), 'battery staple\ncorrect horse\n');
    const words = ['ingest', 'case-open', 'secret.zip', '--password-file', 'passwords.txt', '--json'];
    const { code, json } = await tidemark(...words);
    expect(json()).toMatchObject({ members: { failed: 0, parsed: 1 }, records: 65 });
    expect(code).toBe(0);
    const kept = readdirSync(at('case-open'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
    expect(kept.some((bytes) => bytes.includes('correct horse'))).toBe(false);
  });

  test('holds to the limits of the command line, and lists names that would replace one another', async () => {
    const names = ['a.log', 'a.log', 'A.log'];
    writeFileSync(
      at('twins.tar'),
      await tarOf(names.map((name, n) => ({ name, content: registryLog(5 + n) }))),
    );
    const all = await tidemark('ingest', 'case-twins', 'twins.tar', '--json');
    expect(all.json().members.parsed).toBe(3);
    const rows = await tidemark(
      'sql',
      'case-twins',
      'SELECT reason FROM evidence_files ORDER BY file_id',
      '--format',
      'json',
    );
    const reasons = (rows.json() as { reason: string | null }[]).map(({ reason }) => reason);
    expect(reasons[0]).toBeNull();
    expect(reasons[1]).toMatch(/more than once/);
    expect(reasons[2]).toMatch(/only in upper and lower case/);
    const few = await tidemark('ingest', 'case-few', 'twins.tar', '--limit', 'members=2', '--json');
    expect(few.json()).toMatchObject({ members: { parsed: 2 } });
    expect(few.json().problems.join()).toMatch(/more than 2 members.* raise the limit \(members\)/);
    const wrong = await tidemark('ingest', 'case-none', 'twins.tar', '--limit', 'speed=3');
    expect(wrong.code).toBe(2);
    expectSentence(wrong.err, /"speed=3" is no limit/);
  });

  test('of a binary file records that nothing in it can be read', async () => {
    const { code, result } = await ingest('random.bin', randomBytes(100_000));
    expect(result.records).toBe(0);
    expect(result.members.skipped + result.members.failed).toBe(1);
    expect(code).toBe(1);
  });

  test('refuses a case that is open elsewhere, and takes it once it is closed', async () => {
    const other = begin(['serve', 'case']);
    const [line] = (await once(other.stdout!, 'data')) as [Buffer];
    expect(String(line)).toMatch(/^Tidemark is ready: http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}\n$/);
    const { code, err, json } = await tidemark('ingest', 'case', 'good.tar.gz', '--json');
    expect(code).toBe(3);
    expect(json().error.code).toBe('case_locked');
    expectSentence(err, /is open in another Tidemark/);
    other.kill('SIGTERM');
    expect((await once(other, 'exit'))[0]).toBe(0);
    expect(existsSync(at('case', 'case.lock'))).toBe(false);
    expect((await tidemark('sql', 'case', 'SELECT 1')).code).toBe(0);
  });

  test('refuses a time zone that does not exist before anything is made', async () => {
    const { code, err } = await tidemark('ingest', 'never', 'good.tar.gz', '--timezone', 'n=Moon/Base');
    expect(code).toBe(2);
    expectSentence(err, /Moon\/Base/);
    expect(existsSync(at('never'))).toBe(false);
  });
});

describe('detect', () => {
  test('says which rule it refused and why, and runs the others', async () => {
    const { code, json, err } = await tidemark('detect', 'case', '--rules', 'broken.yml', 'rules', '--json');
    const result = json();
    expect(result.refused).toHaveLength(1);
    expect(result.refused[0]).toMatchObject({ id: '6f1d9c1e-0000-4000-8000-000000000002' });
    expect(result.refused[0].reason).toMatch(/^line 11: condition/);
    expectSentence(err, /Rule refused: /);
    expect(code).toBe(1);
    const found = result.findings.filter((f: { title: string }) => f.title === 'A manifest was read');
    expect(found).not.toHaveLength(0);
    const ran = result.rules.find(
      (r: { title: string; error: unknown }) => r.title === 'A manifest was read' && !r.error,
    );
    expect(ran).toMatchObject({ origin: 'file', enabled: true, applies: true, findings: found.length });
    expect(ran.millis).toBeGreaterThan(0);
    expect(ran.events).toBeGreaterThanOrEqual(found.length);
  });

  test('of a folder without a case says so', async () => {
    const { code, err } = await tidemark('detect', 'rules');
    expect(code).toBe(3);
    expectSentence(err, /no case in/);
  });
});

describe('rules', () => {
  test('check answers one row per rule as JSON, with a reason for what is refused', async () => {
    writeFileSync(at('two.yml'), `${RULE.replace('0001', '0003')}---\n{}\n`);
    const { code, json, err } = await tidemark('rules', 'check', 'rules', 'broken.yml', 'two.yml', '--json');
    expect(err).toBe('');
    expect(code).toBe(1);
    const rows = json();
    expect(Object.keys(rows[0])).toEqual(['path', 'id', 'title', 'ok', 'applies', 'reason']);
    expect(rows).toEqual([
      {
        path: 'rules/manifest.yml',
        id: '6f1d9c1e-0000-4000-8000-000000000001',
        title: 'A manifest was read',
        ok: true,
        applies: null,
        reason: null,
      },
      expect.objectContaining({
        path: 'broken.yml',
        id: '6f1d9c1e-0000-4000-8000-000000000002',
        ok: false,
        reason: expect.stringMatching(/^line 11: condition: /),
      }),
      expect.objectContaining({ path: 'two.yml', ok: true }),
      expect.objectContaining({
        path: 'two.yml',
        id: null,
        ok: false,
        reason: expect.stringMatching(/^line 1\d: /),
      }),
    ]);
  });

  test('check exits with 0 when all are accepted, and says what applies to a case', async () => {
    writeFileSync(at('ray.yml'), RULE.replace('0001', '0004').replace('product: registry', 'product: ray'));
    const { code, json } = await tidemark('rules', 'check', 'rules', 'ray.yml', '--case', 'case', '--json');
    expect(code).toBe(0);
    expect(json().map((r: { applies: boolean }) => r.applies)).toEqual([true, false]);
    const words = await tidemark('rules', 'check', 'rules', 'ray.yml', '--case', 'case');
    expect(words.out).toBe('2 rules in 2 files: 2 accepted, 0 refused; 1 whose logs are not in the case\n');
    const broken = await tidemark('rules', 'check', 'broken.yml');
    expect(broken.out).toMatch(/broken\.yml:1 .*A manifest was read .*line 11: condition/);
    expect(broken.code).toBe(1);
  });

  test('check reads zips, and names what it does not read of a hostile one', async () => {
    writeFileSync(
      at('rules.zip'),
      zipOf([
        { name: 'pack/one.yml', content: RULE.replace('0001', '0005') },
        { name: '../out.yml', content: RULE.replace('0001', '0006') },
        { name: '/etc/abs.yaml', content: RULE.replace('0001', '0007') },
        { name: 'large.yml', content: `# ${'x'.repeat(2_100_000)}` },
        { name: 'README.md', content: 'no rule' },
      ]),
    );
    const { code, json } = await tidemark('rules', 'check', 'rules.zip', '--json');
    expect(code).toBe(1);
    const rows: { path: string; ok: boolean; reason: string | null }[] = json();
    expect(rows.map((r) => [r.path, r.ok, r.reason])).toEqual([
      ['rules.zip!/../out.yml', false, 'line 1: its name leads out of the zip; not read'],
      ['rules.zip!//etc/abs.yaml', false, 'line 1: its name leads out of the zip; not read'],
      [
        'rules.zip!/large.yml',
        false,
        expect.stringMatching(/2100002 bytes; rule files of more than 2000000/),
      ],
      ['rules.zip!/pack/one.yml', true, null],
    ]);
    expect(readdirSync(folder)).not.toContain('out.yml');
  });

  test('check of what is not there, and of nothing, says so', async () => {
    const missing = await tidemark('rules', 'check', 'nowhere', '--json');
    expect(missing.code).toBe(2);
    expectSentence(missing.err, /no file or folder .*nowhere/);
    mkdirSync(at('empty'));
    const empty = await tidemark('rules', 'check', 'empty', '--json');
    expect(empty.json()).toEqual([]);
    expect(empty.err).toMatch(/no rule file/);
    expect((await tidemark('rules')).code).toBe(2);
  });

  test('list shows the rules that come with Tidemark, and with a case what they found', async () => {
    const { code, json } = await tidemark('rules', 'list', '--json');
    expect(code).toBe(0);
    const rows = json();
    expect(rows.length).toBeGreaterThan(15);
    expect(rows[0]).toMatchObject({ origin: 'built-in', error: null, applies: null });
    expect((await tidemark('detect', 'case', '--rules', 'rules')).code).toBe(0);
    const of = (await tidemark('rules', 'list', '--case', 'case', '--json')).json();
    expect(of.find((r: { title: string }) => r.title === 'A manifest was read').findings).toBeGreaterThan(0);
    expect((await tidemark('rules', 'list')).out).toMatch(/\d+ rules, 0 refused, \d+ switched off\n$/);
  });
});

describe('sql', () => {
  const sql = (statement: string, ...words: string[]) => tidemark('sql', 'case', statement, ...words);

  test('prints an aligned table', async () => {
    const { code, out, err } = await sql(
      "SELECT 'ray' AS name, 12 AS n UNION ALL SELECT 'registry', 3 ORDER BY n",
    );
    expect(out).toBe('name       n\n--------  --\nregistry   3\nray       12\n');
    expect(err).toContain('2 rows');
    expect(code).toBe(0);
  });

  test('says when a table is cut', async () => {
    const { out, err } = await sql('SELECT range AS n FROM range(1500)');
    expect(out.trimEnd().split('\n')).toHaveLength(1002);
    expect(err).toMatch(/first 1,000 rows; there are more/i);
  });

  test('streams JSON of any length as an array of row objects', async () => {
    const { json } = await sql(
      'SELECT range AS n, 1.50::DECIMAL(9,2) AS d, NULL AS x FROM range(25000)',
      '--format',
      'json',
    );
    const rows = json();
    expect(rows).toHaveLength(25_000);
    expect(rows[24_999]).toEqual({ n: 24_999, d: 1.5, x: null });
    expect((await sql('SELECT 1 AS n WHERE false', '--format', 'json')).json()).toEqual([]);
  });

  test('writes CSV and Parquet, and leaves no copy in the case', async () => {
    const { out } = await sql("SELECT 'a,b' AS text, 1 AS n", '--format', 'csv');
    expect(out).toBe('text,n\n"a,b",1\n');
    expect((await sql('SELECT 1 AS n', '--out', 'x.parquet')).code).toBe(0);
    expect(readFileSync(at('x.parquet')).subarray(0, 4).toString()).toBe('PAR1');
    expect(readdirSync(at('case', 'exports'))).toEqual([]);
  });

  test('shows control characters of evidence instead of printing them', async () => {
    const statement = "SELECT chr(27) || '[2J' || chr(8238) AS evil";
    expect((await sql(statement)).out).toContain('\\x1b[2J\\u202e');
    const { out, json } = await sql(statement, '--format', 'json');
    expect(out).not.toMatch(/[\u001b\u202e]/);
    expect(json()[0].evil).toBe('\u001b[2J\u202e');
  });

  test.each([
    ['writes', 'DELETE FROM event', /read-only|only SELECT|outside the case/],
    ['writes in disguise', 'SELECT 1; DROP TABLE event', /one SELECT/],
    ['reads a file', "SELECT * FROM read_text('/etc/passwd')", /sees the views of the case/],
    ['reads a file by its name', "SELECT * FROM '/etc/passwd.csv'", /sees the views of the case/],
    ['writes a file', "COPY (SELECT 1) TO '/tmp/tidemark-x.csv'", /read-only|only SELECT|outside the case/],
    ['opens the way', 'SET enable_external_access=true', /read-only|only SELECT|outside the case/],
    ['attaches', "ATTACH '/tmp/x.db'", /read-only|only SELECT|outside the case/],
  ])('that %s is refused', async (_, statement, sentence) => {
    const { code, err, out } = await sql(statement);
    expectSentence(err, sentence);
    expect(out).toBe('');
    expect(code).toBe(3);
  });

  test('that is no SQL is wrong usage', async () => {
    const { code, err } = await sql('SELEKT 1');
    expectSentence(err, /syntax error/i);
    expect(code).toBe(2);
  });

  test('ends quietly when its reader has seen enough', async () => {
    const child = begin([
      'sql',
      'case',
      "SELECT repeat('x', 1000) AS x FROM range(200000)",
      '--format',
      'json',
    ]);
    let err = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      err += chunk;
    });
    await once(child.stdout!, 'data');
    child.stdout!.destroy();
    const [code] = await once(child, 'exit');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(existsSync(at('case', 'case.lock'))).toBe(false);
  });
});

describe('raw', () => {
  test('prints the exact bytes of the record', async () => {
    const [first] = (
      await tidemark(
        'sql',
        'case',
        'SELECT event_id FROM events ORDER BY ts, event_id LIMIT 1',
        '--format',
        'json',
      )
    ).json();
    const { code, bytes } = await tidemark('raw', 'case', String(first.event_id));
    expect(code).toBe(0);
    expect(bytes.toString()).toBe(registryLog(1));
  });

  test('of an event that is not there says so', async () => {
    const { code, err } = await tidemark('raw', 'case', '1');
    expect(code).toBeGreaterThanOrEqual(2);
    expectSentence(err, /no event/i);
  });
});

describe('report', () => {
  test.each(['html', 'md', 'json', 'csv'])('writes .%s', async (format) => {
    const { code, err } = await tidemark('report', 'case', '--out', `r.${format}`);
    expect(err).toMatch(/sha256 [0-9a-f]{64}/);
    expect(readFileSync(at(`r.${format}`)).length).toBeGreaterThan(20);
    expect(code).toBe(0);
  });

  test('that cannot be written says where', async () => {
    const { code, err } = await tidemark('report', 'case', '--out', 'nowhere/r.html');
    expectSentence(err, /nowhere\/r\.html/);
    expect(code).toBe(3);
  });
});

test('Ctrl+C cancels, closes the case and exits with 130', async () => {
  writeFileSync(at('big.log'), registryLog(400_000));
  const child = begin(['ingest', 'big-case', 'big.log']);
  await once(child.stderr!, 'data');
  child.kill('SIGINT'); // the launcher leaves it to the command, as a terminal would tell both
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(130);
  expect(existsSync(at('big-case', 'case.lock'))).toBe(false);
  expect((await tidemark('sql', 'big-case', 'SELECT count(*) FROM events')).code).toBe(0);
}, 120_000);

test('help goes to standard output and costs nothing', async () => {
  const { code, out, err } = await tidemark('sql', '--help');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^Usage: tidemark sql/);
  const wrong = await tidemark('frobnicate');
  expect(wrong.code).toBe(2);
  expect(wrong.out).toBe('');
});
