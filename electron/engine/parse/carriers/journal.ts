// Entries of the systemd journal by their fields, whatever they were exported as.
import { Buffer } from 'node:buffer';
import type { Json } from '../text.ts';
import { byteString, textOf } from '../text.ts';
import { carry, outer } from './carrier.ts';

/** Fills `outer` from the fields of an entry. */
export function takeEntry(field: (name: string) => Json | undefined): void {
  const text = (name: string): string => oneText(field(name));
  carry(text('MESSAGE'));
  const at = Number(text('__REALTIME_TIMESTAMP') || text('_SOURCE_REALTIME_TIMESTAMP') || Number.NaN);
  if (Number.isFinite(at)) {
    outer.time = at;
    outer.zoned = true;
  }
  outer.host = text('_HOSTNAME');
  outer.container = text('CONTAINER_NAME');
  outer.tag = text('CONTAINER_TAG');
  outer.group = text('_SYSTEMD_UNIT');
  outer.program = outer.container || text('SYSLOG_IDENTIFIER') || text('_COMM');
  outer.pid = text('SYSLOG_PID') || text('_PID');
  outer.partial = text('CONTAINER_PARTIAL_MESSAGE') === 'true' && text('CONTAINER_PARTIAL_LAST') !== 'true';
  // Docker's journald driver writes 3 for all that comes from stderr: that is a stream, no severity.
  const priority = text('PRIORITY');
  if (outer.container !== '') outer.stream = priority === '3' ? 'stderr' : priority === '6' ? 'stdout' : '';
  else if (/^[0-7]$/.test(priority)) outer.priority = Number(priority);
}

/** A value of a field: text, a list of bytes (it is no UTF-8 or holds control characters), or a list of values. */
function oneText(value: Json | undefined): string {
  if (!Array.isArray(value)) return textOf(value);
  if (value.length > 0 && value.every((v) => typeof v === 'number'))
    return byteString(Buffer.from(value as number[]).toString('utf8'));
  return value.map(oneText).join('\n');
}
