// The entities an event mentions: look at one, or pivot to all its events.
import type { EventDetail } from '../../../shared/api.ts';
import { oneLine } from '../format/control.ts';
import { plural } from '../format/numbers.ts';
import { entityWord } from '../format/words.ts';
import { copy } from '../parts/copy.ts';
import { Icon } from '../parts/Icon.tsx';
import { openEntity } from '../store/details.ts';
import { pivot } from '../store/pivot.ts';
import { Block } from './Block.tsx';

export function EventEntities({ event }: { event: EventDetail }) {
  if (event.entities.length === 0) return null;
  return (
    <Block title="Entities">
      <table className="fields" data-testid="event-entities">
        <tbody>
          {event.entities.map((e) => (
            <tr key={`${e.kind} ${e.value} ${e.role}`}>
              <th scope="row">{entityWord(e.kind)}</th>
              <td className="mono wrap">
                <button type="button" className="link" onClick={() => openEntity(e.kind, e.value)}>
                  {oneLine(e.value)}
                </button>
                <span className="dim ui"> {e.role}</span>
              </td>
              <td className="field-acts">
                <button
                  type="button"
                  className="plain"
                  title={`Pivot: all events of this ${entityWord(e.kind)}`}
                  aria-label={`Pivot to ${e.value}: ${plural(e.events, 'event')}`}
                  data-testid="entity-pivot"
                  onClick={() => pivot(e.kind, e.value)}
                >
                  {plural(e.events, 'event')} <Icon name="pivot" size={12} />
                </button>
                <button
                  type="button"
                  className="plain"
                  title="Copy"
                  aria-label={`Copy ${e.value}`}
                  onClick={() => copy(e.value)}
                >
                  <Icon name="copy" size={12} />
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Block>
  );
}
