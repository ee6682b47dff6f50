// What the commands that carry cases, and `tidemark tag`, do and print.
import { resolve } from 'node:path';
import type { AnnotationRow, Api, JobInfo, MergeResult } from '../shared/api.ts';
import { EXIT } from '../shared/model.ts';
import type { TransferCommand } from './command-line-transfer.ts';
import { passphraseOf } from './proof-commands.ts';
import { harmless, harmlessJson } from './terminal.ts';
import { write } from './write.ts';

export interface TransferGround {
  open(dir: string): Promise<void>;
  /** Shows a job until it has ended. */
  watch(jobId: string): Promise<NonNullable<JobInfo['result']>>;
  say(sentence: string): void;
}

type Asked<N extends TransferCommand['name']> = Extract<TransferCommand, { name: N }>;

const number = (n: number) => n.toLocaleString('en');
const counted = (n: number, word: string) => `${number(n)} ${word}${n === 1 ? '' : 's'}`;
const print = (text: string) => write(process.stdout, `${text}\n`);
const printJson = (value: unknown) => print(harmlessJson(value, 2));

export async function runTransfer(
  command: TransferCommand,
  api: Api,
  ground: TransferGround,
): Promise<number> {
  switch (command.name) {
    case 'export-case':
      return exportCase(command, api, ground);
    case 'import-case':
      return importCase(command, api, ground);
    case 'merge':
      return merge(command, api, ground);
    case 'tag':
      await ground.open(command.dir);
      await tagEvents(api, command);
      return EXIT.done;
  }
}

interface Exported {
  path: string;
  bytes: number;
  sha256: string;
  members: number;
  contents: number;
  left_out: number;
  problems: string[];
  signaturePath: string | null;
}

async function exportCase(command: Asked<'export-case'>, api: Api, ground: TransferGround): Promise<number> {
  const { sign, only } = command;
  const by = sign && { keyId: sign.key, ...(await passphraseOf(sign.passphraseFile)) };
  await ground.open(command.dir);
  const { jobId } = await api['transfer.export']({
    path: resolve(command.file),
    only,
    ...(by ? { sign: by } : {}),
  });
  const made = (await ground.watch(jobId)) as unknown as Exported;
  for (const problem of made.problems) ground.say(problem);
  if (command.json) await printJson(made);
  else {
    const left =
      made.left_out > 0
        ? `; the bytes of ${counted(made.left_out, 'content')} are left out, as the ledger in it says`
        : '';
    await print(
      harmless(
        `Wrote ${made.path}: ${number(made.bytes)} bytes, ${counted(made.members, 'member')}, ${counted(made.contents, 'content')}${left}; sha256 ${made.sha256}.`,
      ),
    );
    if (made.signaturePath) await print(harmless(`Its signature is in ${made.signaturePath}.`));
  }
  return made.problems.length > 0 ? EXIT.withFailures : EXIT.done;
}

interface Imported {
  case: string;
  bundles: number;
  members: Record<string, number>;
  records: number;
  annotations: number;
  differences: string[];
}

async function importCase(command: Asked<'import-case'>, api: Api, ground: TransferGround): Promise<number> {
  const { jobId } = await api['transfer.import']({ file: resolve(command.file), dir: resolve(command.dir) });
  const made = (await ground.watch(jobId)) as unknown as Imported;
  for (const difference of made.differences) ground.say(difference);
  if (command.json) await printJson(made);
  else {
    const members = Object.values(made.members).reduce((sum, n) => sum + n, 0);
    await print(
      harmless(
        `Made ${made.case}: ${counted(made.bundles, 'bundle')}, ${counted(members, 'member')}, ${counted(made.records, 'record')}, ${counted(made.annotations, 'annotation')}. ${
          made.differences.length === 0
            ? 'The evidence was read anew, and everything fits.'
            : `The evidence was read anew; ${counted(made.differences.length, 'thing')} did not fit.`
        }`,
      ),
    );
  }
  return made.differences.length > 0 ? EXIT.withFailures : EXIT.done;
}

async function merge(command: Asked<'merge'>, api: Api, ground: TransferGround): Promise<number> {
  await ground.open(command.dir);
  const merged = await api['transfer.merge']({ file: resolve(command.file) });
  if (command.json) await printJson(merged);
  else
    await print(
      mergeLines(merged)
        .map((line) => harmless(line))
        .join('\n'),
    );
  return EXIT.done;
}

function mergeLines({ added, same, conflicts, withoutEvidence }: MergeResult): string[] {
  const kinds = Object.entries(added).filter(([, n]) => n > 0);
  return [
    kinds.length === 0
      ? 'Nothing was added.'
      : `Added: ${kinds.map(([kind, n]) => `${number(n)} ${kind}`).join(', ')}.`,
    `${number(same)} said the same already; ${number(withoutEvidence)} are about evidence that is not in this case.`,
    ...conflicts.map(
      ({ kind, name, ours, theirs, by }) =>
        `Both decided on ${kind} ${name}: ours, ${ours}, was kept; ${by} said ${theirs}.`,
    ),
  ];
}

async function tagEvents(api: Api, asked: Asked<'tag'>): Promise<void> {
  const { eventIds, tag, comment } = asked;
  const rows: AnnotationRow[] = [];
  if (tag !== null)
    rows.push(...(await api['annotations.add']({ eventIds, kind: 'tag', text: tag })).annotations);
  if (comment !== null)
    rows.push(...(await api['annotations.add']({ eventIds, kind: 'comment', text: comment })).annotations);
  if (asked.json) {
    await printJson(rows);
    return;
  }
  const tags = rows.filter((row) => row.kind === 'tag').length;
  const parts = [
    ...(tags > 0 ? [counted(tags, 'tag')] : []),
    ...(rows.length > tags ? [counted(rows.length - tags, 'comment')] : []),
  ];
  await print(`${parts.join(' and ')} on ${counted(new Set(rows.map((row) => row.eventId)).size, 'event')}.`);
}
