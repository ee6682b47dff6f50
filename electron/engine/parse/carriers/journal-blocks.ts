// `journalctl -o export` (blocks of KEY=value, values with line ends by their length) and `-o verbose`.
import type { Json } from '../text.ts';
import { cursor, dateTimeAt, zoneAt } from '../time.ts';
import type { Carrier } from './carrier.ts';
import { outer } from './carrier.ts';
import { takeEntry } from './journal.ts';

const NAME = /^[A-Z_][A-Z0-9_]{0,63}$/;

/** Fields of a block; null when it is no export entry. A field of several values keeps the last. */
export function entryFields(block: string): Map<string, string> | null {
  const fields = new Map<string, string>();
  let at = 0;
  while (at < block.length) {
    let end = block.indexOf('\n', at);
    if (end === -1) end = block.length;
    if (end === at) {
      at++;
      continue;
    }
    const eq = block.indexOf('=', at);
    if (eq !== -1 && eq < end) {
      const name = block.slice(at, eq);
      if (!NAME.test(name)) return null;
      fields.set(name, block.slice(eq + 1, end));
      at = end + 1;
      continue;
    }
    // The name alone: eight bytes of length follow, little end first, then as many bytes and a line end.
    const name = block.slice(at, end);
    if (!NAME.test(name)) return null;
    const length = sizeAt(block, end + 1);
    if (Number.isNaN(length) || end + 9 + length > block.length) return null;
    fields.set(name, block.slice(end + 9, end + 9 + length));
    at = end + 10 + length;
  }
  return fields;
}

/** Eight bytes, little end first, as a number; NaN when they are not all there or say more than a member can hold. */
export function sizeAt(text: string, at: number): number {
  if (at + 8 > text.length) return Number.NaN;
  let size = 0;
  for (let i = 7; i >= 0; i--) size = size * 256 + text.charCodeAt(at + i);
  return size <= Number.MAX_SAFE_INTEGER ? size : Number.NaN;
}

export const journalExport: Carrier = {
  id: 'journal-export',
  share: 0.1,
  open(line) {
    if (line.indexOf('MESSAGE') === -1 || line.indexOf('_TIMESTAMP=') === -1) return false;
    const fields = entryFields(line);
    if (!fields?.has('MESSAGE')) return false;
    takeEntry((name) => fields.get(name) as Json | undefined);
    return true;
  },
  samples: [
    {
      path: 'journal.export',
      text: '__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1795195074582000\n_HOSTNAME=n7\nSYSLOG_IDENTIFIER=celery\n_PID=12\nPRIORITY=6\nMESSAGE=[2026-11-20 17:17:54,582: INFO/MainProcess] hi\n\n__CURSOR=s=1;i=3\n__REALTIME_TIMESTAMP=1795195075582000\n_HOSTNAME=n7\nSYSLOG_IDENTIFIER=celery\n_PID=12\nMESSAGE\n)\0\0\0\0\0\0\0[2026-11-20 17:17:55,582: ERROR/M] a\nb\n\nc\n_TRANSPORT=stdout\n\n',
      gives: [
        {
          system: 'celery',
          message: 'hi',
          lines: 8,
          pid: '12',
          fields: { 'carrier.host': 'n7', 'carrier.program': 'celery' },
        },
        { system: 'celery', message: 'a\nb\n\nc', level: 'error', lines: 12 },
      ],
    },
  ],
};

const HEAD = /^\S{1,24} (?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)/;
const VERBOSE_FIELD = /^ {4}([A-Z_][A-Z0-9_]{0,63})=(.*)$/;

/** A head line of `-o verbose`: `Fri 2026-11-20 17:17:54.582000 UTC [s=…;i=…]`. */
export function isVerboseHead(line: string): boolean {
  return (
    line.endsWith(']') &&
    line.indexOf(' [s=') !== -1 &&
    line.indexOf(';i=') !== -1 &&
    HEAD.test(line.slice(0, 48))
  );
}

export const journalVerbose: Carrier = {
  id: 'journal-verbose',
  share: 0.1,
  open(line) {
    const end = line.indexOf('\n');
    if (end === -1 || !isVerboseHead(line.slice(0, end))) return false;
    const fields = new Map<string, string>();
    let last = '';
    for (const row of line.slice(end + 1).split('\n')) {
      const field = VERBOSE_FIELD.exec(row);
      if (field) {
        last = field[1] as string;
        fields.set(last, field[2] as string);
      } else if (last !== '' && row !== '') {
        fields.set(last, `${fields.get(last)}\n${row.trimStart()}`);
      }
    }
    if (!fields.has('MESSAGE')) return false;
    takeEntry((name) => fields.get(name) as Json | undefined);
    const from = (HEAD.exec(line.slice(0, 48)) as RegExpExecArray)[0].length;
    const ts = dateTimeAt(line, from);
    if (Number.isNaN(outer.time) && !Number.isNaN(ts)) {
      const zone = line.slice(cursor.end + 1, line.indexOf(' [', cursor.end));
      const minutes = /^(?:UTC|GMT)$/.test(zone) ? 0 : zoneAt(zone, 0);
      outer.time = Number.isNaN(minutes) ? ts : ts - minutes * 60_000_000;
      outer.zoned = !Number.isNaN(minutes);
    }
    return true;
  },
  samples: [
    {
      path: 'journal-verbose.txt',
      text: 'Fri 2026-11-20 17:17:54.582000 UTC [s=1d3f;i=2;b=9;m=1;t=2;x=3]\n    PRIORITY=6\n    _HOSTNAME=n7\n    SYSLOG_IDENTIFIER=celery\n    MESSAGE=[2026-11-20 17:17:54,582: INFO/MainProcess] hi\nFri 2026-11-20 17:17:55.582000 UTC [s=1d3f;i=3;b=9;m=1;t=2;x=3]\n    _HOSTNAME=n7\n    SYSLOG_IDENTIFIER=sshd\n    MESSAGE=out',
      gives: [
        { system: 'celery', message: 'hi', lines: 5, fields: { 'carrier.host': 'n7' } },
        { message: 'out', component: 'sshd', time: '2026-11-20T17:17:55.582000Z', lines: 4 },
      ],
    },
  ],
};
