// One worker's batch of events and entities on its way to DuckDB, and the SQL that takes it in.
import type { Draft, RecordSink } from '../parse/record.ts';
import { Templates } from '../parse/template.ts';
import { type Column, Int32Column, Int64Column, TextColumn, WordColumn } from './columns.ts';
import { EventKinds, type KindIds } from './event-kinds.ts';
import { writeParquet } from './parquet.ts';

const ROWS = 122_880; // DuckDB's row group
const ENTITY_REFS = ROWS * 6;
/** The event before that mentions the entity stands in another file. */
const ELSEWHERE = -1;
const NEW_TEMPLATES = 32_768;
const TEXT_BYTES = 112 << 20;
/** Bytes of evidence that the records of a batch stand on: what is remembered of them may hold on to all of their text. */
const SOURCE_BYTES = 192 << 20;

/** Lines are counted up to here; a file of line ends alone can have more. */
const LAST_LINE = 2 ** 31 - 1;

/** `''` and -1 stand for NULL in the batch; the time of an undated event is this. */
const NO_TIME = -(2 ** 52);

export class EventBatch implements RecordSink {
  rows = 0;
  /** Records of the member so far. */
  memberRecords = 0;
  #refs = 0;
  #source = 0;
  #fileId = 0;
  #firstWall = Number.POSITIVE_INFINITY;
  #lastWall = Number.NEGATIVE_INFINITY;
  #most: number;
  #entityHigh: number;
  #entities = 0;
  #distinct = 0;
  #entityIds = new Map<string, Map<string, Map<string, number>>>(); // by kind, role, value

  #eventId = new Int64Column('event_id', ROWS);
  #file = new Int32Column('file_id', ROWS);
  #line = new Int32Column('line', ROWS);
  #lines = new Int32Column('lines', ROWS);
  #offset = new Int64Column('byte_offset', ROWS);
  #length = new Int32Column('byte_length', ROWS);
  #wall = new Int64Column('ts_wall', ROWS);
  #kind = new Int32Column('ts_kind', ROWS);
  #kindId = new Int32Column('kind_id', ROWS);
  #message = new TextColumn('message', 16 << 20);
  #fields = new TextColumn('fields', 16 << 20);
  #srcIp = new WordColumn('src_ip', ROWS);
  #user = new WordColumn('user_name', ROWS);
  #method = new WordColumn('http_method', ROWS);
  #path = new TextColumn('http_path', 1 << 20);
  #status = new Int32Column('http_status', ROWS);
  #pid = new WordColumn('pid', ROWS);
  #tid = new WordColumn('tid', ROWS);
  #logger = new WordColumn('logger', ROWS);
  #parsed = new Int32Column('parsed', ROWS);
  #template = new Int64Column('template_id', ROWS);
  #columns: Column[];

  #kinds: EventKinds;
  #templates = new Templates();
  /** Events whose message is gathered but not written: their templates are read from the written bytes. */
  #waiting = 0;
  #systems: string[] = [];
  #components: string[] = [];
  #newTemplates = 0;
  #templateId = new Int64Column('template_id', NEW_TEMPLATES);
  #templateSystem = new WordColumn('system', NEW_TEMPLATES);
  #templateComponent = new WordColumn('component', NEW_TEMPLATES);
  #templateText = new TextColumn('text', 1 << 18);

  #entityId = new Int64Column('entity_id', ENTITY_REFS);
  #entityKind = new WordColumn('kind', ENTITY_REFS);
  #entityValue = new TextColumn('value', 1 << 20);
  #entityRole = new WordColumn('role', ENTITY_REFS);
  #refEvent = new Int64Column('event_id', ENTITY_REFS);
  #refEntity = new Int64Column('entity_id', ENTITY_REFS);
  #refBack = new Int32Column('back', ENTITY_REFS);
  /** By entity of this batch: file and record that mentioned it last. */
  #lastFile = new Int32Array(ENTITY_REFS);
  #lastRecord = new Int32Array(ENTITY_REFS);
  #firstEntity = 0;

