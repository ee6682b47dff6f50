// Running the rules over the case, as a job.
import type { ApiImplementation } from '../../shared/api.ts';
import type { Case } from './case/case.ts';
import { clearPending, pendingDetail, setPending } from './case/pending.ts';
import { detect } from './detect/detect.ts';
import type { JobHandle } from './jobs.ts';
import type { MethodHost } from './method-host.ts';
import { rulesOf } from './rule-methods.ts';

export function detectMethods(host: MethodHost): Pick<ApiImplementation, 'detect.start'> {
  return {
    'detect.start': async ({ rules }) => {
      const open = host.need();
      const jobId = host.jobs.start('detect', 'Running the rules', 'rules', async (job) => {
        open.working = true;
        try {
          return await runRules(host, open, job, rules);
        } finally {
          open.working = false;
          if (host.current() === open) await host.changed('detected').catch(() => undefined);
        }
      });
      return { jobId };
    },
  };
}

/** Runs the rules of the case, those that come with Tidemark, and `extra` files; what the job says of it. */
export async function runRules(
  host: MethodHost,
  open: Case,
  job: JobHandle,
  extra: string[],
): Promise<Record<string, unknown>> {
  const started = performance.now();
  const { rules, tuning } = await rulesOf(host, open, extra);
  const {
    findings,
    suppressed,
    orphaned,
    rules: outcomes,
  } = await open.write(async (connection) => {
    const before = await pendingDetail(connection, 'detect');
    if (before === null) await setPending(connection, 'detect');
    try {
      return await detect(connection, rules, {
        tuning,
        signal: job.signal,
        progress: (done, total, title) => job.progress({ done, total, unit: 'rules', phase: title }),
      });
    } catch (error) {
      // who cancels a run of the rules has the findings of before, and nothing is left to do
      if (before === null && job.signal.aborted)
        await clearPending(connection, 'detect').catch(() => undefined);
      throw error;
    }
  });
  await host.record('rules.run', {
    rules: outcomes.length,
    disabled: outcomes.filter((outcome) => outcome.disabledWhy !== null).length,
    refused: outcomes.filter((outcome) => outcome.error).length,
    findings,
    suppressed,
    given: extra.length,
  });
  return {
    findings,
    suppressed,
    orphaned,
    rules: outcomes.length,
    disabled: outcomes.filter((outcome) => outcome.disabledWhy !== null).length,
    refused: outcomes
      .filter((outcome) => outcome.error)
      .map((outcome) => ({ rule: outcome.title, id: outcome.ruleId, reason: outcome.error })),
    seconds: Math.round(performance.now() - started) / 1000,
  };
}
