// The left rail: one button for each view.
import { Icon } from '../parts/Icon.tsx';
import { useFindings } from '../store/findings.ts';
import { useRoute, VIEW_KEYS, VIEW_WORDS, VIEWS } from '../store/route.ts';

export function Rail() {
  const current = useRoute((s) => s.view);
  const go = useRoute((s) => s.go);
  const open = useFindings((s) => s.findings.filter((f) => f.state === 'open').length);
  return (
    <nav className="rail" aria-label="Views">
      {VIEWS.map((view) => (
        <button
          key={view}
          type="button"
          data-testid={`nav-${view}`}
          aria-current={view === current ? 'page' : undefined}
          title={`${VIEW_WORDS[view]} (g ${VIEW_KEYS[view]})`}
          onClick={() => go(view)}
        >
          <Icon name={view} size={18} />
          <span>{VIEW_WORDS[view]}</span>
          {view === 'findings' && open > 0 && (
            <span className="rail-count" title={`${open} open findings in the case`}>
              {open > 99 ? '99+' : open}
              <span className="unseen"> open</span>
            </span>
          )}
        </button>
      ))}
    </nav>
  );
}
