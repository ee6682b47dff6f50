// What a case says of itself, as the parts of a portable case: the ledger, the responder's own work, settings, rules.
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Case } from '../case/case.ts';
import type { Connection } from '../case/database.ts';
import { SCHEMA_VERSION } from '../case/schema.ts';
import { TOOL_VERSION } from '../case/version.ts';
import { readRuleFiles } from '../detect/rule-files.ts';
import { findingProofs } from './event-refs.ts';
import {
  type Annotations,
  type LedgerBundle,
  type LedgerMember,
  MOST,
  partKind,
  type Settings,
} from './format.ts';

const us = (value: string | null): number | null => (value === null ? null : Number(value));
type Stated = Record<string, string | number | boolean | null>;

export async function readBundles(connection: Connection): Promise<LedgerBundle[]> {
  const rows = await connection.rows<Stated>(
    `SELECT bundle_id, name, sha256, size, epoch_us(added_at) AS added, added_by, tool_version, complete, problem, epoch_us(mtime) AS changed,
       state, first_file_id, options
     FROM bundle b WHERE EXISTS (FROM member m WHERE m.bundle_id = b.bundle_id) ORDER BY bundle_id`,
  );
  return rows.map((row) => ({
    id: Number(row.bundle_id),
    name: String(row.name),
    sha256: row.sha256 as string | null,
    size: us(row.size as string | null),
    addedAt: us(row.added as string | null),
    addedBy: row.added_by as string | null,
    tool: row.tool_version as string | null,
    complete: row.complete as boolean | null,
    problem: row.problem as string | null,
    mtime: us(row.changed as string | null),
    state: String(row.state),
    firstFileId: row.first_file_id as number | null,
    options: row.options as string | null,
  }));
}

/** `held`: contents whose bytes go along; null: all. */
export async function readMembers(
  connection: Connection,
  held: ReadonlySet<string> | null,
): Promise<LedgerMember[]> {
  const rows = await connection.rows<Stated>(
    `SELECT file_id, bundle_id, path, sha256, content_sha256, size, content_size, mode, owner, epoch_us(mtime) AS changed, compression, node,
       format, system, encoding, status, reason, duplicate_of, lines, records, unparsed_lines, out_of_order, foreign_records
     FROM member ORDER BY file_id`,
  );
  return rows.map((row) => ({
    id: Number(row.file_id),
    bundle: Number(row.bundle_id),
    path: String(row.path),
    sha256: row.sha256 as string | null,
    contentSha256: row.content_sha256 as string | null,
    size: Number(row.size),
    contentSize: us(row.content_size as string | null),
    mode: row.mode as number | null,
    owner: row.owner as string | null,
    mtime: us(row.changed as string | null),
    compression: row.compression as string | null,
    node: String(row.node ?? ''),
    format: row.format as string | null,
    system: row.system as string | null,
    encoding: row.encoding as string | null,
    status: row.status as LedgerMember['status'],
    reason: row.reason as string | null,
    duplicateOf: row.duplicate_of as number | null,
    lines: Number(row.lines),
    records: Number(row.records),
    unparsedLines: Number(row.unparsed_lines),
    outOfOrder: Number(row.out_of_order),
    foreignRecords: Number(row.foreign_records),
    evidence: row.content_sha256 !== null && (held === null || held.has(String(row.content_sha256))),
  }));
}

/** Contents of members that hold an event with a tag, a comment or a note, or one that a confirmed finding rests on. */
export async function taggedContents(connection: Connection): Promise<Set<string>> {
  const rows = await connection.rows<{ sha256: string }>(
    `SELECT DISTINCT content_sha256 AS sha256 FROM member
     WHERE content_sha256 IS NOT NULL AND file_id IN (
       SELECT event_id >> 32 FROM annotation WHERE event_id IS NOT NULL
       UNION SELECT event_id >> 32 FROM finding_event WHERE finding_id IN (SELECT finding_id FROM findings WHERE state = 'confirmed'))`,
  );
  return new Set(rows.map((row) => row.sha256));
}

/** Who set a node's zone or clock last, and when, as the custody log says. */
async function nodeSetters(open: Case): Promise<Map<string, { by: string; at: number }>> {
  const setters = new Map<string, { by: string; at: number }>();
  const { rows } = await open.custody.entries();
  for (const { act, detail, actor, at } of rows)
    if (act === 'node.set' && typeof detail.node === 'string')
      setters.set(detail.node, { by: actor.slice(0, 500), at: Date.parse(at) * 1000 });
  return setters;
}

