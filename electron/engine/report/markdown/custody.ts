// Appendix D in Markdown.
import { count, plural, utcSeconds } from '../format.ts';
import type { ReportModel } from '../model.ts';
import { list, md, paragraph, table } from './blocks.ts';
import { codeCell } from './escape.ts';

export function custody({ custody }: ReportModel): string {
  const verification = paragraph(custody.verification.join(' '));
  if (custody.head === null) return verification;
  const problems =
    custody.problems.length === 0 ? '' : `### What was not as it had been\n\n${list(custody.problems)}`;
  const cut =
    custody.entriesNotShown === 0
      ? ''
      : paragraph(
          `${plural(custody.entriesNotShown, 'entry', 'entries')} between the first and the last ones are not listed.`,
        );
  return `${verification}${problems}### Signatures of the manifest

${table(
  ['Signed by (as the key calls itself)', 'At', 'Fingerprint of the key', 'Holds'],
  custody.signatures.map((each) => [
    each.signer,
    md(utcSeconds(each.at)),
    md(codeCell(each.fingerprint)),
    each.ok ? 'yes' : 'NO',
  ]),
)}### Custody log

${paragraph(`Last entry: ${count(custody.head.seq)}, SHA-256 ${custody.head.hash}. Who has the case can hold this against its log: tidemark custody verify. Names and times are those that the computers of the responders stated.`)}${cut}${table(
  ['Entry', 'Time', 'Who', 'Tidemark', 'Act', 'SHA-256'],
  custody.entries.map((entry) => [
    count(entry.seq),
    md(utcSeconds(entry.at)),
    entry.actor,
    entry.toolVersion,
    entry.sentence,
    md(codeCell(entry.hash)),
  ]),
)}`;
}
