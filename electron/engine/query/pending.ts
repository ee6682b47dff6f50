// What was begun in a case and not finished, in a sentence: which bundles, how much of them is whole, what to do.
import type { PendingWork } from '../../../shared/api.ts';
import type { Connection } from '../case/database.ts';
import { isReachable, type PlannedBundle, unfinishedBundles } from '../load/plan.ts';

export const IMPORT_UNFINISHED =
  'This case was being made of a received file, and that was broken off: it is not whole. Import the file again into a new folder, and remove this one.';

/** Null when nothing is pending. */
export async function readPending(connection: Connection): Promise<PendingWork | null> {
  const bundles = await unfinishedBundles(connection);
  const rows = await connection.rows<{ step: 'settle' | 'detect' | 'import'; since: string }>(
    'SELECT step, epoch_us(since) AS since FROM pending ORDER BY step DESC',
  );
  if (bundles.length === 0 && rows.length === 0) return null;
  const received = rows.find(({ step }) => step === 'import');
  if (received)
    return { since: Number(received.since), sentence: IMPORT_UNFINISHED, bundles: [], steps: ['import'] };
  const steps = new Set(rows.map(({ step }) => step));
  if (bundles.length > 0) steps.add('settle');
  if (bundles.some(({ plan }) => plan.detect)) steps.add('detect');
  const unreachable = bundles.filter(({ path }) => !isReachable(path));
  return {
    since: Math.min(...rows.map(({ since }) => Number(since)), ...bundles.map(({ since }) => since)),
    sentence: sentence(bundles, unreachable, steps),
    bundles: bundles.map(({ name, path, state, members }) => ({
      name,
      path,
      state: state === 'planned' ? 'planned' : 'begun',
      members,
      reachable: !unreachable.some((one) => one.path === path),
    })),
    steps: (['settle', 'detect'] as const).filter((step) => steps.has(step)),
  };
}

const counted = (n: number, word: string): string =>
  `${n.toLocaleString('en-US')} ${word}${n === 1 ? '' : 's'}`;
const names = (bundles: readonly PlannedBundle[]): string =>
  bundles.length > 3
    ? `${bundles
        .slice(0, 3)
        .map(({ name }) => name)
        .join(', ')} and ${bundles.length - 3} more`
    : bundles.map(({ name }) => name).join(', ');

function sentence(
  bundles: readonly PlannedBundle[],
  unreachable: readonly PlannedBundle[],
  steps: ReadonlySet<string>,
): string {
  const begun = bundles.filter(({ state }) => state === 'reading');
  const planned = bundles.filter(({ state }) => state === 'planned');
  const said: string[] = [];
  for (const { name, members } of begun)
    said.push(
      `Taking in ${name} was broken off: ${counted(members, 'member')} of it ${members === 1 ? 'is' : 'are'} whole and in the case.`,
    );
  if (planned.length > 0)
    said.push(`${names(planned)} ${planned.length === 1 ? 'was' : 'were'} to be taken in and not begun.`);
  if (bundles.length === 0)
    said.push(
      steps.has('settle')
        ? 'The evidence is taken in whole, but settling zones, clocks, nodes and links was broken off.'
        : 'The evidence is taken in and settled, but running the rules was broken off; the findings shown are those of the run before.',
    );
  if (unreachable.length > 0)
    said.push(
      `${names(unreachable)} ${unreachable.length === 1 ? 'is' : 'are'} not where ${unreachable.length === 1 ? 'it was' : 'they were'} (${unreachable[0]!.path}): bring ${unreachable.length === 1 ? 'it' : 'them'} back first.`,
    );
  said.push(
    bundles.length === 0
      ? 'Resume to finish it (tidemark resume).'
      : 'Resume to go on (tidemark resume), or give it up and keep what is there.',
  );
  return said.join(' ');
}
