// The custody log: every act on the case, who, when, with what; whether its chain holds; the signature of the manifest.
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { count, plural } from '../../format/numbers.ts';
import { Choices } from '../../parts/Choices.tsx';
import { copy } from '../../parts/copy.ts';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { useKeys } from '../../shell/useKeys.ts';
import { useCase } from '../../store/case.ts';
import { useCustody } from '../../store/custody.ts';
import { useDialogs } from '../../store/dialogs.ts';
import { CustodyCheckResult } from './CustodyCheckResult.tsx';
import { CustodyEntry } from './CustodyEntry.tsx';
import { occurring, shownEntries } from './custody-rows.ts';
import { ManifestSignatures } from './ManifestSignatures.tsx';
import './proof.css';

const ROW = 28;

export function CustodyPart({ head }: { head: ReactNode }) {
  const state = useCustody();
  const { rows, loaded, error, newestFirst, act, actor, text, load, narrow, verify, checking } = state;
  const revision = useCase((s) => s.revision);
  const findings = useCase((s) => s.info);
  const showDialog = useDialogs((s) => s.show);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the case is an act: it says when to load again
  useEffect(() => load(), [load, revision, findings]);
  const shown = useMemo(
    () => shownEntries(rows, { act, actor, text, newestFirst }),
    [rows, act, actor, text, newestFirst],
  );
  const head_ = rows.at(-1)?.hash;
  useKeys('Custody', [
    { key: 'h', word: 'Check the chain of the custody log', run: () => void verify() },
    { key: 'o', word: 'Newest or oldest first', run: () => narrow({ newestFirst: !newestFirst }) },
    { key: 's', word: 'Sign the manifest', run: () => showDialog('sign') },
  ]);
  return (
    <>
      <div className="bar">
        {head}
        <span className="soft" data-testid="custody-total">
          {count(shown.length)} of {plural(rows.length, 'act')}
        </span>
        <span className="grow" />
        <button
          type="button"
          className="button"
          disabled={!head_}
          onClick={() => head_ && copy(head_, 'Hash of the last entry copied')}
          title="The hash of the last entry stands for the whole log: write it down elsewhere, and nobody can change the log unseen"
          data-testid="custody-copy-head"
        >
          Copy the head hash
        </button>
        <button
          type="button"
          className="button"
          disabled={checking}
          onClick={() => void verify()}
          title="Hash every entry again and compare it with the next (h)"
          data-testid="custody-check"
        >
          {checking ? 'Checking …' : 'Check the chain'}
        </button>
        <button
          type="button"
          className="button main"
          onClick={() => showDialog('sign')}
          title="Sign what the case holds now: bundles, members, rules and the head of this log (s)"
          data-testid="sign-manifest"
        >
          Sign the manifest …
        </button>
      </div>
      <Filters />
      <ErrorLine sentence={error} />
      <ManifestSignatures />
      <CustodyCheckResult />
      {loaded && rows.length === 0 && !error && (
        <Empty title="The log is empty">
          <p>Every act on the case is written here as it happens: opened, read, rules run, exported.</p>
        </Empty>
      )}
      {rows.length > 0 && shown.length === 0 && (
        <Empty title="No act fits">
          <p>Clear the filters above to see all {count(rows.length)}.</p>
        </Empty>
      )}
      {shown.length > 0 && <Entries />}
    </>
  );
}

function Filters() {
  const { rows, act, actor, text, newestFirst, narrow } = useCustody();
  const acts = useMemo(() => occurring(rows, 'act'), [rows]);
  const actors = useMemo(() => occurring(rows, 'actor'), [rows]);
  return (
    <div className="bar">
      <Choices<'newest' | 'oldest'>
        label="Order"
        value={newestFirst ? 'newest' : 'oldest'}
        options={[
          ['newest', 'Newest first'],
          ['oldest', 'Oldest first'],
        ]}
        onChange={(order) => narrow({ newestFirst: order === 'newest' })}
        testid="custody-order"
      />
      <select
        className="field evidence-pick"
        aria-label="Act"
        value={act ?? ''}
        onChange={(e) => narrow({ act: e.target.value || null })}
        data-testid="custody-act"
      >
        <option value="">all acts</option>
        {acts.map(([value, n]) => (
          <option key={value} value={value}>
            {value} ({count(n)})
          </option>
        ))}
      </select>
      <select
        className="field evidence-pick"
        aria-label="Who"
        value={actor ?? ''}
        onChange={(e) => narrow({ actor: e.target.value || null })}
        data-testid="custody-actor"
      >
        <option value="">everybody</option>
        {actors.map(([value, n]) => (
          <option key={value} value={value}>
            {value} ({count(n)})
          </option>
        ))}
      </select>
      <input
        className="field evidence-search"
        placeholder="Filter: words, detail, hash"
        aria-label="Filter the custody log"
        value={text}
        onChange={(e) => narrow({ text: e.target.value })}
        data-testid="custody-filter"
      />
    </div>
  );
}

function Entries() {
  const { rows, newestFirst, act, actor, text, opened } = useCustody();
  const shown = useMemo(
    () => shownEntries(rows, { act, actor, text, newestFirst }),
    [rows, act, actor, text, newestFirst],
  );
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => shown[index]!.seq,
    overscan: 10,
  });
  return (
    <section ref={scroller} className="scroll grow" aria-label="Custody log" tabIndex={0}>
      <div className="custody-head" aria-hidden="true">
        <span />
        <span className="num">no.</span>
        <span>when (UTC)</span>
        <span>who</span>
        <span>what</span>
        <span>act</span>
      </div>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((item) => {
          const row = shown[item.index]!;
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="custody-place"
              style={{ top: item.start }}
            >
              <CustodyEntry row={row} open={opened.has(row.seq)} />
            </div>
          );
        })}
      </div>
    </section>
  );
}
