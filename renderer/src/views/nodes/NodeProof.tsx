// One node in full: what was collected, its zones and its clock with what proves them, and the form that changes them.
import { useEffect } from 'react';
import type { NodeRow } from '../../../../shared/api.ts';
import { count, plural } from '../../format/numbers.ts';
import { dateTime } from '../../format/time.ts';
import { SystemMark } from '../../parts/Marks.tsx';
import { useCase } from '../../store/case.ts';
import { useNodes } from '../../store/nodes.ts';
import { showOnly } from '../../store/pivot.ts';
import { ClockForm } from './ClockForm.tsx';
import { NodeClock } from './NodeClock.tsx';
import { NodeZones } from './NodeZones.tsx';

export function NodeProof({ node, onDone }: { node: NodeRow; onDone(): void }) {
  const proof = useNodes((s) => s.proofs[node.node]);
  const revision = useCase((s) => s.revision);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => useNodes.getState().prove(node.node), [node.node, revision]);
  return (
    <div className="node-proof" data-testid="node-proof">
      <section className="proof-part">
        <h2>Change zone or clock</h2>
        <ClockForm
          key={`${node.zone} ${node.clockOffsetUs}`}
          node={node}
          localEvents={proof?.localEvents ?? null}
          onDone={onDone}
        />
      </section>
      {!proof && <p className="dim proof-part">Gathering what proves it …</p>}
      {proof && (
        <>
          <NodeClock node={node} proof={proof} />
          <NodeZones proof={proof} />
          <section className="proof-part">
            <h2>Collected</h2>
            <ul className="proof-list">
              {proof.collected.map((c) => (
                <li key={`${c.system} ${c.component}`}>
                  <SystemMark system={c.system} /> {c.component ?? '(no component)'}:{' '}
                  {plural(c.files, 'file')},{' '}
                  <button
                    type="button"
                    className="link"
                    onClick={() =>
                      showOnly([
                        ['node', node.node],
                        ['system', c.system],
                        ['component', c.component],
                      ])
                    }
                  >
                    {plural(c.events, 'event')}
                  </button>{' '}
                  <span className="dim">
                    {c.firstTs === null
                      ? 'no time'
                      : `${dateTime(c.firstTs, 's')} to ${dateTime(c.lastTs, 's')} UTC`}
                  </span>
                </li>
              ))}
            </ul>
            <details>
              <summary>{plural(node.files, 'file')}</summary>
              <ul className="proof-list">
                {proof.files.map((f) => (
                  <li key={f.fileId}>
                    <span className="mono wrap">{f.path}</span>{' '}
                    <span className="dim">
                      {f.format ?? f.status}, {count(f.events)} events
                      {f.events > 0 && `, zone ${f.zone ?? 'not known'}`}
                    </span>
                  </li>
                ))}
              </ul>
            </details>
          </section>
        </>
      )}
    </div>
  );
}
