// The custody log: its lines, its chain, its end.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CustodyLog, NO_ENTRY, readEntry, writeEntry } from '../../../electron/engine/case/custody.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tidemark-custody-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(dir, { recursive: true, force: true });
});

const text = () => readFileSync(join(dir, 'custody.jsonl'), 'utf8');
const lines = () => text().split('\n').slice(0, -1);

test('a line is what docs/custody.md says, and its hash is of the bytes before the hash', () => {
  const { line, hash } = writeEntry({
    seq: 1,
    at: '2026-11-26T01:02:03.123000Z',
    actor: 'ana@lab',
    tool: '0.1.0',
    act: 'case.created',
    detail: { name: 'Night shift' },
    previous: NO_ENTRY,
  });
  const body = `{"seq":1,"at":"2026-11-26T01:02:03.123000Z","actor":"ana@lab","tool":"0.1.0","act":"case.created","detail":{"name":"Night shift"},"previous":"${NO_ENTRY}"}`;
  expect(hash).toBe(createHash('sha256').update(body).digest('hex'));
  expect(line).toBe(`${body.slice(0, -1)},"hash":"${hash}"}`);
  expect(readEntry(line)).toMatchObject({ expected: hash, entry: { seq: 1, hash } });
});

test('entries are chained, and go on in another process', async () => {
  const first = await CustodyLog.open(dir, 'ana@lab');
  await first.append('case.created', { name: 'x' });
  await first.append('finding.state', { why: 'seen' });
  const second = await CustodyLog.open(dir, 'ben@lab');
  await second.append('case.opened');
  const { rows, total } = await second.entries();
  expect(total).toBe(3);
  expect(rows.map((row) => [row.seq, row.actor, row.act])).toEqual([
    [1, 'ana@lab', 'case.created'],
    [2, 'ana@lab', 'finding.state'],
    [3, 'ben@lab', 'case.opened'],
  ]);
  expect(rows.map((row) => row.previous)).toEqual([NO_ENTRY, rows[0]!.hash, rows[1]!.hash]);
  expect(second.head).toEqual({ seq: 3, hash: rows[2]!.hash });
  expect(await second.entries(1, 1)).toEqual({ rows: [rows[1]], total: 3 });
});

test('acts at the same time come one after another', async () => {
  const log = await CustodyLog.open(dir, 'ana@lab');
  await Promise.all(Array.from({ length: 50 }, (_, i) => log.append('query.exported', { i })));
  const { rows } = await log.entries();
  expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  expect(rows.map((row) => row.detail.i)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  for (const [i, row] of rows.entries()) expect(row.previous).toBe(i === 0 ? NO_ENTRY : rows[i - 1]!.hash);
});

test('a torn last line is set aside, byte for byte, and said by an entry', async () => {
  const log = await CustodyLog.open(dir, 'ana@lab');
  await log.append('case.created');
  const whole = text();
  const torn = Buffer.from([...Buffer.from('{"seq":2,"at":"20'), 0, 0, 0xff]);
  appendFileSync(join(dir, 'custody.jsonl'), torn);
  const again = await CustodyLog.open(dir, 'ana@lab');
  await again.append('case.opened');
  expect(readFileSync(join(dir, 'custody.torn-2'))).toEqual(torn);
  expect(text().startsWith(whole)).toBe(true);
  expect((await again.entries()).rows.map((row) => [row.seq, row.act])).toEqual([
    [1, 'case.created'],
    [2, 'custody.torn'],
    [3, 'case.opened'],
  ]);
  expect((await again.entries(1, 1)).rows[0]!.detail).toEqual({
    kept_as: 'custody.torn-2',
    bytes: torn.length,
    sha256: createHash('sha256').update(torn).digest('hex'),
  });
});

test('a log that is torn in its first line begins anew', async () => {
  writeFileSync(join(dir, 'custody.jsonl'), '{"seq":1');
  const log = await CustodyLog.open(dir, 'ana@lab');
  await log.append('case.opened');
  expect((await log.entries()).rows.map((row) => [row.seq, row.act])).toEqual([
    [1, 'custody.torn'],
    [2, 'case.opened'],
  ]);
  expect(readdirSync(dir).sort()).toEqual(['custody.jsonl', 'custody.torn-1']);
});

test('a last line that ends but is no entry stays, and what follows is tied to its bytes', async () => {
  const log = await CustodyLog.open(dir, 'ana@lab');
  await log.append('case.created');
  appendFileSync(join(dir, 'custody.jsonl'), 'not an entry\n');
  const again = await CustodyLog.open(dir, 'ana@lab');
  await again.append('case.opened');
  expect(lines()[1]).toBe('not an entry');
  const { rows } = await again.entries();
  expect(rows.map((row) => [row.seq, row.act])).toEqual([
    [1, 'case.created'],
    [3, 'custody.damaged'],
    [4, 'case.opened'],
  ]);
  expect(rows[1]!.previous).toBe(createHash('sha256').update('not an entry').digest('hex'));
});

test('a clock that goes back is said, and the order stays that of the acts', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const log = await CustodyLog.open(dir, 'ana@lab');
  vi.setSystemTime(new Date('2026-11-26T02:00:00Z'));
  await log.append('case.created');
  vi.setSystemTime(new Date('2026-11-26T01:00:00Z'));
  await log.append('case.closed', { by: 'desktop' });
  expect((await log.entries()).rows.map((row) => [row.seq, row.at, row.detail])).toEqual([
    [1, '2026-11-26T02:00:00.000000Z', {}],
    [2, '2026-11-26T01:00:00.000000Z', { by: 'desktop', clock_before: '2026-11-26T02:00:00.000000Z' }],
  ]);
});

