// The events of the database against the evidence: each stored content is read again by the parser that read it first, and
// what it says of each record must stand in the row of its event. Times moved by zones and clocks, links, entities and
// findings are worked out from these and not compared.
import { createHash } from 'node:crypto';
import { LEVELS } from '../../../shared/model.ts';
import type { Case } from '../case/case.ts';
import type { Connection, Cursor } from '../case/database.ts';
import { TOOL_VERSION } from '../case/version.ts';
import { EvidenceReader } from '../intake/evidence-store.ts';
import { builtinFormatsDir, readFormats } from '../load/format-files.ts';
import { type CustomFormat, customFormat } from '../parse/custom/custom-format.ts';
import { openMember } from '../parse/member.ts';
import type { Draft } from '../parse/record.ts';
import { type Gathered, readable, type Watch } from './findings.ts';
import type { LedgerBundle, LedgerMember } from './ledger.ts';

/** The words of a record, in order; those of a row are made by SQL, those of a draft by `wordsOf`. */
const COLUMNS: [name: string, sql: string, draft: (draft: Draft) => string][] = [
  ['line', 'r.line', (d) => String(Math.min(d.line, 2 ** 31 - 1))],
  ['lines', 'r.lines', (d) => String(d.lines)],
  ['byte_offset', 'r.byte_offset', (d) => String(d.byteOffset)],
  ['byte_length', 'r.byte_length', (d) => String(d.byteLength)],
  ['ts_kind', 'r.ts_kind', (d) => String(d.tsKind)],
  // a year that the line does not state is settled later
  [
    'ts_wall',
    'CASE WHEN r.ts_kind IN (1, 2, 4) THEN epoch_us(r.ts_wall) END',
    (d) => (d.tsKind === 1 || d.tsKind === 2 || d.tsKind === 4 ? String(d.tsWall) : ''),
  ],
  ['system', 'k.system', (d) => d.system],
  ['component', 'k.component', (d) => d.component],
  ['level', 'k.level', (d) => LEVELS[d.level] ?? ''],
  ['level_native', 'k.level_native', (d) => d.nativeLevel],
  ['category', 'k.category', (d) => d.category],
  ['action', 'k.action', (d) => d.action],
  ['outcome', 'k.outcome', (d) => d.outcome],
  ['message', 'r.message', (d) => d.message],
  ['fields', `regexp_replace(r.fields, ',"tidemark\\.copy_of":[0-9]+\\}$', '}')`, (d) => d.fields],
  ['src_ip', 'r.src_ip', (d) => d.srcIp],
  ['user_name', 'r.user_name', (d) => d.userName],
  ['http_method', 'r.http_method', (d) => d.httpMethod],
  ['http_path', 'r.http_path', (d) => d.httpPath],
  ['http_status', 'r.http_status', (d) => (d.httpStatus === -1 ? '' : String(d.httpStatus))],
  ['pid', 'r.pid', (d) => d.pid],
  ['tid', 'r.tid', (d) => d.tid],
  ['logger', 'r.logger', (d) => d.logger],
  ['parsed', 'r.parsed::INTEGER', (d) => (d.parsed ? '1' : '0')],
];
const TEXTS = COLUMNS.map(([, sql]) => `coalesce((${sql})::VARCHAR, '')`);
const FROM = 'event_row r LEFT JOIN event_kind k ON k.kind_id = r.kind_id';
const BETWEEN = '\u001f';
const DIGEST = `md5(concat_ws(chr(31), ${TEXTS.join(', ')}))`;

const textOf = (draft: Draft): string => COLUMNS.map(([, , word]) => word(draft)).join(BETWEEN);
const digestOf = (text: string): string => createHash('md5').update(text, 'latin1').digest('hex');

/** Records that one cursor goes over. */
const AT_ONCE = 500_000;
const ROWS = 4_096;

