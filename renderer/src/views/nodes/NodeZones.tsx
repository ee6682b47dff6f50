// The zones of a node: which stretch of which file is read how, and the lines that showed it.
import type { Output } from '../../../../shared/api.ts';
import { count, plural } from '../../format/numbers.ts';
import { clock, dateTime, day } from '../../format/time.ts';
import { basisWord } from '../../format/words.ts';
import { openEvent } from '../../store/details.ts';

type Proof = Output<'nodes.proof'>;
type Stretch = Proof['zone']['stretches'][number];

const name = (path: string) => path.split('/').at(-1) ?? path;

/** Which lines a stretch is of. */
function extent(s: Stretch): string {
  const parts: string[] = [];
  if (s.component !== null) parts.push(`lines of ${s.component}`);
  if (s.fromLine !== null || s.toLine !== null)
    parts.push(
      `lines ${s.fromLine === null ? '1' : count(s.fromLine)} to ${s.toLine === null ? 'the end' : count(s.toLine)}`,
    );
  const local = (us: number) => `${day(us)} ${clock(us, 's')}`;
  if (s.fromWall !== null && s.toWall !== null)
    parts.push(`local time ${local(s.fromWall)} to ${local(s.toWall)}`);
  else if (s.fromWall !== null) parts.push(`local time from ${local(s.fromWall)}`);
  else if (s.toWall !== null) parts.push(`local time before ${local(s.toWall)}`);
  return parts.join(', ') || 'all lines';
}

export function NodeZones({ proof }: { proof: Proof }) {
  const { stretches, evidence } = proof.zone;
  return (
    <section className="proof-part">
      <h2>Zones</h2>
      <p className="dim">
        {proof.localEvents === 0
          ? 'Every line of this node states its zone or takes that of a line that does.'
          : `${plural(proof.localEvents, 'event')} of this node ${proof.localEvents === 1 ? 'has' : 'have'} a local time without a zone.`}
      </p>
      {proof.localEvents > 0 && (
        <table className="table" data-testid="zone-stretches">
          <thead>
            <tr>
              <th>zone</th>
              <th>of</th>
              <th>stretch</th>
              <th>how known</th>
            </tr>
          </thead>
          <tbody>
            {stretches.map((s, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: stretches have no other name than their place
              <tr key={i} className={s.doubt ? 'doubt' : undefined}>
                <td className="mono nowrap">{s.zone}</td>
                <td title={s.path}>
                  {name(s.path)}
                  {s.files > 1 && <span className="dim"> and {count(s.files - 1)} more</span>}
                </td>
                <td className="soft">{extent(s)}</td>
                <td>
                  {basisWord(s.basis)}: {s.why}
                  {s.doubt && <div className="node-offset">In doubt: {s.doubt}.</div>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {evidence.length > 0 && (
        <>
          <h3>Lines that showed a zone</h3>
          <ul className="proof-list" data-testid="zone-evidence">
            {evidence.map((e) => (
              <li key={`${e.fileId} ${e.firstLine} ${e.zone} ${e.writer} ${e.why}`}>
                <span className="mono">{e.zone}</span> {plural(e.lines, 'line')} of{' '}
                <span title={e.path}>{name(e.path)}</span>
                {e.writer && <span className="dim"> ({e.writer})</span>}: {e.why};{' '}
                {e.firstEvent && (
                  <button type="button" className="link" onClick={() => openEvent(e.firstEvent!)}>
                    line {count(e.firstLine)}
                  </button>
                )}
                {e.lastEvent && e.lastLine !== e.firstLine && (
                  <>
                    {' to '}
                    <button type="button" className="link" onClick={() => openEvent(e.lastEvent!)}>
                      line {count(e.lastLine)}
                    </button>
                  </>
                )}
                <span className="dim">
                  {' '}
                  (local {dateTime(e.firstWall, 's')} to {dateTime(e.lastWall, 's')})
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {proof.hints.map((hint) => (
        <p key={hint} className="soft">
          {hint}
        </p>
      ))}
    </section>
  );
}
