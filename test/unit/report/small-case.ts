// A small real case for the report's tests: a DuckDB made by Case.create, and the evidence as a plain file.
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Case } from '../../../electron/engine/case/case.ts';
import { buildReport, type ReportModel } from '../../../electron/engine/report/index.ts';

/** Lines that try to be something else than text, as bytes. */
export const HOSTILE: Buffer[] = [
  Buffer.from('<script>alert(1)</script><img src=http://evil.example/x.png onerror=alert(2)>'),
  Buffer.from('[click](javascript:alert(1)) ![x](http://evil.example/y.png) | a | b | <b>'),
  Buffer.from('=HYPERLINK("http://evil.example","x")'),
  Buffer.from('\u001b[31mred\u0000\u0007 \u202egnp.exe\u2028 end'),
  Buffer.concat([Buffer.from('bad '), Buffer.from([0xff, 0xfe, 0xc3, 0x28]), Buffer.from(' utf8')]),
  Buffer.from('`````` fence ``` ` breaker'),
  Buffer.from('```\n# Heading of the attacker\n~~~\n'),
  Buffer.from('@user mails a@b.example and www.evil.example ok https://evil.example/z'),
];

export interface SmallCase {
  model: ReportModel;
  opened: Case;
  close(): Promise<void>;
}

