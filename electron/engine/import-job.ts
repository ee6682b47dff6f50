// Makes a case of a received file: what it says is checked, its evidence unpacked, re-hashed and read anew, its work applied.
// The case carries the mark that its making is not finished until the very end; what fails before leaves no folder.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Case } from './case/case.ts';
import { checkRoom } from './case/disk.ts';
import { CaseError } from './case/errors.ts';
import { clearPending, setPending } from './case/pending.ts';
import { TOOL_VERSION } from './case/version.ts';
import { writeWhole } from './case/write-file.ts';
import { runRules } from './detect-methods.ts';
import { settle } from './ingest-job.ts';
import type { JobHandle } from './jobs.ts';
import type { MethodHost } from './method-host.ts';
import { keepImportNotices } from './query/import-notices.ts';
import { applyNodes, applyWork } from './transfer/apply-work.ts';
import { type Chain, checkChain } from './transfer/custody-chain.ts';
import { type ReceivedFile, readReceived } from './transfer/received.ts';
import { compareLedger, replay } from './transfer/replay.ts';
import { whole } from './transfer/rows.ts';
import { type Taken, takeContents } from './transfer/take-contents.ts';
import { keepGivenRules, takeFiles } from './transfer/take-files.ts';

const RECEIVED_CUSTODY = 'custody.received.jsonl';

/** The result of the job; `differences` are what does not fit, in sentences. */
export async function importJob(
  host: MethodHost,
  job: JobHandle,
  file: string,
  dir: string,
): Promise<Record<string, unknown>> {
  const started = performance.now();
  const name = basename(file);
  const received = await readReceived(file, {
    signal: job.signal,
    progress: (done, total) => job.progress({ done, total, unit: 'bytes', phase: `checking ${name}` }),
  });
  const chain = received.custody ? checkChain(received.custody) : null;
  const problems = [...received.problems, ...headProblems(received), ...custodyProblems(chain)];
  const open = await host.create(dir, received.head.case.name ?? undefined, {
    custody: chain?.problem === null ? received.custody! : undefined,
    prepare: async (connection) => {
      await setPending(connection, 'import', { sha256: received.sha256 });
      const zone = received.settings?.zone;
      await setPending(connection, 'settle', { timezones: zone ? { '*': zone } : {} });
    },
  });
  open.working = true;
  try {
    await checkRoom(open.dir, received.size);
    if (chain && chain.problem !== null)
      await writeWhole(`${open.dir}/${RECEIVED_CUSTODY}`, received.custody!);
    problems.push(...(await takeFiles(open, received)));
    const taken = await takeContents(file, open.paths, received.members, {
      signal: job.signal,
      progress: (done, total) =>
        job.progress({ done, total, unit: 'bytes', phase: `unpacking and hashing ${name}` }),
    });
    problems.push(...contentProblems(received, taken), ...(await readAnew(open, job, received, taken)));
    const detected = await finish(host, open, job, received, chain, problems);
    return {
      case: open.dir,
      ...(await counts(open)),
      file_sha256: received.sha256,
      differences: problems,
      custody: chain && { entries: chain.entries, problem: chain.problem },
      detect: detected,
      seconds: Math.round(performance.now() - started) / 1000,
    };
  } catch (error) {
    open.working = false;
    if (host.current() === open) await host.discard();
    throw error;
  } finally {
    open.working = false;
    if (host.current() === open) await host.changed('imported').catch(() => undefined);
  }
}

/** Parses the evidence, settles what follows from it, applies the work; sentences on what does not fit. */
async function readAnew(open: Case, job: JobHandle, received: ReceivedFile, taken: Taken): Promise<string[]> {
  const { bundles, members } = received;
  const read = await open.write(
    (connection, connect) =>
      replay(
        connection,
        connect,
        open.paths,
        { bundles, members, taken },
        {
          signal: job.signal,
          progress: (done, total, events) =>
            job.progress({
              done,
              total,
              unit: 'bytes',
              phase: `reading the evidence anew · ${events.toLocaleString('en-US')} events`,
            }),
        },
      ),
    { threads: 1 },
  );
  const nodes = await open.write((connection) =>
    whole(connection, () => applyNodes(connection, received.annotations.nodes)),
  );
  const { unsettled } = await settle(open, job);
  job.signal.throwIfAborted();
  job.progress({ phase: 'applying tags, comments and decisions' });
  const work = await open.write((connection) =>
    whole(connection, () => applyWork(connection, received.annotations)),
  );
  const compared = await open.read((connection) => compareLedger(connection, { bundles, members, taken }));
  return [...read.problems, ...nodes, ...unsettled, ...work, ...compared];
}

