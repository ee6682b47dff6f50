// The last check of the chain of the custody log: whether it holds, and what holds it in place from outside.
import { oneLine } from '../../format/control.ts';
import { count, plural } from '../../format/numbers.ts';
import { ErrorLine } from '../../parts/Empty.tsx';
import { useCustody } from '../../store/custody.ts';

const SHOWN = 100;

export function CustodyCheckResult() {
  const { check, checkError } = useCustody();
  if (checkError) return <ErrorLine sentence={checkError} />;
  if (!check) return null;
  return (
    <div className="banner custody-check" role="status" data-testid="custody-check-result" data-ok={check.ok}>
      <div className="grow column">
        <span className={check.ok ? 'good' : 'bad'}>
          {check.ok
            ? `✓ The chain holds: ${plural(check.entries, 'entry', 'entries')}, each names the one before it.`
            : `▲ The chain does not hold: ${plural(check.problems.length, 'problem')} in ${plural(check.entries, 'entry', 'entries')}.`}
        </span>
        {check.problems.length > 0 && (
          <ul className="proof-problems">
            {check.problems.slice(0, SHOWN).map((p) => (
              <li key={`${p.seq} ${p.sentence}`} className="wrap" data-testid="custody-problem">
                {p.seq !== null && <span className="mono soft">no. {p.seq} </span>}
                {oneLine(p.sentence)}
              </li>
            ))}
            {check.problems.length > SHOWN && (
              <li className="dim">and {count(check.problems.length - SHOWN)} more</li>
            )}
          </ul>
        )}
        {check.anchors.length > 0 ? (
          <span className="soft">
            Held in place by{' '}
            {check.anchors.slice(0, 8).map((a, i) => (
              <span key={`${a.what} ${a.seq}`} className={a.ok ? '' : 'bad'}>
                {i > 0 && ', '}
                {a.ok ? '' : '▲ '}
                {oneLine(a.what)} (no. {a.seq})
              </span>
            ))}
            {check.anchors.length > 8 && ` and ${count(check.anchors.length - 8)} more`}.
          </span>
        ) : (
          <span className="soft">
            Nothing outside the log holds it in place yet. Sign the manifest, or write the head hash down
            elsewhere.
          </span>
        )}
        <span className="soft">{check.sentence}</span>
        <span className="dim mono wrap">head {check.head ?? 'none'}</span>
      </div>
      <button type="button" className="button" onClick={() => useCustody.setState({ check: null })}>
        Close
      </button>
    </div>
  );
}
