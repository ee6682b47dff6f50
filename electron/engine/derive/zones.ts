// Which zone the times without one are in, per stretch of each file: by hand, from the file, from the files beside it on its
// node, else assumed. The rows of zone_span say it; what they rest on and what stays open stands beside them.
import type { Connection } from '../case/database.ts';
import { MINUTE_US, zoneTransitions } from '../parse/time.ts';
import {
  followedRuns,
  GAP_US,
  type History,
  type Jump,
  joinRuns,
  offsetAt,
  openWalls,
  type Run,
  type Stretch,
  type Switch,
  support,
  together,
  utc,
  type Witness,
} from './zone-history.ts';
import { sandboxEvidence } from './zone-sandboxes.ts';

export interface ZoneFile {
  id: number;
  node: string;
  system: string;
  path: string;
  /** Earliest and latest local time, null without one. */
  first: number | null;
  last: number | null;
}

export type SpanBasis = 'file_zone' | 'assumed_zone' | 'set by hand';

interface Span {
  component: string | null;
  fromLine: number | null;
  toLine: number | null;
  fromWall: number | null;
  toWall: number | null; // exclusive
  zone: string;
  basis: SpanBasis;
  doubt: string | null;
  why: string;
}

/** `+05:30` for 330. */
export function offsetName(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
}

const whole: Omit<Span, 'zone' | 'basis' | 'why'> = {
  component: null,
  fromLine: null,
  toLine: null,
  fromWall: null,
  toWall: null,
  doubt: null,
};

/** What one writer of a file showed, in stretches. `component` null: the file has one clock. */
export interface OwnZones {
  component: string | null;
  stretches: Stretch[];
  strays: Run[];
}

/** Rewrites zone_span, `member.zone` and `zone_basis`, and the same of each node. */
export async function settleZones(connection: Connection): Promise<void> {
  const fallback =
    (await connection.row<{ value: string }>(`SELECT value FROM setting WHERE key = 'zone'`))?.value ?? 'UTC';
  const given = new Map(
    (await connection.rows<{ node: string; zone_set: string | null }>('SELECT node, zone_set FROM node')).map(
      (row) => [row.node, row.zone_set],
    ),
  );
  const files = await zoneFiles(connection);
  const own = await ownZones(connection, files);
  const histories = historiesOf(files, own);
  for (const [id, zones] of await sandboxEvidence(connection, files, (file, at) => {
    const found = histories.of(file);
    return found === null ? null : offsetAt(found.history, at);
  }))
    if (!own.has(id)) own.set(id, zones);

  const spans = new Map<number, Span[]>();
  for (const file of files) {
    const zone = given.get(file.node) ?? null;
    const rows =
      zone !== null
        ? await spansOfZone(connection, file, zone, 'set by hand', 'set by the responder')
        : await spansOfEvidence(connection, file, own.get(file.id) ?? [], histories, fallback);
    spans.set(file.id, rows);
  }
  await writeSpans(connection, spans);
  await summarise(connection, files, own, given, fallback);
}

async function zoneFiles(connection: Connection): Promise<ZoneFile[]> {
  const rows = await connection.rows<{
    file_id: number;
    node: string;
    system: string | null;
    path: string;
    first: string | null;
    last: string | null;
  }>(
    `SELECT file_id, node, system, path, epoch_us(first_wall) AS first, epoch_us(last_wall) AS last FROM member
     WHERE status <> 'duplicate' AND node IS NOT NULL ORDER BY file_id`,
  );
  return rows.map((row) => ({
    id: row.file_id,
    node: row.node,
    system: row.system ?? 'other',
    path: row.path,
    first: row.first === null ? null : Number(row.first),
    last: row.last === null ? null : Number(row.last),
  }));
}

