// Nodes by systems: how much from where, and from when to when.
import type { Output } from '../../../../shared/api.ts';
import { count, short } from '../../format/numbers.ts';
import { offset, range } from '../../format/time.ts';
import { SystemMark, systemColour } from '../../parts/Marks.tsx';
import { openNode } from '../../store/details.ts';
import { showOnly } from '../../store/pivot.ts';
import { Card } from './Card.tsx';

type Data = Output<'overview.get'>;

function Cell({ cell, data, most }: { cell: Data['matrix'][number]; data: Data; most: number }) {
  const { firstTs, lastTs } = data.case;
  const whole = firstTs !== null && lastTs !== null ? Math.max(1, lastTs - firstTs) : 1;
  const dated = cell.firstTs !== null && cell.lastTs !== null && firstTs !== null;
  const left = dated ? ((cell.firstTs! - firstTs) / whole) * 100 : 0;
  const width = dated ? Math.max(2, ((cell.lastTs! - cell.firstTs!) / whole) * 100) : 0;
  const span = dated ? range(cell.firstTs!, cell.lastTs!) : 'no time';
  return (
    <button
      type="button"
      className="matrix-cell"
      onClick={() =>
        showOnly([
          ['node', cell.node],
          ['system', cell.system],
        ])
      }
      title={`${count(cell.events)} events, ${count(cell.errors)} errors and worse\n${span} UTC`}
      data-testid="matrix-cell"
    >
      <span className="matrix-figures">
        <span>{short(cell.events)}</span>
        {cell.errors > 0 && <span className="matrix-errors">▲ {short(cell.errors)}</span>}
      </span>
      <span className="matrix-span">
        <span
          style={{
            left: `${Math.min(98, left)}%`,
            width: `${Math.min(width, 100 - Math.min(98, left))}%`,
            height: `${3 + 5 * (Math.log1p(cell.events) / Math.log1p(most))}px`,
            background: systemColour(cell.system),
          }}
        />
      </span>
    </button>
  );
}

export function Matrix({ overview }: { overview: Data }) {
  const systems = overview.systems.map((s) => s.system);
  const most = Math.max(1, ...overview.matrix.map((c) => c.events));
  const cells = new Map(overview.matrix.map((c) => [`${c.node} ${c.system}`, c]));
  return (
    <Card
      title="Collected: nodes by systems"
      side={<span className="dim">bar: its time in the case · ▲ errors and worse</span>}
    >
      <div className="scroll-x">
        <table className="matrix" data-testid="overview-matrix">
          <thead>
            <tr>
              <th scope="col">node</th>
              {systems.map((s) => (
                <th key={s} scope="col">
                  <button type="button" className="plain" onClick={() => showOnly([['system', s]])}>
                    <SystemMark system={s} />
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {overview.nodes.map((node) => (
              <tr key={node.node}>
                <th scope="row">
                  <button
                    type="button"
                    className="link cut"
                    onClick={() => openNode(node.node)}
                    title={node.node}
                  >
                    {node.node}
                  </button>
                  {node.clockOffsetUs !== 0 && (
                    <span className="matrix-offset" title="offset of its clock, added to its times">
                      {offset(node.clockOffsetUs)}
                    </span>
                  )}
                </th>
                {systems.map((system) => {
                  const cell = cells.get(`${node.node} ${system}`);
                  return (
                    <td key={system}>
                      {cell ? (
                        <Cell cell={cell} data={overview} most={most} />
                      ) : (
                        <span className="nothing">–</span>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