/** How many events were compared. `sound`: contents that are in the store as they were written. */
export async function checkEvents(
  open: Case,
  bundles: readonly LedgerBundle[],
  members: readonly LedgerMember[],
  sound: (sha256: string) => boolean,
  gathered: Gathered,
  watch: Watch,
): Promise<number> {
  const versions = new Map(bundles.map((bundle) => [bundle.bundleId, bundle.toolVersion]));
  const formats = await readFormats([open.paths.formats, builtinFormatsDir()]);
  const customs = formats.definitions.map(customFormat);
  const own = await ownFormats(open);
  let compared = 0;
  const others = new Set<string>();
  const comparable = members.filter((member) => {
    if (member.records === 0 || member.contentSha256 === null || !sound(member.contentSha256)) return false;
    const version = versions.get(member.bundleId) ?? null;
    if (version !== TOOL_VERSION) others.add(version ?? 'an unknown version');
    return version === TOOL_VERSION;
  });
  for (const version of others)
    gathered.unchecked.push(
      `Bundles that Tidemark ${version} took in: this version may read their lines otherwise, so their events were not compared with the evidence.`,
    );
  for (let from = 0; from < comparable.length; ) {
    let to = from;
    for (
      let records = 0;
      to < comparable.length && (to === from || records + comparable[to]!.records <= AT_ONCE);
      to++
    )
      records += comparable[to]!.records;
    const group = comparable.slice(from, to);
    from = to;
    const compare = () =>
      open.read((connection) => compareGroup(connection, open, group, { customs, own }, gathered, watch));
    compared += await readable(gathered, watch.signal, compare, 0);
  }
  return compared;
}

/** Formats that came into the case after it was begun: files read before them were read without. */
async function ownFormats(open: Case): Promise<boolean> {
  const { rows } = await open.custody.entries();
  const added = rows.filter(({ act }) => act === 'formats.added');
  const begun = rows.filter(({ act }) => act === 'ingest.begun');
  return added.length > 1 || (added.length === 1 && begun.length > 1);
}

interface Reading {
  customs: CustomFormat[];
  /** The formats of the case changed while it was made. */
  own: boolean;
}

async function compareGroup(
  connection: Connection,
  open: Case,
  group: readonly LedgerMember[],
  reading: Reading,
  gathered: Gathered,
  watch: Watch,
): Promise<number> {
  const ids = group.map(({ fileId }) => fileId);
  const rows = new Rows(
    await connection.stream(
      `SELECT r.event_id::VARCHAR AS id, ${DIGEST} AS digest FROM ${FROM}
       WHERE r.file_id BETWEEN ${ids[0]} AND ${ids.at(-1)} AND r.file_id IN (${ids.join(', ')}) ORDER BY r.event_id`,
    ),
  );
  const evidence = new EvidenceReader(open.paths.evidence);
  let compared = 0;
  const changed: Changed[] = [];
  for (const member of group) {
    watch.signal.throwIfAborted();
    const before = changed.length;
    compared += await compareMember(member, evidence, rows, reading, changed, watch);
    if (reading.own && changed.length > before) {
      changed.length = before;
      gathered.unchecked.push(
        `${member.path} of ${member.bundle} is read otherwise with the formats that the case has now; it may have been read before they were added, so its events were not compared.`,
      );
    }
  }
  await rows.close();
  for (const each of changed) {
    const names = each.text === null ? null : await differing(open, each);
    gathered.problem('database', `event ${each.id}`, sentenceOf(each, names));
  }
  return compared;
}

interface Changed {
  id: string;
  member: LedgerMember;
  how: 'changed' | 'missing' | 'added';
  /** What the evidence says. */
  text: string | null;
}

const MOST_CHANGED = 1_200;