/** What each file shows by itself. */
async function ownZones(connection: Connection, files: ZoneFile[]): Promise<Map<number, OwnZones[]>> {
  const rows = await connection.rows<{
    file_id: number;
    offset_minutes: number;
    count: string;
    first_line: number;
    last_line: number;
    first_wall: string;
    last_wall: string;
    why: string;
    writer: string;
  }>('SELECT * FROM zone_evidence ORDER BY file_id, first_line, offset_minutes, writer, why');
  const known = new Set(files.map((file) => file.id));
  const byFile = new Map<number, Map<string, Run[]>>();
  for (const row of rows) {
    if (!known.has(row.file_id)) continue;
    const writers = byFile.get(row.file_id) ?? new Map<string, Run[]>();
    byFile.set(row.file_id, writers);
    const runs = writers.get(row.writer) ?? [];
    writers.set(row.writer, runs);
    runs.push({
      offset: row.offset_minutes,
      count: Number(row.count),
      firstLine: row.first_line,
      lastLine: row.last_line,
      firstWall: Number(row.first_wall),
      lastWall: Number(row.last_wall),
      why: row.why,
    });
  }
  const found = new Map<number, OwnZones[]>();
  for (const [file, writers] of byFile) {
    const apart = mixedWriters(writers);
    const groups: [string | null, Run[]][] = apart
      ? [...writers].filter(([name]) => name !== '')
      : [[null, [...writers.values()].flat()]];
    const zones: OwnZones[] = [];
    for (const [component, runs] of groups) {
      const joined = joinRuns(runs);
      if (joined.length === 0) continue;
      const followed = await followedRuns(joined, (a, b) => jumps(connection, file, component, a, b));
      zones.push({ component, ...followed });
    }
    if (zones.length > 0) found.set(file, zones);
  }
  return found;
}

/** True when components of one file showed different offsets among each other's lines: their clocks are told apart. */
function mixedWriters(writers: Map<string, Run[]>): boolean {
  const main = [...writers].flatMap(([name, runs]) => {
    if (name === '') return [];
    const joined = joinRuns(runs);
    const best = [...joined].sort((a, b) => b.count - a.count)[0];
    if (!best || best.count < 3) return [];
    return [{ offset: best.offset, first: best.firstLine, last: best.lastLine }];
  });
  return main.some((a) => main.some((b) => a.offset !== b.offset && a.first <= b.last && b.first <= a.last));
}

const OWN_TIME = 'ts_kind IN (2, 3)';

/** Steps of local time of more than a minute back or GAP_US ahead, between two runs of evidence. */
async function jumps(
  connection: Connection,
  file: number,
  component: string | null,
  a: Run,
  b: Run,
): Promise<Jump[]> {
  const rows = await connection.rows<{ line: number; wall: string; step: string }>(
    `WITH r AS (
       SELECT event_id, line, epoch_us(ts_wall) AS wall FROM event
       WHERE file_id = $1 AND ${OWN_TIME} AND line > $2 AND line < $3 AND ($4::VARCHAR IS NULL OR component = $4)
       UNION ALL SELECT 0, $2::INTEGER, $5::BIGINT UNION ALL SELECT ${2n ** 62n}, $3::INTEGER, $6::BIGINT)
     SELECT line, wall, wall - lag(wall) OVER (ORDER BY line, event_id) AS step FROM r
     QUALIFY step < -60000000 OR step >= ${GAP_US} ORDER BY line LIMIT 1000`,
    [file, a.lastLine, b.firstLine, component, BigInt(a.lastWall), BigInt(b.firstWall)],
  );
  return rows.map((row) => ({ line: row.line, wall: Number(row.wall), step: Number(row.step) }));
}

interface Histories {
  /** History that holds for a file: of its system on its node, else of its node. */
  of(file: ZoneFile): { history: History; disagree: boolean; from: ZoneFile[] } | null;
}

const SANDBOX = /\/(?:runs|containers)\/[^/]+\//;

