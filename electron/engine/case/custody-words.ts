// Acts of the custody log in words, for the log as a list and for reports.
import type { CustodyEntry } from './custody.ts';

type Detail = Record<string, unknown>;

const count = (n: unknown, word: string): string => {
  const number = typeof n === 'number' ? n : 0;
  return `${number.toLocaleString('en')} ${word}${number === 1 ? '' : 's'}`;
};
/** A text of the detail, whole or cut. */
const text = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'cut' in value)
    return `${String(value.cut).slice(0, 200)}...`;
  return value === null || value === undefined ? '' : String(value);
};
/** How many a list of the detail holds, also where it was cut. */
const items = (value: unknown): number => {
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'object' && value !== null && 'items' in value) return Number(value.items);
  return 0;
};
const list = (value: unknown): unknown[] => {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null && 'first' in value) return value.first as unknown[];
  return [];
};
const names = (value: unknown): string =>
  list(value)
    .slice(0, 5)
    .map((each) =>
      typeof each === 'object' && each !== null && 'name' in each ? text(each.name) : text(each),
    )
    .join(', ') + (items(value) > 5 ? ` and ${items(value) - 5} more` : '');
const short = (hash: unknown): string => text(hash).slice(0, 16);
const because = (why: unknown): string => (text(why) === '' ? '' : `: ${text(why)}`);
const by = (d: Detail): string => (d.by ? ` (${text(d.by)})` : '');
const sinceAsked = (d: Detail): string => (d.rules_sha256 ? ` (rules ${short(d.rules_sha256)})` : '');

const WORDS: Record<string, (detail: Detail) => string> = {
  'case.created': (d) => `The case "${text(d.name)}" was made${by(d)}`,
  'case.opened': (d) => `The case was opened${by(d)}`,
  'case.closed': (d) => `The case was closed${by(d)}`,
  'case.exported': (d) =>
    `The case was written into one file ${text(d.name)}${d.sha256 ? `, SHA-256 ${text(d.sha256)}` : ''}`,
  'case.imported': (d) =>
    `The case was made of the received file ${text(d.file ?? d.name)}${d.sha256 ? `, SHA-256 ${text(d.sha256)}` : ''}`,
  'annotations.merged': (d) =>
    `Annotations of another responder were taken over${d.name ? ` from ${text(d.name)}` : ''}`,
  'ingest.begun': (d) =>
    `Taking in of ${items(d.bundles) === 0 ? 'bundles' : names(list(d.bundles).map((path) => text(path).split(/[\\/]/).at(-1)))} began`,
  'ingest.done': (d) =>
    `Bundles were taken in${d.records === undefined ? '' : `: ${count(d.records, 'record')}`}`,
  'ingest.brokenOff': (d) => `Taking in was broken off${because(d.why ?? d.reason ?? d.error)}`,
  'ingest.resumed': () => 'Taking in that had been broken off was gone on with',
  'ingest.givenUp': () => 'Taking in that had been broken off was given up',
  'formats.added': (d) => `Log formats were added from ${names(d.from)}`,
  'rules.run': (d) => `${count(d.rules, 'rule')} were run: ${count(d.findings, 'finding')}${sinceAsked(d)}`,
  'rules.saved': (d) => `The rule file ${text(d.path)} was ${d.sha256_before === null ? 'added' : 'changed'}`,
  'rules.removed': (d) => `The rule file ${text(d.path)} was removed`,
  'rules.imported': (d) =>
    `Rules were taken over from ${text(d.from)}: ${count(d.rules, 'rule')}, ${count(d.refused, 'file')} refused`,
  'rules.tuned': (d) => `The rule ${text(d.rule)} was tuned${because(d.reason)}`,
  'rules.default': (d) =>
    `Rules of ${text(d.kind)} ${text(d.value)} were switched ${d.enabled ? 'on' : 'off'}`,
  'placeholder.set': (d) => `The placeholder ${text(d.name)} was set to ${count(items(d.values), 'value')}`,
  'suppression.added': (d) =>
    `A suppression was added that hides ${count(d.findings, 'finding')}${because(d.reason)}`,
  'suppression.removed': (d) => `A suppression was removed; ${count(d.findings, 'finding')} came back`,
  'node.set': (d) =>
    `${'zone' in d ? `The zone of ${text(d.node)} was set to ${d.zone === null ? 'what the evidence says' : text(d.zone)}` : `The clock of ${text(d.node)} was set`}${
      'clock_offset_us' in d
        ? `; its clock offset ${d.clock_offset_us === null ? 'to what the evidence says' : `to ${text(d.clock_offset_us)} microseconds`}`
        : ''
    }`,
  'finding.state': (d) =>
    `${items(d.findings) === 1 ? `The finding "${text((list(d.findings)[0] as Detail | undefined)?.title)}" was` : `${count(items(d.findings), 'finding')} were`} set to ${text(d.state)}${because(d.why)}`,
  'annotation.added': (d) =>
    `A ${text(d.kind) || 'note'} was put on ${count(typeof d.events === 'number' ? d.events : items(d.annotations), 'event')}`,
  'annotation.removed': (d) =>
    `A ${text(d.kind) || 'note'} was taken off event ${text(d.event_id ?? d.event)}`,
  'query.exported': (d) =>
    `A query was exported: ${count(d.rows, 'row')} into ${text(d.name)}, SHA-256 ${text(d.sha256)}`,
  'report.exported': (d) =>
    `A report was written: ${text(d.name)}, SHA-256 ${text(d.sha256)}${d.signed_with ? `, signed with key ${short(d.signed_with)}` : ''}`,
  'evidence.verified': (d) =>
    `The stored evidence of event ${text(d.event_id)} was hashed again: ${d.ok ? 'unchanged' : 'changed'}`,
  verified: (d) => `The case was verified: ${d.ok ? 'all as it was' : `${count(d.problems, 'problem')}`}`,
  signed: (d) => `The manifest ${short(d.sha256)} was signed by ${text(d.name)} with key ${short(d.key)}`,
  'database.torn': (d) =>
    `The end of the database's own log had been broken off by a fault; it was set aside as ${text(d.kept_as)}`,
  'custody.torn': (d) =>
    `The last line of this log had been broken off by a fault; it was set aside as ${text(d.kept_as)}`,
  'custody.damaged': (d) =>
    `The last line of this log was no entry (${text(d.problem)}); it was left where it is`,
};

/** The act in one sentence; evidence names in it are as they are, for the caller to escape. */
export function custodySentence({ act, detail }: Pick<CustodyEntry, 'act' | 'detail'>): string {
  const words = Object.hasOwn(WORDS, act) ? WORDS[act]!(detail) : `Act ${act}`;
  const clock = detail.clock_before
    ? ` The clock of the computer had gone back: the entry before says ${text(detail.clock_before)}.`
    : '';
  return `${words}.${clock}`;
}

const NEUTRAL = [
  'case.opened',
  'case.closed',
  'case.exported',
  'query.exported',
  'report.exported',
  'evidence.verified',
  'verified',
  'signed',
  'custody.torn',
  'database.torn',
];

/** Acts that add nothing to a case and change nothing in it: it is still the one that was signed or verified before. */
export const changesNothing = (act: string): boolean => NEUTRAL.includes(act);
