// One entity: where it was seen, in which roles, from when to when.

import { oneLine } from '../format/control.ts';
import { count, plural } from '../format/numbers.ts';
import { dateTime } from '../format/time.ts';
import { entityWord } from '../format/words.ts';
import { copy } from '../parts/copy.ts';
import { SystemMark } from '../parts/Marks.tsx';
import { openNode, useDetails } from '../store/details.ts';
import { useLens } from '../store/lens.ts';
import { hasLife } from '../store/life.ts';
import { pivot } from '../store/pivot.ts';
import { Attempts, Requests } from './Attempts.tsx';
import { Block } from './Block.tsx';
import { LifeCycle } from './LifeCycle.tsx';

export function EntityDetails() {
  const entity = useDetails((s) => s.entity);
  const error = useDetails((s) => s.error);
  const { include, exclude } = useLens.getState();
  if (!entity && error) return null;
  if (!entity) return <p className="details-block dim">Looking it up …</p>;
  const value = `${entity.kind}:${entity.value}`;
  return (
    <div data-testid="entity-details">
      <section className="details-block event-head">
        <span className="dim">{entityWord(entity.kind)}</span>
        <h2 className="mono wrap">{oneLine(entity.value)}</h2>
        <div className="event-marks">
          <button
            type="button"
            className="button main"
            onClick={() => pivot(entity.kind, entity.value)}
            data-testid="entity-events"
          >
            Its {plural(entity.events, 'event')}
          </button>
          <button
            type="button"
            className="button"
            onClick={() => pivot(entity.kind, entity.value, 'timeline')}
          >
            On the timeline
          </button>
          <button type="button" className="button" onClick={() => include('entity', value)}>
            Add to the lens
          </button>
          <button type="button" className="button" onClick={() => exclude('entity', value)}>
            Filter out
          </button>
          <button type="button" className="button" onClick={() => copy(entity.value)}>
            Copy
          </button>
        </div>
      </section>
      {hasLife(entity.kind) && (
        <>
          <Attempts value={entity.value} />
          <LifeCycle />
          <Requests value={entity.value} />
        </>
      )}
      <Block title="Seen">
        <dl className="place">
          <dt>first</dt>
          <dd className="mono">{dateTime(entity.firstTs)}</dd>
          <dt>last</dt>
          <dd className="mono">{dateTime(entity.lastTs)}</dd>
        </dl>
      </Block>
      <Block title="Where">
        <table className="table">
          <thead>
            <tr>
              <th>node</th>
              <th>system</th>
              <th className="num">events</th>
            </tr>
          </thead>
          <tbody>
            {entity.nodes.map((n) => (
              <tr key={`${n.node} ${n.system}`}>
                <td>
                  <button type="button" className="link" onClick={() => openNode(n.node)}>
                    {n.node}
                  </button>
                </td>
                <td>
                  <SystemMark system={n.system} />
                </td>
                <td className="num">{count(n.events)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Block>
      <Block title="In which roles">
        <ul>
          {entity.roles.map((r) => (
            <li key={r.role} className="line">
              <span className="grow">{r.role || '(no role)'}</span>
              <span className="num">{count(r.events)}</span>
            </li>
          ))}
        </ul>
      </Block>
    </div>
  );
}
