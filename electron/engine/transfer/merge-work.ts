// What two responders said and decided on the same evidence, put together: pure, so that it can be held against its rules.
// Theirs is added where ours says nothing; what both say alike is the same; where they differ ours stays, and both decisions
// are kept as notes, alike in both cases: merging A into B and B into A gives the same annotations.
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { FindingProof } from './event-refs.ts';
import type { Annotations, EventRef } from './format.ts';

/** Their evidence as this case has it. */
export interface Ground {
  /** The event of this case; null: it is not there. */
  eventOf(ref: EventRef): string | null;
  /** Findings of this case that theirs may be. */
  findings: readonly FindingProof[];
  nodes: ReadonlySet<string>;
}

type Annotation = Annotations['annotations'][number];
type State = Annotations['findingStates'][number];
export type PlacedAnnotation = Omit<Annotation, 'event'> & { eventId: string | null };

export interface Conflict {
  kind: string;
  name: string;
  ours: string;
  theirs: string;
  /** Who decided theirs, and when. */
  by: string;
}

export interface Merged {
  annotations: PlacedAnnotation[];
  /** The same words by the same person, said earlier there: the earlier row takes the place of ours. */
  earlier: { ourId: string; id: string; madeAt: number }[];
  findingStates: State[];
  savedQueries: Annotations['savedQueries'];
  suppressions: Annotations['suppressions'];
  ruleTuning: Annotations['ruleTuning'];
  ruleDefaults: Annotations['ruleDefaults'];
  placeholders: Annotations['placeholders'];
  nodes: Annotations['nodes'];
  same: number;
  conflicts: Conflict[];
  withoutEvidence: number;
}

