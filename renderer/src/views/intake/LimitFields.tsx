// The limits of reading: folded away, as the defaults let honest bundles pass; those changed are marked.
import { useIntake } from '../../store/intake.ts';
import { badLimits, changedLimits, LIMITS, type LimitName, limitWord } from './limits.ts';

interface Props {
  typed: Partial<Record<LimitName, string>>;
  onChange(typed: Partial<Record<LimitName, string>>): void;
}

export function LimitFields({ typed, onChange }: Props) {
  const defaults = useIntake((s) => s.defaults);
  const changed = new Set(Object.keys(changedLimits(typed, defaults ?? {})));
  const bad = new Set(badLimits(typed));
  const summary =
    bad.size > 0
      ? 'One can not be read'
      : changed.size === 0
        ? 'The defaults, which let honest bundles pass'
        : `${changed.size} changed`;
  return (
    <details className="intake-limits" data-testid="intake-limits">
      <summary className={bad.size > 0 ? 'bad' : 'soft'}>{summary}</summary>
      <div className="intake-limit-grid">
        {LIMITS.map(({ name, word, kind, about }) => {
          const standard = defaults?.[name];
          return (
            <label key={name} className="intake-limit">
              <span>{word}</span>
              <input
                className="field"
                size={12}
                value={typed[name] ?? ''}
                placeholder={standard === undefined ? 'default' : limitWord(kind, standard)}
                aria-invalid={bad.has(name)}
                onChange={(e) => onChange({ ...typed, [name]: e.target.value })}
                data-testid={`intake-limit-${name}`}
              />
              <span className={bad.has(name) ? 'bad' : 'dim'}>
                {bad.has(name)
                  ? `▲ write it as ${standard === undefined ? '100' : limitWord(kind, standard)}`
                  : about}
              </span>
              {changed.has(name) && <span className="tag">changed</span>}
            </label>
          );
        })}
        <span>
          <button
            type="button"
            className="link"
            disabled={Object.values(typed).every((text) => text === '')}
            onClick={() => onChange({})}
            data-testid="intake-limits-reset"
          >
            Back to the defaults
          </button>
        </span>
        <span className="dim intake-wrap">
          What meets a limit is read up to it, and the ledger says so. Nothing read before is lost.
        </span>
      </div>
    </details>
  );
}
