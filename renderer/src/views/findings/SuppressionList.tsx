// What is suppressed in this case, by whom, since when and why; each can be taken away again.
import { Dialog } from 'radix-ui';
import type { SuppressionRow } from '../../../../shared/api.ts';
import { oneLine } from '../../format/control.ts';
import { count, plural } from '../../format/numbers.ts';
import { dateTime } from '../../format/time.ts';
import { ErrorLine } from '../../parts/Empty.tsx';
import { useCase } from '../../store/case.ts';
import { useFindings } from '../../store/findings.ts';
import { useSuppressions } from '../../store/suppressions.ts';

function Row({ row }: { row: SuppressionRow }) {
  const remove = useSuppressions((s) => s.remove);
  const readOnly = useCase((s) => s.info?.readOnly ?? true);
  const title = useFindings((s) => s.findings.find((f) => f.ruleId === row.ruleId)?.title);
  const values = Object.entries(row.fieldValues);
  return (
    <li className="suppression" data-testid="suppression-row">
      <div className="column grow">
        <span>{row.ruleId === null ? 'Every rule' : (title ?? `Rule ${row.ruleId}`)}</span>
        {values.length > 0 && (
          <span className="mono wrap soft">
            {values.map(([field, value]) => `${field}=${oneLine(value)}`).join('  ')}
          </span>
        )}
        {(row.fromTs !== null || row.toTs !== null) && (
          <span className="mono soft">
            {row.fromTs === null ? 'from the first event' : dateTime(row.fromTs, 's')} –{' '}
            {row.toTs === null ? 'to the last' : dateTime(row.toTs, 's')} UTC
          </span>
        )}
        <span className="wrap">“{row.reason}”</span>
        <span className="dim">
          {row.author}, {dateTime(row.madeAt, 's')} UTC
        </span>
      </div>
      <span className="soft num">hides {plural(row.findings, 'finding')}</span>
      <button
        type="button"
        className="button"
        disabled={readOnly}
        onClick={() => void remove(row)}
        data-testid="suppression-remove"
      >
        Remove
      </button>
    </li>
  );
}

export function SuppressionList() {
  const { rows, loaded, error, listed, list } = useSuppressions();
  return (
    <Dialog.Root open={listed} onOpenChange={list}>
      <Dialog.Trigger className="button" title="Suppressions of this case (l)" data-testid="suppressions">
        Suppressions <span className="num">{count(rows.length)}</span>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="dialog" aria-describedby={undefined} data-testid="suppressions-dialog">
          <header>
            <Dialog.Title asChild>
              <h1 className="grow">Suppressions</h1>
            </Dialog.Title>
            <Dialog.Close className="button">Close</Dialog.Close>
          </header>
          <div className="dialog-body scroll">
            <ErrorLine sentence={error} />
            {loaded && rows.length === 0 && (
              <p className="soft">
                Nothing is suppressed in this case. On a finding, <kbd>s</kbd> hides all that are like it,
                with a reason.
              </p>
            )}
            <ul>
              {rows.map((row) => (
                <Row key={row.suppressionId} row={row} />
              ))}
            </ul>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