export function mergeWork(ours: Annotations, theirs: Annotations, ground: Ground): Merged {
  const merged: Merged = {
    annotations: [],
    earlier: [],
    findingStates: [],
    savedQueries: [],
    suppressions: [],
    ruleTuning: [],
    ruleDefaults: [],
    placeholders: [],
    nodes: [],
    same: 0,
    conflicts: [],
    withoutEvidence: 0,
  };
  const words = new Words(ours, merged);
  for (const said of theirs.annotations) {
    const eventId = said.event === null ? null : ground.eventOf(said.event);
    if (eventId === null && !(said.event === null && said.kind === 'note')) merged.withoutEvidence++;
    else words.add({ ...said, eventId }, true);
  }
  mergeStates(ours, theirs, ground, merged, words);
  mergeRuleWork(ours, theirs, merged, words);
  mergeNodes(ours, theirs, ground, merged, words);
  return merged;
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const keyOf = ({ eventId, kind, text, author }: PlacedAnnotation) =>
  JSON.stringify([eventId, kind, text, author]);

/** Annotations of both, each once. */
class Words {
  readonly #merged: Merged;
  readonly #known = new Map<string, PlacedAnnotation>();
  readonly #ids = new Set<string>();
  readonly #ours = new Set<string>();

  constructor(ours: Annotations, merged: Merged) {
    this.#merged = merged;
    for (const { event, ...said } of ours.annotations) {
      const placed = { ...said, eventId: event?.id ?? null };
      this.#known.set(keyOf(placed), placed);
      this.#ids.add(said.id);
      this.#ours.add(keyOf(placed));
    }
  }

  /** `counted`: what is there already counts as the same. */
  add({ id, kind, text, author, madeAt, eventId }: PlacedAnnotation, counted: boolean): void {
    const key = keyOf({ id, kind, text, author, madeAt, eventId });
    const free = this.#ids.has(id) ? digest(key) : id;
    const there = this.#known.get(key);
    if (!there) {
      const placed = { id: free, kind, text, author, madeAt, eventId };
      this.#known.set(key, placed);
      this.#ids.add(free);
      this.#merged.annotations.push(placed);
      return;
    }
    if (counted) this.#merged.same++;
    const isEarlier = madeAt < there.madeAt || (madeAt === there.madeAt && id < there.id);
    if (!isEarlier || !this.#ours.has(key)) return;
    this.#merged.earlier.push({ ourId: there.id, id: free, madeAt });
    this.#ours.delete(key);
  }

  /** A decision that stands beside another. `where`: what tells it apart in any case. */
  note(where: string, eventId: string | null, text: string, author: string, madeAt: number): void {
    const id = `note-${digest(JSON.stringify([where, text, author, madeAt])).slice(0, 32)}`;
    this.add({ id, kind: 'note', text, author, madeAt, eventId }, false);
  }
}

interface Decision {
  said: string;
  by: string;
  at: number;
}

const whoAndWhen = ({ by, at }: Decision): string =>
  at === 0 ? by : `${by}, ${new Date(at / 1000).toISOString()}`;

function conflict(
  merged: Merged,
  words: Words,
  about: { kind: string; name: string; where?: string; eventId?: string | null },
  ours: Decision,
  theirs: Decision,
): void {
  const { kind, name, where = '', eventId = null } = about;
  merged.conflicts.push({ kind, name, ours: ours.said, theirs: theirs.said, by: whoAndWhen(theirs) });
  for (const each of [ours, theirs])
    words.note(where, eventId, `${kind} ${name}: ${each.said}`, each.by, each.at);
}

const placeOf = ({ contentSha256, byteOffset }: EventRef) => `${contentSha256}:${byteOffset}`;

function mergeStates(
  ours: Annotations,
  theirs: Annotations,
  ground: Ground,
  merged: Merged,
  words: Words,
): void {
  const byId = new Map(ground.findings.map((finding) => [finding.findingId, finding]));
  const byEvents = new Map(
    ground.findings.map((finding) => [`${finding.ruleId}\n${finding.sha256}`, finding]),
  );
  const decided = new Map(ours.findingStates.map((state) => [state.findingId, state]));
  for (const state of theirs.findingStates) {
    const finding = findingOf(state, byId, byEvents);
    if (!finding) {
      merged.withoutEvidence++;
      continue;
    }
    const own = decided.get(finding.findingId);
    if (!own) {
      merged.findingStates.push({ ...state, findingId: finding.findingId });
      decided.set(finding.findingId, state);
      continue;
    }
    const first = [finding.first, state.events!.first].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))[0]!;
    const about = {
      kind: 'finding',
      name: `"${finding.title}" (${finding.ruleId})`,
      where: placeOf(first),
      eventId: ground.eventOf(first),
    };
    const [mine, other] = [own, state].map(
      ({ state: verdict, why, by, at }): Decision => ({ said: why ? `${verdict}: ${why}` : verdict, by, at }),
    ) as [Decision, Decision];
    if (own.state === state.state) merged.same++;
    if (own.state !== state.state) conflict(merged, words, about, mine, other);
    else if (mine.said !== other.said)
      // alike, for other reasons: both are worth reading
      for (const each of [mine, other])
        words.note(about.where, about.eventId, `finding ${about.name}: ${each.said}`, each.by, each.at);
  }
}

/** By its id when rule and evidence are the same, else by rule and events. */
function findingOf(
  { findingId, ruleId, events }: State,
  byId: ReadonlyMap<string, FindingProof>,
  byEvents: ReadonlyMap<string, FindingProof>,
): FindingProof | undefined {
  if (events === null) return undefined;
  const same = byId.get(findingId);
  if (
    same?.ruleId === ruleId &&
    (same.sha256 === events.sha256 || placeOf(same.first) === placeOf(events.first))
  )
    return same;
  return byEvents.get(`${ruleId}\n${events.sha256}`);
}

interface Signed {
  author: string;
  madeAt: number;
}

