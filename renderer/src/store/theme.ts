// Dark or light: follows the system until the responder chooses.
import { create } from 'zustand';
import { recall, remember } from './kept.ts';

export type Theme = 'dark' | 'light';
type Choice = Theme | 'system';

const system = window.matchMedia('(prefers-color-scheme: light)');
const resolve = (choice: Choice): Theme =>
  choice === 'system' ? (system.matches ? 'light' : 'dark') : choice;
const apply = (theme: Theme) => {
  document.documentElement.dataset.theme = theme;
};

interface ThemeState {
  choice: Choice;
  theme: Theme;
  choose(choice: Choice): void;
  toggle(): void;
}

export const useTheme = create<ThemeState>((set, get) => {
  const choice = recall<Choice>('theme', 'system');
  apply(resolve(choice));
  return {
    choice,
    theme: resolve(choice),
    choose(next) {
      remember('theme', next);
      apply(resolve(next));
      set({ choice: next, theme: resolve(next) });
    },
    toggle: () => get().choose(get().theme === 'dark' ? 'light' : 'dark'),
  };
});

system.addEventListener('change', () => {
  if (useTheme.getState().choice === 'system') useTheme.getState().choose('system');
});