export async function readAnnotations(open: Case, connection: Connection): Promise<Annotations> {
  const setters = await nodeSetters(open);
  const nodes = await connection.rows<{ node: string; zone: string | null; offset_set: string | null }>(
    `SELECT node, zone_set AS zone, offset_set FROM node WHERE zone_set IS NOT NULL OR offset_set IS NOT NULL ORDER BY node`,
  );
  return {
    annotations: await readOwnWords(connection),
    findingStates: await readStates(connection),
    ...(await readRuleWork(connection)),
    nodes: nodes.map(({ node, zone, offset_set }) => ({
      node,
      zone,
      clockOffsetUs: us(offset_set),
      by: setters.get(node)?.by ?? null,
      at: setters.get(node)?.at ?? null,
    })),
  };
}

async function readOwnWords(connection: Connection): Promise<Annotations['annotations']> {
  const rows = await connection.rows<Record<string, string | null>>(
    `SELECT a.annotation_id AS id, a.kind, a.text, coalesce(a.author, 'unknown') AS author, epoch_us(a.made_at) AS made,
       a.event_id::VARCHAR AS event_id, m.content_sha256, e.byte_offset::VARCHAR AS byte_offset, m.node, m.path
     FROM annotation a LEFT JOIN event_row e ON e.event_id = a.event_id LEFT JOIN member m ON m.file_id = e.file_id
     ORDER BY a.event_id NULLS FIRST, a.made_at, a.annotation_id`,
  );
  return rows.map((row) => ({
    id: row.id!,
    kind: row.kind as 'tag' | 'comment' | 'note',
    text: row.text ?? '',
    author: row.author!,
    madeAt: Number(row.made ?? 0),
    event:
      row.content_sha256 === null
        ? null
        : {
            id: row.event_id!,
            contentSha256: row.content_sha256!,
            byteOffset: Number(row.byte_offset),
            node: row.node ?? '',
            path: row.path ?? '',
          },
  }));
}

async function readStates(connection: Connection): Promise<Annotations['findingStates']> {
  const states = await connection.rows<Record<string, string | null>>(
    `SELECT s.finding_id AS id, s.state, coalesce(s.state_by, 'unknown') AS by_whom, epoch_us(s.state_at) AS made, s.state_why AS why
     FROM finding_state s ORDER BY s.finding_id`,
  );
  const proofs = await findingProofs(connection, 'f.finding_id IN (SELECT finding_id FROM finding_state)');
  const byId = new Map(proofs.map((proof) => [proof.findingId, proof]));
  return states.map((row) => {
    const proof = byId.get(row.id!);
    return {
      findingId: row.id!,
      ruleId: proof?.ruleId ?? null,
      title: proof?.title ?? null,
      state: row.state as Annotations['findingStates'][number]['state'],
      by: row.by_whom!,
      at: Number(row.made ?? 0),
      why: row.why ?? null,
      events: proof ? { count: proof.count, sha256: proof.sha256, first: proof.first } : null,
    };
  });
}

type RuleWork = Pick<
  Annotations,
  'savedQueries' | 'suppressions' | 'ruleTuning' | 'ruleDefaults' | 'placeholders'
>;

