// A small real case for tests of proof: bundles of several kinds, with files that are odd to read.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Case } from '../../../electron/engine/case/case.ts';
import type { Connection } from '../../../electron/engine/case/database.ts';
import { Engine } from '../../../electron/engine/engine.ts';
import { signerOf } from '../../../electron/host/sign.ts';
import type { VerifyResult } from '../../../shared/api.ts';
import { registryLog, tarGzOf, zipOf } from '../bundles.ts';

export interface ProofCase {
  folder: string;
  /** The case as it was made; `copy` gives one to spoil. */
  dir: string;
  bundles: string;
  copy(): string;
  engine(): Engine;
  remove(): void;
}

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

export async function proofCase(): Promise<ProofCase> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-proof-'));
  const bundles = join(folder, 'bundles');
  mkdirSync(join(bundles, 'node-3', 'logs'), { recursive: true });
  const log = registryLog(300);
  const inner = await tarGzOf([
    { name: 'deep/registry.log', content: registryLog(5).replaceAll('app', 'deep') },
  ]);
  writeFileSync(
    join(bundles, 'node-1.tar.gz'),
    await tarGzOf([
      { name: 'node-1/registry.log', content: log },
      { name: 'node-1/registry.log.1.gz', content: gzipSync(registryLog(40).replaceAll('app', 'old')) },
      { name: 'node-1/copy.log', content: log },
      { name: 'node-1/inner.tar.gz', content: inner },
      {
        name: 'node-1/picture.bin',
        content: Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 37) % 256)),
      },
      { name: 'node-1/empty.log', content: '' },
    ]),
  );
  writeFileSync(
    join(bundles, 'node-2.zip'),
    zipOf([
      { name: 'node-2/utf16.log', content: utf16(registryLog(20).replaceAll('app', 'wide')) },
      { name: 'node-2/marked.log', content: `\ufeff${registryLog(20).replaceAll('app', 'marked')}` },
      {
        name: 'node-2/crlf.log',
        content: registryLog(20).replaceAll('app', 'crlf').replaceAll('\n', '\r\n'),
      },
      {
        name: 'node-2/blank.log',
        content: `\n\n${registryLog(10).replaceAll('app', 'blank').replaceAll('\n', '\n\n')}\n\n`,
      },
      { name: 'node-2/cut.log', content: registryLog(10).replaceAll('app', 'cut').slice(0, -30) },
      {
        name: 'node-2/odd.log',
        content: Buffer.concat([
          Buffer.from('bad \xff\xfe\x00 bytes\n\x1b[31mred\x1b[0m \x1f unit\n', 'latin1'),
          Buffer.from(registryLog(3).replaceAll('app', 'odd')),
        ]),
      },
    ]),
  );
  writeFileSync(join(bundles, 'node-3', 'logs', 'registry.log'), registryLog(30).replaceAll('app', 'folder'));
  writeFileSync(
    join(bundles, 'node-3', 'logs', 'registry.log.2.gz'),
    gzipSync(registryLog(30).replaceAll('app', 'packed')),
  );
  writeFileSync(
    join(bundles, 'node-3', 'inner.tar.gz'),
    await tarGzOf([{ name: 'in.log', content: registryLog(4).replaceAll('app', 'nested') }]),
  );
  writeFileSync(join(bundles, 'single.log'), registryLog(15).replaceAll('app', 'single'));

  const dir = join(folder, 'case');
  const engine = () =>
    new Engine({
      shell: 'command line',
      sampleDir: null,
      stateDir: join(folder, 'state'),
      actor: 'ana@lab',
      signer: signerOf(join(folder, 'state')),
    });
  const made = engine();
  await made.api['case.create']({ dir, name: 'Proof' });
  const names = ['node-1.tar.gz', 'node-2.zip', 'node-3', 'single.log'];
  const { jobId } = await made.api['ingest.start']({
    paths: names.map((name) => join(bundles, name)),
    detect: true,
  });
  const job = await made.job(jobId);
  if (job.state !== 'done') throw new Error(job.error ?? 'the case could not be made');
  await made.close();
  let copies = 0;
  return {
    folder,
    dir,
    bundles,
    copy() {
      const to = join(folder, `copy-${++copies}`);
      cpSync(dir, to, { recursive: true, preserveTimestamps: true });
      return to;
    },
    engine,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Verifies the case as `tidemark verify` does. */
export async function verified(proof: ProofCase, dir: string): Promise<VerifyResult> {
  const engine = proof.engine();
  try {
    await engine.api['case.open']({ dir });
    const { jobId } = await engine.api['verify.start']({});
    const job = await engine.job(jobId);
    if (job.state !== 'done') throw new Error(job.error ?? job.state);
    return (await engine.api['verify.last']({})).result!;
  } finally {
    await engine.close();
  }
}

/** Changes the database behind Tidemark's back. */
export async function tamper(dir: string, work: (connection: Connection) => Promise<unknown>): Promise<void> {
  const opened = await Case.open(dir);
  await opened.write(work);
  await opened.close();
}

/** What was found, as `what name: sentence`. */
export const found = (result: VerifyResult): string[] =>
  result.problems.map(({ what, name, sentence }) => `${what} ${name}: ${sentence}`);
