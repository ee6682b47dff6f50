// Running the rules over the case, as a job.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { ApiImplementation } from '../../shared/api.ts';
import type { Case } from './case/case.ts';
import { clearPending, pendingDetail, setPending } from './case/pending.ts';
import { detect } from './detect/detect.ts';
import type { LoadedRule } from './detect/load-rules.ts';
import type { Tuning } from './detect/tuning/tuning.ts';
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

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** What was run, for the custody log: hashes of all rule texts and of all settings of the case. */
function versionOf(rules: LoadedRule[], tuning: Tuning): Record<string, unknown> {
  const texts = rules.map(({ ruleId, source }) => `${ruleId} ${sha256(source)}`).sort();
  const { rules: tuned, defaults, placeholders } = tuning;
  const settings = {
    tuned: [...tuned].sort(([a], [b]) => (a < b ? -1 : 1)),
    defaults: [...defaults].sort(([a], [b]) => (a < b ? -1 : 1)),
    placeholders: [...placeholders].sort(([a], [b]) => (a < b ? -1 : 1)),
  };
  return {
    rules_sha256: sha256(texts.join('\n')),
    tuning_sha256: sha256(JSON.stringify(settings)),
    tuned_rules: settings.tuned.map(([ruleId]) => ruleId),
    placeholders: settings.placeholders.map(([name]) => name),
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
    ...versionOf(rules, tuning),
    brought: extra.map((path) => basename(path)),
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
