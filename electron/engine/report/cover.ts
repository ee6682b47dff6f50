// The cover: what the report is about and what was verified while it was written.
import { count, plural } from './format.ts';
import type { BundleEntry, Cover, CustodyReport, Findings, Timeline } from './model.ts';

export function makeCover(input: {
  caseName: string;
  toolVersion: string;
  evidence: BundleEntry[];
  findings: Findings;
  timeline: Timeline;
  custody: CustodyReport;
}): Cover {
  const { caseName, toolVersion, evidence, findings, timeline, custody } = input;
  return {
    title: 'Incident log report',
    caseName,
    toolVersion,
    firstTs: timeline.firstTs,
    lastTs: timeline.lastTs,
    verification: verification(evidence, findings, custody),
  };
}

function verification(evidence: BundleEntry[], findings: Findings, custody: CustodyReport): string[] {
  const files = evidence.flatMap((bundle) => bundle.files);
  if (files.length === 0) return ['There is no evidence in the case, so nothing was verified.'];
  const hashed = files.filter((file) => file.sha256 !== null).length;
  const lines = findings.entries.flatMap((finding) => finding.lines);
  const unread = lines.filter((line) => !line.read).length;
  const hashes =
    hashed === files.length
      ? `A SHA-256 was computed at intake for ${files.length === 1 ? 'the one file' : `each of the ${count(files.length)} files`}; appendix A lists them.`
      : `A SHA-256 was computed at intake for ${count(hashed)} of ${plural(files.length, 'file')}; appendix A lists them and says why the others have none.`;
  const exact =
    lines.length === 0
      ? 'No finding lists a line of evidence.'
      : unread === 0
        ? `All ${plural(lines.length, 'evidence line')} of the findings were read byte by byte from the evidence store for this report.`
        : `${count(lines.length - unread)} of ${plural(lines.length, 'evidence line')} were read byte by byte from the evidence store; ${count(unread)} could not be read and are marked.`;
  return [
    hashes,
    exact,
    ...custody.verification,
    'The hashes were not computed again while this report was written; compare the bundles you hold with the hashes in this report.',
  ];
}
