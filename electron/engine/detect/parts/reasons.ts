// What makes a finding strong and what weak: sentences about its window, its numbers and how its times are known.
import type { FindingRow } from '../../../../shared/api.ts';
import type { Connection } from '../../case/database.ts';
import type { LoadedRule } from '../load-rules.ts';
import type { Correlation } from '../sigma/correlation-document.ts';

export interface Reasons {
  window: string | null;
  stronger: string[];
  weaker: string[];
}

interface Facts {
  events: number;
  undated: number;
  assumed: number;
  systems: number;
  nodes: number;
  files: number;
  others: string[];
}

const SECOND = 1_000_000;

export async function reasonsOf(
  connection: Connection,
  finding: FindingRow,
  rule: LoadedRule | undefined,
): Promise<Reasons> {
  const facts = await factsOf(connection, finding);
  const correlation = rule?.document.body?.kind === 'correlation' ? rule.document.body : null;
  const reasons: Reasons = { window: windowSentence(finding, rule, correlation), stronger: [], weaker: [] };
  byEvidence(facts, reasons);
  if (correlation && rule) byCount(finding, correlation, facts, reasons);
  if (rule) byRule(rule, reasons);
  return reasons;
}

async function factsOf(connection: Connection, finding: FindingRow): Promise<Facts> {
  const row = await connection.row<Record<string, string>>(
    `SELECT count(*) AS events, count(*) FILTER (e.ts IS NULL) AS undated,
      count(*) FILTER (e.ts_basis IN ('assumed_zone', 'inferred_year', 'neighbour')) AS assumed,
      count(DISTINCT e.system) AS systems, count(DISTINCT e.node) AS nodes, count(DISTINCT e.file_id) AS files
    FROM finding_event fe JOIN events e ON e.event_id = fe.event_id WHERE fe.finding_id = $1`,
    [finding.findingId],
  );
  const others = await connection.rows<{ title: string }>(
    `SELECT DISTINCT f.title FROM finding_event a JOIN finding_event b ON b.event_id = a.event_id
      JOIN findings f ON f.finding_id = b.finding_id
    WHERE a.finding_id = $1 AND f.rule_id <> $2 AND f.state NOT IN ('dismissed', 'suppressed') ORDER BY f.title`,
    [finding.findingId, finding.ruleId],
  );
  const n = (name: string) => Number(row?.[name] ?? 0);
  return {
    events: n('events'),
    undated: n('undated'),
    assumed: n('assumed'),
    systems: n('systems'),
    nodes: n('nodes'),
    files: n('files'),
    others: others.map((other) => other.title),
  };
}

const few = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

function span(us: number): string {
  const seconds = Math.round(us / SECOND);
  if (seconds < 120) return few(seconds, 'second');
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return few(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return hours < 48 ? few(hours, 'hour') : few(Math.round(hours / 24), 'day');
}

/** What belongs together by the rule, and how it lies here. */
function windowSentence(
  finding: FindingRow,
  rule: LoadedRule | undefined,
  correlation: Correlation | null,
): string | null {
  const { firstTs, lastTs } = finding;
  const here =
    firstTs === null || lastTs === null
      ? 'Its events have no time.'
      : firstTs === lastTs
        ? 'Here all have the same time.'
        : `Here from the first to the last ${span(lastTs - firstTs)} passed.`;
  if (correlation) {
    const by = correlation.groupBy.map((group) => group.name);
    return `Its window is ${span(correlation.timespan)}${by.length > 0 ? `, for each ${by.join(' and ')} on its own` : ''}; windows that share an event are one finding. ${here}`;
  }
  if (rule?.document.body?.kind !== 'event') return null;
  const gap = rule.thresholdsInForce.gap;
  return gap === undefined
    ? here
    : `Hits belong together until nothing matches for ${span(gap * SECOND)}. ${here}`;
}

function byEvidence(facts: Facts, { stronger, weaker }: Reasons): void {
  const { events, undated, assumed, systems, nodes, files, others } = facts;
  if (systems > 1)
    stronger.push(`Logs of ${few(systems, 'system')} say so, each written by its own program.`);
  else if (nodes > 1) stronger.push(`Logs of ${few(nodes, 'node')} say so.`);
  else if (files > 1) stronger.push(`Lines of ${few(files, 'file')} say so.`);
  if (others.length > 0)
    stronger.push(
      `Some of its events are in findings of ${few(others.length, 'other rule')}: ${others.slice(0, 4).join('; ')}${others.length > 4 ? '; and more' : ''}.`,
    );
  if (events > 0 && undated === 0 && assumed === 0)
    stronger.push('The time of every event is stated with its zone, by its line or its file.');
  if (events === 1)
    weaker.push('It rests on a single line. A second source for the same act would make it stronger.');
  else if (files === 1)
    weaker.push('All its lines stand in one file; who could write that file could write them.');
  if (undated > 0)
    weaker.push(
      `${few(undated, 'event')} of ${few(events, '').trim()} ${undated === 1 ? 'has' : 'have'} no time, so their order is not known.`,
    );
  if (assumed > 0)
    weaker.push(
      `The time of ${few(assumed, 'event')} rests on an assumed zone, an inferred year or neighbouring lines; the zone of the node, once known, would make it stronger.`,
    );
}

/** How far the count is from what the rule asks. */
function byCount(
  finding: FindingRow,
  correlation: Correlation,
  facts: Facts,
  { stronger, weaker }: Reasons,
): void {
  if (correlation.type !== 'event_count') return;
  const conditions = Array.isArray(correlation.condition) ? correlation.condition : [];
  const least = conditions.find((c) => c.operator === '>' || c.operator === '>=');
  if (!least) return;
  const asked = least.operator === '>' ? least.value + 1 : least.value;
  const { events } = facts;
  if (events >= 2 * asked)
    stronger.push(`The rule asks for ${few(asked, 'event')}; there are ${events.toLocaleString('en-US')}.`);
  else if (events <= asked + 1)
    weaker.push(
      `The rule asks for ${few(asked, 'event')} and there are ${events.toLocaleString('en-US')}: ${events - asked + 1 === 1 ? 'one fewer' : 'two fewer'}, and it would be no finding.`,
    );
  else if (finding.firstTs !== null)
    weaker.push(`The rule asks for ${few(asked, 'event')} and there are ${events.toLocaleString('en-US')}.`);
}

function byRule(rule: LoadedRule, { weaker }: Reasons): void {
  if (rule.status === 'experimental' || rule.status === 'deprecated' || rule.status === 'unsupported')
    weaker.push(`Its author calls the rule ${rule.status}.`);
  if (Object.keys(rule.tuned).length > 0)
    weaker.push('The rule runs with thresholds of this case, not those it states.');
  if (rule.falsePositives.length > 0)
    weaker.push(
      `The rule itself names what else may look like this${rule.falsePositives.length > 1 ? ` (${rule.falsePositives.length} things)` : ''}: to be ruled out.`,
    );
}