async function readRuleWork(connection: Connection): Promise<RuleWork> {
  const rows = <T extends object>(sql: string) => connection.rows<T>(sql);
  const queries = await rows<{ name: string; sql: string; author: string; made: string }>(
    `SELECT name, sql, coalesce(author, 'unknown') AS author, coalesce(epoch_us(made_at), 0) AS made FROM saved_query ORDER BY name`,
  );
  const suppressions = await rows<Record<string, string | null>>(
    `SELECT suppression_id AS id, rule_id, field_values, epoch_us(from_ts) AS from_us, epoch_us(to_ts) AS to_us, reason,
       coalesce(author, 'unknown') AS author, coalesce(epoch_us(made_at), 0) AS made FROM suppression ORDER BY suppression_id`,
  );
  const tuning = await rows<Record<string, string | boolean | null>>(
    `SELECT rule_id, enabled, thresholds, reason, coalesce(author, 'unknown') AS author, coalesce(epoch_us(made_at), 0) AS made
     FROM rule_tuning ORDER BY rule_id`,
  );
  const defaults = await rows<{
    kind: 'level';
    value: string;
    enabled: boolean;
    author: string;
    made: string;
  }>(
    `SELECT kind, value, enabled, coalesce(author, 'unknown') AS author, coalesce(epoch_us(made_at), 0) AS made FROM rule_default ORDER BY kind, value`,
  );
  const placeholders = await rows<{ name: string; values: string[]; author: string; made: string }>(
    `SELECT name, "values", coalesce(author, 'unknown') AS author, coalesce(epoch_us(made_at), 0) AS made FROM placeholder ORDER BY name`,
  );
  return {
    savedQueries: queries.map(({ made, ...row }) => ({ ...row, madeAt: Number(made) })),
    suppressions: suppressions.map((row) => ({
      id: row.id!,
      ruleId: row.rule_id ?? null,
      fieldValues: JSON.parse(row.field_values!) as Record<string, string>,
      fromTs: us(row.from_us ?? null),
      toTs: us(row.to_us ?? null),
      reason: row.reason!,
      author: row.author!,
      madeAt: Number(row.made),
    })),
    ruleTuning: tuning.map((row) => ({
      ruleId: row.rule_id as string,
      enabled: row.enabled as boolean | null,
      thresholds:
        row.thresholds === null ? {} : (JSON.parse(row.thresholds as string) as Record<string, number>),
      reason: row.reason as string | null,
      author: row.author as string,
      madeAt: Number(row.made),
    })),
    ruleDefaults: defaults.map(({ made, ...row }) => ({ ...row, madeAt: Number(made) })),
    placeholders: placeholders.map(({ made, ...row }) => ({ ...row, madeAt: Number(made) })),
  };
}

export async function readSettings(connection: Connection): Promise<Settings> {
  const row = await connection.row<{ zone: string | null; ran: boolean }>(
    `SELECT (SELECT value FROM setting WHERE key = 'zone') AS zone, EXISTS (FROM rule_run) AS ran`,
  );
  return {
    zone: row!.zone,
    detected: row!.ran,
    versions: { tool: TOOL_VERSION, schema: SCHEMA_VERSION },
  };
}

export interface SmallPart {
  name: string;
  bytes: Buffer;
}

/** Files of the case's folders as they are, in the order of their names; `passed`: sentences on what does not go along. */
export async function readFolders(
  open: Case,
  connection: Connection,
): Promise<{ rules: SmallPart[]; formats: SmallPart[]; signatures: SmallPart[]; passed: string[] }> {
  const passed: string[] = [];
  const rules: SmallPart[] = [];
  for (const file of await readRuleFiles([open.paths.rules])) {
    const name = `rules/${file.path}`;
    if (partKind(name) !== 'rules' || (file.problem !== null && file.text === ''))
      passed.push(
        `The rule file ${file.path} does not go along: ${file.problem ?? 'its name is none for a rule file'}.`,
      );
    else rules.push({ name, bytes: await readFile(file.place) });
  }
  return {
    rules: [...rules, ...(await givenRules(connection))],
    formats: await flatFolder(open.paths.formats, 'formats', MOST.formats!, passed),
    signatures: await flatFolder(open.paths.signatures, 'signatures', MOST.signatures!, passed),
    passed,
  };
}

/** Rules that were named for the last run alone: their findings stand in the case, so their text goes along. */
async function givenRules(connection: Connection): Promise<SmallPart[]> {
  const rows = await connection.rows<{ source: string }>(
    `SELECT source FROM rule_run WHERE origin = 'file' AND source IS NOT NULL ORDER BY rule_id`,
  );
  return rows.map(({ source }, i) => ({ name: `given-rules/${i + 1}.yml`, bytes: Buffer.from(source) }));
}

async function flatFolder(
  folder: string,
  kind: 'formats' | 'signatures',
  most: number,
  passed: string[],
): Promise<SmallPart[]> {
  const parts: SmallPart[] = [];
  for (const own of (await readdir(folder).catch(() => [])).sort()) {
    const name = `${kind}/${own}`;
    const info = await lstat(join(folder, own));
    if (partKind(name) !== kind || !info.isFile() || info.size > most)
      passed.push(`${name} does not go along: it is no file of the kind that belongs there.`);
    else parts.push({ name, bytes: await readFile(join(folder, own)) });
  }
  return parts;
}
