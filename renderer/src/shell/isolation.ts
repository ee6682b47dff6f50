// What isolation is in force, in two words for the status bar: never more than what is enforced.
import type { Output } from '../../../shared/api.ts';

type Isolation = Output<'app.info'>['isolation'];

/** The sentence of the shell says the rest. */
export function isolationWord({ network, files }: Pick<Isolation, 'network' | 'files'>): string {
  if (network === 'none' && files === 'none') return 'not isolated';
  if (network === 'kernel' && files === 'kernel') return 'kernel isolation';
  if (network === 'none' || files === 'none') return 'partly isolated';
  return 'process isolation';
}
