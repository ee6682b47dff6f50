// One table: every event of every finding in time order. RFC 4180, CRLF, UTF-8 without BOM, no live formulas.
import { count, utc } from './format.ts';
import type { FindingEventRow, ReportModel } from './model.ts';
import { visibleOneLine } from './visible.ts';

type Column = [name: string, value: (row: FindingEventRow) => string | number | null];

const COLUMNS: Column[] = [
  ['finding_id', (row) => row.findingId],
  ['rule', (row) => row.rule],
  ['level', (row) => row.findingLevel],
  ['node', (row) => row.node],
  ['ts_utc', (row) => (row.ts === null ? null : utc(row.ts))],
  ['ts_logged_utc', (row) => (row.tsLogged === null ? null : utc(row.tsLogged))],
  ['ts_basis', (row) => row.tsBasis],
  ['file', (row) => row.path],
  ['line', (row) => row.line],
  ['byte_offset', (row) => row.byteOffset],
  ['sha256', (row) => row.sha256],
  ['message', (row) => row.message],
  ['number', (row) => row.number],
  ['title', (row) => row.title],
  ['state', (row) => row.state],
  ['role', (row) => row.role],
  ['bundle', (row) => row.bundle],
  ['system', (row) => row.system],
  ['component', (row) => row.component],
  ['log_level', (row) => row.level],
  ['byte_length', (row) => row.byteLength],
  ['event_id', (row) => row.eventId],
];

export function writeCsv(model: ReportModel): string {
  const { rows, total } = model.findingEvents;
  const lines = [COLUMNS.map(([name]) => name).join(',')];
  for (const row of rows) lines.push(COLUMNS.map(([, value]) => cell(value(row))).join(','));
  if (total > rows.length) {
    const said = `NOT ALL: ${count(rows.length)} of ${count(total)} events of findings are in this table`;
    lines.push(COLUMNS.map(([name]) => (name === 'message' ? cell(said) : '')).join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** Spreadsheets run cells that begin like these as formulas, also behind blanks; the full-width forms count too. */
const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/;

export function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = (FORMULA.test(value) || /^[\t\r]/.test(value) ? "'" : '') + visibleOneLine(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
