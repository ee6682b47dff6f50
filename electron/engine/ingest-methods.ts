// Taking bundles into the case, going on with what was broken off, or giving it up.
import { stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { ApiImplementation } from '../../shared/api.ts';
import { CaseError } from './case/errors.ts';
import { checkResumable, ingestJob } from './ingest-job.ts';
import { addFormats } from './load/format-files.ts';
import { giveUpBundles, PLAIN_PLAN, type Plan } from './load/plan.ts';
import type { MethodHost } from './method-host.ts';
import { isZone } from './parse/time.ts';
import { IMPORT_UNFINISHED, readPending } from './query/pending.ts';

export function ingestMethods(
  host: MethodHost,
): Pick<ApiImplementation, 'ingest.start' | 'ingest.resume' | 'ingest.giveUp'> {
  return {
    'ingest.start': async ({ paths, timezones, formats, detect, limits, passwords }) => {
      const open = host.need();
      checkZones(timezones);
      const absolute = paths.map((path) => resolve(path));
      await checkThere(absolute);
      await addFormats(formats, open.paths.formats);
      const title =
        absolute.length === 1
          ? `Taking in ${absolute[0]!.split(sep).at(-1)}`
          : `Taking in ${absolute.length} bundles`;
      const plan: Plan = {
        timezones,
        detect,
        limits: given(limits),
        passwords: Object.keys(passwords).length > 0,
      };
      const jobId = host.jobs.start('ingest', title, 'bytes', (job) =>
        ingestJob(host, open, job, { paths: absolute, plan, passwords }),
      );
      return { jobId };
    },
    'ingest.resume': async ({ passwords }) => {
      const open = host.need();
      const pending = await open.read((connection) => readPending(connection));
      if (!pending)
        throw new CaseError(
          'nothing_pending',
          'Nothing was broken off in this case: there is nothing to resume.',
          {
            refusal: 'usage',
          },
        );
      refuseImport(pending.steps);
      checkResumable(pending.bundles);
      const jobId = host.jobs.start('ingest', 'Going on with what was broken off', 'bytes', (job) =>
        ingestJob(host, open, job, { paths: null, plan: PLAIN_PLAN, passwords }),
      );
      return { jobId };
    },
    'ingest.giveUp': async () => {
      const open = host.need();
      const pending = await open.read((connection) => readPending(connection));
      if (!pending)
        throw new CaseError(
          'nothing_pending',
          'Nothing was broken off in this case: there is nothing to give up.',
          {
            refusal: 'usage',
          },
        );
      refuseImport(pending.steps);
      const jobId = host.jobs.start('ingest', 'Giving up what was broken off', 'steps', async (job) => {
        const given = await open.write((connection) => giveUpBundles(connection));
        await host.record('ingest.givenUp', {
          bundles: given.map(({ path, members }) => ({ path, members })),
        });
        return ingestJob(host, open, job, {
          paths: null,
          plan: PLAIN_PLAN,
          passwords: {},
          readNothing: true,
        });
      });
      return { jobId };
    },
  };
}

function refuseImport(steps: readonly string[]): void {
  if (steps.includes('import')) throw new CaseError('import_unfinished', IMPORT_UNFINISHED);
}

/** Limits that were given, without those left out. */
function given(limits: Record<string, number | undefined>): Plan['limits'] {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}

function checkZones(timezones: Record<string, string>): void {
  for (const zone of Object.values(timezones)) {
    if (!isZone(zone))
      throw new CaseError(
        'unknown_zone',
        `'${zone}' is not a time zone. Use an IANA name such as America/New_York, or an offset such as +02:00.`,
        { refusal: 'usage' },
      );
  }
}

async function checkThere(paths: string[]): Promise<void> {
  for (const path of paths) {
    await stat(path).catch(() => {
      throw new CaseError('no_such_path', `There is no ${path}. Check the path; nothing was read.`, {
        refusal: 'usage',
      });
    });
  }
}
