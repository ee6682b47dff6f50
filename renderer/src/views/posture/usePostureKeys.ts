// Keys of the posture: move, show the events or the first proof, copy what to change.
import { copy } from '../../parts/copy.ts';
import { useKeys } from '../../shell/useKeys.ts';
import { openEvent, openFile } from '../../store/details.ts';
import { showTerms } from '../../store/pivot.ts';
import { usePosture } from '../../store/posture.ts';
import type { PostureItem } from './items.ts';

export function usePostureKeys(order: PostureItem[], current: PostureItem | undefined): void {
  const step = (by: number) => {
    const at = order.findIndex((item) => item.key === current?.key);
    const next = order[Math.max(0, Math.min(order.length - 1, at + by))];
    if (next) usePosture.getState().select(next.key);
  };
  const prove = () => {
    const row = current?.rows.find(({ eventCount, fileCount }) => eventCount + fileCount > 0);
    if (!row) return;
    if (row.terms && row.eventCount > 1) showTerms(row.terms);
    else if (row.eventIds[0]) openEvent(row.eventIds[0]);
    else if (row.files[0]) openFile(row.files[0].fileId);
  };
  useKeys('Posture', [
    { key: 'j', word: 'Next', run: () => step(1) },
    { key: 'k', word: 'Previous', run: () => step(-1) },
    { key: 'Enter', word: 'What proves it', run: prove },
    {
      key: 'c',
      word: 'Copy what to change',
      run: () => current?.change && copy(current.change, 'What to change copied'),
    },
  ]);
}
