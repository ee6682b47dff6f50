// Checking that evidence, database, log and signatures are as they were: a job; its result is kept and dated.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiImplementation } from '../../shared/api.ts';
import { VerifyResult } from '../../shared/api-custody.ts';
import type { Case } from './case/case.ts';
import { writeWhole } from './case/write-file.ts';
import type { MethodHost } from './method-host.ts';
import { verifyCase } from './verify/verify.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export function verifyMethods(host: MethodHost): Pick<ApiImplementation, 'verify.start' | 'verify.last'> {
  return {
    'verify.start': async () => {
      const open = host.need();
      const jobId = host.jobs.start('verify', 'Verifying the case', 'bytes', async (job) => {
        const head = open.custody.head;
        const result = await verifyCase(open, {
          signal: job.signal,
          progress: (done, total, phase) => job.progress({ done, total, phase }),
        });
        const text = `${JSON.stringify(result, null, 2)}\n`;
        await writeWhole(resultPath(open), text);
        await open.custody.append('verified', actOf(result, head.seq, sha256(text)));
        if (host.current() === open) await host.changed('verified');
        return { ok: result.ok, problems: result.problems.length };
      });
      return { jobId };
    },
    'verify.last': async () => ({ result: await lastResult(host.need()) }),
  };
}

const resultPath = (open: Case) => join(open.dir, 'verification.json');

/** What the log keeps of a verification; reports are made of it. */
function actOf(result: VerifyResult, entry: number, resultSha256: string): Record<string, unknown> {
  const { ok, bundles, members, database, custody, problems, unchecked, signatures } = result;
  return {
    ok,
    problems: problems.length,
    bundles,
    members,
    database,
    custody: { ok: custody.ok, entry, head: custody.head },
    signatures: signatures.map(({ signer, fingerprint, what, at, ok: holds }) => ({
      signer,
      fingerprint,
      what,
      at,
      ok: holds,
    })),
    found: problems.slice(0, 20).map(({ what, name, sentence }) => ({ what, name, sentence })),
    unchecked: unchecked.length,
    result_sha256: resultSha256,
  };
}

/** The result that was kept last; one that is not what the custody log recorded is not shown as good. */
async function lastResult(open: Case): Promise<VerifyResult | null> {
  const text = await readFile(resultPath(open), 'utf8').catch(() => null);
  if (text === null) return null;
  const read = VerifyResult.safeParse(parsed(text));
  if (!read.success) return null;
  const { rows } = await open.custody.entries();
  const last = rows.findLast(({ act }) => act === 'verified');
  if (last?.detail.result_sha256 === sha256(text)) return read.data;
  const problem = {
    what: 'custody' as const,
    name: 'verification.json',
    sentence:
      'This result is not the one that the custody log recorded last: its file was changed. Verify again.',
  };
  return { ...read.data, ok: false, problems: [problem, ...read.data.problems] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