describe('what an act states', () => {
  test('hostile names stand as JSON escapes in plain ASCII', async () => {
    const log = await CustodyLog.open(dir, 'ana@lab');
    const name = 'a\u001b[31m\n\u202egnp.exe\u2028"\\ \u{1f600} \ud800 ü';
    await log.append('rules.saved', { path: name });
    expect(Buffer.from(text(), 'utf8').every((byte) => byte === 10 || (byte >= 0x20 && byte < 0x7f))).toBe(
      true,
    );
    expect(lines()).toHaveLength(1);
    expect((await log.entries()).rows[0]!.detail.path).toBe(name);
  });

  test('what is too long is cut, with the hash and size of the whole', async () => {
    const log = await CustodyLog.open(dir, 'ana@lab');
    const sql = 'x'.repeat(1_000_000);
    await log.append('query.exported', { sql, rows: 3 });
    await log.append('finding.state', {
      findings: Array.from({ length: 60_000 }, (_, i) => ({ id: `f${i}` })),
    });
    await log.append('placeholder.set', { values: Array.from({ length: 400 }, () => 'y'.repeat(3000)) });
    const [query, state, set] = (await log.entries()).rows;
    expect(query!.detail).toEqual({
      sql: {
        cut: 'x'.repeat(4000),
        characters: 1_000_000,
        sha256: createHash('sha256').update(`"${sql}"`).digest('hex'),
      },
      rows: 3,
    });
    expect(state!.detail.findings).toMatchObject({
      items: 60_000,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(set!.detail).toMatchObject({ characters: expect.any(Number), sha256: expect.any(String) });
    expect(Math.max(...lines().map((line) => line.length))).toBeLessThan(64 * 1024);
  });
});

test('an act that cannot be written is refused, and leaves no half line', async () => {
  const log = await CustodyLog.open(dir, 'ana@lab');
  await log.append('case.created');
  const before = text();
  rmSync(join(dir, 'custody.jsonl'));
  const { mkdirSync, rmdirSync } = await import('node:fs');
  mkdirSync(join(dir, 'custody.jsonl'));
  await expect(log.append('case.opened')).rejects.toThrow();
  rmdirSync(join(dir, 'custody.jsonl'));
  writeFileSync(join(dir, 'custody.jsonl'), before);
  await log.append('case.closed');
  expect((await log.entries()).rows.map((row) => [row.seq, row.act])).toEqual([
    [1, 'case.created'],
    [2, 'case.closed'],
  ]);
});
