// The lens as chips: each can be negated or removed; arrows walk its history.
import { chips } from '../lens/chips.ts';
import { Icon } from '../parts/Icon.tsx';
import { useLens } from '../store/lens.ts';

export function LensChips() {
  const { lens, history, back, forward, removeTerm, negateTerm, clearRange, text, clear } = useLens();
  const all = chips(lens);
  return (
    <div className="lens" role="toolbar" aria-label="Lens: what all views show">
      <button
        type="button"
        className="icon-button"
        disabled={history.past.length === 0}
        onClick={back}
        aria-label="Lens: back"
        title="Back (Alt+Left)"
        data-testid="lens-back"
      >
        <Icon name="back" />
      </button>
      <button
        type="button"
        className="icon-button"
        disabled={history.future.length === 0}
        onClick={forward}
        aria-label="Lens: forward"
        title="Forward (Alt+Right)"
        data-testid="lens-forward"
      >
        <Icon name="forward" />
      </button>
      <ul className="chips">
        {all.length === 0 && <li className="dim cut">Whole case: nothing is filtered</li>}
        {all.map((chip) => (
          <li
            key={chip.kind === 'term' ? `${chip.index}` : chip.kind}
            className={chip.kind === 'term' && chip.term.not ? 'chip not' : 'chip'}
            data-testid="lens-chip"
          >
            <span className="cut" title={chip.label}>
              {chip.label}
            </span>
            {chip.kind === 'term' && (
              <button
                type="button"
                onClick={() => negateTerm(chip.index)}
                aria-label={chip.term.not ? `Include ${chip.label}` : `Exclude ${chip.label}`}
                title={chip.term.not ? 'Turn round: show only these' : 'Turn round: show all but these'}
                data-testid="chip-negate"
              >
                <Icon name="not" size={12} />
              </button>
            )}
            <button
              type="button"
              onClick={() =>
                chip.kind === 'term' ? removeTerm(chip.index) : chip.kind === 'text' ? text('') : clearRange()
              }
              aria-label={`Remove ${chip.label}`}
              title="Remove"
              data-testid="chip-remove"
            >
              <Icon name="close" size={12} />
            </button>
          </li>
        ))}
      </ul>
      {all.length > 1 && (
        <button
          type="button"
          className="plain dim"
          onClick={clear}
          data-testid="lens-clear"
          title="Clear the lens (x x)"
        >
          clear
        </button>
      )}
    </div>
  );
}
