// Keys that work in every view.
import { useCase } from '../store/case.ts';
import { useDetails } from '../store/details.ts';
import { useLens } from '../store/lens.ts';
import { usePalette } from '../store/palette.ts';
import { useRoute, VIEW_KEYS, VIEW_WORDS, VIEWS } from '../store/route.ts';
import { useTheme } from '../store/theme.ts';
import { type Binding, useKeys } from './useKeys.ts';

export const focusSearch = (): void => document.querySelector<HTMLInputElement>('#search')?.focus();

export function useShellKeys(): void {
  const open = useCase((s) => s.phase === 'open');
  const { go } = useRoute.getState();
  const anywhere: Binding[] = [
    {
      key: 'Ctrl+k',
      word: 'Palette: go to anything',
      always: true,
      run: () => usePalette.getState().show(true),
    },
    { key: '?', word: 'These keys', run: () => usePalette.getState().showHelp(true) },
    { key: 'd d', word: 'Dark or light', run: () => useTheme.getState().toggle() },
  ];
  const inCase: Binding[] = [
    { key: '/', word: 'Search in messages', run: focusSearch },
    { key: 'Alt+ArrowLeft', word: 'Lens: back', always: true, run: () => useLens.getState().back() },
    { key: 'Alt+ArrowRight', word: 'Lens: forward', always: true, run: () => useLens.getState().forward() },
    { key: 'x x', word: 'Lens: clear', run: () => useLens.getState().clear() },
    { key: 'Escape', word: 'Close the details', run: () => useDetails.getState().close() },
    { key: 'Backspace', word: 'Details: what was shown before', run: () => useDetails.getState().previous() },
    ...VIEWS.map(
      (view): Binding => ({ key: `g ${VIEW_KEYS[view]}`, word: VIEW_WORDS[view], run: () => go(view) }),
    ),
    ...VIEWS.slice(0, 9).map(
      (view, i): Binding => ({
        key: `Alt+${i + 1}`,
        word: VIEW_WORDS[view],
        always: true,
        run: () => go(view),
      }),
    ),
  ];
  useKeys('Everywhere', open ? [...anywhere, ...inCase] : anywhere);
}
