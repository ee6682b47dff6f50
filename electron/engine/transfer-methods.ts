// Carrying cases from one responder to another.
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { ApiImplementation, Output } from '../../shared/api.ts';
import type { Case } from './case/case.ts';
import { CaseError } from './case/errors.ts';
import { folderInUse, importJob } from './import-job.ts';
import { settle } from './ingest-job.ts';
import type { MethodHost } from './method-host.ts';
import { signerOf, signManifest } from './signing-methods.ts';
import { exportCase } from './transfer/export.ts';
import { mergeCase } from './transfer/merge.ts';
import { checkReceived, readReceived } from './transfer/received.ts';

export function transferMethods(
  host: MethodHost,
): Pick<ApiImplementation, 'transfer.export' | 'transfer.import' | 'transfer.merge'> {
  return {
    'transfer.export': async ({ path, only, sign }) => {
      const open = host.need();
      const signer = sign === undefined ? null : signerOf(host);
      const name = only === 'tagged' ? 'case-tagged.tidemark' : 'case.tidemark';
      const target = path === undefined ? join(open.paths.exports, name) : resolve(path);
      if (!(await stat(dirname(target)).catch(() => null))?.isDirectory())
        throw new CaseError(
          'no_such_path',
          `There is no folder ${dirname(target)}. Nothing was written. Choose another place.`,
          { refusal: 'usage' },
        );
      const jobId = host.jobs.start('export', `Writing ${basename(target)}`, 'bytes', async (job) => {
        if (sign) await signManifest(host, sign);
        const made = await exportCase(open, target, {
          only,
          signal: job.signal,
          progress: (done, total, phase) => job.progress({ done, total, phase }),
        });
        await rm(`${target}.sig`, { force: true }); // of what stood there before
        const { signaturePath = null } = sign ? await signer!.signReport(target, sign) : {};
        const { bytes, sha256, contents, left_out, annotations } = made;
        await host.record('case.exported', {
          name: basename(target),
          only,
          bytes,
          sha256,
          contents,
          left_out,
          annotations,
          signed_with: sign?.keyId ?? null,
        });
        return { ...made, signaturePath };
      });
      return { jobId };
    },
    'transfer.import': async ({ file, dir }) => {
      const [path, folder] = [resolve(file), resolve(dir)];
      await checkReceived(path);
      const there = await readdir(folder).catch(() => []);
      if (there.length > 0) throw folderInUse(folder);
      const jobId = host.jobs.start('import', `Reading ${basename(path)}`, 'bytes', (job) =>
        importJob(host, job, path, folder),
      );
      return { jobId };
    },
    'transfer.merge': ({ file }) => merge(host, resolve(file)),
  };
}

/** Takes the work in, says it in the log, and settles times where zones or clocks came along. */
async function merge(host: MethodHost, path: string): Promise<Output<'transfer.merge'>> {
  const open = host.need();
  const received = await readReceived(path);
  const { result, settles } = await mergeCase(open, received);
  const { added, same, conflicts, withoutEvidence } = result;
  await host.record('annotations.merged', {
    file: basename(path),
    sha256: received.sha256,
    bytes: received.size,
    added,
    same,
    conflicts,
    without_evidence: withoutEvidence,
    annotations: result.annotationIds,
  });
  const problems = settles ? await settleAgain(open) : [];
  await host.changed('merged');
  return { ...result, problems: [...result.problems, ...problems] };
}

async function settleAgain(open: Case): Promise<string[]> {
  const quiet = { signal: new AbortController().signal, progress: () => undefined };
  return (await settle(open, quiet)).unsettled;
}
