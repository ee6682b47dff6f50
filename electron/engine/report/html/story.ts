// The middle pages: timeline, findings with their lines, indicators, notes.
import { count, plural, utc } from '../format.ts';
import type { EvidenceLine, FindingEntry, ReportModel } from '../model.ts';
import {
  distinctFiles,
  lineNotes,
  linesSentence,
  loggedTime,
  shortWhere,
  shownText,
  timelineSentence,
  where,
} from '../words.ts';
import { findingLinks, type Html, html, levelBadge, mono, nodes, small, table } from './markup.ts';

export const timeline = ({
  timeline,
}: ReportModel): Html => html`<p>${timeline.rule} ${timelineSentence(timeline.entries, timeline.total)}</p>
${table(
  'Timeline',
  ['Time (UTC)', 'Node', 'Findings', '~Event'],
  timeline.entries.map((entry) => [
    html`<span class="time">${utc(entry.ts)}</span>${small(loggedTime(entry))}`,
    html`${nodes([entry.node ?? ''])}${small([entry.system, entry.component].filter(Boolean).join(' '))}`,
    findingLinks(entry.findings),
    html`${entry.message}${small(where(entry))}`,
  ]),
  'wide',
)}`;

export const findings = (model: ReportModel): Html => html`${table(
  'All findings',
  ['No.', 'Level', 'State', '~Finding', 'Nodes', 'First event', '#Events'],
  model.findings.entries.map((entry) => [
    findingLinks([entry.number]),
    levelBadge(entry.level),
    entry.state,
    html`${entry.title}${entry.groupValues.length ? html`<br>${small(groupText(entry))}` : null}`,
    nodes(entry.nodes),
    html`<span class="time">${utc(entry.firstTs)}</span>`,
    count(entry.eventCount),
  ]),
)}
${
  model.findings.total > model.findings.entries.length
    ? html`<p>${count(model.findings.total - model.findings.entries.length)} weaker findings are not described here; ask the case for them.</p>`
    : null
}
${model.findings.entries.map(finding)}`;

const groupText = (entry: FindingEntry) =>
  entry.groupValues.map(({ name, value }) => `${name}: ${value}`).join(', ');

function finding(entry: FindingEntry): Html {
  const facts: [string, Html | string | null][] = [
    ['Claim', entry.explanation || entry.description],
    [
      'State',
      html`<span class="state">${entry.state}</span>${entry.stateWhy ? `: ${entry.stateWhy}` : null}`,
    ],
    ['Nodes', entry.nodes.join(', ') || null],
    [
      'First and last',
      html`${utc(entry.firstTs)} to ${utc(entry.lastTs)}, ${plural(entry.eventCount, 'event')}`,
    ],
    ['Grouped by', groupText(entry) || null],
    [
      'Rule',
      html`${entry.ruleTitle}${entry.explanation && entry.description ? html`: ${entry.description}` : null} (${mono(entry.ruleId)})`,
    ],
    ['ATT&CK', entry.attack.join(', ') || null],
    ['False positives', entry.falsePositives.join('; ') || null],
    ['Id', mono(entry.findingId)],
    ['Files', entry.lines.length ? filesOf(entry) : null],
  ];
  return html`<section class="finding ${entry.level}" id="${entry.number}">
<h3>${entry.number} ${levelBadge(entry.level)} ${entry.title}</h3>
<dl class="facts">
${facts.filter(([, value]) => value !== null).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>
<p class="soft">${linesSentence(entry)}</p>
<ol class="lines">
${entry.lines.map(line)}</ol>
</section>
`;
}

/** The files the lines stand in, with the hash of the content that the byte offsets count in. */
const filesOf = (entry: FindingEntry): Html =>
  html`${distinctFiles(entry.lines).map((file, i) => html`${i > 0 ? html`<br>` : null}${file.bundle}: ${file.path} ${small(mono(file.sha256 ?? 'no hash'))}`)}`;

function line(entry: EvidenceLine, i: number): Html {
  const { text, leftOut } = shownText(entry, i);
  const notes = lineNotes(entry, leftOut);
  return html`<li>${entry.skippedBefore ? html`<div class="skipped">… ${plural(entry.skippedBefore, 'event')} not shown …</div>` : null}<div class="place"><b>${utc(entry.ts)}</b> (${loggedTime(entry)}) · ${entry.node ?? ''}${entry.role ? html` · ${entry.role}` : null} · ${shortWhere(entry)} · byte ${entry.byteOffset}</div><pre>${text}</pre>${notes.length ? html`<div class="skipped">${notes.join('; ')}</div>` : null}</li>
`;
}

export const indicators = ({
  indicators,
}: ReportModel): Html => html`<p>Values that events of findings of medium and above mention, as the logs state them. Being listed here does not make a value hostile.</p>
${indicators.length === 0 ? html`<p class="none">None.</p>` : null}
${indicators.map(
  (group) =>
    html`${table(
      group.title +
        (group.notShown
          ? ` (the first ${group.entries.length}; ${plural(group.notShown, 'more')} not shown)`
          : ''),
      ['~Value', 'Role', '#In findings', '#In case', 'First and last event', 'Nodes', 'Findings'],
      group.entries.map((entry) => [
        html`${mono(entry.value)}${entry.note ? html` ${small(entry.note)}` : null}`,
        entry.roles.join(', '),
        count(entry.events),
        count(entry.eventsInCase),
        html`<span class="time">${utc(entry.firstTs)}</span><br><span class="time">${utc(entry.lastTs)}</span>`,
        nodes(entry.nodes),
        html`${findingLinks(entry.findings.slice(0, 8))}${entry.findings.length > 8 ? ` and ${entry.findings.length - 8} more` : null}`,
      ]),
    )}`,
)}`;

export const notes = ({ notes }: ReportModel): Html =>
  table(
    'Tags and comments',
    ['Time (UTC)', 'Node', 'Kind', 'Text', 'On'],
    notes.map((note) => [
      html`<span class="time">${utc(note.ts)}</span>`,
      note.node ?? '',
      note.kind,
      note.text,
      note.path === null ? 'the case' : `${note.path}:${note.line ?? ''}`,
    ]),
  );
