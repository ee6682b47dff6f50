// Appendix D: the custody log up to the last verification, and what that found.
import { count, plural, utcSeconds } from '../format.ts';
import type { ReportModel } from '../model.ts';
import { type Html, html, list, mono, small, table } from './markup.ts';

export const custody = ({
  custody,
}: ReportModel): Html => html`<p>${custody.verification.map((sentence) => html`${sentence} `)}</p>
${
  custody.head === null
    ? null
    : html`${custody.problems.length === 0 ? null : html`<h3>What was not as it had been</h3>${list(custody.problems)}`}
${table(
  'Signatures of the manifest',
  ['Signed by (as the key calls itself)', 'At', '~Fingerprint of the key', 'Holds'],
  custody.signatures.map((each) => [
    each.signer,
    utcSeconds(each.at),
    mono(each.fingerprint),
    each.ok ? 'yes' : 'NO',
  ]),
)}
<p>Last entry: ${count(custody.head.seq)}, SHA-256 ${mono(custody.head.hash)}. Who has the case can hold this against its log: tidemark custody verify. Names and times are those that the computers of the responders stated.</p>
${custody.entriesNotShown === 0 ? null : html`<p>${plural(custody.entriesNotShown, 'entry', 'entries')} between the first and the last ones are not listed.</p>`}
${table(
  'Custody log',
  ['#Entry', 'Time', 'Who', '~Act'],
  custody.entries.map((entry) => [
    count(entry.seq),
    utcSeconds(entry.at),
    entry.actor,
    html`${entry.sentence} ${small(`Tidemark ${entry.toolVersion}, ${entry.hash.slice(0, 16)}`)}`,
  ]),
)}`
}`;
