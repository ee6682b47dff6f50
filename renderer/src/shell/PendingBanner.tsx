// Work that was broken off: what happened, what is whole, and the two ways on.
import { Dialog } from 'radix-ui';

import { useEffect, useState } from 'react';
import type { CaseInfo, PendingWork } from '../../../shared/api.ts';
import { oneLine } from '../format/control.ts';
import { plural } from '../format/numbers.ts';
import { dateTime } from '../format/time.ts';
import { useCase } from '../store/case.ts';
import { useEvidence } from '../store/evidence.ts';
import { pendingWords } from '../views/intake/words.ts';
import './jobs.css';
import { DialogForm, FormDialog } from '../parts/FormDialog.tsx';

export function PendingBanner({ info }: { info: CaseInfo }) {
  const [asking, setAsking] = useState<'resume' | 'give up' | null>(null);
  const busy = useCase((s) => s.busy);
  const { pending, readOnly } = info;
  if (!pending) return null;
  const gone = pending.bundles.filter((b) => !b.reachable);
  return (
    <section className="banner" aria-label="Broken-off work" data-testid="pending">
      <div className="grow column pending-words">
        <span data-testid="pending-sentence">{pending.sentence}</span>
        <span className="dim">
          Begun {dateTime(pending.since, 's')} UTC. {capital(pendingWords(pending))}.
        </span>
        {gone.length > 0 && (
          <div data-testid="pending-gone">
            {plural(gone.length, 'bundle is', 'bundles are')} not where{' '}
            {gone.length === 1 ? 'it was' : 'they were'}: put {gone.length === 1 ? 'it' : 'them'} back there,
            then go on; or give {gone.length === 1 ? 'it' : 'them'} up.
            <ul>
              {gone.map((b) => (
                <li key={b.path} className="mono wrap">
                  {oneLine(b.path)}
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
      <button
        type="button"
        className="button main"
        disabled={readOnly || busy !== null}
        onClick={() => setAsking('resume')}
        data-testid="pending-resume"
      >
        Go on …
      </button>
      <button
        type="button"
        className="button"
        disabled={readOnly || busy !== null}
        onClick={() => setAsking('give up')}
        data-testid="pending-give-up"
      >
        Give up …
      </button>
      <FormDialog open={asking !== null} onClose={() => setAsking(null)} testId="pending-dialog">
        {asking === 'resume' && <Resume pending={pending} onDone={() => setAsking(null)} />}
        {asking === 'give up' && <GiveUp pending={pending} onDone={() => setAsking(null)} />}
      </FormDialog>
    </section>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

interface Props {
  pending: PendingWork;
  onDone(): void;
}

/** Holds passwords only while it is open. */
function Resume({ pending, onDone }: Props) {
  const { resume, error } = useCase();
  const [all, setAll] = useState('');
  const [own, setOwn] = useState<Record<string, string>>({});
  const [asked, setAsked] = useState(false);
  const { bundles, loadBundles } = useEvidence();
  useEffect(() => loadBundles(), [loadBundles]);
  // those that were begun with a password need one again
  const needing = new Set(bundles.filter((b) => b.options?.passwords === true).map((b) => b.path));
  const asksPasswords = asked || pending.bundles.some((b) => needing.has(b.path));
  const start = async () => {
    const passwords = Object.fromEntries(
      Object.entries({ ...own, '*': all }).filter(([, word]) => word !== ''),
    );
    if (await resume(passwords)) onDone();
  };
  return (
    <DialogForm
      title="Go on with what was broken off"
      body="scroll column pending-words"
      onSubmit={start}
      footer={
        <button type="submit" className="button main" data-first data-testid="resume-start">
          Go on
        </button>
      }
    >
      <p className="soft">
        Members that are in the case are passed over, the rest is read. The events will be those of a run that
        was never disturbed. Zones and limits are those it was begun with; passwords were not kept.
      </p>
      <ul className="pending-bundles">
        {pending.bundles.map((b) => (
          <li key={b.path}>
            <span className="mono cut" title={b.path}>
              {oneLine(b.name)}
            </span>
            <span className={b.reachable ? 'dim' : 'bad'}>
              {!b.reachable
                ? '▲ not where it was'
                : b.state === 'begun'
                  ? `${plural(b.members, 'member')} in the case`
                  : 'not begun'}
            </span>
            {asksPasswords && (
              <input
                className="field"
                type="password"
                autoComplete="off"
                placeholder={needing.has(b.path) ? 'its password' : 'password, if it needs one'}
                aria-label={`Password of ${b.name}`}
                value={own[b.path] ?? ''}
                onChange={(e) => setOwn({ ...own, [b.path]: e.target.value })}
                data-testid="resume-password"
              />
            )}
          </li>
        ))}
      </ul>
      {pending.bundles.length > 0 && !asksPasswords && (
        <span>
          <button type="button" className="link" onClick={() => setAsked(true)}>
            Some need a password …
          </button>
        </span>
      )}
      {asksPasswords && (
        <label className="mark">
          Password for all of them
          <input
            className="field"
            type="password"
            autoComplete="off"
            value={all}
            onChange={(e) => setAll(e.target.value)}
            data-testid="resume-password-all"
          />
        </label>
      )}
      {error && <p className="bad">▲ {error}</p>}
    </DialogForm>
  );
}

function GiveUp({ pending, onDone }: Props) {
  const { giveUp, error } = useCase();
  const planned = pending.bundles.filter((b) => b.state === 'planned').length;
  const begun = pending.bundles.length - planned;
  return (
    <DialogForm
      title="Give up what was broken off?"
      leave={null}
      body="column pending-words"
      onSubmit={async () => {
        if (await giveUp()) onDone();
      }}
      footer={
        <>
          <Dialog.Close className="button" type="button" data-first data-testid="give-up-stay">
            Keep it for later
          </Dialog.Close>
          <button type="submit" className="button main" data-testid="give-up-confirm">
            Give up the rest
          </button>
        </>
      }
    >
      <p>
        What was taken in stays in the case, with its hashes.
        {begun > 0 &&
          ` ${plural(begun, 'bundle stays', 'bundles stay')} in the list as broken off: their other members are not read.`}
        {planned > 0 &&
          ` ${plural(planned, 'bundle', 'bundles')} not begun ${planned === 1 ? 'is' : 'are'} forgotten.`}{' '}
        Times, clocks and nodes are settled for what is there. The custody log records it.
      </p>
      <p className="soft">The bundles can be added again later, as new ones.</p>
      {error && <p className="bad">▲ {error}</p>}
    </DialogForm>
  );
}
