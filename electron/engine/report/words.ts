// Sentences that more than one writer shows.
import { count, offset, plural, utc, zoneOffset } from './format.ts';
import type { EventPlace, EvidenceLine, FindingEntry, NodeTime, TimelineEntry } from './model.ts';

/** `path:line` with the bundle it is from. */
export const where = (place: EventPlace): string => `${place.path}:${place.line}`;

/** As `where`, with only the end of a long path; for places where the whole path stands nearby. */
export function shortWhere(place: EventPlace): string {
  const parts = place.path.split('/');
  const path = place.path.length > 48 && parts.length > 2 ? `…/${parts.slice(-2).join('/')}` : place.path;
  return `${path}:${place.line}`;
}

/** Both times of an event and how they are known. */
export function loggedTime(place: EventPlace): string {
  if (place.ts === null) return 'no time';
  if (place.tsLogged === null) return place.tsBasis;
  return place.tsLogged === place.ts
    ? `as logged, ${basis(place)}`
    : `logged ${utc(place.tsLogged)}, ${basis(place)}`;
}
const basis = (place: EventPlace) => place.tsBasis.replace('_', ' ');

export const lineNotes = (line: EvidenceLine, leftOut: number): string[] => [
  ...(line.read ? [] : ['exact bytes could not be read; this is the parsed message']),
  ...(line.base64 ? ['not valid UTF-8; exact bytes as base64 in the JSON report'] : []),
  ...(line.bytesNotShown > 0 ? [`${plural(line.bytesNotShown, 'more byte')} not shown`] : []),
  ...(leftOut > 0 ? [`${plural(leftOut, 'more character')} in the JSON report`] : []),
];

export function linesSentence(finding: FindingEntry): string {
  if (finding.eventCount === 0 && finding.lines.length === 0)
    return 'The finding rests on the absence of lines or on facts of files; it lists none.';
  const shown = finding.lines.length;
  if (finding.linesNotShown === 0) return `${plural(shown, 'line')}, all of the finding.`;
  return `${plural(shown, 'line')} of ${count(finding.eventCount)}; ${count(finding.linesNotShown)} more are not shown. The first and last of each role are.`;
}

export function zoneSentence(node: NodeTime): string {
  const zone = node.zone ?? 'not known; read as UTC';
  const how = node.zoneSetByHand ? 'set by hand' : (node.zoneBasis?.replace('_', ' ') ?? 'no basis');
  return `${zone} (${how})`;
}

export function offsetSentence(node: NodeTime): string {
  if (node.clockOffsetUs === 0 && !node.offsetBasis) return 'none derived';
  const confidence = node.offsetConfidence === null ? '' : `, confidence ${node.offsetConfidence.toFixed(2)}`;
  const how = node.offsetSetByHand ? 'set by hand' : (node.offsetBasis ?? 'no basis recorded');
  return `${offset(node.clockOffsetUs)} (${how}${confidence})`;
}

export const observation = (item: NodeTime['evidence'][number]): string =>
  `${zoneOffset(item.offsetMinutes)}: ${plural(item.observations, 'observation')} in ${plural(item.files, 'file')} (${item.why})`;

export const timelineSentence = (entries: TimelineEntry[], total: number): string =>
  total === 0
    ? 'No finding of medium or above rests on dated lines.'
    : `${count(entries.length)} of ${plural(total, 'event')} that findings of medium and above rest on are shown${entries.length < total ? '; the CSV and JSON reports list the others' : ''}.`;

/** The files that lines stand in, each once, in the order of their names. */
export function distinctFiles(lines: EventPlace[]): EventPlace[] {
  const files = new Map(lines.map((line) => [`${line.bundle}\n${line.path}`, line]));
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
}

/** Lines of a finding that pages show whole; of later ones that run long they show the beginning. */
const WHOLE = 5;
const LATER_LINES = 6;
const LATER_CHARACTERS = 700;

/** What a page shows of line `i` of a finding, and how many characters it leaves out. */
export function shownText(line: EvidenceLine, i: number): { text: string; leftOut: number } {
  if (i < WHOLE) return { text: line.text, leftOut: 0 };
  const first = line.text.split('\n').slice(0, LATER_LINES).join('\n').slice(0, LATER_CHARACTERS);
  const text = first.replace(/[\ud800-\udbff]$/, '');
  return { text, leftOut: line.text.length - text.length };
}
