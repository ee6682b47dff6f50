// The bundles of the case: what each was, what became of it, who added it and with which settings.
import { type ReactNode, useEffect } from 'react';
import type { BundleRow } from '../../../../shared/api.ts';
import { oneLine } from '../../format/control.ts';
import { bytes, count, plural } from '../../format/numbers.ts';
import { dateTime } from '../../format/time.ts';
import { STATUS_WORDS } from '../../format/words.ts';
import { copy } from '../../parts/copy.ts';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { useCase } from '../../store/case.ts';
import { useDialogs } from '../../store/dialogs.ts';
import { useEvidence } from '../../store/evidence.ts';
import { optionWords } from './option-words.ts';

const STATE: Record<BundleRow['state'], { sign: string; word: string; look: string }> = {
  planned: { sign: '○', word: 'not begun', look: 'dim' },
  reading: { sign: '◐', word: 'being read', look: 'soft' },
  done: { sign: '✓', word: 'read', look: 'soft' },
  'broken off': { sign: '▲', word: 'broken off', look: 'bad' },
};

export function BundlesPart({ head }: { head: ReactNode }) {
  const { bundles, bundlesLoaded, bundlesError, loadBundles } = useEvidence();
  const revision = useCase((s) => s.revision);
  const readOnly = useCase((s) => s.info?.readOnly ?? true);
  const show = useDialogs((s) => s.show);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => loadBundles(), [loadBundles, revision]);
  return (
    <>
      <div className="bar">
        {head}
        <span className="soft" data-testid="bundles-total">
          {plural(bundles.length, 'bundle')} in the case
        </span>
        <span className="grow" />
        <button
          type="button"
          className="button"
          disabled={readOnly}
          onClick={() => show('bundles')}
          data-testid="bundles-add"
        >
          Add bundles …
        </button>
      </div>
      <ErrorLine sentence={bundlesError} />
      {bundlesLoaded && bundles.length === 0 && !bundlesError && (
        <Empty title="No bundle yet">
          <p>Bundles are the archives and folders that the evidence came in. Add the first one.</p>
        </Empty>
      )}
      {bundles.length > 0 && (
        <section className="scroll grow" aria-label="Bundles">
          <table className="table bundles">
            <thead>
              <tr>
                <th>bundle</th>
                <th>state</th>
                <th className="num">size</th>
                <th>members</th>
                <th className="num">events</th>
                <th>added (UTC), by</th>
                <th>read with</th>
              </tr>
            </thead>
            <tbody>
              {bundles.map((b) => (
                <Bundle key={b.bundleId} bundle={b} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}

function Bundle({ bundle: b }: { bundle: BundleRow }) {
  const showLedger = useEvidence((s) => s.showLedger);
  const state = STATE[b.state];
  return (
    <tr data-testid="bundle" data-state={b.state}>
      <td className="bundle-name">
        <button
          type="button"
          className="link mono wrap"
          onClick={() => showLedger({ bundle: b.name })}
          title={`${b.path ?? b.name}\nIts members in the ledger`}
          data-testid="bundle-ledger"
        >
          {oneLine(b.name)}
        </button>
        <div className="mono dim mark">
          {b.sha256 ? (
            <>
              <span className="wrap">
                sha256 <span data-testid="bundle-sha256">{b.sha256}</span>
              </span>
              <button
                type="button"
                className="plain"
                onClick={() => b.sha256 && copy(b.sha256, 'sha256 copied')}
                aria-label={`Copy sha256 of ${b.name}`}
              >
                <Icon name="copy" size={12} />
              </button>
            </>
          ) : (
            <span>{b.state === 'done' ? 'a folder: its files are hashed one by one' : 'no hash yet'}</span>
          )}
        </div>
        {b.problem && (
          <div className="bad wrap" data-testid="bundle-problem">
            <span aria-hidden="true">▲ </span>
            {b.problem}
          </div>
        )}
      </td>
      <td className={`nowrap ${state.look}`}>
        <span aria-hidden="true">{state.sign}</span> {state.word}
      </td>
      <td className="num nowrap">{b.size === null ? '–' : bytes(b.size)}</td>
      <td>
        <span className="bundle-members">
          {b.members.length === 0 && <span className="dim">none</span>}
          {b.members.map(({ status, members }) => (
            <button
              key={status}
              type="button"
              className={`link nowrap ${status === 'failed' || status === 'partial' ? 'bad' : ''}`}
              onClick={() => showLedger({ bundle: b.name, statuses: new Set([status]) })}
              data-testid={`bundle-${status}`}
            >
              {count(members)} {STATUS_WORDS[status]}
            </button>
          ))}
        </span>
      </td>
      <td className="num">{count(b.events)}</td>
      <td className="nowrap">
        <div className="mono">{b.addedAt === null ? '–' : dateTime(b.addedAt, 's')}</div>
        <div className="dim">
          {b.addedBy ?? 'not known'}, Tidemark {b.toolVersion ?? '?'}
        </div>
      </td>
      <td className="soft bundle-options">
        {optionWords(b.options).map((word) => (
          <div key={word}>{word}</div>
        ))}
      </td>
    </tr>
  );
}
