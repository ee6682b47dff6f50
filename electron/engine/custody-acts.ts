// Which methods are acts on the case, and what the custody log keeps of each: recorded after the method succeeded. Jobs
// record their acts themselves; opening and closing is recorded by the case (case/case.ts). Asking (SQL, pages, previews)
// is no act: it changes and gives away nothing.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MethodName, Output, Parsed } from '../../shared/api.ts';
import type { Case } from './case/case.ts';
import { listPlaceholders } from './detect/tuning/placeholders.ts';
import { listNodes } from './query/overview.ts';

export interface Act {
  act: string;
  detail: Record<string, unknown>;
}

interface Recorded<M extends MethodName> {
  /** What stood before the method ran. */
  before?(open: Case, input: Parsed<M>): Promise<unknown>;
  act(input: Parsed<M>, output: Output<M>, before: unknown, open: Case): (Act | null) | Promise<Act | null>;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

const RECORDED: { [M in MethodName]?: Recorded<M> } = {
  'ingest.start': {
    async act({ formats }, _, __, open) {
      if (formats.length === 0) return null;
      const names = (await readdir(open.paths.formats)).sort();
      const files = await Promise.all(
        names.map(async (name) => ({ name, sha256: await sha256OfFile(join(open.paths.formats, name)) })),
      );
      return { act: 'formats.added', detail: { from: formats.map((path) => basename(path)), files } };
    },
  },
  'nodes.set': {
    before: async (open, { node }) => (await open.read((c) => listNodes(c, node)))[0] ?? null,
    act({ node, zone, clockOffsetUs }, _, before) {
      const was = before as Output<'nodes.set'> | null;
      return {
        act: 'node.set',
        detail: {
          node,
          ...(zone === undefined ? {} : { zone, zone_before: was?.zoneSet ?? null }),
          ...(clockOffsetUs === undefined
            ? {}
            : { clock_offset_us: clockOffsetUs, clock_offset_us_before: was?.offsetSetUs ?? null }),
        },
      };
    },
  },
  'events.verify': {
    act: ({ eventId }, { ok, sha256: found, expected }) => ({
      act: 'evidence.verified',
      detail: { event_id: eventId, ok, sha256: found, expected },
    }),
  },
  'sql.export': {
    act: async ({ sql, format }, { path, name, rows, bytes }) => ({
      act: 'query.exported',
      detail: {
        sql,
        sql_sha256: sha256(sql),
        format,
        name: basename(path) || name,
        rows,
        bytes,
        sha256: await sha256OfFile(path),
      },
    }),
  },
  'rules.tune': {
    act: ({ ruleId, enabled, thresholds, reason }) => ({
      act: 'rules.tuned',
      detail: {
        rule: ruleId,
        ...(enabled === undefined ? {} : { enabled }),
        ...(thresholds === undefined ? {} : { thresholds }),
        reason,
      },
    }),
  },
  'rules.setDefault': {
    act: ({ kind, value, enabled }) => ({ act: 'rules.default', detail: { kind, value, enabled } }),
  },
  'rules.save': {
    act: ({ path, text }, { before }) => ({
      act: 'rules.saved',
      detail: { path, sha256: sha256(text), sha256_before: before === null ? null : sha256(before) },
    }),
  },
  'rules.remove': {
    act: ({ path }, { text }) => ({ act: 'rules.removed', detail: { path, sha256: sha256(text) } }),
  },
  'rules.import': {
    act: async ({ path }, { files, rules, paths, refused }, _, open) => ({
      act: 'rules.imported',
      detail: {
        from: basename(path),
        files,
        rules,
        refused: refused.length,
        kept: await Promise.all(
          paths.map(async (each) => ({
            path: each,
            sha256: await sha256OfFile(join(open.paths.rules, each)).catch(() => null),
          })),
        ),
      },
    }),
  },
  'placeholders.set': {
    before: async (open, { name }) =>
      (await open.read(listPlaceholders)).find((row) => row.name === name)?.values ?? [],
    act: ({ name, values }, _, before) => ({
      act: 'placeholder.set',
      detail: { name, values, values_before: before },
    }),
  },
  'suppressions.add': {
    act: ({ ruleId, fieldValues, fromTs, toTs, reason }, { suppression, findings }) => ({
      act: 'suppression.added',
      detail: {
        id: suppression.suppressionId,
        rule: ruleId,
        field_values: fieldValues,
        from_us: fromTs,
        to_us: toTs,
        reason,
        findings,
      },
    }),
  },
  'suppressions.remove': {
    act: ({ suppressionId }, { suppression, findings }) => ({
      act: 'suppression.removed',
      detail: { id: suppressionId, rule: suppression.ruleId, reason: suppression.reason, findings },
    }),
  },
  'findings.setState': {
    before: (open, { findingId, findingIds = [] }) =>
      statesOf(open, [...(findingId ? [findingId] : []), ...findingIds]),
    act({ state, why }, { findings }, before) {
      const were = before as Map<string, string>;
      return {
        act: 'finding.state',
        detail: {
          state,
          why,
          findings: findings.map(({ findingId, ruleId, title }) => ({
            id: findingId,
            rule: ruleId,
            title,
            from: were.get(findingId) ?? null,
          })),
        },
      };
    },
  },
  'annotations.add': {
    act: (input, { annotations }) => ({
      act: 'annotation.added',
      detail: {
        kind: input.kind,
        text: input.text,
        annotations: annotations.map(({ annotationId, eventId }) => ({
          id: annotationId,
          event_id: eventId,
        })),
      },
    }),
  },
  'annotations.remove': {
    act: (_, { annotation }) => ({
      act: 'annotation.removed',
      detail: {
        id: annotation.annotationId,
        event_id: annotation.eventId,
        kind: annotation.kind,
        text: annotation.text,
      },
    }),
  },
  'report.export': {
    act: ({ format, sign }, { path, bytes, sha256: hash }) => ({
      act: 'report.exported',
      detail: {
        format,
        name: basename(path),
        bytes,
        sha256: hash,
        signed_with: sign?.keyId ?? null,
      },
    }),
  },
};

async function statesOf(open: Case, ids: string[]): Promise<Map<string, string>> {
  const wanted = new Set(ids);
  const rows = await open.read((connection) =>
    connection.rows<{ id: string; state: string }>('SELECT finding_id AS id, state FROM findings'),
  );
  return new Map(rows.filter(({ id }) => wanted.has(id)).map(({ id, state }) => [id, state]));
}

/** Runs a method and records it as an act on the open case, when it is one. */
export async function withAct(
  method: MethodName,
  input: unknown,
  current: () => Case | null,
  run: () => Promise<unknown>,
): Promise<unknown> {
  const recorded = RECORDED[method] as Recorded<MethodName> | undefined;
  const open = current();
  if (!recorded || !open) return run();
  const before = await recorded.before?.(open, input as never);
  const output = await run();
  const act = await recorded.act(input as never, output as never, before, open);
  if (act) await open.custody.append(act.act, act.detail);
  return output;
}
