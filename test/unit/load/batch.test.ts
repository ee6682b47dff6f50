// Column batches: what a parser says must be what DuckDB holds.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Connection, Database } from '../../../electron/engine/case/database.ts';
import { createSchema } from '../../../electron/engine/case/schema.ts';
import { EventBatch, INSERT } from '../../../electron/engine/load/batch.ts';
import { Draft, TS_KIND } from '../../../electron/engine/parse/record.ts';
import { templateId } from '../../../electron/engine/parse/template.ts';

let dir: string;
let database: Database;
let connection: Connection;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tidemark-batch-'));
  mkdirSync(join(dir, 'scratch'));
  database = await Database.open(join(dir, 'case.duckdb'), {
    mode: 'write',
    allowedDirectories: [join(dir, 'scratch')],
    tempDirectory: join(dir, 'spill'),
  });
  connection = await database.connect();
  await createSchema(connection);
});

afterEach(async () => {
  await database.close();
  rmSync(dir, { recursive: true, force: true });
});

const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

async function take(batch: EventBatch): Promise<ReturnType<EventBatch['flush']>> {
  const path = join(dir, 'scratch', 'b');
  const held = batch.flush(path);
  if (held.rows) await connection.run(INSERT.events, [`${path}.events`]);
  if (held.entities) {
    await connection.run(INSERT.entities, [`${path}.entities`]);
    await connection.run(INSERT.refs, [`${path}.refs`]);
  }
  if (held.kinds) await connection.run(INSERT.kinds, [`${path}.kinds`]);
  if (held.templates) await connection.run(INSERT.templates, [`${path}.templates`]);
  for (const part of ['events', 'entities', 'refs', 'templates', 'kinds'])
    rmSync(`${path}.${part}`, { force: true });
  return held;
}

test('a full record arrives with every value as it was said', async () => {
  const batch = new EventBatch(256);
  batch.beginMember(7);
  const draft = new Draft();
  Object.assign(draft, {
    record: 3,
    line: 12,
    lines: 2,
    byteOffset: 5_000_000_000,
    byteLength: 99,
    tsWall: 1_795_000_000_123_456,
    tsKind: TS_KIND.absolute,
    level: 5,
    nativeLevel: 'ERROR',
    system: 'registry',
    component: 'app',
    category: 'authentication',
    action: 'login',
    outcome: 'failure',
    message: bytes('Zugriff verweigert: µs 💥\n\u0000'),
    fields: bytes('{"vars.name":"team/äpp"}'),
    srcIp: '203.0.113.7',
    userName: bytes('jürgen'),
    httpMethod: 'GET',
    httpPath: '/v2/',
    httpStatus: 401,
    pid: '42',
    tid: '0x7f',
    logger: 'a.go:1',
    parsed: true,
  });
  draft.entity('ip', '203.0.113.7', 'client');
  draft.entity('user', bytes('jürgen'), 'attempted');
  draft.entity('ip', '', 'client'); // nothing to note
  batch.record(draft);
  expect(await take(batch)).toEqual({ rows: 1, entities: 2, refs: 2, templates: 1, kinds: 1 });
  const row = await connection.row('SELECT * FROM event');
  expect(row).toEqual({
    event_id: String(7n * 2n ** 32n + 3n),
    file_id: 7,
    line: 12,
    lines: 2,
    byte_offset: '5000000000',
    byte_length: 99,
    ts: '2026-11-18 11:06:40.123456',
    ts_logged: '2026-11-18 11:06:40.123456',
    ts_wall: '2026-11-18 11:06:40.123456',
    ts_kind: 1,
    ts_mark: null,
    system: 'registry',
    component: 'app',
    level: 'error',
    level_native: 'ERROR',
    category: 'authentication',
    action: 'login',
    outcome: 'failure',
    message: 'Zugriff verweigert: µs 💥\n\u0000',
    fields: '{"vars.name":"team/äpp"}',
    src_ip: '203.0.113.7',
    user_name: 'jürgen',
    http_method: 'GET',
    http_path: '/v2/',
    http_status: 401,
    pid: '42',
    tid: '0x7f',
    logger: 'a.go:1',
    parsed: true,
    template_id: String(templateId('registry', 'app', bytes('Zugriff verweigert: µs 💥'))),
  });
  expect(
    await connection.rows(
      'SELECT n.kind, n.value, r.event_id, n.role FROM entity_ref r JOIN entity n USING (entity_id) ORDER BY ALL',
    ),
  ).toEqual([
    { kind: 'ip', value: '203.0.113.7', event_id: String(7n * 2n ** 32n + 3n), role: 'client' },
    { kind: 'user', value: 'jürgen', event_id: String(7n * 2n ** 32n + 3n), role: 'attempted' },
  ]);
});

test('what a parser leaves out becomes NULL', async () => {
  const batch = new EventBatch(256);
  batch.beginMember(1);
  batch.record(new Draft());
  await take(batch);
  const row = await connection.row(
    'SELECT ts, ts_logged, component, level, category, fields, src_ip, http_status, http_path, pid, message, parsed FROM event',
  );
  expect(row).toEqual({
    ts: null,
    ts_logged: null,
    component: null,
    level: null,
    category: null,
    fields: null,
    src_ip: null,
    http_status: null,
    http_path: null,
    pid: null,
    message: '',
    parsed: false,
  });
});

test('times before 1970 and dictionaries of more than 256 and 65,536 words survive', async () => {
  const batch = new EventBatch(256);
  batch.beginMember(1);
  const draft = new Draft();
  draft.tsKind = TS_KIND.wall;
  const n = 70_000;
  for (let i = 0; i < n; i++) {
    draft.record = i;
    draft.tsWall = -1_000_000 * i;
    draft.component = `c${i % 300}`;
    draft.userName = `u${i}`;
    batch.record(draft);
  }
  expect((await take(batch)).rows).toBe(n);
  const row = await connection.row(
    `SELECT count(*)::INTEGER AS n, count(DISTINCT component)::INTEGER AS c, count(DISTINCT user_name)::INTEGER AS u, epoch_us(min(ts)) AS first,
       count(*) FILTER (user_name = 'u' || (event_id & 4294967295) AND component = 'c' || ((event_id & 4294967295) % 300))::INTEGER AS same FROM event`,
  );
  expect(row).toEqual({ n, c: 300, u: n, first: String(-1_000_000 * (n - 1)), same: n });
});

test('a batch that is full says so before the next record and goes on empty', async () => {
  const batch = new EventBatch(256);
  batch.beginMember(1);
  const draft = new Draft();
  draft.message = 'x'.repeat(1 << 20);
  let flushed = 0;
  batch.onFull = () => {
    flushed += batch.rows;
    batch.flush(join(dir, 'scratch', `part${flushed}`));
  };
  for (let i = 0; i < 200; i++) {
    draft.record = i;
    batch.record(draft);
  }
  expect(flushed).toBeGreaterThan(0);
  expect(flushed + batch.rows).toBe(200);
});
