// The clock of a node: what the pairs of events say of it, how sure that is, and the pairs themselves.
import type { NodeRow, Output } from '../../../../shared/api.ts';
import { count, plural } from '../../format/numbers.ts';
import { dateTime, duration, offset } from '../../format/time.ts';
import { openEvent, openNode } from '../../store/details.ts';

type Proof = Output<'nodes.proof'>;
type Pair = Proof['clock']['pairs'][number];

/** Bounds to the millisecond: they are read against each other. */
const side = (us: number | null) =>
  us === null ? 'not bounded' : `${us < 0 ? '−' : '+'}${(Math.abs(us) / 1e6).toFixed(3)} s`;

function PairRow({ pair, node }: { pair: Pair; node: string }) {
  return (
    <tr className={pair.agrees ? undefined : 'at-odds'} data-testid="clock-pair">
      <td>
        {pair.words}
        <div className="dim mono cut" title={pair.key}>
          {pair.key}
        </div>
      </td>
      <td>
        <button
          type="button"
          className="link"
          onClick={() => openEvent(pair.fromEvent)}
          title={pair.fromMessage}
        >
          {dateTime(pair.fromTs, 'ms')}
        </button>
        <div className="dim">{node}</div>
      </td>
      <td>
        <button type="button" className="link" onClick={() => openEvent(pair.toEvent)} title={pair.toMessage}>
          {dateTime(pair.toTs, 'ms')}
        </button>
        <div className="dim">{pair.other}</div>
      </td>
      <td className="nowrap">
        {side(pair.lowUs)} to {side(pair.highUs)}
      </td>
      <td className="soft">
        {pair.basis}
        {pair.agrees ? '' : ', at odds'}
      </td>
    </tr>
  );
}

export function NodeClock({ node, proof }: { node: NodeRow; proof: Proof }) {
  const { clock } = proof;
  const half = clock.lowUs !== null && clock.highUs !== null ? (clock.highUs - clock.lowUs) / 2 : null;
  return (
    <section className="proof-part">
      <h2>Clock</h2>
      <p>
        {clock.setUs !== null && (
          <>
            Set by hand to <strong>{offset(clock.setUs)}</strong>. The evidence says:{' '}
          </>
        )}
        {clock.foundBasis === null ? (
          'No event of this node was logged by another node too, so nothing tells whether its clock was right.'
        ) : (
          <>
            <strong>{offset(clock.foundUs ?? 0)}</strong>
            {half !== null && clock.confidence !== null && ` ± ${duration(half)}`}
            {clock.confidence !== null && `, confidence ${Math.round(clock.confidence * 100)} %`}:{' '}
            {clock.foundBasis}.
          </>
        )}
        {clock.via && (
          <>
            {' '}
            Compared with{' '}
            <button type="button" className="link" onClick={() => openNode(clock.via!)}>
              {clock.via}
            </button>
            .
          </>
        )}
      </p>
      {clock.stretches.length > 1 && (
        <ul className="proof-list">
          {clock.stretches.map((s) => (
            <li key={String(s.fromTs)}>
              <strong>{offset(s.offsetUs)}</strong>{' '}
              {s.fromTs === null ? 'from the beginning' : `from ${dateTime(s.fromTs, 's')}`}{' '}
              {s.toTs === null ? 'to the end' : `to ${dateTime(s.toTs, 's')}`} by its own clock ({s.agreeing}{' '}
              of {s.pairs} pairs)
            </li>
          ))}
        </ul>
      )}
      {clock.pairs.length > 0 && (
        <>
          <h3>
            {plural(clock.pairCount, 'pair')} of events that bound it
            {clock.pairCount > clock.pairs.length && (
              <span className="dim"> (the {count(clock.pairs.length)} tightest are listed)</span>
            )}
          </h3>
          <div className="scroll pair-scroll">
            <table className="table">
              <thead>
                <tr>
                  <th>what joins them</th>
                  <th>logged here (UTC)</th>
                  <th>logged there (UTC)</th>
                  <th>offset here less offset there</th>
                  <th>basis</th>
                </tr>
              </thead>
              <tbody>
                {clock.pairs.map((pair) => (
                  <PairRow key={`${pair.kind} ${pair.key} ${pair.other}`} pair={pair} node={node.node} />
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  );
}