  /** `entityHigh`: upper half of the entity ids this worker hands out in this ingest; `kinds`: its ids for kinds of events; `rows`: of a batch, at most. */
  constructor(entityHigh: number, kinds: KindIds = { first: 0, step: 1 }, rows = ROWS) {
    this.#most = Math.min(ROWS, rows);
    this.#entityHigh = entityHigh;
    this.#kinds = new EventKinds(kinds);
    this.#columns = [
      this.#eventId,
      this.#file,
      this.#line,
      this.#lines,
      this.#offset,
      this.#length,
      this.#wall,
      this.#kind,
      this.#kindId,
      this.#message,
      this.#fields,
      this.#srcIp,
      this.#user,
      this.#method,
      this.#path,
      this.#status,
      this.#pid,
      this.#tid,
      this.#logger,
      this.#parsed,
      this.#template,
    ];
    this.#message.onWritten = (buffer, from, to) => this.#readTemplates(buffer, from, to);
    this.#templates.onNew = (id, system, component, text) => {
      const row = this.#newTemplates++;
      this.#templateId.set(row, id);
      this.#templateSystem.set(row, system);
      this.#templateComponent.set(row, component);
      this.#templateText.push(text);
    };
  }

  #readTemplates(buffer: Uint8Array, from: number, to: number): void {
    const first = this.rows - this.#waiting;
    for (let i = 0, at = from; at < to; i++) {
      const length = buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24);
      const start = at + 4;
      at = start + length;
      this.#template.set(
        first + i,
        this.#templates.id(buffer, start, at, this.#systems[i]!, this.#components[i]!),
      );
    }
    this.#waiting = 0;
  }

  beginMember(fileId: number): void {
    this.#fileId = fileId;
    this.memberRecords = 0;
    this.#message.settle();
    this.#templates.beginMember();
    this.#firstWall = Number.POSITIVE_INFINITY;
    this.#lastWall = Number.NEGATIVE_INFINITY;
  }

  get full(): boolean {
    return (
      this.rows >= this.#most ||
      this.#message.bytes + this.#fields.bytes >= TEXT_BYTES ||
      this.#source >= SOURCE_BYTES ||
      this.#refs >= ENTITY_REFS - 4096 ||
      this.#newTemplates >= NEW_TEMPLATES - 300
    );
  }

  /** Called when the batch is full, before the next record goes in. */
  onFull: () => void = () => {};

  record(draft: Draft): void {
    if (this.full) this.onFull();
    const row = this.rows++;
    this.#source += draft.byteLength;
    this.memberRecords++;
    this.#eventId.setHalves(row, this.#fileId, draft.record);
    this.#file.set(row, this.#fileId);
    this.#line.set(row, Math.min(draft.line, LAST_LINE));
    this.#lines.set(row, draft.lines);
    this.#offset.set(row, draft.byteOffset);
    this.#length.set(row, draft.byteLength);
    const wall = draft.tsKind === 0 ? NO_TIME : draft.tsWall;
    if (wall !== NO_TIME) {
      if (wall < this.#firstWall) this.#firstWall = wall;
      if (wall > this.#lastWall) this.#lastWall = wall;
    }
    this.#wall.set(row, wall);
    this.#kind.set(row, draft.tsKind);
    this.#kindId.set(row, this.#kinds.id(draft));
    this.#systems[this.#waiting] = draft.system;
    this.#components[this.#waiting++] = draft.component;
    this.#message.push(draft.message);
    this.#fields.push(draft.fields);
    this.#srcIp.set(row, draft.srcIp);
    this.#user.set(row, draft.userName);
    this.#method.set(row, draft.httpMethod);
    this.#path.push(draft.httpPath);
    this.#status.set(row, draft.httpStatus);
    this.#pid.set(row, draft.pid);
    this.#tid.set(row, draft.tid);
    this.#logger.set(row, draft.logger);
    this.#parsed.set(row, draft.parsed ? 1 : 0);
    const mentions = Math.min(draft.entityCount, 4096);
    for (let i = 0; i < mentions; i++) this.#mention(draft, i);
  }

  #mention(draft: Draft, i: number): void {
    const value = draft.entityValues[i]!;
    if (value === '') return;
    const kind = draft.entityKinds[i]!;
    const role = draft.entityRoles[i]!;
    const ids = this.#idsOf(kind, role);
    let id = ids.get(value);
    if (id === undefined) {
      const row = this.#distinct++;
      id = this.#entities++;
      ids.set(value, id);
      this.#entityId.setHalves(row, this.#entityHigh, id);
      this.#entityKind.set(row, kind);
      this.#entityValue.push(value);
      this.#entityRole.set(row, role);
    }
    const ref = this.#refs++;
    this.#refEvent.setHalves(ref, this.#fileId, draft.record);
    this.#refEntity.setHalves(ref, this.#entityHigh, id);
    const entity = id - this.#firstEntity;
    const file = this.#lastFile[entity];
    this.#refBack.set(
      ref,
      file === this.#fileId ? draft.record - this.#lastRecord[entity]! : file === 0 ? 0 : ELSEWHERE,
    );
    this.#lastFile[entity] = this.#fileId;
    this.#lastRecord[entity] = draft.record;
  }

  #idsOf(kind: string, role: string): Map<string, number> {
    const roles = this.#entityIds.get(kind);
    const ids = roles?.get(role);
    if (ids) return ids;
    const made = new Map<string, number>();
    if (roles) roles.set(role, made);
    else this.#entityIds.set(kind, new Map([[role, made]]));
    return made;
  }

  /** First and last wall time of the member so far, microseconds; NaN when it has none. */
  get memberSpan(): { first: number; last: number } {
    return this.#firstWall === Number.POSITIVE_INFINITY
      ? { first: Number.NaN, last: Number.NaN }
      : { first: this.#firstWall, last: this.#lastWall };
  }

  /** Writes what is held as `<path>.events`, `.entities`, `.refs`, `.templates`, `.kinds` and empties the batch. */
  flush(path: string): { rows: number; entities: number; refs: number; templates: number; kinds: number } {
    this.#message.settle();
    const held = {
      rows: this.rows,
      entities: this.#distinct,
      refs: this.#refs,
      templates: this.#newTemplates,
      kinds: this.#kinds.news,
    };
    if (held.rows > 0)
      writeParquet(
        `${path}.events`,
        held.rows,
        this.#columns.map((c) => c.encode(held.rows)),
      );
    if (held.entities > 0) {
      const columns = [this.#entityId, this.#entityKind, this.#entityValue, this.#entityRole];
      writeParquet(
        `${path}.entities`,
        held.entities,
        columns.map((c) => c.encode(held.entities)),
      );
      const refs = [this.#refEvent, this.#refEntity, this.#refBack];
      writeParquet(
        `${path}.refs`,
        held.refs,
        refs.map((c) => c.encode(held.refs)),
      );
      for (const column of [...columns, ...refs]) column.reset();
    }
    if (held.kinds > 0) writeParquet(`${path}.kinds`, held.kinds, this.#kinds.take());
    if (held.templates > 0) {
      const columns = [this.#templateId, this.#templateSystem, this.#templateComponent, this.#templateText];
      writeParquet(
        `${path}.templates`,
        held.templates,
        columns.map((c) => c.encode(held.templates)),
      );
      for (const column of columns) column.reset();
    }
    for (const column of this.#columns) column.reset();
    this.#templates.beginBatch();
    this.#newTemplates = 0;
    this.rows = 0;
    this.#refs = 0;
    this.#source = 0;
    this.#lastFile.fill(0, 0, this.#distinct);
    this.#firstEntity = this.#entities;
    this.#distinct = 0;
    this.#entityIds.clear();
    return held;
  }
}

/** Takes a batch file in; `$1` is its path. */
export const INSERT = {
  events: `
INSERT INTO event_row
SELECT event_id, file_id, line, lines, byte_offset, byte_length, ts, ts, ts, ts_kind::UTINYINT, NULL, kind_id,
  message, nullif(fields, ''), nullif(src_ip, ''), nullif(user_name, ''), nullif(http_method, ''), nullif(http_path, ''),
  nullif(http_status, -1), nullif(pid, ''), nullif(tid, ''), nullif(logger, ''), parsed = 1, template_id
FROM (SELECT *, CASE WHEN ts_wall > ${NO_TIME} THEN make_timestamp(ts_wall) END AS ts FROM read_parquet($1))`,
  entities: 'INSERT INTO entity SELECT entity_id, kind, value, role FROM read_parquet($1)',
  kinds: `
INSERT INTO event_kind
SELECT kind_id, nullif(system, ''), nullif(component, ''), nullif(level, '')::log_level, nullif(level_native, ''),
  nullif(category, ''), nullif(action, ''), nullif(outcome, '') FROM read_parquet($1)`,
  templates:
    "INSERT INTO template_seen SELECT template_id, nullif(system, ''), nullif(component, ''), text FROM read_parquet($1)",
  refs: 'INSERT INTO entity_ref SELECT event_id, entity_id, back FROM read_parquet($1)',
};