function historiesOf(files: ZoneFile[], own: Map<number, OwnZones[]>): Histories {
  const groups = new Map<string, { witnesses: Witness[]; from: ZoneFile[] }>();
  const add = (key: string, file: ZoneFile, list: Witness[]) => {
    const group = groups.get(key) ?? { witnesses: [], from: [] };
    groups.set(key, group);
    group.witnesses.push(...list);
    group.from.push(file);
  };
  for (const file of files) {
    const zones = own.get(file.id);
    // what runs inside a container may have a zone of its own
    if (!zones || SANDBOX.test(file.path)) continue;
    const list = zones.flatMap((zone) =>
      zone.stretches.map((run) => ({
        offset: run.offset,
        from: utc(Math.min(run.firstWall, run.lastWall), run.offset),
        to: utc(Math.max(run.firstWall, run.lastWall), run.offset),
        count: run.count,
        file: file.id,
      })),
    );
    add(`${file.node}\n${file.system}`, file, list);
    add(`${file.node}\n`, file, list);
  }
  const made = new Map<string, ReturnType<Histories['of']>>();
  for (const [key, { witnesses, from }] of groups) {
    const found = together(witnesses);
    made.set(key, found && { ...found, from });
  }
  return {
    of: (file) => made.get(`${file.node}\n${file.system}`) ?? made.get(`${file.node}\n`) ?? null,
  };
}

/** True when every stretch of the file says what the history says of its time. */
function agrees(zone: OwnZones, history: History): boolean {
  return zone.stretches.every((run) =>
    [run.firstWall, run.lastWall].every((wall) => {
      const at = utc(wall, run.offset);
      return (
        offsetAt(history, at) === run.offset || history.switches.some((s) => at >= s.low && at <= s.high)
      );
    }),
  );
}

const lines = (n: number) => `${n.toLocaleString('en-US')} ${n === 1 ? 'line' : 'lines'}`;

const said = (run: Run) => `${run.why} (${lines(run.count)}, ${run.firstLine} to ${run.lastLine})`;

async function spansOfEvidence(
  connection: Connection,
  file: ZoneFile,
  own: OwnZones[],
  histories: Histories,
  fallback: string,
): Promise<Span[]> {
  const beside = histories.of(file);
  const rows: Span[] = [];
  // components with a clock of their own first: the first row that fits holds
  const ordered = [...own].sort((a, b) => weight(b) - weight(a));
  const main = ordered.find((zone) => zone.component === null) ?? ordered[0];
  for (const zone of ordered.filter((z) => z !== main))
    rows.push(...(await spansOfOwn(connection, file, zone, beside?.history ?? null)));
  if (main) {
    rows.push(...(await spansOfOwn(connection, file, { ...main, component: null }, beside?.history ?? null)));
    return rows;
  }
  if (beside) {
    const names = beside.from.slice(0, 2).map((f) => f.path.split('/').at(-1));
    const more = beside.from.length > 2 ? ` and ${beside.from.length - 2} more` : '';
    const why = `taken from ${names.join(' and ')}${more} of the same node`;
    return spansOfHistory(connection, file, null, beside.history, {
      basis: beside.disagree ? 'assumed_zone' : 'file_zone',
      doubt: beside.disagree
        ? 'files of this node show different zones, and nothing shows which of them this file follows; the one with most lines at its time is used'
        : null,
      why,
    });
  }
  return spansOfZone(connection, file, fallback, 'assumed_zone', 'nothing in the case tells the zone');
}

const weight = (zone: OwnZones) => zone.stretches.reduce((sum, run) => sum + run.count, 0);

