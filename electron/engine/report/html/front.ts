// The first pages: cover, contents, summary, scope, evidence, time basis.
import { count, plural, size, utc } from '../format.ts';
import type { ReportModel } from '../model.ts';
import { groupNotExamined } from '../not-examined.ts';
import { SECTIONS } from '../sections.ts';
import { observation, offsetSentence, zoneSentence } from '../words.ts';
import { findingsChart, volumeChart } from './charts.ts';
import { findingLinks, type Html, html, levelBadge, list, mono, nodes, small, table } from './markup.ts';

export const cover = ({ cover }: ReportModel): Html => html`<header class="cover">
<p class="soft">${cover.title}</p>
<h1>${cover.caseName}</h1>
<dl>
<dt>Dated events from</dt><dd class="time">${utc(cover.firstTs)}</dd>
<dt>to</dt><dd class="time">${utc(cover.lastTs)}</dd>
<dt>Made by</dt><dd>Tidemark ${cover.toolVersion}, offline</dd>
<dt>Verified</dt><dd>${cover.verification.map((sentence) => html`${sentence} `)}</dd>
<dt>Times</dt><dd>All times are UTC and end in Z.</dd>
</dl>
</header>
`;

export const contents = (): Html => html`<nav aria-label="Contents"><h2>Contents</h2><ol>
${SECTIONS.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>\n`)}</ol></nav>
`;

export function summary(model: ReportModel): Html {
  const { summary, timeline } = model;
  return html`${list(summary.facts)}
${timeline.volume ? volumeChart(timeline.volume) : null}
${findingsChart(model)}
${table(
  'Findings of medium and above, in time order: what the rules claim',
  ['First event', 'Level', '~Finding', 'Nodes', '#Events', 'State'],
  summary.story.map((entry) => [
    html`<span class="time">${utc(entry.firstTs)}</span>`,
    levelBadge(entry.level),
    html`${findingLinks([entry.number])} ${entry.title}${entry.about ? html`<br>${small(entry.about)}` : null}`,
    nodes(entry.nodes),
    count(entry.events),
    entry.state,
  ]),
)}
${summary.storyNotShown ? html`<p>${plural(summary.storyNotShown, 'more finding')} of medium and above: see the table of findings.</p>` : null}
${list(summary.caveats)}
${
  summary.story.length + summary.storyNotShown + model.findings.total === 0
    ? null
    : table(
        'Findings by level and state',
        ['Level', '#Open', '#Confirmed', '#Dismissed', '#Suppressed'],
        summary.findingLevels.map((row) => [
          levelBadge(row.level),
          count(row.open),
          count(row.confirmed),
          count(row.dismissed),
          count(row.suppressed),
        ]),
      )
}`;
}

export function scope({ scope }: ReportModel): Html {
  return html`${table(
    'Nodes',
    ['Node', 'Systems', 'Roles', 'Addresses', 'Versions stated', '#Files', '#Events', 'First and last event'],
    scope.nodes.map((node) => [
      nodes([node.node]),
      node.systems.join(', '),
      node.roles.join(', '),
      node.addresses.slice(0, 8).join(', ') +
        (node.addresses.length > 8 ? ` and ${node.addresses.length - 8} more` : ''),
      node.versions.slice(0, 8).join(', ') +
        (node.versions.length > 8 ? ` and ${node.versions.length - 8} more` : ''),
      count(node.files),
      count(node.events),
      html`<span class="time">${utc(node.firstTs)}</span><br><span class="time">${utc(node.lastTs)}</span>`,
    ]),
  )}
${table(
  'Systems',
  ['System', '#Events', 'Nodes'],
  scope.systems.map((entry) => [entry.system, count(entry.events), entry.nodes.join(', ')]),
)}
<p>${plural(scope.lines, 'line')} were read; ${plural(scope.unparsedLines, 'line')} fitted no known format and are kept as events without fields.</p>
<h3>Sources not or not wholly examined</h3>
${table(
  'Files with their reasons',
  ['Status', 'Reason', '~Files'],
  groupNotExamined(scope.notExamined).map((group) => [
    group.status,
    group.reason,
    html`${group.paths.length > 1 ? html`<b>${count(group.paths.length)}</b> in ` : 'in '}${group.bundle}: ${small(group.paths.join(', '))}`,
  ]),
)}
${
  scope.bundleProblems.length
    ? table(
        'Bundles with problems',
        ['Bundle', 'Problem'],
        scope.bundleProblems.map((entry) => [entry.bundle, entry.problem]),
      )
    : null
}
<h3>Sources one would expect</h3>
<p>What the logs of the case lead one to expect, and the case does not hold. It may never have been written, may not have been collected, or may stand in a file that was not recognised.</p>
${table(
  'Missing logs',
  ['Node', 'System', 'Component', 'Missing', '~Why one would expect it'],
  scope.absent.map((entry) => [
    entry.node ?? 'whole case',
    entry.system ?? '',
    mono(entry.component ?? ''),
    entry.title,
    entry.why,
  ]),
)}`;
}

export const evidence = ({ evidence, scope }: ReportModel): Html => html`${table(
  'Bundles',
  ['Bundle', '#Files', '#Size', '~SHA-256'],
  evidence.map((bundle) => [
    html`${bundle.name}${bundle.complete ? null : ' (incomplete)'}`,
    count(bundle.files.length),
    size(bundle.size),
    mono(bundle.sha256 ?? 'none: a folder has no bytes of its own'),
  ]),
)}
${table(
  'Files by status',
  ['Status', '#Files', '#Size as collected'],
  scope.statuses.map((row) => [row.status, count(row.files), size(row.bytes)]),
)}
<p>Every file stands with its hashes and its whole reason in <a href="#inventory">appendix A</a>.</p>`;

export const time = ({ timeBasis }: ReportModel): Html => html`${list(timeBasis.assumptions)}
${table(
  'Nodes: zone and clock',
  ['Node', 'Zone', 'Clock offset', '~Seen in the evidence', 'Events by time basis'],
  timeBasis.nodes.map((node) => [
    nodes([node.node]),
    zoneSentence(node),
    offsetSentence(node),
    node.evidence.map((item) => html`${observation(item)}<br>`),
    node.bases.map((entry) => html`${entry.basis.replace('_', ' ')}: ${count(entry.events)}<br>`),
  ]),
)}
${table(
  'How the times of events are known',
  ['Basis', 'Meaning', '#Events'],
  timeBasis.bases.map((entry) => [mono(entry.basis), entry.meaning, count(entry.events)]),
)}
${table(
  'Years that no line states',
  ['Node', '#Files', '#Events', 'Placed from', 'to'],
  timeBasis.years.map((entry) => [
    entry.node,
    count(entry.files),
    count(entry.events),
    utc(entry.firstTs),
    utc(entry.lastTs),
  ]),
)}`;
