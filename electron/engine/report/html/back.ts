// The last pages: method, limits, words, and the appendices with every hash, rule and query.
import { count, plural, size, utcSeconds } from '../format.ts';
import type { BundleEntry, FileEntry, ReportModel, RuleEntry } from '../model.ts';
import { postureItems, postureSentence } from '../posture-words.ts';
import { type Html, head, html, levelBadge, list, mono, small, table } from './markup.ts';

export const method = ({ method }: ReportModel): Html => html`<p>Tidemark ${method.toolVersion}.</p>
<ol>${method.steps.map((step) => html`<li>${step}</li>\n`)}</ol>
${table(
  'Rules that ran',
  ['Rule', 'Level', 'Kind', '#Events', '#Findings'],
  method.rules.map((rule) => [
    html`${rule.title} ${small([rule.file, rule.status, rule.version, rule.tuned && `with ${rule.tuned}`].filter(Boolean).join(', '))}`,
    rule.level ? levelBadge(rule.level) : '',
    rule.type ?? '',
    count(rule.events),
    count(rule.findings),
  ]),
)}
${table(
  'Rules that did not run',
  ['Rule', 'Level', 'Why'],
  method.rulesNotApplied.map((rule) => [rule.title, rule.level ? levelBadge(rule.level) : '', rule.why]),
)}
${table(
  'Settings of the case',
  ['Setting', 'Value'],
  method.settings.map((setting) => [mono(setting.key), setting.value]),
)}
<p>Texts and SQL of the rules that found something, and the hashes of the others: <a href="#rules">appendix B</a>. Queries of this report with their row counts: <a href="#queries">appendix C</a>.</p>`;

export const posture = ({ posture }: ReportModel): Html => html`<p>${postureSentence(posture)}</p>
${table(
  'Weaknesses',
  ['Standing', 'About', '~What the evidence proves', '~What to change'],
  postureItems(posture).map((item) => [
    item.standing,
    item.topic,
    html`<b>${item.title}</b><br>${item.proofs.map((proof) => html`${proof}<br>`)}`,
    item.change ?? '',
  ]),
)}`;

export const limits = ({ limits }: ReportModel): Html =>
  html`${limits.map((group) => html`<h3>${group.system}</h3>\n${list(group.sentences)}`)}`;

export const glossary = ({ glossary }: ReportModel): Html => html`<dl class="facts">
${glossary.map(({ term, meaning }) => html`<dt>${term}</dt><dd>${meaning}</dd>\n`)}</dl>`;

export const inventory = ({
  evidence,
}: ReportModel): Html => html`<p>Under each path stands the SHA-256 as collected; a second one, marked content, is that of the file after decompression when it differs.</p>
${evidence.map(bundleTable)}`;

/** One row a file; its hashes at full length stand under its path. */
const bundleTable = (bundle: BundleEntry): Html => html`<table class="inventory">
<caption>${bundle.name}: ${plural(bundle.files.length, 'file')}${bundle.sha256 ? html`, SHA-256 ${mono(bundle.sha256)}` : null}</caption>
${head(['~Path and SHA-256', 'Status', '#Size', '#Lines', '#Records', '#Not parsed'])}
<tbody>
${bundle.files.map(fileRow)}</tbody></table>
`;

const fileRow = (
  file: FileEntry,
): Html => html`<tr><td class="text">${file.path}<br>${mono(file.sha256 ?? 'no hash')}${contentHash(file)}<br>${small(fileFacts(file))}</td><td>${file.status}</td><td class="num">${size(file.size)}</td><td class="num">${count(file.lines)}</td><td class="num">${count(file.records)}</td><td class="num">${count(file.unparsedLines)}</td></tr>
`;

const fileFacts = (file: FileEntry): string =>
  [
    file.node,
    file.format,
    file.encoding,
    file.compression,
    [file.mode, file.owner].filter(Boolean).join(' '),
    file.mtime === null ? null : `modified ${utcSeconds(file.mtime)}`,
    file.reason,
  ]
    .filter(Boolean)
    .join(' · ');

const contentHash = (file: FileEntry): Html | null =>
  file.contentSha256 && file.contentSha256 !== file.sha256
    ? html`<br>${mono(`content ${file.contentSha256}`)} ${small(size(file.contentSize))}`
    : null;

/** In full those that found something; of the others what names their text for certain, so that the report stays readable. */
export const rules = ({ method }: ReportModel): Html => html`${method.rules.filter(foundSomething).map(rule)}
${table(
  'Rules that found nothing',
  ['Rule', '~SHA-256 of its text'],
  method.rules
    .filter((entry) => !foundSomething(entry))
    .map((entry) => [
      html`${entry.title} ${small([entry.ruleId, entry.file].filter(Boolean).join(', '))}`,
      mono(entry.sourceSha256),
    ]),
)}
${
  method.savedQueries.length
    ? html`<h3>Saved queries of the responder</h3>${method.savedQueries.map((query) => html`<h4>${query.name}</h4><pre>${query.sql}</pre>\n`)}`
    : null
}`;

const foundSomething = (entry: RuleEntry) => entry.findings > 0;

const rule = (
  entry: RuleEntry,
): Html => html`<details class="rule"><summary><b>${entry.title}</b> ${small([entry.ruleId, entry.file, plural(entry.findings, 'finding')].filter(Boolean).join(', '))}</summary>
<pre>${entry.source}</pre>
${entry.sql && entry.sql !== entry.source ? html`<pre>${entry.sql}${withParameters(entry)}</pre>` : null}
</details>
`;

const withParameters = (entry: RuleEntry) =>
  entry.parameters && entry.parameters !== '[]' ? `\n-- parameters: ${entry.parameters}` : '';

export const queries = ({ method }: ReportModel): Html =>
  html`${method.queries.map((query) => html`<h4>${query.name}: ${plural(query.rows, 'row')}</h4><pre>${query.sql}</pre>\n`)}`;
