// Cover, contents, summary, scope, evidence and time basis in Markdown.
import { count, plural, size, utc } from '../format.ts';
import type { ReportModel } from '../model.ts';
import { groupNotExamined } from '../not-examined.ts';
import { SECTIONS } from '../sections.ts';
import { observation, offsetSentence, zoneSentence } from '../words.ts';
import { list, md, paragraph, table } from './blocks.ts';
import { code, codeCell, inline } from './escape.ts';

export const cover = ({ cover }: ReportModel): string =>
  `# ${inline(cover.title)}: ${inline(cover.caseName)}\n\n${list([
    md(`Dated events from ${utc(cover.firstTs)} to ${utc(cover.lastTs)}`),
    `Made by Tidemark ${cover.toolVersion}, offline`,
    'All times are UTC and end in Z.',
    ...cover.verification,
  ])}## Contents\n\n${list(SECTIONS.map((section) => section.title))}`;

export function summary({ summary }: ReportModel): string {
  return `${list(summary.facts)}### Findings of medium and above, in time order

${table(
  ['First event', 'Level', 'No.', 'Finding', 'Nodes', 'Events', 'State'],
  summary.story.map((entry) => [
    md(utc(entry.firstTs)),
    entry.level,
    entry.number,
    entry.about ? `${entry.title} (${entry.about})` : entry.title,
    entry.nodes.join(', '),
    count(entry.events),
    entry.state,
  ]),
)}${summary.storyNotShown ? paragraph(`${plural(summary.storyNotShown, 'more finding')} of medium and above: see the table of findings.`) : ''}${list(summary.caveats)}${table(
  ['Level', 'Open', 'Confirmed', 'Dismissed', 'Suppressed'],
  summary.findingLevels.map((row) => [row.level, row.open, row.confirmed, row.dismissed, row.suppressed]),
)}`;
}

export const scope = ({ scope }: ReportModel): string => `### Nodes

${table(
  [
    'Node',
    'Systems',
    'Roles',
    'Addresses',
    'Versions stated',
    'Files',
    'Events',
    'First event',
    'Last event',
  ],
  scope.nodes.map((node) => [
    node.node,
    node.systems.join(', '),
    node.roles.join(', '),
    node.addresses.join(', '),
    node.versions.join(', '),
    count(node.files),
    count(node.events),
    md(utc(node.firstTs)),
    md(utc(node.lastTs)),
  ]),
)}### Systems

${table(
  ['System', 'Events', 'Nodes'],
  scope.systems.map((entry) => [entry.system, count(entry.events), entry.nodes.join(', ')]),
)}${paragraph(`${plural(scope.lines, 'line')} were read; ${plural(scope.unparsedLines, 'line')} fitted no known format and are kept as events without fields.`)}### Sources not or not wholly examined

${table(
  ['Status', 'Reason', 'Bundle', 'Number', 'Files'],
  groupNotExamined(scope.notExamined).map((group) => [
    group.status,
    group.reason,
    group.bundle,
    count(group.paths.length),
    group.paths.join(', '),
  ]),
)}${
  scope.bundleProblems.length
    ? `### Bundles with problems\n\n${table(
        ['Bundle', 'Problem'],
        scope.bundleProblems.map((entry) => [entry.bundle, entry.problem]),
      )}`
    : ''
}### Sources one would expect

What the logs of the case lead one to expect, and the case does not hold. It may never have been written, may not have been collected, or may stand in a file that was not recognised.

${table(
  ['Node', 'System', 'Component', 'Missing', 'Why one would expect it'],
  scope.absent.map((entry) => [
    entry.node ?? 'whole case',
    entry.system,
    entry.component === null ? null : md(codeCell(entry.component)),
    entry.title,
    entry.why,
  ]),
)}`;

export const evidence = ({ evidence, scope }: ReportModel): string => `### Bundles

${table(
  ['Bundle', 'Files', 'Size', 'SHA-256'],
  evidence.map((bundle) => [
    bundle.complete ? bundle.name : `${bundle.name} (incomplete)`,
    count(bundle.files.length),
    size(bundle.size),
    bundle.sha256 ?? 'none: a folder has no bytes of its own',
  ]),
)}### Files by status

${table(
  ['Status', 'Files', 'Size as collected'],
  scope.statuses.map((row) => [row.status, count(row.files), size(row.bytes)]),
)}Every file stands with its hashes in appendix A.

`;

export const time = ({
  timeBasis,
}: ReportModel): string => `${list(timeBasis.assumptions)}### Nodes: zone and clock

${table(
  ['Node', 'Zone', 'Clock offset', 'Seen in the evidence', 'Events by time basis'],
  timeBasis.nodes.map((node) => [
    node.node,
    zoneSentence(node),
    offsetSentence(node),
    node.evidence.map(observation).join('; '),
    node.bases.map((entry) => `${entry.basis}: ${count(entry.events)}`).join(', '),
  ]),
)}### How the times of events are known

${table(
  ['Basis', 'Meaning', 'Events'],
  timeBasis.bases.map((entry) => [md(code(entry.basis)), entry.meaning, count(entry.events)]),
)}### Years that no line states

${table(
  ['Node', 'Files', 'Events', 'Placed from', 'to'],
  timeBasis.years.map((entry) => [
    entry.node,
    count(entry.files),
    count(entry.events),
    md(utc(entry.firstTs)),
    md(utc(entry.lastTs)),
  ]),
)}`;
