// What the commands about proof do and print: custody, verify, keys, signatures.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Api, JobInfo, VerifyResult } from '../shared/api.ts';
import { EXIT } from '../shared/model.ts';
import type { ProofCommand } from './command-line-proof.ts';
import { custodyLines, listCustody, printCustodyCheck } from './custody-commands.ts';
import { CaseError } from './engine/case/errors.ts';
import type { SignerKey } from './engine/case/signature.ts';
import { KeyRing } from './host/keys.ts';
import { checkReport, type ReportCheck } from './host/report-check.ts';
import { signReport } from './host/sign.ts';
import { harmless, harmlessJson, table } from './terminal.ts';
import { write } from './write.ts';

export interface ProofGround {
  stateDir(): string;
  /** Runs `work` with the case open. */
  withCase(dir: string, work: (api: Api) => Promise<number>): Promise<number>;
  /** Shows a job until it has ended. */
  watch(jobId: string): Promise<NonNullable<JobInfo['result']>>;
}

const print = (text: string) => write(process.stdout, `${text}\n`);
const printJson = (value: unknown) => print(harmlessJson(value, 2));
const printLines = (lines: string[]) => print(lines.map((line) => harmless(line)).join('\n'));
const verdict = (ok: boolean) => (ok ? EXIT.done : EXIT.withFailures);
const counted = (n: number, word: string) => `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`;

export async function runProof(command: ProofCommand, ground: ProofGround): Promise<number> {
  switch (command.name) {
    case 'custody':
      return ground.withCase(command.dir, async (api) => {
        if (command.verb === 'list') {
          await listCustody(api, command.json);
          return EXIT.done;
        }
        const check = await api['custody.verify']({});
        await printCustodyCheck(check, command.json);
        return verdict(check.ok);
      });
    case 'verify':
      return ground.withCase(command.dir, async (api) => {
        await ground.watch((await api['verify.start']({})).jobId);
        const { result } = await api['verify.last']({});
        if (command.json) await printJson(result);
        else await printLines(verifyLines(result!));
        return verdict(result!.ok);
      });
    case 'key':
      return key(command, new KeyRing(ground.stateDir()));
    case 'sign': {
      const by = { keyId: command.key, ...(await passphraseOf(command.passphraseFile)) };
      return ground.withCase(command.dir, async (api) => {
        const signed = await api['manifest.sign'](by);
        if (command.json) await printJson(signed);
        else
          await printLines([
            `Signed the manifest ${signed.sha256}: ${counted(signed.signatures, 'signature')} in ${signed.path}.`,
            'Keep a copy of that file where nobody who can change the case can change it.',
          ]);
        return EXIT.done;
      });
    }
    case 'sign-report': {
      const by = { keyId: command.key, ...(await passphraseOf(command.passphraseFile)) };
      const signed = await signReport(new KeyRing(ground.stateDir()), resolve(command.file), by);
      if (command.json) await printJson(signed);
      else
        await printLines([
          `Signed ${command.file}: ${counted(signed.signatures, 'signature')}${signed.signaturePath ? ` in ${signed.signaturePath}` : ''}.`,
        ]);
      return EXIT.done;
    }
    case 'verify-report': {
      const publicKey = command.publicKey === null ? null : await readText(command.publicKey, 'public key');
      const check = await checkReport(resolve(command.file), publicKey);
      if (command.json) await printJson(check);
      else await printLines(reportCheckLines(check));
      return verdict(check.ok);
    }
  }
}

async function key(command: Extract<ProofCommand, { name: 'key' }>, keys: KeyRing): Promise<number> {
  if (command.verb === 'list') {
    await printKeys(await keys.list(), command.json);
    return EXIT.done;
  }
  if (command.verb === 'show') {
    const found = await keys.find(command.key);
    if (command.json) await printJson(found);
    else await write(process.stdout, found.publicKey);
    return EXIT.done;
  }
  const { passphrase } = await passphraseOf(command.passphraseFile);
  const made =
    command.verb === 'make'
      ? await keys.make(command.keyName, passphrase)
      : await keys.import(resolve(command.file), command.keyName, passphrase);
  if (command.json) await printJson(made);
  else
    await printLines([
      `${command.verb === 'make' ? 'Made' : 'Brought'} the key ${made.name}, fingerprint ${made.keyId}.`,
      ...(made.locked
        ? []
        : ['It is kept without a passphrase: whoever can read your files can sign as you.']),
      'Give recipients the public key (tidemark key show) or the fingerprint, by a way they trust.',
    ]);
  return EXIT.done;
}

async function printKeys(keys: SignerKey[], json: boolean): Promise<void> {
  if (json) return printJson(keys);
  const columns = ['name', 'made (UTC)', 'passphrase', 'fingerprint'].map((name) => ({
    name,
    type: 'VARCHAR',
  }));
  const rows = keys.map((each) => [
    each.name,
    new Date(each.madeAt / 1000).toISOString().slice(0, 19),
    each.locked ? 'yes' : 'no',
    each.keyId,
  ]);
  if (rows.length > 0) await print(table(columns, rows).join('\n'));
  await print(counted(keys.length, 'key'));
}

async function readText(path: string, what: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CaseError('no_file', `The ${what} ${path} can't be read: ${error.code ?? error.message}.`, {
      refusal: 'usage',
      cause: error,
    });
  });
}

/** The first line of the file, whatever ends it. */
export async function passphraseOf(file: string | null): Promise<{ passphrase?: string }> {
  if (file === null) return {};
  const passphrase = (await readText(file, 'passphrase file')).split(/\r?\n/)[0]!;
  if (passphrase === '')
    throw new CaseError(
      'bad_passphrase',
      `The first line of ${file} is empty: there is no passphrase in it.`,
      {
        refusal: 'usage',
      },
    );
  return { passphrase };
}

function reportCheckLines(check: ReportCheck): string[] {
  return [
    ...check.signatures
      .filter((each) => each.ok)
      .map(
        ({ name, at, fingerprint }) =>
          `Signed by the key that calls itself "${name}", at ${at} by its clock, fingerprint ${fingerprint}.`,
      ),
    ...check.problems,
    ...(check.ok ? [`Every byte is as it was signed; SHA-256 of what was signed ${check.sha256}.`] : []),
    check.sentence,
  ];
}

function verifyLines(result: VerifyResult): string[] {
  const { bundles, members, database, custody, signatures, problems, unchecked } = result;
  return [
    result.ok ? 'All is as it was.' : `NOT AS IT WAS: ${counted(problems.length, 'problem')}.`,
    ...problems.map(({ what, name, sentence }) => `  ${what} ${name}: ${sentence}`),
    `Bundles: ${bundles.checked} hashed again, ${bundles.changed} changed, ${bundles.unreachable} not reachable.`,
    `Stored evidence: ${members.checked.toLocaleString('en')} contents, ${members.bytes.toLocaleString('en')} bytes hashed again, ${members.changed} changed, ${members.missing} missing.`,
    `Database: ${counted(database.checks, 'check')}, ${database.failed} failed.`,
    ...signatures.map(({ sentence }) => sentence),
    ...(custody.ok ? custodyLines(custody) : ['The custody log is not as it was written (see above).']),
    ...unchecked.map((sentence) => `Not checked: ${sentence}`),
  ];
}
