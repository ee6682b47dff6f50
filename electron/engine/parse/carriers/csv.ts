// Tables in CSV that hold lines: Splunk's (`_raw`), CloudWatch Insights' (`@message`), Kibana's and others (`message`).
import type { JsonObject } from '../text.ts';
import { decode, textOf } from '../text.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer, placeOf } from './carrier.ts';
import { takeTime } from './json.ts';
import { takeSurroundings } from './record-json.ts';
import { takeResult } from './splunk.ts';

const TEXT_COLUMNS = [
  '_raw',
  '@message',
  'message',
  'Message',
  'log',
  'line',
  'Line',
  '_source.message',
  'event.original',
];
const TIME_COLUMNS = [
  '_time',
  '@timestamp',
  'timestamp',
  'Timestamp',
  'time',
  'Time',
  'Date',
  'tsNs',
  '@ingestionTime',
];

/** Cells of a row: quotes are doubled inside quoted cells, which may hold commas and line ends. */
export function cellsOf(row: string, separator = ','): string[] {
  const cells: string[] = [];
  let at = 0;
  while (at <= row.length) {
    if (row.charCodeAt(at) === 34) {
      let end = row.indexOf('"', at + 1);
      while (end !== -1 && row.charCodeAt(end + 1) === 34) end = row.indexOf('"', end + 2);
      if (end === -1) end = row.length;
      const cell = row.slice(at + 1, end);
      cells.push(cell.indexOf('""') === -1 ? cell : cell.replaceAll('""', '"'));
      at = row.indexOf(separator, end);
    } else {
      const end = row.indexOf(separator, at);
      cells.push(end === -1 ? row.slice(at) : row.slice(at, end));
      at = end;
    }
    if (at === -1) break;
    at++;
  }
  return cells;
}

/** Columns of a table that holds log lines; null when the line is no header of one. */
export function headerOf(line: string): string[] | null {
  // A search may have asked for the raw text alone.
  if (line === '_raw' || line === '"_raw"') return ['_raw'];
  if (line.length > 20_000 || line.indexOf(',') === -1) return null;
  const cells = cellsOf(line).map((cell) => cell.trim());
  if (cells.some((cell) => cell === '' || cell.length > 120 || /[\n=]/.test(cell))) return null;
  const texts = cells.filter((cell) => TEXT_COLUMNS.includes(cell));
  const dated = cells.some((cell) => TIME_COLUMNS.includes(cell));
  return texts.length > 0 && dated && new Set(cells).size === cells.length ? cells : null;
}

export const csv: Carrier = {
  id: 'csv',
  share: 0.1,
  open(line, member) {
    const header = member.columns;
    if (header.length === 0) return false;
    const cells = cellsOf(line);
    if (cells.length !== header.length) return false;
    if (cells[0] === header[0] && cells.join() === header.join()) {
      carry(line);
      outer.notice = true;
      outer.program = 'csv';
      return true;
    }
    const row: JsonObject = {};
    header.forEach((name, i) => {
      if (cells[i] !== '') row[name] = decode(cells[i] as string);
    });
    if (header.includes('_raw')) {
      return takeResult(row);
    }
    const column = TEXT_COLUMNS.find((name) => header.includes(name)) as string;
    if (typeof row[column] !== 'string') return false;
    carry(textOf(row[column]));
    for (const name of TIME_COLUMNS) if (takeTime(row[name])) break;
    // CloudWatch Insights writes UTC without saying so.
    if (column === '@message' && !outer.zoned && !Number.isNaN(outer.time)) outer.zoned = true;
    takeSurroundings(row);
    outer.group = textOf(row['@log']);
    outer.tag = textOf(row['@logStream']) || outer.tag;
    outer.host ||= textOf(row['host.name']);
    outer.unordered = true;
    placeOf(outer.tag);
    return true;
  },
  samples: [
    {
      path: 'splunk.csv',
      text: '"_serial",host,"_time","_raw",source\r\n0,n7,"2026-11-20T17:17:54.000+0000","time=""2026-11-20T17:17:54Z"" level=info msg=""one, two""","/var/log/registry.log"\r\n1,n7,"2026-11-20T17:17:55.000+0000","[2026-11-20 17:17:55,000: ERROR/ForkPoolWorker-1] Task a.b[id-1] raised unexpected: ValueError(1)\nTraceback (most recent call last):\nValueError: 1","/var/log/celery/w.log"\r\n',
      gives: [
        { component: 'csv', system: 'other' },
        {
          system: 'registry',
          message: 'one, two',
          fields: { 'carrier.host': 'n7', 'carrier.file': '/var/log/registry.log' },
        },
        {
          system: 'celery',
          action: 'task_failed',
          lines: 3,
          fields: { exception: 'ValueError', 'carrier.file': '/var/log/celery/w.log' },
        },
      ],
    },
    {
      // Empty cells, also the first.
      path: 'splunk.csv',
      text: 'tag,"_time",host,"_raw"\n,"2026-11-20T17:17:54.000+0000",,"time=""2026-11-20T17:17:54Z"" level=info msg=one"\n,,n7,"time=""2026-11-20T17:17:55Z"" level=info msg=""a\\nb"""\n',
      gives: [
        { component: 'csv' },
        { system: 'registry', message: 'one' },
        { message: 'a\nb', fields: { 'carrier.host': 'n7' } },
      ],
    },
    {
      path: 'raw.csv',
      text: '"_raw"\n"time=""2026-11-20T17:17:54Z"" level=info msg=""a, b"""\n"time=""2026-11-20T17:17:55Z"" level=info msg=c"\n',
      gives: [{ component: 'csv' }, { system: 'registry', message: 'a, b' }, { message: 'c' }],
    },
    {
      path: 'logs-insights-results.csv',
      text: '@timestamp,@message,@logStream\n2026-11-20 17:17:54.582,"[2026-11-20 12:17:54,582: INFO/MainProcess] hi",celery/worker/0a1b\n2026-11-20 17:17:50.000,"[2026-11-20 12:17:50,000: INFO/MainProcess] ho",celery/worker/0a1b',
      gives: [
        { component: 'csv' },
        { system: 'celery', message: 'hi', fields: { 'carrier.tag': 'celery/worker/0a1b' } },
        { message: 'ho' },
      ],
    },
  ],
};
