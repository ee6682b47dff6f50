// The parsed fields of an event as a table; every value that the lens knows can be filtered to, or out.
import type { EventDetail } from '../../../shared/api.ts';
import type { LensField } from '../../../shared/model.ts';
import { oneLine } from '../format/control.ts';
import { copy } from '../parts/copy.ts';
import { Icon } from '../parts/Icon.tsx';
import { useLens } from '../store/lens.ts';
import { Block } from './Block.tsx';

type Row = { name: string; value: string; field?: LensField };

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function rows(event: EventDetail): Row[] {
  const typed: [LensField, string | number | null][] = [
    ['node', event.node],
    ['system', event.system],
    ['component', event.component],
    ['level', event.level],
    ['category', event.category],
    ['action', event.action],
    ['outcome', event.outcome],
    ['src_ip', event.srcIp],
    ['user_name', event.userName],
    ['http_method', event.httpMethod],
    ['http_path', event.httpPath],
    ['http_status', event.httpStatus],
    ['logger', event.logger],
    ['pid', event.pid],
  ];
  const known = typed
    .filter((pair) => pair[1] !== null)
    .map(([field, value]): Row => ({ name: field, value: String(value), field }));
  const native = Object.entries(event.fields).map(([name, value]): Row => ({ name, value: text(value) }));
  return [...known, ...(event.tid ? [{ name: 'tid', value: event.tid }] : []), ...native];
}

export function EventFields({ event }: { event: EventDetail }) {
  const { include, exclude } = useLens.getState();
  return (
    <Block title="Fields">
      <table className="fields" data-testid="event-fields">
        <tbody>
          {rows(event).map(({ name, value, field }) => (
            <tr key={`${field ? 'typed' : 'native'} ${name}`}>
              <th scope="row" className={field ? '' : 'mono native'}>
                {name}
              </th>
              <td className="mono wrap">{oneLine(value)}</td>
              <td className="field-acts">
                {field && (
                  <>
                    <button
                      type="button"
                      className="plain"
                      title="Filter to this value"
                      aria-label={`Filter to ${name} ${value}`}
                      onClick={() => include(field, value)}
                    >
                      <Icon name="plus" size={12} />
                    </button>
                    <button
                      type="button"
                      className="plain"
                      title="Filter this value out"
                      aria-label={`Filter out ${name} ${value}`}
                      onClick={() => exclude(field, value)}
                    >
                      <Icon name="minus" size={12} />
                    </button>
                  </>
                )}
                <button
                  type="button"
                  className="plain"
                  title="Copy"
                  aria-label={`Copy ${name}`}
                  onClick={() => copy(value)}
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
