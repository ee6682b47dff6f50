// One value of a facet with its count.
import type { LensField } from '../../../../shared/model.ts';
import { oneLine } from '../../format/control.ts';
import { short } from '../../format/numbers.ts';
import { valueWord } from '../../format/words.ts';
import { hasValue, type Value } from '../../lens/operations.ts';
import { Icon } from '../../parts/Icon.tsx';
import { useLens } from '../../store/lens.ts';

interface Props {
  field: LensField;
  value: Value;
  events: number | null;
  most: number;
}

export function FacetValue({ field, value, events, most }: Props) {
  const lens = useLens((s) => s.lens);
  const toggle = useLens((s) => s.toggle);
  const included = hasValue(lens, field, value);
  const excluded = hasValue(lens, field, value, true);
  const word = oneLine(valueWord(value));
  return (
    <li className={`facet-value${included ? ' in' : ''}${excluded ? ' out' : ''}`}>
      <button
        type="button"
        className="facet-name"
        aria-pressed={included}
        title={`${word}${events === null ? '' : `: ${events} events`}`}
        onClick={(e) => toggle(field, value, e.altKey)}
        data-testid="facet-value"
      >
        {events !== null && <span className="facet-bar" style={{ width: `${(100 * events) / most}%` }} />}
        <span className={`cut grow${value === null ? ' dim' : ''}`}>
          {excluded ? 'not ' : ''}
          {word}
        </span>
        <span className="num soft">{events === null ? '' : short(events)}</span>
      </button>
      <button
        type="button"
        className="facet-not"
        aria-label={`${excluded ? 'Do not filter out' : 'Filter out'} ${word}`}
        title={excluded ? 'Do not filter out' : 'Filter out'}
        onClick={() => toggle(field, value, true)}
        data-testid="facet-not"
      >
        <Icon name={excluded ? 'close' : 'minus'} size={12} />
      </button>
    </li>
  );
}
