// What is said of a bundle before it is read, and of what was broken off.
import type { BundlePreview, PendingWork } from '../../../../shared/api.ts';
import { bytes, count, plural } from '../../format/numbers.ts';

/** `1,204 members`, `at least 1,204 members` */
export const membersWord = (b: Pick<BundlePreview, 'members' | 'complete'>): string =>
  `${b.complete ? '' : 'at least '}${plural(b.members, 'member')}`;

/** `3.2 GB unpacked`; "at least" while not all members were seen. */
export const unpackedWord = (b: Pick<BundlePreview, 'unpacked' | 'complete'>): string =>
  b.unpacked === null ? 'not stated' : `${b.complete ? '' : 'at least '}${bytes(b.unpacked)}`;

/** What else there is to know of it, each a few words. */
export function bundleNotes(b: BundlePreview): string[] {
  return [
    b.encrypted > 0
      ? `${count(b.encrypted)} of its members ${b.encrypted === 1 ? 'needs' : 'need'} a password`
      : '',
    b.nested > 0 ? `${plural(b.nested, 'archive')} inside` : '',
    b.known ? 'in the case already' : '',
  ].filter((word) => word !== '');
}

export interface Room {
  state: 'enough' | 'tight' | 'short';
  sentence: string;
}

/** Whether the disk of the case has room; null while nothing is known. */
export function room(freeBytes: number | null, neededBytes: number): Room | null {
  if (neededBytes === 0 && freeBytes === null) return null;
  const needs = `Needs about ${bytes(neededBytes)} where the case is`;
  if (freeBytes === null) return { state: 'enough', sentence: `${needs}.` };
  const has = `${needs}; ${bytes(freeBytes)} are free.`;
  if (freeBytes < neededBytes)
    return {
      state: 'short',
      sentence: `${has} That is too little: reading stops in order when the disk is nearly full, and can be gone on with once there is room.`,
    };
  if (freeBytes < neededBytes * 1.2 + 256_000_000)
    return { state: 'tight', sentence: `${has} That is tight: make room before a long read.` };
  return { state: 'enough', sentence: has };
}

/** What is broken off, in figures: `1 bundle begun, 2 not begun; then times, clocks and detection`. */
export function pendingWords(pending: Pick<PendingWork, 'bundles' | 'steps'>): string {
  const begun = pending.bundles.filter((b) => b.state === 'begun');
  const planned = pending.bundles.length - begun.length;
  const kept = begun.reduce((sum, b) => sum + b.members, 0);
  const read = [
    begun.length > 0 ? `${plural(begun.length, 'bundle')} begun (${plural(kept, 'member')} in the case)` : '',
    planned > 0 ? `${plural(planned, 'bundle')} not begun` : '',
  ].filter((word) => word !== '');
  const steps = pending.steps.map((s) => (s === 'settle' ? 'times, clocks and nodes' : 'detection'));
  const after = steps.length > 0 ? `afterwards: ${steps.join(', then ')}` : '';
  return [read.join(', '), after].filter((word) => word !== '').join('; ');
}
