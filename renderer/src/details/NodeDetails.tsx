// One node: what it ran, how its clock stands, its events.
import { count, plural } from '../format/numbers.ts';
import { dateTime, offset } from '../format/time.ts';
import { basisWord } from '../format/words.ts';
import { SystemMark } from '../parts/Marks.tsx';
import { useDetails } from '../store/details.ts';
import { useLens } from '../store/lens.ts';
import { showOnly } from '../store/pivot.ts';
import { useRoute } from '../store/route.ts';
import { Block } from './Block.tsx';

export function NodeDetails() {
  const node = useDetails((s) => s.node);
  const error = useDetails((s) => s.error);
  const go = useRoute((s) => s.go);
  const { include, exclude } = useLens.getState();
  if (!node && error) return null;
  if (!node) return <p className="details-block dim">No node of this name is in the case.</p>;
  const confidence =
    node.offsetConfidence === null ? '' : `, confidence ${Math.round(node.offsetConfidence * 100)} %`;
  return (
    <div data-testid="node-details">
      <section className="details-block event-head">
        <h2 className="mono">{node.node}</h2>
        <div className="event-marks">
          {node.systems.map((s) => (
            <SystemMark key={s} system={s} />
          ))}
        </div>
        <div className="event-marks">
          <button type="button" className="button main" onClick={() => showOnly([['node', node.node]])}>
            Its {plural(node.events, 'event')}
          </button>
          <button type="button" className="button" onClick={() => include('node', node.node)}>
            Add to the lens
          </button>
          <button type="button" className="button" onClick={() => exclude('node', node.node)}>
            Filter out
          </button>
        </div>
      </section>
      <Block title="Node">
        <dl className="place">
          <dt>roles</dt>
          <dd>{node.roles.join(', ') || '–'}</dd>
          <dt>addresses</dt>
          <dd className="mono wrap">{node.addresses.join(', ') || '–'}</dd>
          <dt>files</dt>
          <dd>{count(node.files)}</dd>
          <dt>first event</dt>
          <dd className="mono">{dateTime(node.firstTs)}</dd>
          <dt>last event</dt>
          <dd className="mono">{dateTime(node.lastTs)}</dd>
        </dl>
      </Block>
      <Block
        title="Clock"
        side={
          <button type="button" className="button" onClick={() => go('nodes')}>
            Change in Nodes
          </button>
        }
      >
        <dl className="place">
          <dt>zone</dt>
          <dd>{node.zone ?? 'not known'}</dd>
          <dt>known from</dt>
          <dd>{basisWord(node.zoneBasis)}</dd>
          <dt>offset</dt>
          <dd>
            {offset(node.clockOffsetUs)}
            {confidence}
          </dd>
          <dt>known from</dt>
          <dd>{basisWord(node.offsetBasis)}</dd>
        </dl>
      </Block>
    </div>
  );
}
