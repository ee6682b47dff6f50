// Reads text as a member and keeps what the parser says, for the tests of parse/.
import { openMember } from '../../../electron/engine/parse/member.ts';
import { Draft, type MemberContext, type ParseSummary } from '../../../electron/engine/parse/record.ts';

export interface Read {
  records: Draft[];
  summary: ParseSummary;
}

export function copy(draft: Draft): Draft {
  const out = Object.assign(new Draft(), draft);
  out.entityKinds = draft.entityKinds.slice(0, draft.entityCount);
  out.entityValues = draft.entityValues.slice(0, draft.entityCount);
  out.entityRoles = draft.entityRoles.slice(0, draft.entityCount);
  return out;
}

/** Reads a member from text (UTF-8) or bytes, cut into pieces of the given sizes (the rest in one). */
export function read(
  content: string | Uint8Array,
  context: Partial<MemberContext> = {},
  cuts: readonly number[] = [],
): Read {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content);
  const records: Draft[] = [];
  const parser = openMember(
    { path: 'unknown.log', bundle: 'test', mtimeUs: null, ...context },
    { record: (draft) => void records.push(copy(draft)) },
  );
  let at = 0;
  for (const size of cuts) {
    if (at >= bytes.length) break;
    // The bytes are only valid during the call: hand over a copy and spoil it.
    const piece = bytes.slice(at, at + size);
    parser.push(piece);
    piece.fill(0x58);
    at += size;
  }
  if (at < bytes.length) parser.push(bytes.slice(at));
  return { records, summary: parser.end() };
}

export function micros(iso: string): number {
  const m = /^(.*?)(?:\.(\d+))?Z$/.exec(iso);
  return Date.parse(`${m?.[1]}Z`) * 1000 + Number((m?.[2] ?? '').padEnd(6, '0').slice(0, 6));
}

export function fieldsOf(draft: Draft): Record<string, unknown> {
  return draft.fields === '' ? {} : JSON.parse(Buffer.from(draft.fields, 'latin1').toString('utf8'));
}

export function text(byteString: string): string {
  return Buffer.from(byteString, 'latin1').toString('utf8');
}

export function entitiesOf(draft: Draft): string[] {
  return draft.entityKinds.map(
    (kind, i) => `${kind}:${text(draft.entityValues[i] as string)}:${draft.entityRoles[i]}`,
  );
}

/** Fails unless the records cover the member without gap or overlap. */
export function checkTiling(r: Read, size: number): void {
  let offset = 0;
  let line = 1;
  r.records.forEach((d, i) => {
    if (d.record !== i) throw new Error(`record ${i} is numbered ${d.record}`);
    if (d.byteOffset !== offset) throw new Error(`record ${i} starts at ${d.byteOffset}, not ${offset}`);
    if (d.line !== line) throw new Error(`record ${i} starts on line ${d.line}, not ${line}`);
    offset += d.byteLength;
    line += d.lines;
  });
  if (offset !== size) throw new Error(`records end at ${offset} of ${size}`);
  if (line - 1 !== r.summary.lines)
    throw new Error(`${line - 1} lines in records, ${r.summary.lines} in the summary`);
  if (r.records.length !== r.summary.records) throw new Error('the summary counts other records');
}
