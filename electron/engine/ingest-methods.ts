// Taking bundles into the case: read and parse, then settle what is derived from the evidence as a whole, then detect.
import { stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { ApiImplementation } from '../../shared/api.ts';
import type { Case } from './case/case.ts';
import { CaseError, toApiError } from './case/errors.ts';
import { derive } from './derive/derive.ts';
import { settlePosture } from './derive/posture/posture.ts';
import { runRules } from './detect-methods.ts';
import { bundleSize } from './intake/bundle.ts';
import type { JobHandle } from './jobs.ts';
import { addFormats } from './load/format-files.ts';
import { ingest } from './load/ingest.ts';
import type { MethodHost } from './method-host.ts';
import { isZone } from './parse/time.ts';

export function ingestMethods(
  host: MethodHost,
): Pick<ApiImplementation, 'ingest.start' | 'ingest.resume' | 'ingest.giveUp'> {
  const notYet = async (): Promise<never> => {
    throw new CaseError('not_yet', 'This is being built.');
  };
  return {
    'ingest.resume': notYet,
    'ingest.giveUp': notYet,
    'ingest.start': async ({ paths, timezones, formats, detect: andDetect }) => {
      const open = host.need();
      for (const zone of Object.values(timezones)) {
        if (!isZone(zone))
          throw new CaseError(
            'unknown_zone',
            `'${zone}' is not a time zone. Use an IANA name such as America/New_York, or an offset such as +02:00.`,
            { refusal: 'usage' },
          );
      }
      const absolute = paths.map((path) => resolve(path));
      for (const path of absolute) {
        await stat(path).catch(() => {
          throw new CaseError('no_such_path', `There is no ${path}. Check the path; nothing was read.`, {
            refusal: 'usage',
          });
        });
      }
      await addFormats(formats, open.paths.formats);
      const title =
        absolute.length === 1
          ? `Taking in ${absolute[0]!.split(sep).at(-1)}`
          : `Taking in ${absolute.length} bundles`;
      const jobId = host.jobs.start('ingest', title, 'bytes', async (job) => {
        const result = await takeIn(open, job, absolute, timezones);
        await host.changed('ingested');
        if (!andDetect) return result;
        const detected = await runRules(host, open, job, []);
        await host.changed('detected');
        return { ...result, detect: detected };
      });
      return { jobId };
    },
  };
}

async function takeIn(
  open: Case,
  job: JobHandle,
  paths: string[],
  timezones: Record<string, string>,
): Promise<Record<string, unknown>> {
  const started = performance.now();
  const sizes = await Promise.all(paths.map((path) => bundleSize(path).catch(() => 0)));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  // every lane inserts on a thread of its own: more threads of DuckDB would only wait for work and take cores from parsing
  const take = () =>
    open.write(
      (connection, connect) =>
        ingest(connection, connect, open.paths, paths, {
          signal: job.signal,
          progress: (done, events, reading) =>
            job.progress({
              done: Math.min(done, total),
              total,
              phase: `reading ${reading.split(sep).at(-1)} · ${events.toLocaleString('en-US')} events`,
            }),
        }),
      { threads: 1 },
    );
  const result = await take().catch(async (error: unknown) => {
    // what was committed before a fault is evidence too: it gets its times and nodes
    await settle(open, job, timezones);
    throw error;
  });
  const { unknown, unsettled } = await settle(open, job, timezones);
  return {
    bundles: result.bundles,
    members: {
      parsed: 0,
      partial: 0,
      skipped: 0,
      failed: 0,
      duplicate: 0,
      ...(await memberCounts(open, result.bundleIds)),
    },
    records: result.records,
    lines: result.lines,
    unparsed_lines: result.unparsedLines,
    seconds: Math.round(performance.now() - started) / 1000,
    problems: [
      ...result.problems,
      ...unsettled,
      ...unknown.map(
        (node) =>
          `There is no node ${node} in the case: the zone ${timezones[node]} given for it was not used.`,
      ),
    ],
  };
}

/**
 * What is derived from the evidence as a whole, on all cores, in a write of its own. `unknown`: nodes of `timezones` that
 * the case does not have; `unsettled`: sentences on what could not be done.
 */
async function settle(
  open: Case,
  job: JobHandle,
  timezones: Record<string, string>,
): Promise<{ unknown: string[]; unsettled: string[] }> {
  job.progress({ phase: 'settling zones, clocks and nodes' });
  return open.write(async (connection) => {
    const unknown = await derive(connection, timezones);
    job.progress({ phase: 'looking at the logging posture' });
    const unsettled = await settlePosture(connection).then(
      () => [],
      (error: unknown) => [
        `The logging posture could not be settled: ${toApiError(error).sentence} Everything else was taken in; set a clock or add a bundle to try again.`,
      ],
    );
    return { unknown, unsettled };
  });
}

async function memberCounts(open: Case, bundleIds: number[]): Promise<Record<string, number>> {
  const rows = await open.read((connection) =>
    connection.rows<{ status: string; n: number }>(
      `SELECT status, count(*)::INTEGER AS n FROM member WHERE bundle_id IN (${[0, ...bundleIds].join(', ')}) GROUP BY status ORDER BY status`,
    ),
  );
  return Object.fromEntries(rows.map((row) => [row.status, row.n]));
}