/** Rows of one kind that have a name: added, the same, or a conflict. */
function mergeNamed<T extends Signed>(
  lists: { ours: readonly T[]; theirs: readonly T[]; add: T[] },
  kind: string,
  nameOf: (row: T) => string,
  saidOf: (row: T) => string,
  merged: Merged,
  words: Words,
): void {
  const known = new Map(lists.ours.map((row) => [nameOf(row), row]));
  for (const row of lists.theirs) {
    const name = nameOf(row);
    const own = known.get(name);
    if (!own) {
      known.set(name, row);
      lists.add.push(row);
    } else if (saidOf(own) === saidOf(row)) merged.same++;
    else {
      const [mine, other] = [own, row].map(
        (each): Decision => ({ said: saidOf(each), by: each.author, at: each.madeAt }),
      ) as [Decision, Decision];
      conflict(merged, words, { kind, name }, mine, other);
    }
  }
}

const sorted = (values: Record<string, number>): string =>
  Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

function mergeRuleWork(ours: Annotations, theirs: Annotations, merged: Merged, words: Words): void {
  const lists = <K extends 'savedQueries' | 'ruleTuning' | 'ruleDefaults' | 'placeholders'>(kind: K) => ({
    ours: ours[kind],
    theirs: theirs[kind],
    add: merged[kind],
  });
  mergeNamed(
    lists('savedQueries'),
    'saved query',
    ({ name }) => name,
    ({ sql }) => sql,
    merged,
    words,
  );
  mergeNamed(
    lists('ruleTuning'),
    'rule',
    ({ ruleId }) => ruleId,
    ({ enabled, thresholds }) =>
      `${enabled === null ? 'on or off by the defaults' : enabled ? 'switched on' : 'switched off'}; thresholds ${sorted(thresholds) || 'its own'}`,
    merged,
    words,
  );
  mergeNamed(
    lists('ruleDefaults'),
    'rules with the',
    ({ kind, value }) => `${kind} ${value}`,
    ({ enabled }) => (enabled ? 'switched on' : 'switched off'),
    merged,
    words,
  );
  mergeNamed(
    lists('placeholders'),
    'placeholder',
    ({ name }) => name,
    ({ values }) => [...new Set(values)].sort().join(', '),
    merged,
    words,
  );
  const what = ({ ruleId, fieldValues, fromTs, toTs, reason }: Annotations['suppressions'][number]) =>
    JSON.stringify([ruleId, Object.entries(fieldValues).sort(), fromTs, toTs, reason]);
  const known = new Map(ours.suppressions.map((row) => [row.id, row]));
  const said = new Set(ours.suppressions.map(what));
  for (const row of theirs.suppressions) {
    if (said.has(what(row))) {
      merged.same++;
      continue;
    }
    said.add(what(row));
    merged.suppressions.push(known.has(row.id) ? { ...row, id: digest(what(row)) } : row);
  }
}

function mergeNodes(
  ours: Annotations,
  theirs: Annotations,
  ground: Ground,
  merged: Merged,
  words: Words,
): void {
  const known = new Map(ours.nodes.map((row) => [row.node, row]));
  for (const row of theirs.nodes) {
    if (!ground.nodes.has(row.node)) {
      merged.withoutEvidence++;
      continue;
    }
    const own = known.get(row.node);
    const add: Annotations['nodes'][number] = { ...row, zone: null, clockOffsetUs: null };
    for (const field of ['zone', 'clockOffsetUs'] as const) {
      const [mine, other] = [own?.[field] ?? null, row[field]];
      if (other === null) continue;
      if (mine === null) Object.assign(add, { [field]: other });
      else if (isDeepStrictEqual(mine, other)) merged.same++;
      else {
        const said = (value: string | number) =>
          field === 'zone' ? `zone ${value}` : `clock offset ${value} µs`;
        conflict(
          merged,
          words,
          { kind: 'node', name: row.node },
          { said: said(mine), by: own?.by ?? 'unknown', at: own?.at ?? 0 },
          { said: said(other), by: row.by ?? 'unknown', at: row.at ?? 0 },
        );
      }
    }
    if (add.zone !== null || add.clockOffsetUs !== null) merged.nodes.push(add);
  }
}
