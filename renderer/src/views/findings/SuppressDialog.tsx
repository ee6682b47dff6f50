// Suppressing: all findings like this one, now and after each run; says before it is done how many that would hide.
import { Dialog } from 'radix-ui';
import { useEffect, useMemo, useState } from 'react';
import type { FindingRow } from '../../../../shared/api.ts';
import { oneLine } from '../../format/control.ts';
import { count, plural } from '../../format/numbers.ts';
import { dateTime, parseTime } from '../../format/time.ts';
import { useFindings } from '../../store/findings.ts';
import { useSuppressions } from '../../store/suppressions.ts';
import { offeredValues } from './suppress.ts';

export function SuppressDialog() {
  const { from, begin } = useSuppressions();
  return (
    <Dialog.Root open={from !== null} onOpenChange={(open) => !open && begin(null)}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="dialog" aria-describedby={undefined} data-testid="suppress-dialog">
          {from && <Form key={from.findingId} finding={from} />}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

type Span = 'always' | 'its' | 'set';

function Form({ finding }: { finding: FindingRow }) {
  const { would, wouldError, count: ask, add } = useSuppressions();
  const events = useFindings((s) => (s.eventsOf === finding.findingId ? s.events : null));
  const offered = useMemo(() => offeredValues(finding, events ?? []), [finding, events]);
  const [ofRule, setOfRule] = useState(true);
  const [changed, setChanged] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [span, setSpan] = useState<Span>('always');
  const [since, setSince] = useState(finding.firstTs === null ? '' : dateTime(finding.firstTs, 's'));
  const [until, setUntil] = useState(
    finding.lastTs === null ? '' : dateTime(finding.lastTs + 1_000_000, 's'),
  );
  const [reason, setReason] = useState('');
  const chosen = offered.filter((o) => changed.get(o.field) ?? o.grouped);
  const [fromTs, toTs] =
    span === 'always'
      ? [null, null]
      : span === 'its'
        ? [finding.firstTs, finding.lastTs]
        : [parseTime(since), parseTime(until)];
  const badTime = span === 'set' && (fromTs === null || toTs === null || fromTs > toTs);
  const everything = !ofRule && chosen.length === 0 && span === 'always';
  const wanted = {
    ruleId: ofRule ? finding.ruleId : null,
    fieldValues: Object.fromEntries(chosen.map((o) => [o.field, o.value])),
    fromTs,
    toTs,
  };
  const asked = JSON.stringify(wanted);
  const fit = !badTime && !everything;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is wanted, as text, says when to count again
  useEffect(() => {
    if (fit) ask(wanted);
  }, [asked, fit]);
  return (
    <form
      className="column suppress"
      onSubmit={(e) => {
        e.preventDefault();
        if (fit && reason.trim()) void add({ ...wanted, reason: reason.trim() });
      }}
    >
      <header>
        <Dialog.Title asChild>
          <h1 className="grow">Suppress findings like this one</h1>
        </Dialog.Title>
        <Dialog.Close className="button">Cancel</Dialog.Close>
      </header>
      <div className="dialog-body scroll column suppress-body">
        <p className="soft">
          Suppressed findings stay in the case, are counted, and come back when the suppression is removed. It
          also holds for what later runs find.
        </p>
        <fieldset>
          <legend>Of which rule</legend>
          <label className="mark">
            <input type="radio" checked={ofRule} onChange={() => setOfRule(true)} /> {finding.title}
          </label>
          <label className="mark">
            <input
              type="radio"
              checked={!ofRule}
              onChange={() => setOfRule(false)}
              data-testid="suppress-any-rule"
            />{' '}
            every rule
          </label>
        </fieldset>
        <fieldset>
          <legend>With these values in all their events</legend>
          {offered.length === 0 && <span className="dim">Its events have no value in common.</span>}
          {offered.map((o) => (
            <label key={o.field} className="mark suppress-value" data-testid="suppress-value">
              <input
                type="checkbox"
                checked={changed.get(o.field) ?? o.grouped}
                onChange={(e) => setChanged(new Map(changed).set(o.field, e.target.checked))}
                data-testid={`suppress-field-${o.field}`}
              />
              <span className="mono soft">{o.field}</span>
              <span className="mono wrap">{oneLine(o.value)}</span>
            </label>
          ))}
        </fieldset>
        <fieldset>
          <legend>When</legend>
          <label className="mark">
            <input type="radio" checked={span === 'always'} onChange={() => setSpan('always')} /> at any time
          </label>
          {finding.firstTs !== null && finding.lastTs !== null && (
            <label className="mark">
              <input type="radio" checked={span === 'its'} onChange={() => setSpan('its')} /> within the time
              of this finding:{' '}
              <span className="mono soft">
                {dateTime(finding.firstTs, 's')} – {dateTime(finding.lastTs, 's')} UTC
              </span>
            </label>
          )}
          <span className="mark">
            <label className="mark">
              <input type="radio" checked={span === 'set'} onChange={() => setSpan('set')} /> from
            </label>
            <input
              className="field mono"
              aria-label="From, UTC"
              size={19}
              value={since}
              disabled={span !== 'set'}
              onChange={(e) => setSince(e.target.value)}
            />
            to
            <input
              className="field mono"
              aria-label="To, UTC"
              size={19}
              value={until}
              disabled={span !== 'set'}
              onChange={(e) => setUntil(e.target.value)}
            />
            <span className="dim">UTC</span>
          </span>
          {badTime && (
            <p className="bad">▲ Two times are needed, as 2026-11-20 14:02:31, the earlier first.</p>
          )}
        </fieldset>
        <label htmlFor="suppress-reason">Why? It goes into the report.</label>
        <input
          id="suppress-reason"
          className="field"
          // biome-ignore lint/a11y/noAutofocus: the one thing that must be typed
          autoFocus
          value={reason}
          onChange={(e) => setReason(e.target.value)}
          data-testid="suppress-reason"
        />
        {wouldError && <p className="bad wrap">▲ {wouldError}</p>}
      </div>
      <footer>
        <span className="grow soft" role="status" data-testid="suppress-would">
          {everything
            ? 'This would hide everything: choose a rule, a value or a time.'
            : badTime
              ? ''
              : would
                ? `Would hide ${plural(would.findings, 'finding')}${would.judged > 0 ? `; ${count(would.judged)} more fit but were judged by hand and stay` : ''}.`
                : 'Counting …'}
        </span>
        <button
          type="submit"
          className="button main"
          disabled={!fit || !reason.trim()}
          data-testid="suppress-confirm"
        >
          Suppress
        </button>
      </footer>
    </form>
  );
}