/** Spans of a file, or of one of its components, that shows its zones itself. */
async function spansOfOwn(
  connection: Connection,
  file: ZoneFile,
  zone: OwnZones,
  history: History | null,
): Promise<Span[]> {
  const { component, stretches, strays } = zone;
  const seen = new Set(stretches.map(said));
  const aside = strays.map(
    (run) => `${lines(run.count)} from line ${run.firstLine} on say ${offsetName(run.offset)}`,
  );
  const why = [...seen].join('; ') + (aside.length ? `; not followed: ${aside.slice(0, 3).join(', ')}` : '');
  const says = { basis: 'file_zone' as SpanBasis, doubt: null, why };
  if (history && agrees(zone, history))
    return spansOfHistory(connection, file, component, history, says, stretches);
  const rows: Span[] = [];
  stretches.forEach((run, i) => {
    const next = stretches[i + 1];
    const end = next ? next.from - 1 : null;
    const base = { ...whole, component, zone: offsetName(run.offset), ...says, why: said(run) };
    const open = (name: number, least: number, most: number) => ({
      ...base,
      basis: 'assumed_zone' as const,
      doubt: `the zone changed to ${offsetName(name)} somewhere between lines ${least} and ${most}; the steps of the clock do not show where`,
    });
    let start = i === 0 ? null : run.from;
    if (run.openTo > run.from) {
      rows.push({ ...open(run.offset, run.from, run.openTo), fromLine: run.from, toLine: run.openTo - 1 });
      start = run.openTo;
    }
    if (next && next.openFrom < next.from) {
      rows.push({ ...base, fromLine: start, toLine: next.openFrom - 1 });
      rows.push({ ...open(next.offset, next.openFrom, next.from), fromLine: next.openFrom, toLine: end });
    } else rows.push({ ...base, fromLine: start, toLine: end });
  });
  return rows;
}

type Says = Pick<Span, 'basis' | 'doubt' | 'why'>;

/** Spans of a file that follows a history told in UTC. Local times decide where they can, else the order in the file. */
async function spansOfHistory(
  connection: Connection,
  file: ZoneFile,
  component: string | null,
  history: History,
  says: Says,
  own: readonly Stretch[] = [],
): Promise<Span[]> {
  const row = (offset: number, fromWall: number | null, toWall: number | null): Span => ({
    ...whole,
    component,
    zone: offsetName(offset),
    fromWall,
    toWall,
    ...says,
  });
  const { first, last } = file;
  const rows: Span[] = [];
  let from: number | null = null;
  let offset = history.offsets[0]!;
  for (const change of history.switches) {
    const open = openWalls(change);
    if (last !== null && last < open.from) break;
    if (first !== null && first >= open.to) {
      offset = change.after;
      continue;
    }
    rows.push(row(offset, from, open.from));
    rows.push(...(await openSpans(connection, file, component, change, says, own)));
    from = open.to;
    offset = change.after;
  }
  rows.push(row(offset, from, null));
  return rows;
}

/** The rows for local times that would be right before a change as well as after it. */
async function openSpans(
  connection: Connection,
  file: ZoneFile,
  component: string | null,
  change: Switch,
  says: Says,
  own: readonly Stretch[],
): Promise<Span[]> {
  const { from, to, skipped } = openWalls(change);
  const row = (offset: number, over: Partial<Span> = {}): Span => ({
    ...whole,
    component,
    zone: offsetName(offset),
    fromWall: from,
    toWall: to,
    ...says,
    ...over,
  });
  const { before, after } = change;
  if (skipped) {
    return [
      row(before, {
        basis: says.basis === 'set by hand' ? says.basis : 'assumed_zone',
        doubt: `this local time does not exist: the clock was put forward from ${offsetName(before)} to ${offsetName(after)} then; it is read as ${offsetName(before)}`,
      }),
    ];
  }
  const low = own.findLast((run) => run.offset === before && utc(run.lastWall, before) <= change.low);
  const high = own.find((run) => run.offset === after && utc(run.firstWall, after) >= change.high);
  const found = await stepsWithin(connection, file.id, component, from, to, low, high);
  if (found.first === null) return [row(before)];
  const [fromLine, toLine] = [low?.lastLine ?? 0, high?.firstLine ?? Number.MAX_SAFE_INTEGER];
  const step = support(
    before,
    after,
    found.jumps.filter((jump) => jump.line > fromLine && jump.line <= toLine),
  );
  const twice = `local times from ${clock(from)} to ${clock(to)} came twice, once in ${offsetName(before)} and once in ${offsetName(after)}; the file does not show which is meant, and the earlier is taken`;
  const doubted = (offset: number, first: number, last: number, doubt: string) =>
    row(offset, { fromLine: first, toLine: last, basis: 'assumed_zone', doubt });
  if (step.kind === 'step' || step.kind === 'gap') {
    const places = [...step.others, step.line].sort((a, b) => a - b);
    const [least, most] = [places[0]!, places.at(-1)!];
    const rows = [row(before, { toLine: least - 1 })];
    const doubt =
      step.kind === 'gap'
        ? twice
        : `the clock stepped at more than one place between lines ${least} and ${most}; the step nearest to the difference of the zones, line ${step.line}, is taken`;
    if (step.line > least) rows.push(doubted(before, least, step.line - 1, doubt));
    if (most > step.line) rows.push(doubted(after, step.line, most - 1, doubt));
    rows.push(row(after, { fromLine: most }));
    return rows;
  }
  const rows: Span[] = [];
  if (fromLine > 0) rows.push(row(before, { toLine: fromLine }));
  if (high && toLine > found.first) {
    rows.push(doubted(before, fromLine + 1, toLine - 1, twice));
    rows.push(row(after, { fromLine: toLine }));
  } else if (high) rows.push(row(after));
  else rows.push(row(before, { basis: 'assumed_zone', doubt: twice }));
  return rows;
}

