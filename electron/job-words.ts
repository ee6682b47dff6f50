// What ingest, detection and the check of a format came to, in words for a terminal.
import type { FormatCheck } from '../shared/api.ts';
import type { EngineDoor } from './host/door.ts';
import { table } from './terminal.ts';
import { write } from './write.ts';

export interface IngestResult {
  bundles: number;
  members: Record<'parsed' | 'partial' | 'skipped' | 'failed' | 'duplicate', number>;
  records: number;
  unparsed_lines: number;
  lines: number;
  seconds: number;
  problems: string[];
}

export interface DetectResult {
  findings: number;
  rules: number;
  refused: { rule: string; reason: string }[];
  disabled: number;
  suppressed: number;
  orphaned: number;
  seconds: number;
}

const number = (n: number) => n.toLocaleString('en');
export const counted = (n: number, word: string) => `${number(n)} ${word}${n === 1 ? '' : 's'}`;

export function ingestText({ bundles, members, records, unparsed_lines, seconds }: IngestResult): string {
  const statuses = (['parsed', 'partial', 'skipped', 'failed', 'duplicate'] as const).map(
    (status) => `${number(members[status])} ${status}`,
  );
  return [
    `${counted(bundles, 'bundle')}: members ${statuses.join(', ')}`,
    `${counted(records, 'record')}, ${counted(unparsed_lines, 'line')} not understood (kept as they are), ${seconds.toFixed(1)} s`,
  ].join('\n');
}

export function formatText(
  file: string,
  log: string | null,
  { ok, name, problems, samples, log: read }: FormatCheck,
): string[] {
  if (name === null)
    return [
      `${file} is refused:`,
      ...problems.map(({ line, message }) => `  ${line === null ? '' : `line ${line}: `}${message}`),
    ];
  const good = samples.filter((sample) => sample.ok).length;
  const lines = [`${name} is accepted; ${good} of ${counted(samples.length, 'sample')} as stated.`];
  samples.forEach((sample, i) => {
    for (const difference of sample.differences) lines.push(`  sample ${i + 1}, ${difference}`);
  });
  if (read) {
    const parsed = read.lines - read.unparsedLines;
    lines.push(
      `${log}: ${counted(read.lines, 'line')}, ${number(parsed)} read (${read.lines === 0 ? '0' : ((100 * parsed) / read.lines).toFixed(2)} %), ${counted(read.records, 'record')}, ${number(read.undated)} of them without a time of their own.`,
    );
    for (const record of read.first)
      lines.push(
        `  line ${record.line}: ${record.time ?? 'no time'} ${record.level ?? 'no level'} ${record.message.split('\n')[0]}`,
      );
    if (read.unparsed.length > 0) lines.push('First lines that no pattern fits:');
    for (const record of read.unparsed) lines.push(`  line ${record.line}: ${record.text.split('\n')[0]}`);
  }
  if (!ok && read && read.unparsedLines === read.lines) lines.push('No line of the log fits a pattern.');
  return lines;
}

const print = (text: string) => write(process.stdout, `${text}\n`);

export async function printFindings(engine: EngineDoor, found: DetectResult): Promise<void> {
  const { findings } = await engine.api['findings.list']({});
  const time = (us: number | null) =>
    us === null ? '' : new Date(us / 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  const columns = ['level', 'first', 'last', 'events', 'nodes', 'finding'].map((name) => ({
    name,
    type: name === 'events' ? 'BIGINT' : 'VARCHAR',
  }));
  const rows = findings.map((f) => [
    f.level,
    time(f.firstTs),
    time(f.lastTs),
    f.eventCount,
    f.nodes.join(' '),
    f.title,
  ]);
  if (rows.length > 0) await print(table(columns, rows).join('\n'));
  await print(
    [
      `${counted(found.findings, 'finding')} by ${counted(found.rules, 'rule')}, ${found.seconds.toFixed(1)} s`,
      ...(found.suppressed > 0 ? [`${number(found.suppressed)} suppressed`] : []),
      ...(found.disabled > 0 ? [`${counted(found.disabled, 'rule')} switched off`] : []),
    ].join('; '),
  );
}