/** `lines`: one event each in one file of node `n1`; finding f1 (high) rests on all of them. */
export async function smallCase(
  lines: Buffer[] = HOSTILE,
  options: { name?: string; title?: string } = {},
): Promise<SmallCase> {
  const root = await mkdtemp(join(tmpdir(), 'tidemark-report-'));
  const opened = await Case.create(join(root, 'case'), options.name ?? 'Case <One>');
  const bytes = Buffer.concat(lines.map((line) => Buffer.concat([line, Buffer.from('\n')])));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const file = join(root, 'member');
  await writeFile(file, bytes);
  if (lines.length > 0)
    await fill(opened, lines, sha256, bytes.length, root, options.title ?? 'Hostile lines');
  const model = await opened.read((connection) =>
    buildReport(connection, {
      caseName: opened.name,
      readLines: async (wanted, offset, length) => {
        if (wanted !== sha256) throw new Error(`no such evidence in ${root}`);
        const handle = await open(file);
        const buffer = Buffer.alloc(length);
        const { bytesRead } = await handle.read(buffer, 0, length, offset);
        await handle.close();
        return buffer.subarray(0, bytesRead);
      },
    }),
  );
  return {
    model,
    opened,
    close: async () => {
      await opened.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function fill(opened: Case, lines: Buffer[], sha: string, size: number, root: string, title: string) {
  await opened.write(async (connection) => {
    await connection.run(
      `INSERT INTO bundle (bundle_id, name, path, sha256, size, added_at, added_by, tool_version, complete) VALUES (1, 'node1.tar', $1, 'b0', 4096, now()::TIMESTAMP, 'someone', '0.1.0', true)`,
      [join(root, 'node1.tar')],
    );
    await connection.run(
      `INSERT INTO member (file_id, bundle_id, path, sha256, content_sha256, size, content_size, mode, owner, mtime, format, system,
         status, reason, lines, records, unparsed_lines, node, zone, zone_basis, duplicate_of) VALUES
       (1, 1, 'var/log/a|b.log', $1, $1, $2, $2, 420, 'root', TIMESTAMP '2026-11-21 00:00:00', 'registry.text', 'registry',
         'parsed', NULL, 3, 3, 0, 'n1', 'UTC', 'file_zone', NULL),
       (2, 1, 'var/log/core.bin', 'c0', NULL, 10, NULL, NULL, NULL, NULL, 'binary', NULL,
         'skipped', $3, 0, 0, 0, 'n1', NULL, NULL, NULL),
       (3, 1, 'var/log/copy.log', $1, $1, $2, $2, 420, 'root', NULL, NULL, NULL, 'duplicate', NULL, 0, 0, 0, 'n1', NULL, NULL, 1)`,
      [sha, size, `binary, seen at ${root}/node1.tar`],
    );
    await connection.run(
      `INSERT INTO node (node, systems, roles, addresses, zone, zone_basis, clock_offset_us, offset_basis, offset_confidence)
       VALUES ('n1', ['registry'], ['registry'], ['10.0.0.1'], 'UTC', 'file_zone', -1500000, 'shared ids', 0.9)`,
    );
    await connection.run(
      `INSERT INTO event_kind (kind_id, system, component, level) VALUES (1, 'registry', 'app', 'error'), (2, 'registry', 'app', 'info'), (3, 'registry', 'app', 'critical')`,
    );
    let offset = 0;
    for (const [i, line] of lines.entries()) {
      const id = (1n << 32n) | BigInt(i);
      await connection.run(
        `INSERT INTO event_row (event_id, file_id, line, lines, byte_offset, byte_length, ts, ts_logged, ts_kind, kind_id, message, parsed)
         VALUES ($1, 1, $2, 1, $3, $4, TIMESTAMP '2026-11-21 07:10:02.123456' + INTERVAL (CAST($2 AS INTEGER)) SECOND,
           TIMESTAMP '2026-11-21 07:10:03.623456' + INTERVAL (CAST($2 AS INTEGER)) SECOND, 2, 1, $5, true)`,
        [id, i + 1, BigInt(offset), line.length + 1, line.toString('utf8')],
      );
      await connection.run(`INSERT INTO finding_event VALUES ('f1', $1, 'match', $2)`, [id, i]);
      offset += line.length + 1;
    }
    const entities = [
      ['ip', '8.8.8.8'],
      ['ip', '10.1.2.3'],
      ['user', '=cmd|x'],
      ['url', 'http://evil.example/a'],
    ];
    for (const [i, [kind, value]] of entities.entries()) {
      await connection.run(`INSERT INTO entity VALUES ($1, $2, $3, 'attempted')`, [BigInt(i), kind!, value!]);
      await connection.run(`INSERT INTO entity_ref (event_id, entity_id) VALUES ($1, $2)`, [
        1n << 32n,
        BigInt(i),
      ]);
    }
    await connection.run(
      `INSERT INTO finding VALUES ('f1', 'r1', $1, 'high', ['attack.t1190'], 'n1', ['n1'], ['registry'],
         TIMESTAMP '2026-11-21 07:10:03', TIMESTAMP '2026-11-21 07:11:00', $2, '{"src_ip":"=1+1"}', 'It says <b>so</b> at http://evil.example/q'),
       ('f2', 'r2', 'Dismissed one', 'critical', [], 'n1', ['n1'], ['registry'], NULL, NULL, 0, NULL, NULL)`,
      [title, BigInt(lines.length)],
    );
    await connection.run(
      `INSERT INTO finding_state VALUES ('f2', 'dismissed', 'me', now()::TIMESTAMP, 'a test of ours')`,
    );
    await connection.run(
      `INSERT INTO rule_run (rule_id, title, level, status, type, path, source, sql, parameters, error, applies, events, findings, millis) VALUES
       ('r1', 'Rule one', 'high', 'stable', 'event', $1, $2, 'SELECT 1', '[]', NULL, true, 5, 1, $3),
       ('r2', 'Rule two', 'critical', 'test', 'event', 'x', 'not: [a rule', NULL, NULL, NULL, true, 0, 1, $3),
       ('r3', 'Rule three', 'low', 'test', 'event', 'x', 'title: x', NULL, NULL, NULL, false, 0, 0, $3)`,
      [
        join(root, 'rules/registry/one.yml'),
        'title: Rule one\nid: r1\ndescription: What it says\nfalsepositives:\n  - A scanner of our own\n',
        Math.random() * 100,
      ],
    );
    await connection.run(
      `INSERT INTO rule_run (rule_id, title, level, applies, enabled, disabled_why, tuned) VALUES
       ('r4', 'Rule four', 'low', true, false, 'switched off by me: too loud', NULL),
       ('r5', 'Rule five', 'low', true, true, NULL, '{"timespan":60,"count":5}')`,
    );
    await connection.run(
      `INSERT INTO rule_tuning VALUES ('r4', false, NULL, 'too loud', 'me', now()::TIMESTAMP)`,
    );
  });
}
