// Running the rules over the case, as a job.
import type { ApiImplementation } from '../../shared/api.ts';
import type { Case } from './case/case.ts';
import { detect } from './detect/detect.ts';
import type { JobHandle } from './jobs.ts';
import type { MethodHost } from './method-host.ts';
import { rulesOf } from './rule-methods.ts';

export function detectMethods(host: MethodHost): Pick<ApiImplementation, 'detect.start'> {
  return {
    'detect.start': async ({ rules }) => {
      const open = host.need();
      const jobId = host.jobs.start('detect', 'Running the rules', 'rules', async (job) => {
        const result = await runRules(host, open, job, rules);
        await host.changed('detected');
        return result;
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
  } = await open.write((connection) =>
    detect(connection, rules, {
      tuning,
      signal: job.signal,
      progress: (done, total, title) => job.progress({ done, total, unit: 'rules', phase: title }),
    }),
  );
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
