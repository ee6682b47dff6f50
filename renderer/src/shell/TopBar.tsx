// The top bar: which case, what the lens selects, search, zone, theme, jobs.
import { Icon } from '../parts/Icon.tsx';
import { usePalette } from '../store/palette.ts';
import { useTheme } from '../store/theme.ts';
import { CaseMenu } from './CaseMenu.tsx';
import { Jobs } from './Jobs.tsx';
import { LensChips } from './LensChips.tsx';
import { SearchBox } from './SearchBox.tsx';

export function TopBar() {
  const theme = useTheme((s) => s.theme);
  const toggle = useTheme((s) => s.toggle);
  const show = usePalette((s) => s.show);
  const showHelp = usePalette((s) => s.showHelp);
  return (
    <header className="topbar">
      <CaseMenu />
      <LensChips />
      <SearchBox />
      <span className="zone" title="All times are shown in UTC" data-testid="zone">
        UTC
      </span>
      <Jobs />
      <button
        type="button"
        className="icon-button"
        onClick={() => show(true)}
        title="Go to anything (Ctrl+K)"
        aria-label="Go to anything"
        data-testid="open-palette"
      >
        <Icon name="search" />
      </button>
      <button
        type="button"
        className="icon-button"
        onClick={() => showHelp(true)}
        title="Keys (?)"
        aria-label="Show the keys"
        data-testid="open-keys"
      >
        <Icon name="keys" />
      </button>
      <button
        type="button"
        className="icon-button"
        onClick={toggle}
        title={theme === 'dark' ? 'Light theme' : 'Dark theme'}
        aria-label={theme === 'dark' ? 'Switch to the light theme' : 'Switch to the dark theme'}
        data-testid="theme-switch"
      >
        <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
      </button>
    </header>
  );
}
