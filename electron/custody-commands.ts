// What `tidemark custody` prints: the log, and whether it is as it was written.
import type { Api, CustodyCheck } from '../shared/api.ts';
import { harmless, harmlessJson, table } from './terminal.ts';
import { write } from './write.ts';

const PAGE = 10_000;
const print = (text: string) => write(process.stdout, `${text}\n`);
const time = (us: number) => new Date(us / 1000).toISOString().replace(/\.\d+Z$/, 'Z');
const counted = (n: number, word: string, many = `${word}s`) =>
  `${n.toLocaleString('en')} ${n === 1 ? word : many}`;

/** `custody list`: every entry, oldest first; as JSON one array. */
export async function listCustody(api: Api, json: boolean): Promise<void> {
  const rows = [];
  for (let total = 1; rows.length < total; ) {
    const page = await api['custody.list']({ offset: rows.length, limit: PAGE });
    rows.push(...page.rows);
    total = page.rows.length === 0 ? 0 : page.total;
  }
  if (json) {
    await print(`[${rows.map((row) => `\n  ${harmlessJson(row)}`).join(',')}\n]`);
    return;
  }
  const columns = ['entry', 'time (UTC)', 'who', 'act'].map((name) => ({
    name,
    type: name === 'entry' ? 'BIGINT' : 'VARCHAR',
  }));
  const lines = rows.map((row) => [row.seq, time(row.at), row.actor, row.sentence]);
  if (rows.length > 0) await print(table(columns, lines).join('\n'));
  await print(counted(rows.length, 'entry', 'entries'));
}

/** `custody verify`: what was found, by entry and line. */
export async function printCustodyCheck(check: CustodyCheck, json: boolean): Promise<void> {
  if (json) {
    await print(harmlessJson(check, 2));
    return;
  }
  await print(
    custodyLines(check)
      .map((line) => harmless(line))
      .join('\n'),
  );
}

export function custodyLines(check: CustodyCheck): string[] {
  return [
    check.ok
      ? `The custody log is whole: ${counted(check.entries, 'entry', 'entries')}, each tied to the one before; last hash ${check.head}.`
      : `The custody log is not as it was written: ${counted(check.problems.length, 'problem')} in ${counted(check.entries, 'entry', 'entries')}.`,
    ...check.problems.map(({ sentence }) => `  ${sentence}`),
    ...check.anchors.map(
      ({ what, seq, ok }) => `${ok ? 'Agrees' : 'DOES NOT AGREE'}: ${what}, entry ${seq}.`,
    ),
    check.sentence,
  ];
}
