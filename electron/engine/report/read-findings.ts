// Findings in the order of the report, each with the lines it rests on.
import type { FindingLevel, FindingState } from '../../../shared/model.ts';
import { type Asker, type Numeric, number, numberOrNull } from './asker.ts';
import { type PlaceRow, toPlace } from './event-place.ts';
import { type ReadLines, readLinesOnce } from './lines.ts';
import type { EvidenceLine, FindingEntry, Findings } from './model.ts';
import type { RuleRun } from './read-rules.ts';
import { sorted } from './read-scope.ts';
import { PLACE } from './sql.ts';

/** Findings described one by one; all are counted and listed. */
export const FINDINGS_SHOWN = 1000;

interface FindingRow {
  finding_id: string;
  rule_id: string;
  title: string;
  level: FindingLevel;
  attack: string[] | null;
  nodes: string[] | null;
  node: string | null;
  systems: string[] | null;
  first_us: Numeric;
  last_us: Numeric;
  event_count: Numeric;
  group_values: string | null;
  explanation: string | null;
  state: FindingState;
  state_why: string | null;
}

interface LineRow extends PlaceRow {
  finding_id: string;
  role: string | null;
  place: Numeric;
  message: string | null;
}

export async function readFindings(ask: Asker, runs: RuleRun[], readLines: ReadLines): Promise<Findings> {
  const rows = await ask.rows<FindingRow>(
    'Findings: those that stand first, strongest first, then by time',
    `
    SELECT finding_id, rule_id, title, level, attack, node, nodes, systems, epoch_us(first_ts) AS first_us,
      epoch_us(last_ts) AS last_us, event_count, group_values, explanation, state, state_why
    FROM findings f
    ORDER BY f.state IN ('dismissed', 'suppressed'), f.level DESC, f.first_ts NULLS LAST, f.rule_id, f.finding_id`,
  );
  const shown = rows.slice(0, FINDINGS_SHOWN);
  const lines = await readFindingLines(ask, new Set(shown.map((row) => row.finding_id)), readLines);
  const byRule = new Map(runs.map((run) => [run.rule_id, run]));
  return {
    total: rows.length,
    entries: shown.map((row, i) => {
      const run = byRule.get(row.rule_id);
      const own = lines.get(row.finding_id) ?? [];
      return {
        number: `F${i + 1}`,
        findingId: row.finding_id,
        ruleId: row.rule_id,
        ruleTitle: run?.title ?? row.rule_id,
        title: row.title ?? row.rule_id,
        level: row.level,
        attack: row.attack ?? [],
        state: row.state,
        stateWhy: row.state_why || null,
        nodes: sorted(row.nodes?.length ? row.nodes : row.node === null ? [] : [row.node]),
        systems: sorted(row.systems),
        firstTs: numberOrNull(row.first_us),
        lastTs: numberOrNull(row.last_us),
        eventCount: number(row.event_count),
        groupValues: groupValues(row.group_values),
        explanation: row.explanation ?? '',
        description: run?.text.description ?? null,
        falsePositives: run?.text.falsePositives ?? [],
        lines: own,
        linesNotShown: Math.max(0, number(row.event_count) - own.length),
      } satisfies FindingEntry;
    }),
  };
}

/** First and last events of each role come first when there are more than the report shows. */
async function readFindingLines(
  ask: Asker,
  shown: Set<string>,
  readLines: ReadLines,
): Promise<Map<string, EvidenceLine[]>> {
  const rows = await ask.rows<LineRow>(
    'Lines of findings: per finding at most 50 events (medium 25, low 10, informational 5, dismissed 3), from the ends of each role inwards',
    `
    WITH ranked AS (
      SELECT finding_id, event_id, role,
        row_number() OVER (PARTITION BY finding_id ORDER BY seq NULLS LAST, event_id, role) AS place,
        row_number() OVER (PARTITION BY finding_id, role ORDER BY seq NULLS LAST, event_id) AS head,
        row_number() OVER (PARTITION BY finding_id, role ORDER BY seq DESC NULLS FIRST, event_id DESC) AS tail
      FROM finding_events),
    chosen AS (
      SELECT *, row_number() OVER (PARTITION BY finding_id ORDER BY least(head, tail), place) AS choice FROM ranked)
    SELECT c.finding_id, c.role, c.place, ${PLACE}, left(e.message, 4096) AS message
    FROM chosen c
    JOIN findings f ON f.finding_id = c.finding_id
    JOIN events e ON e.event_id = c.event_id
    JOIN member m ON m.file_id = e.file_id
    JOIN bundle b ON b.bundle_id = m.bundle_id
    WHERE c.choice <= CASE WHEN f.state IN ('dismissed', 'suppressed') THEN 3 WHEN f.level >= 'high'::finding_level THEN 50
      WHEN f.level = 'medium' THEN 25 WHEN f.level = 'low' THEN 10 ELSE 5 END
    ORDER BY c.finding_id, c.place`,
  );
  const wanted = rows.filter((row) => shown.has(row.finding_id));
  const places = wanted.map((row) => ({ row, place: toPlace(row) }));
  const lineOf = await readLinesOnce(
    places.map(({ place }) => place),
    readLines,
  );
  const byFinding = new Map<string, EvidenceLine[]>();
  let before = 0;
  for (const { row, place } of places) {
    const list = byFinding.get(row.finding_id) ?? [];
    if (list.length === 0) before = 0;
    const read = lineOf(place);
    list.push({
      ...place,
      role: row.role,
      skippedBefore: number(row.place) - before - 1,
      text: read?.text ?? row.message ?? '',
      base64: read?.base64 ?? null,
      bytesNotShown: read?.bytesNotShown ?? 0,
      read: read !== undefined,
    });
    before = number(row.place);
    byFinding.set(row.finding_id, list);
  }
  return byFinding;
}

function groupValues(json: string | null): { name: string; value: string }[] {
  if (!json) return [];
  try {
    const values = JSON.parse(json) as unknown;
    if (typeof values !== 'object' || values === null) return [{ name: 'value', value: String(values) }];
    return Object.entries(values)
      .map(([name, value]) => ({ name, value: typeof value === 'string' ? value : JSON.stringify(value) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [{ name: 'value', value: json }];
  }
}

export const STRENGTH: Record<FindingLevel, number> = {
  informational: 0,
  low: 1,
  medium: 2,
  high: 3,
  critical: 4,
};

/** Whether a finding is a claim of the report's story. */
export const isClaim = (finding: { level: FindingLevel; state: FindingState }): boolean =>
  STRENGTH[finding.level] >= STRENGTH.medium &&
  finding.state !== 'dismissed' &&
  finding.state !== 'suppressed';
