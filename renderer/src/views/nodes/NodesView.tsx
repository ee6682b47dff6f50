// Nodes: the machines, how their zones and clocks are known, and a way to set them by hand.
import { useState } from 'react';
import { count } from '../../format/numbers.ts';
import { dateTime, offset } from '../../format/time.ts';
import { basisWord } from '../../format/words.ts';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { SystemMark } from '../../parts/Marks.tsx';
import { openNode } from '../../store/details.ts';
import { useNodes } from '../../store/nodes.ts';
import { showOnly } from '../../store/pivot.ts';
import { NodeProof } from './NodeProof.tsx';
import './nodes.css';

export function NodesView() {
  const { nodes, loaded, error } = useNodes();
  const [editing, setEditing] = useState<string | null>(null);
  return (
    <div className="view">
      <div className="bar">
        <h1>Nodes</h1>
        <span className="soft">{count(nodes.length)} in the case</span>
        <span className="dim">offset: added to logged times</span>
      </div>
      <ErrorLine sentence={error} />
      {loaded && nodes.length === 0 && (
        <Empty title="No nodes yet">
          <p>The machines that the evidence comes from are listed here once a bundle has been read.</p>
        </Empty>
      )}
      {nodes.length > 0 && (
        <div className="scroll grow">
          <table className="table" data-testid="node-table">
            <thead>
              <tr>
                <th>node</th>
                <th>systems</th>
                <th>roles</th>
                <th>addresses</th>
                <th>zone, and how known</th>
                <th>clock offset, and how known</th>
                <th className="num">files</th>
                <th className="num">events</th>
                <th>first and last (UTC)</th>
                <th>
                  <span className="unseen">change</span>
                </th>
              </tr>
            </thead>
            {nodes.map((n) => (
              <tbody key={n.node}>
                <tr data-testid="node-row">
                  <td>
                    <button type="button" className="link" onClick={() => openNode(n.node)}>
                      {n.node}
                    </button>
                  </td>
                  <td>
                    <span className="node-systems">
                      {n.systems.map((s) => (
                        <SystemMark key={s} system={s} />
                      ))}
                    </span>
                  </td>
                  <td className="soft">{n.roles.join(', ') || '–'}</td>
                  <td className="mono">{n.addresses.join(' ') || '–'}</td>
                  <td>
                    {n.zone ?? 'not known'}
                    <div className="dim">
                      {n.zoneBasis && basisWord(n.zoneBasis)}
                      {n.zoneSet !== null && n.zoneFound !== null && `; the evidence says ${n.zoneFound}`}
                    </div>
                  </td>
                  <td>
                    <span className={n.clockOffsetUs === 0 ? 'soft' : 'node-offset'}>
                      {offset(n.clockOffsetUs)}
                    </span>
                    <div className="dim clock-basis">
                      {n.offsetConfidence !== null &&
                        `confidence ${Math.round(n.offsetConfidence * 100)} %; `}
                      {n.offsetBasis && basisWord(n.offsetBasis)}
                      {n.offsetSetUs !== null && `; the evidence says ${offset(n.offsetFoundUs ?? 0)}`}
                    </div>
                  </td>
                  <td className="num">{count(n.files)}</td>
                  <td className="num">
                    <button type="button" className="link" onClick={() => showOnly([['node', n.node]])}>
                      {count(n.events)}
                    </button>
                  </td>
                  <td className="mono nowrap">
                    {dateTime(n.firstTs, 's')}
                    <br />
                    {dateTime(n.lastTs, 's')}
                  </td>
                  <td>
                    <button
                      type="button"
                      className="button"
                      onClick={() => setEditing(editing === n.node ? null : n.node)}
                      aria-expanded={editing === n.node}
                      data-testid="node-edit"
                    >
                      Proof and clock …
                    </button>
                  </td>
                </tr>
                {editing === n.node && (
                  <tr>
                    <td colSpan={10} className="node-proof-cell">
                      <NodeProof node={n} onDone={() => setEditing(null)} />
                    </td>
                  </tr>
                )}
              </tbody>
            ))}
          </table>
        </div>
      )}
    </div>
  );
}