function clock(wallUs: number): string {
  return new Date(Math.floor(wallUs / 1000)).toISOString().replace('T', ' ').slice(0, 19);
}

/** First line with a local time of the range, and the steps of the clock into and inside it. */
async function stepsWithin(
  connection: Connection,
  file: number,
  component: string | null,
  from: number,
  to: number,
  low: Run | undefined,
  high: Run | undefined,
): Promise<{ first: number | null; jumps: Jump[] }> {
  const rows = await connection.rows<{ line: number; wall: string; step: string | null }>(
    `WITH own AS (
       SELECT line, event_id, epoch_us(ts_wall) AS wall, true AS record FROM event
       WHERE file_id = $1 AND ${OWN_TIME} AND ($2::VARCHAR IS NULL OR component = $2)),
     seen AS (
       SELECT * FROM own
       UNION ALL SELECT $5::INTEGER, ${2n ** 62n}, $6::BIGINT, false WHERE $5 IS NOT NULL
       UNION ALL SELECT $7::INTEGER, 0, $8::BIGINT, false WHERE $7 IS NOT NULL),
     r AS (SELECT line, wall, record, wall - lag(wall) OVER (ORDER BY line, event_id) AS step FROM seen)
     SELECT min(line) AS line, 0 AS wall, NULL AS step FROM r WHERE record AND wall >= $3 AND wall < $4 HAVING count(*) > 0
     UNION ALL
     (SELECT line, wall, step FROM r WHERE (step < -60000000 OR step >= ${GAP_US}) AND wall >= $3 AND wall - step < $4
      AND (wall < $4 OR wall - step >= $3) ORDER BY line LIMIT 1000)`,
    [
      file,
      component,
      BigInt(from),
      BigInt(to),
      low?.lastLine ?? null,
      low ? BigInt(low.lastWall) : null,
      high?.firstLine ?? null,
      high ? BigInt(high.firstWall) : null,
    ],
  );
  const first = rows.find((row) => row.step === null)?.line ?? null;
  return {
    first,
    jumps: rows
      .filter((row) => row.step !== null)
      .map((row) => ({ line: row.line, wall: Number(row.wall), step: Number(row.step) })),
  };
}

/** Spans of a file in a zone that was named: an IANA zone follows its own changes. */
async function spansOfZone(
  connection: Connection,
  file: ZoneFile,
  zone: string,
  basis: SpanBasis,
  why: string,
): Promise<Span[]> {
  const rows: Span[] = [];
  if (file.first !== null && file.last !== null) {
    const day = 24 * 60 * MINUTE_US;
    for (const { at, before, after } of zoneTransitions(zone, file.first - day, file.last + day)) {
      const change = { low: at, high: at, before, after };
      const open = openWalls(change);
      if (open.to <= file.first || open.from > file.last) continue;
      if (open.skipped && !(await anyWithin(connection, file.id, open.from, open.to))) continue;
      const inside = await openSpans(connection, file, null, change, { basis, doubt: null, why }, []);
      rows.push(...inside.filter((row) => row.doubt !== null || inside.length > 1));
    }
  }
  rows.push({ ...whole, zone, basis, why });
  return rows;
}

