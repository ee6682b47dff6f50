// The executive summary: sentences made of facts of the case, and the stronger findings in time order. It claims no more.
import { FINDING_LEVELS, FINDING_STATES } from '../../../shared/model.ts';
import { count, duration, join, plural, utc } from './format.ts';
import type {
  Cover,
  FindingEntry,
  Findings,
  Method,
  Scope,
  StoryEntry,
  Summary,
  TimeBasis,
} from './model.ts';
import { isClaim } from './read-findings.ts';

const STORY_SHOWN = 80;

export function summarise(input: {
  cover: Cover;
  scope: Scope;
  time: TimeBasis;
  findings: Findings;
  method: Method;
}): Summary {
  const { cover, scope, time, findings, method } = input;
  const story = findings.entries.filter(isClaim).sort(inTime).map(storyEntry);
  return {
    facts: [
      collected(scope),
      period(cover, scope),
      unexamined(scope),
      detected(findings, method),
      judged(findings),
      leftOut(findings, method),
      clocks(time),
    ].filter((sentence) => sentence !== ''),
    story: story.slice(0, STORY_SHOWN),
    storyNotShown: Math.max(0, story.length - STORY_SHOWN),
    caveats: [
      'A finding is a claim of a rule. It rests on the lines listed with it and on the time basis of their nodes, and on nothing else.',
      'Order between nodes is only as good as their zones and clock offsets; that two findings follow each other does not prove that one caused the other.',
      'A user name or address is what the log states. Where the log does not prove who acted, this report names nobody.',
    ],
    findingLevels: [...FINDING_LEVELS].reverse().map((level) => {
      const of = findings.entries.filter((entry) => entry.level === level);
      const [open, confirmed, dismissed, suppressed] = FINDING_STATES.map(
        (state) => of.filter((entry) => entry.state === state).length,
      ) as [number, number, number, number];
      return { level, open, confirmed, dismissed, suppressed };
    }),
  };
}

function collected(scope: Scope): string {
  if (scope.files === 0) return 'The case holds no evidence.';
  const systems = scope.systems.map((entry) => entry.system);
  const nodes = scope.nodes.length;
  return `The case holds ${plural(scope.events, 'event')} of ${plural(nodes, 'node')}${systems.length ? ` (${join(systems)})` : ''}, read from ${plural(scope.files, 'file')} in ${plural(scope.bundles, 'bundle')}.`;
}

function period(cover: Cover, scope: Scope): string {
  if (cover.firstTs === null || cover.lastTs === null)
    return scope.events > 0 ? 'No event has a known time.' : '';
  const undated = scope.undatedEvents
    ? ` ${plural(scope.undatedEvents, 'event has', 'events have')} no known time.`
    : '';
  return `Dated events reach from ${utc(cover.firstTs)} to ${utc(cover.lastTs)} (${duration(cover.lastTs - cover.firstTs)}).${undated}`;
}

function unexamined(scope: Scope): string {
  if (scope.files === 0) return '';
  if (scope.notExamined.length === 0) return 'Every file was read whole.';
  const parts = scope.statuses
    .filter(({ status, files }) => status !== 'parsed' && files > 0)
    .map(({ status, files }) => `${count(files)} ${status}`);
  return `${plural(scope.notExamined.length, 'file was', 'files were')} not or not wholly examined (${join(parts)}); section 2 lists them with their reasons.`;
}

function detected(findings: Findings, method: Method): string {
  const rules = method.rules.length;
  if (rules === 0 && findings.total === 0) return 'No detection has been run on this case.';
  const levels = [...FINDING_LEVELS]
    .reverse()
    .map((level) => ({ level, n: findings.entries.filter((entry) => entry.level === level).length }))
    .filter(({ n }) => n > 0)
    .map(({ level, n }) => `${count(n)} ${level}`);
  const many =
    findings.total > findings.entries.length
      ? ` Of these the report describes the first ${count(findings.entries.length)}.`
      : '';
  return `${plural(rules, 'rule')} ran and made ${plural(findings.total, 'finding')}${levels.length ? `: ${join(levels)}` : ''}.${many}`;
}

function judged(findings: Findings): string {
  if (findings.total === 0) return '';
  const n = (state: string) => findings.entries.filter((entry) => entry.state === state).length;
  const parts = [
    `${count(n('confirmed'))} confirmed`,
    `${count(n('open'))} open`,
    ...(n('dismissed') ? [`${count(n('dismissed'))} dismissed`] : []),
    ...(n('suppressed') ? [`${count(n('suppressed'))} suppressed`] : []),
  ];
  return `By judgement of the responder: ${join(parts)}. Open means that nobody has judged it yet.`;
}

/** What the case does not show by the responder's word: counted, so that nothing is hidden silently. */
function leftOut(findings: Findings, method: Method): string {
  const n = (state: string) => findings.entries.filter((entry) => entry.state === state).length;
  const off = method.rulesNotApplied.filter((rule) => rule.off).length;
  const tuned = method.rules.filter((rule) => rule.tuned !== null).length;
  const hidden = n('dismissed') + n('suppressed');
  const said = [
    ...(hidden > 0
      ? [
          `${plural(hidden, 'finding is', 'findings are')} kept out of the story: ${count(n('dismissed'))} dismissed, ${count(n('suppressed'))} suppressed`,
        ]
      : []),
    ...(off > 0 ? [`${plural(off, 'rule was', 'rules were')} switched off for this case`] : []),
    ...(tuned > 0
      ? [`${plural(tuned, 'rule ran', 'rules ran')} with other thresholds than its author's`]
      : []),
  ];
  return said.length === 0 ? '' : `${said.join('; ')}.`;
}

function clocks(time: TimeBasis): string {
  const moved = time.nodes.filter((node) => node.clockOffsetUs !== 0).length;
  const assumed = time.bases.find((entry) => entry.basis === 'assumed_zone')?.events ?? 0;
  const parts = [
    ...(moved ? [`the clocks of ${plural(moved, 'node')} were corrected`] : []),
    ...(assumed ? [`the zone of ${plural(assumed, 'event')} is an assumption`] : []),
  ];
  if (parts.length === 0) return '';
  const text = join(parts);
  return `${text[0]!.toUpperCase()}${text.slice(1)}; see the time basis.`;
}

function storyEntry(finding: FindingEntry): StoryEntry {
  return {
    number: finding.number,
    level: finding.level,
    state: finding.state,
    title: finding.title,
    about: finding.groupValues.map(({ name, value }) => `${name}: ${value}`).join(', '),
    nodes: finding.nodes,
    firstTs: finding.firstTs,
    lastTs: finding.lastTs,
    events: finding.eventCount,
  };
}

const inTime = (a: FindingEntry, b: FindingEntry) =>
  (a.firstTs ?? Number.MAX_SAFE_INTEGER) - (b.firstTs ?? Number.MAX_SAFE_INTEGER) ||
  Number(a.number.slice(1)) - Number(b.number.slice(1));