async function compareMember(
  member: LedgerMember,
  evidence: EvidenceReader,
  rows: Rows,
  { customs }: Reading,
  changed: Changed[],
  watch: Watch,
): Promise<number> {
  const { fileId, path, bundle, mtimeUs } = member;
  const idOf = (record: number) => ((BigInt(fileId) << 32n) | BigInt(record)).toString();
  const say = (id: string, how: Changed['how'], text: string | null = null) => {
    if (changed.length < MOST_CHANGED) changed.push({ id, member, how, text });
  };
  let held: { id: string; text: string }[] = []; // of one piece of content
  const parser = openMember(
    { path, bundle, mtimeUs },
    { record: (draft) => held.push({ id: idOf(draft.record), text: textOf(draft) }) },
    customs,
  );
  let compared = 0;
  const compareHeld = async () => {
    for (const { id, text } of held) {
      let row = await rows.peek();
      while (row !== null && isOf(row.id, fileId) && BigInt(row.id) < BigInt(id)) {
        say(row.id, 'added');
        rows.take();
        row = await rows.peek();
      }
      if (row === null || row.id !== id) {
        say(id, 'missing');
        continue;
      }
      rows.take();
      compared++;
      if (row.digest !== digestOf(text)) say(id, 'changed', text);
    }
    held = [];
  };
  let isRead = true;
  try {
    for await (const chunk of evidence.chunks(member.contentSha256!)) {
      parser.push(chunk);
      await compareHeld();
      watch.progress(chunk.length, `comparing events with the evidence of ${path}`);
      watch.signal.throwIfAborted();
    }
    parser.end();
  } catch (error) {
    if (watch.signal.aborted || member.status !== 'partial') throw error;
    isRead = false; // the parser stopped here when it was taken in too
  }
  await compareHeld();
  for (let row = await rows.peek(); row !== null && isOf(row.id, fileId); row = await rows.peek()) {
    if (isRead) say(row.id, 'added');
    rows.take();
  }
  return compared;
}

const isOf = (eventId: string, fileId: number) => BigInt(eventId) >> 32n === BigInt(fileId);

/** Rows of a cursor, one by one. */
class Rows {
  readonly #cursor: Cursor;
  #page: { id: string; digest: string }[] = [];
  #at = 0;
  #done = false;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  async peek(): Promise<{ id: string; digest: string } | null> {
    while (this.#at >= this.#page.length) {
      if (this.#done) return null;
      const { rows, done } = await this.#cursor.next(ROWS);
      this.#page = rows.map(([id, digest]) => ({ id: id as string, digest: digest as string }));
      this.#at = 0;
      this.#done = done;
    }
    return this.#page[this.#at]!;
  }

  take(): void {
    this.#at++;
  }

  /** Reads what is left, so that the connection is free. */
  async close(): Promise<void> {
    while (!this.#done) this.#done = (await this.#cursor.next(ROWS)).done;
  }
}

/** Names of the columns in which the row is not what the evidence says. */
async function differing(open: Case, { id, text }: Changed): Promise<string[]> {
  const row = await open.read((connection) =>
    connection.row<{ words: string[] }>(
      `SELECT [${TEXTS.join(', ')}] AS words FROM ${FROM} WHERE r.event_id = $1::BIGINT`,
      [id],
    ),
  );
  const bytes = (word: string) => Buffer.from(word, 'utf8').toString('latin1');
  const words = text!.split(BETWEEN);
  if (words.length !== COLUMNS.length) return [];
  return COLUMNS.flatMap(([name], i) => (bytes(row?.words[i] ?? '') === words[i] ? [] : [name]));
}

function sentenceOf({ id, member, how }: Changed, names: string[] | null): string {
  const where = `${member.path} of ${member.bundle}`;
  if (how === 'missing')
    return `The event ${id} of ${where} is not in the database: its row was removed, or its id changed.`;
  if (how === 'added')
    return `The event ${id} is in the database as one of ${where}, whose evidence has no such record: it was put in.`;
  const columns = names && names.length > 0 ? names.join(', ') : 'something';
  return `The row of event ${id} of ${where} is not what the evidence says: ${columns} ${names && names.length > 1 ? 'differ' : 'differs'}.`;
}
