// How far an ingest is, bundle by bundle: what each row says, from what the job says.
import type { JobInfo } from '../../../shared/api.ts';
import { bytes, plural, short } from './numbers.ts';
import { duration } from './time.ts';

type Bundle = NonNullable<JobInfo['bundles']>[number];

export interface ProgressRow {
  path: string;
  name: string;
  state: Bundle['state'];
  word: string;
  /** 0..1; null where nothing is known. */
  share: number | null;
  /** Amounts in words, e.g. `120 MB of 1.2 GB`. */
  amount: string;
  /** e.g. `36 MB/s · 2 m 10 s left`; empty when the bundle is not being read or the rate is not known. */
  pace: string;
  problem: string | null;
}

const WORD: Record<Bundle['state'], string> = {
  waiting: 'waiting',
  reading: 'reading',
  done: 'read',
  failed: 'failed',
  cancelled: 'broken off',
};

/** Time left in microseconds, null when it can't be said. */
export function timeLeft(done: number, total: number | null, perSecond: number | null): number | null {
  if (total === null || total <= done || !perSecond || perSecond <= 0) return null;
  return ((total - done) / perSecond) * 1_000_000;
}

/** `36 MB/s · 2 m 10 s left` */
export function pace(job: Pick<JobInfo, 'unit' | 'perSecond'>, done: number, total: number | null): string {
  const rate = job.perSecond && job.perSecond > 0 ? job.perSecond : null;
  if (rate === null) return '';
  const left = timeLeft(done, total, rate);
  const speed = `${job.unit === 'bytes' ? bytes(rate) : short(Math.round(rate))}/s`;
  return left === null ? speed : `${speed} · ${left < 1_000_000 ? 'a moment' : duration(left)} left`;
}

export function progressRows(job: JobInfo): ProgressRow[] {
  const bundles = job.bundles ?? [];
  const reading = bundles.filter((b) => b.state === 'reading').length;
  // one rate is measured for all: those that are read at once share it
  const each = job.perSecond === null || reading === 0 ? null : job.perSecond / reading;
  return bundles.map((b) => {
    const found = [
      b.members > 0 ? plural(b.members, 'member') : null,
      b.events > 0 ? plural(b.events, 'event') : null,
    ].filter((word) => word !== null);
    const size =
      b.state === 'waiting' || b.state === 'done'
        ? bytes(b.total > 0 ? b.total : b.done)
        : b.total > 0
          ? `${bytes(Math.min(b.done, b.total))} of ${bytes(b.total)}`
          : bytes(b.done);
    return {
      path: b.path,
      name: b.name,
      state: b.state,
      word: WORD[b.state],
      share: b.state === 'done' ? 1 : b.total > 0 ? Math.min(1, b.done / b.total) : null,
      amount: [size, ...found].join(' · '),
      pace:
        b.state === 'reading' && job.state === 'running' && job.unit === 'bytes'
          ? pace({ unit: 'bytes', perSecond: each }, b.done, b.total > 0 ? b.total : null)
          : '',
      problem: b.problem,
    };
  });
}

/** `2 of 5 bundles read, 1 failed` */
export function bundlesRead(job: JobInfo): string {
  const bundles = job.bundles ?? [];
  const of = (state: Bundle['state']) => bundles.filter((b) => b.state === state).length;
  const failed = of('failed');
  return `${of('done')} of ${plural(bundles.length, 'bundle')} read${failed > 0 ? `, ${failed} failed` : ''}`;
}