/** Records the import, runs the rules when they had been run, and takes the mark off. */
async function finish(
  host: MethodHost,
  open: Case,
  job: JobHandle,
  received: ReceivedFile,
  chain: Chain | null,
  problems: string[],
): Promise<Record<string, unknown> | null> {
  await host.record('case.imported', {
    file: basename(received.path),
    sha256: received.sha256,
    bytes: received.size,
    exported_by_tool: received.head.tool,
    only: received.head.only,
    custody: custodyDetail(received, chain),
    differences: problems.length,
    first_differences: problems.slice(0, 20),
  });
  const detected = received.settings?.detected
    ? await runRules(host, open, job, await keepGivenRules(open, received))
    : null;
  job.signal.throwIfAborted();
  await open.write((connection) =>
    whole(connection, async () => {
      await keepImportNotices(connection, {
        file: basename(received.path),
        sha256: received.sha256,
        only: received.head.only,
        differences: problems,
      });
      await clearPending(connection, 'import');
    }),
  );
  return detected;
}

function custodyDetail(received: ReceivedFile, chain: Chain | null): Record<string, unknown> {
  if (chain === null) return { received: false };
  const sha256 = createHash('sha256').update(received.custody!).digest('hex');
  return chain.problem === null
    ? { received: true, entries: chain.entries, sha256 }
    : { received: true, entries: chain.entries, sha256, broken: chain.problem, kept_as: RECEIVED_CUSTODY };
}

function custodyProblems(chain: Chain | null): string[] {
  if (chain === null)
    return [
      'The file holds no custody log: what was done to the case before is not known. A new log begins here.',
    ];
  if (chain.problem === null) return [];
  return [
    `The custody log of the file does not hold together: ${chain.problem}. It is kept as it is in ${RECEIVED_CUSTODY}, and a new log begins here.`,
  ];
}

/** What the head claims and the file does not hold. */
function headProblems({ head, bundles, members }: ReceivedFile): string[] {
  const { holds, only, tool } = head;
  const problems: string[] = [];
  if (holds.bundles !== bundles.length || holds.members !== members.length)
    problems.push(
      `The file says that it holds ${holds.bundles} bundles and ${holds.members} members; its ledger gives ${bundles.length} and ${members.length} that can be used.`,
    );
  if (only === 'tagged' && holds.leftOut > 0)
    problems.push(
      `The file holds only what was tagged: the bytes of ${holds.leftOut} contents were left out. The ledger names them; their events are not here.`,
    );
  if (tool !== TOOL_VERSION)
    problems.push(
      `The file was written by Tidemark ${tool}, this is ${TOOL_VERSION}: evidence may be read otherwise, and findings may differ.`,
    );
  return problems;
}

/** Contents that can't be used, by the first member that has them. */
function contentProblems({ members }: ReceivedFile, taken: Taken): string[] {
  const said = new Set<string>();
  return members.flatMap(({ evidence, contentSha256, path }) => {
    const why = evidence ? taken.get(contentSha256!) : null;
    if (why == null || said.has(contentSha256!)) return [];
    said.add(contentSha256!);
    return [`The bytes of ${path} can't be used: ${why}. The ledger lists it as failed.`];
  });
}

async function counts(open: Case): Promise<Record<string, unknown>> {
  return open.read(async (connection) => {
    const statuses = await connection.rows<{ status: string; n: number }>(
      'SELECT status, count(*)::INTEGER AS n FROM member GROUP BY status ORDER BY status',
    );
    const row = await connection.row<{
      bundles: number;
      records: string;
      annotations: number;
      leftover: number;
    }>(
      `SELECT (SELECT count(*)::INTEGER FROM bundles) AS bundles, (SELECT coalesce(sum(records), 0) FROM member) AS records,
         (SELECT count(*)::INTEGER FROM annotation) AS annotations`,
    );
    return {
      bundles: row!.bundles,
      members: {
        parsed: 0,
        partial: 0,
        skipped: 0,
        failed: 0,
        duplicate: 0,
        ...Object.fromEntries(statuses.map(({ status, n }) => [status, n])),
      },
      records: Number(row!.records),
      annotations: row!.annotations,
    };
  });
}

/** The folder of a new case made of a received file has to be absent or empty: it is removed when the import fails. */
export function folderInUse(dir: string): CaseError {
  return new CaseError(
    'case_folder',
    `${dir} is not empty. A received case is made in a new folder; nothing was written.`,
    { refusal: 'usage' },
  );
}
