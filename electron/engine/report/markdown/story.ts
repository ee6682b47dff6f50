// Timeline, findings with their lines, indicators and notes in Markdown.
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
import { list, md, paragraph, table } from './blocks.ts';
import { code, codeCell, fence, inline } from './escape.ts';

export const timeline = ({ timeline }: ReportModel): string =>
  `${paragraph(`${timeline.rule} ${timelineSentence(timeline.entries, timeline.total)}`)}${table(
    ['Time (UTC)', 'As logged', 'Node', 'Findings', 'Event', 'File and line'],
    timeline.entries.map((entry) => [
      md(utc(entry.ts)),
      md(loggedTime(entry)),
      entry.node,
      entry.findings.join(' '),
      md(codeCell(entry.message)),
      md(codeCell(where(entry))),
    ]),
  )}`;

export const findings = (model: ReportModel): string =>
  `${table(
    ['No.', 'Level', 'State', 'Finding', 'Nodes', 'First event', 'Events'],
    model.findings.entries.map((entry) => [
      entry.number,
      entry.level,
      entry.state,
      entry.title,
      entry.nodes.join(', '),
      md(utc(entry.firstTs)),
      count(entry.eventCount),
    ]),
  )}${model.findings.total > model.findings.entries.length ? paragraph(`${count(model.findings.total - model.findings.entries.length)} weaker findings are not described here; ask the case for them.`) : ''}${model.findings.entries.map(finding).join('')}`;

function finding(entry: FindingEntry): string {
  const group = entry.groupValues.map(({ name, value }) => `${name}: ${value}`).join(', ');
  const facts: [string, string | null][] = [
    ['Claim', entry.explanation || entry.description],
    ['State', entry.stateWhy ? `${entry.state}: ${entry.stateWhy}` : entry.state],
    ['Nodes', entry.nodes.join(', ') || null],
    ['Grouped by', group || null],
    [
      'Rule',
      entry.explanation && entry.description ? `${entry.ruleTitle}: ${entry.description}` : entry.ruleTitle,
    ],
    ['Rule id', entry.ruleId],
    ['ATT&CK', entry.attack.join(', ') || null],
    ['False positives', entry.falsePositives.join('; ') || null],
    ['Finding id', entry.findingId],
  ];
  return `### ${entry.number} (${entry.level}) ${inline(entry.title)}

${list([
  ...facts
    .filter(([, value]) => value !== null)
    .map(([name, value]) => md(`**${inline(name)}:** ${inline(value!)}`)),
  md(
    `**First and last:** ${utc(entry.firstTs)} to ${utc(entry.lastTs)}, ${plural(entry.eventCount, 'event')}`,
  ),
  ...distinctFiles(entry.lines).map((file) =>
    md(`**File:** ${inline(file.bundle)}, ${code(file.path)}, SHA-256 ${file.sha256 ?? 'none'}`),
  ),
])}${paragraph(linesSentence(entry))}${entry.lines.map(line).join('')}`;
}

function line(entry: EvidenceLine, i: number): string {
  const { text, leftOut } = shownText(entry, i);
  const before = entry.skippedBefore ? `… ${plural(entry.skippedBefore, 'event')} not shown …\n\n` : '';
  const notes = lineNotes(entry, leftOut);
  const place = [
    `**${utc(entry.ts)}** (${loggedTime(entry)})`,
    inline(entry.node ?? ''),
    inline(entry.role ?? ''),
    code(shortWhere(entry)),
    `byte ${entry.byteOffset}`,
  ];
  return `${before}${place.filter(Boolean).join(', ')}${notes.length ? ` (${notes.join('; ')})` : ''}\n\n${fence(text)}\n`;
}

export const indicators = ({ indicators }: ReportModel): string =>
  `Values that events of findings of medium and above mention, as the logs state them. Being listed here does not make a value hostile.\n\n${indicators.length === 0 ? 'None.\n\n' : ''}${indicators
    .map(
      (group) =>
        `### ${inline(group.title)}\n\n${table(
          [
            'Value',
            'Note',
            'Role',
            'Events in findings',
            'in the case',
            'First',
            'Last',
            'Nodes',
            'Findings',
          ],
          group.entries.map((entry) => [
            md(codeCell(entry.value)),
            entry.note,
            entry.roles.join(', '),
            count(entry.events),
            count(entry.eventsInCase),
            md(utc(entry.firstTs)),
            md(utc(entry.lastTs)),
            entry.nodes.join(', '),
            entry.findings.join(' '),
          ]),
        )}${group.notShown ? `${plural(group.notShown, 'more value')} not shown.\n\n` : ''}`,
    )
    .join('')}`;

export const notes = ({ notes }: ReportModel): string =>
  table(
    ['Time (UTC)', 'Node', 'Kind', 'Text', 'On'],
    notes.map((note) => [
      md(utc(note.ts)),
      note.node,
      note.kind,
      note.text,
      note.path === null ? 'the case' : md(codeCell(`${note.path}:${note.line ?? ''}`)),
    ]),
  );
