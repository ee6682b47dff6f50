// What isolation is in force, in two words for the status bar: never more than what is enforced.

export interface Isolation {
  network: string;
  files: string;
  sentence: string;
}

/** `sealed`: by the kernel; `partly sealed`: by the process itself or only in part; `not isolated`. */
export function isolationWord({ network, files }: Pick<Isolation, 'network' | 'files'>): string {
  if (network === 'none' && files === 'none') return 'not isolated';
  if (network === 'kernel' && files === 'kernel') return 'kernel isolation';
  if (network === 'none' || files === 'none') return 'partly isolated';
  return 'process isolation';
}
