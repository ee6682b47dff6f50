// Formats as data from the command line: checked, taken into a case, and used by every worker.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-formats-'));
  writeFileSync(join(folder, 'shop.yml'), GOOD);
  writeFileSync(join(folder, 'bad.yml'), GOOD.replace('(?P<message>.*)', '(?P<message>.*'));
  mkdirSync(join(folder, 'logs'));
  writeFileSync(
    join(folder, 'logs', 'shop.log'),
    '1795195074|W|card 7 refused\n1795195075|I|card 8 taken\nrubbish\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const GOOD = `name: shop
system: shop
files: ['shop*.log']
patterns:
  - pattern: '(?P<time>\\d+)\\|(?P<level>[A-Z])\\|(?P<message>.*)'
time: { format: epoch }
level: {}
message: message
continuation: none
samples:
  - lines: '1795195074|W|card 7 refused'
    gives: [{ time: '2026-11-20T17:17:54Z', level: warning, message: card 7 refused }]
`;

function tidemark(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((done) =>
    execFile(
      process.execPath,
      [join(ROOT, 'electron', 'tidemark.mjs'), ...words],
      { cwd: folder, env: { ...process.env, XDG_DATA_HOME: join(folder, 'state'), CI: 'true' } },
      (error, out, err) => done({ code: error ? Number(error.code) : 0, out, err }),
    ),
  );
}

test('a format is checked against a log, and says which lines it does not read', async () => {
  const { code, out } = await tidemark('format', 'check', 'shop.yml', 'logs/shop.log', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    ok: true,
    name: 'shop',
    samples: [{ ok: true }],
    log: {
      lines: 3,
      records: 3,
      unparsedLines: 1,
      levels: { warning: 1, info: 1 },
      unparsed: [{ line: 3, text: 'rubbish' }],
    },
  });
});

test('a refused format is told with its line, and the exit code says so', async () => {
  const { code, out, err } = await tidemark('format', 'check', 'bad.yml');
  expect(code).toBe(1);
  expect(out).toMatch(/line 5: RE2 refuses the pattern/);
  expect(err).toBe('');
});

test('an ingest with a format reads its files by it and keeps it in the case', async () => {
  const made = await tidemark('ingest', 'case', 'logs', '--formats', 'shop.yml', '--json');
  expect(made.code, made.err).toBe(0);
  expect(existsSync(join(folder, 'case', 'formats', 'shop.yml'))).toBe(true);
  const { out } = await tidemark(
    'sql',
    'case',
    'SELECT system, level::VARCHAR AS level, level_native, message, ts::VARCHAR AS ts FROM events ORDER BY line',
    '--format',
    'json',
  );
  expect(JSON.parse(out)).toEqual([
    {
      system: 'shop',
      level: 'warning',
      level_native: 'W',
      message: 'card 7 refused',
      ts: '2026-11-20 17:17:54',
    },
    { system: 'shop', level: 'info', level_native: 'I', message: 'card 8 taken', ts: '2026-11-20 17:17:55' },
    { system: 'shop', level: null, level_native: null, message: 'rubbish', ts: '2026-11-20 17:17:55' },
  ]);
});

test('an ingest with a format that is refused reads nothing and says why', async () => {
  const { code, err } = await tidemark('ingest', 'other', 'logs', '--formats', 'bad.yml');
  expect(code).toBe(2);
  expect(err).toMatch(/bad\.yml is refused: line 5: RE2 refuses the pattern.*Nothing was read/s);
});

test('a refused format that lies in the case is a problem of the ingest, and the log is read without it', async () => {
  mkdirSync(join(folder, 'third', 'formats'), { recursive: true });
  writeFileSync(join(folder, 'third', 'formats', 'bad.yml'), 'name: X\n');
  const { code, out } = await tidemark('ingest', 'third', 'logs', '--json');
  expect(code).toBe(1);
  const said = JSON.parse(out);
  expect(said.lines).toBe(3);
  expect(said.problems[0]).toMatch(/formats\/bad\.yml is refused \(line 1/);
});
