// Takes another responder's work over into the open case, in one transaction: all of it, or nothing.
import type { MergeResult } from '../../../shared/api.ts';
import type { Case } from '../case/case.ts';
import { type Connection, list, timestamp } from '../case/database.ts';
import { CaseError } from '../case/errors.ts';
import { setPending } from '../case/pending.ts';
import { applySuppressions } from '../detect/tuning/suppressions.ts';
import { isZone } from '../parse/time.ts';
import {
  applyNodes,
  insertAnnotations,
  insertSavedQueries,
  insertStates,
  insertSuppressions,
  insertTuning,
} from './apply-work.ts';
import { readAnnotations } from './collect.ts';
import { eventsOf, findingProofs } from './event-refs.ts';
import type { Annotations, EventRef } from './format.ts';
import { type Ground, type Merged, mergeWork } from './merge-work.ts';
import type { ReceivedFile } from './received.ts';
import { whole } from './rows.ts';

/** `settles`: zones or clocks were added, so that times have to be settled anew. */
export async function mergeCase(
  open: Case,
  received: ReceivedFile,
): Promise<{ result: MergeResult; settles: boolean }> {
  if (!received.annotationsWhole)
    throw new CaseError(
      'not_portable',
      `The tags, comments and decisions in ${received.path} are missing, cut or changed: ${received.problems[0] ?? 'the part is not there'} Nothing was taken over. Ask for the file again.`,
    );
  const theirs = withGoodZones(received.annotations);
  return open.write((connection) =>
    whole(connection, async () => {
      const ours = await readAnnotations(open, connection);
      const merged = mergeWork(ours, theirs, await groundOf(connection, ours, theirs));
      await put(connection, merged);
      const settles = merged.nodes.length > 0;
      if (settles) await setPending(connection, 'settle');
      return { result: resultOf(merged, received.problems), settles };
    }),
  );
}

const withGoodZones = (theirs: Annotations): Annotations => ({
  ...theirs,
  nodes: theirs.nodes.map((row) => ({
    ...row,
    zone: row.zone !== null && isZone(row.zone) ? row.zone : null,
  })),
});

async function groundOf(connection: Connection, ours: Annotations, theirs: Annotations): Promise<Ground> {
  const rules = [...new Set(theirs.findingStates.flatMap(({ ruleId }) => ruleId ?? []))];
  // an empty list has no type to be bound with
  const findings =
    rules.length === 0
      ? []
      : await findingProofs(connection, 'f.rule_id IN (SELECT unnest($1::VARCHAR[]))', [list(rules)]);
  const refs: EventRef[] = [
    ...theirs.annotations.flatMap(({ event }) => event ?? []),
    ...[...theirs.findingStates, ...ours.findingStates].flatMap(({ events }) => events?.first ?? []),
    ...findings.map(({ first }) => first),
  ];
  const found = await eventsOf(connection, refs);
  const events = new Map(refs.map((ref, i) => [keyOf(ref), found[i] ?? null]));
  const nodes = await connection.rows<{ node: string }>('SELECT node FROM node');
  return {
    eventOf: (ref) => events.get(keyOf(ref)) ?? null,
    findings,
    nodes: new Set(nodes.map(({ node }) => node)),
  };
}

const keyOf = ({ id, contentSha256, byteOffset, node, path }: EventRef) =>
  JSON.stringify([id, contentSha256, byteOffset, node, path]);

async function put(connection: Connection, merged: Merged): Promise<void> {
  await insertAnnotations(connection, merged.annotations);
  for (const { ourId, id, madeAt } of merged.earlier)
    await connection.run('UPDATE annotation SET annotation_id = $2, made_at = $3 WHERE annotation_id = $1', [
      ourId,
      id,
      timestamp(madeAt),
    ]);
  await insertStates(connection, merged.findingStates);
  await insertSavedQueries(connection, merged.savedQueries);
  await insertSuppressions(connection, merged.suppressions);
  if (merged.suppressions.length > 0) await applySuppressions(connection);
  await insertTuning(connection, merged);
  await applyNodes(connection, merged.nodes);
}

function resultOf(merged: Merged, problems: string[]): MergeResult {
  const of = (kind: string) => merged.annotations.filter((row) => row.kind === kind).length;
  return {
    added: {
      tags: of('tag'),
      comments: of('comment'),
      notes: of('note'),
      findingStates: merged.findingStates.length,
      savedQueries: merged.savedQueries.length,
      suppressions: merged.suppressions.length,
      ruleTuning: merged.ruleTuning.length,
      ruleDefaults: merged.ruleDefaults.length,
      placeholders: merged.placeholders.length,
      zones: merged.nodes.filter(({ zone }) => zone !== null).length,
      clocks: merged.nodes.filter(({ clockOffsetUs }) => clockOffsetUs !== null).length,
    },
    same: merged.same,
    conflicts: merged.conflicts,
    withoutEvidence: merged.withoutEvidence,
    annotationIds: merged.annotations.map(({ id }) => id),
    suppressionIds: merged.suppressions.map(({ id }) => id),
    findingIds: merged.findingStates.map(({ findingId }) => findingId),
    problems,
  };
}
