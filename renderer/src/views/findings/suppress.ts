// What a suppression may be made of: the values a finding's events have in common.
import type { EventRow, FindingRow } from '../../../../shared/api.ts';
import { valueText } from './grouped.ts';

export interface Offered {
  field: string;
  value: string;
  /** Of the finding's group: chosen at first. */
  grouped: boolean;
}

const COLUMNS = [
  ['node', 'node'],
  ['system', 'system'],
  ['component', 'component'],
  ['action', 'action'],
  ['src_ip', 'srcIp'],
  ['user_name', 'userName'],
  ['http_method', 'httpMethod'],
  ['http_path', 'httpPath'],
  ['http_status', 'httpStatus'],
] as const satisfies readonly (readonly [string, keyof EventRow])[];

/** Group values first; then columns that have one and the same value in all events. `rows`: all of them, else none is offered. */
export function offeredValues(finding: FindingRow, rows: EventRow[]): Offered[] {
  const groups = Object.entries(finding.groupValues)
    .filter(([, value]) => value !== null && valueText(value) !== '')
    .map(([field, value]): Offered => ({ field, value: valueText(value), grouped: true }));
  const named = new Set(groups.map((g) => g.field));
  const common = COLUMNS.flatMap(([field, key]): Offered[] => {
    if (named.has(field) || rows.length < finding.eventCount || rows.length === 0) return [];
    const values = new Set(rows.map((row) => row[key]).filter((value) => value !== null && value !== ''));
    return values.size === 1 ? [{ field, value: String([...values][0]), grouped: false }] : [];
  });
  return [...groups, ...common];
}