async function anyWithin(connection: Connection, file: number, from: number, to: number): Promise<boolean> {
  const row = await connection.row(
    `SELECT 1 AS one FROM event WHERE file_id = $1 AND ${OWN_TIME} AND epoch_us(ts_wall) >= $2 AND epoch_us(ts_wall) < $3 LIMIT 1`,
    [file, BigInt(from), BigInt(to)],
  );
  return row !== undefined;
}

async function writeSpans(connection: Connection, spans: Map<number, Span[]>): Promise<void> {
  await connection.run('DELETE FROM zone_span');
  const rows = [...spans].flatMap(([file, list]) =>
    list.map((span, seq) => ({
      file_id: file,
      seq,
      component: span.component,
      from_line: span.fromLine,
      to_line: span.toLine,
      from_wall: span.fromWall === null ? null : Math.trunc(span.fromWall),
      to_wall: span.toWall === null ? null : Math.trunc(span.toWall),
      zone: span.zone,
      basis: span.basis,
      doubt: span.doubt,
      why: span.why,
    })),
  );
  for (let from = 0; from < rows.length; from += 1_000)
    await connection.run(
      `INSERT INTO zone_span BY NAME SELECT * REPLACE (make_timestamp(from_wall) AS from_wall, make_timestamp(to_wall) AS to_wall) FROM (
        SELECT unnest(from_json($1::JSON, '[{"file_id":"INTEGER","seq":"INTEGER","component":"VARCHAR","from_line":"INTEGER","to_line":"INTEGER",
          "from_wall":"BIGINT","to_wall":"BIGINT","zone":"VARCHAR","basis":"VARCHAR","doubt":"VARCHAR","why":"VARCHAR"}]'), recursive := true))`,
      [
        JSON.stringify(rows.slice(from, from + 1_000), (_, value) =>
          typeof value === 'string' ? wellFormed(value) : value,
        ),
      ],
    );
}

const wellFormed = (text: string): string => (text as string & { toWellFormed(): string }).toWellFormed();

/** What the ledger and the list of nodes show: the zones of a file in order, the zone most lines of a node showed. */
async function summarise(
  connection: Connection,
  files: ZoneFile[],
  own: Map<number, OwnZones[]>,
  given: Map<string, string | null>,
  fallback: string,
): Promise<void> {
  await connection.run(`UPDATE member SET zone = $1, zone_basis = 'assumed_zone'`, [fallback]);
  await connection.run(`
    UPDATE member SET zone = found.zone, zone_basis = found.basis
    FROM (SELECT file_id, string_agg(zone, ', ' ORDER BY seq) AS zone,
            CASE WHEN bool_or(basis = 'file_zone') THEN 'file_zone' ELSE any_value(basis) END AS basis
          FROM (SELECT file_id, zone, min(seq) AS seq, arg_min(basis, seq) AS basis FROM zone_span WHERE doubt IS NULL OR seq = 0 GROUP BY file_id, zone)
          GROUP BY file_id) AS found
    WHERE found.file_id = member.file_id`);
  const counts = new Map<string, Map<number, number>>();
  for (const file of files) {
    for (const zone of own.get(file.id) ?? []) {
      const node = counts.get(file.node) ?? new Map<number, number>();
      counts.set(file.node, node);
      for (const run of zone.stretches) node.set(run.offset, (node.get(run.offset) ?? 0) + run.count);
    }
  }
  for (const [node, zone] of given) {
    const best = [...(counts.get(node) ?? [])].sort(
      (a, b) => b[1] - a[1] || Math.abs(a[0]) - Math.abs(b[0]) || a[0] - b[0],
    )[0];
    const found = best ? offsetName(best[0]) : null;
    await connection.run('UPDATE node SET zone = $2, zone_basis = $3, zone_found = $4 WHERE node = $1', [
      node,
      zone ?? found ?? fallback,
      zone !== null ? 'set by hand' : found !== null ? 'file_zone' : 'assumed_zone',
      found,
    ]);
  }
}
