// Method, limits, words and the appendices in Markdown.
import { count, plural, size, utc } from '../format.ts';
import type { ReportModel } from '../model.ts';
import { postureItems, postureSentence } from '../posture-words.ts';
import { list, md, paragraph, table } from './blocks.ts';
import { codeCell, fence, inline } from './escape.ts';

export const method = ({
  method,
}: ReportModel): string => `${paragraph(`Tidemark ${method.toolVersion}.`)}${method.steps.map((step, i) => `${i + 1}. ${inline(step)}\n`).join('')}
### Rules that ran

${table(
  ['Rule', 'Level', 'Kind', 'Status', 'Version', 'Events', 'Findings'],
  method.rules.map((rule) => [
    rule.tuned ? `${rule.title} (with ${rule.tuned})` : rule.title,
    rule.level,
    rule.type,
    rule.status,
    rule.version,
    count(rule.events),
    count(rule.findings),
  ]),
)}### Rules that did not run

${table(
  ['Rule', 'Level', 'Why'],
  method.rulesNotApplied.map((rule) => [rule.title, rule.level, rule.why]),
)}### Settings of the case

${table(
  ['Setting', 'Value'],
  method.settings.map((setting) => [md(codeCell(setting.key)), setting.value]),
)}`;

export const posture = ({ posture }: ReportModel): string =>
  `${paragraph(postureSentence(posture))}${table(
    ['Standing', 'About', 'Weakness', 'What the evidence proves', 'What to change'],
    postureItems(posture).map((item) => [
      item.standing,
      item.topic,
      item.title,
      item.proofs.join(' '),
      item.change,
    ]),
  )}`;

export const limits = ({ limits }: ReportModel): string =>
  limits.map((group) => `### ${inline(group.system)}\n\n${list(group.sentences)}`).join('');

export const glossary = ({ glossary }: ReportModel): string =>
  list(glossary.map(({ term, meaning }) => md(`**${inline(term)}:** ${inline(meaning)}`)));

export const inventory = ({ evidence }: ReportModel): string =>
  evidence
    .map(
      (bundle) =>
        `### ${inline(bundle.name)}: ${plural(bundle.files.length, 'file')}\n\n${table(
          [
            'Path',
            'Status',
            'Size',
            'SHA-256 as collected',
            'SHA-256 of content',
            'Lines',
            'Records',
            'Not parsed',
            'Mode',
            'Owner',
            'Modified',
            'Node',
            'Format',
          ],
          bundle.files.map((file) => [
            md(codeCell(file.path)),
            file.reason ? `${file.status}: ${file.reason}` : file.status,
            size(file.size),
            file.sha256 ?? 'no hash',
            file.contentSha256 === file.sha256 ? 'the same' : file.contentSha256,
            count(file.lines),
            count(file.records),
            count(file.unparsedLines),
            file.mode,
            file.owner,
            file.mtime === null ? '' : md(utc(file.mtime)),
            file.node,
            file.format,
          ]),
        )}`,
    )
    .join('') || 'None.\n\n';

export const rules = ({ method }: ReportModel): string =>
  `${method.rules
    .filter((rule) => rule.findings > 0)
    .map(
      (rule) =>
        `### ${inline(rule.title)}\n\n${paragraph([rule.ruleId, rule.file, plural(rule.findings, 'finding')].filter(Boolean).join(', '))}${fence(rule.source, 'yaml')}\n${rule.sql && rule.sql !== rule.source ? `${fence(rule.sql, 'sql')}\n` : ''}${rule.parameters && rule.parameters !== '[]' ? `Parameters\n\n${fence(rule.parameters, 'json')}\n` : ''}`,
    )
    .join('')}### Rules that found nothing

${table(
  ['Rule', 'Id', 'File', 'SHA-256 of its text'],
  method.rules
    .filter((rule) => rule.findings === 0)
    .map((rule) => [rule.title, rule.ruleId, rule.file, md(codeCell(rule.sourceSha256))]),
)}${method.savedQueries.map((query) => `### Saved query: ${inline(query.name)}\n\n${fence(query.sql, 'sql')}\n`).join('')}`;

export const queries = ({ method }: ReportModel): string =>
  method.queries
    .map((query) => `### ${inline(query.name)}: ${plural(query.rows, 'row')}\n\n${fence(query.sql, 'sql')}\n`)
    .join('');
