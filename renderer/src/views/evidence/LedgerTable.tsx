// The rows of the ledger, virtualised; a click opens the file, its count leads to its events.
// biome-ignore-all lint/a11y/useSemanticElements: a virtualised table cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and moves a cursor
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are those of the grid
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { LedgerRow } from '../../../../shared/api.ts';
import type { MemberStatus } from '../../../../shared/model.ts';
import { oneLine } from '../../format/control.ts';
import { bytes, count, percent } from '../../format/numbers.ts';
import { dateTime } from '../../format/time.ts';
import { STATUS_WORDS } from '../../format/words.ts';
import { copy } from '../../parts/copy.ts';
import { Icon } from '../../parts/Icon.tsx';
import { openFile, openNode } from '../../store/details.ts';
import { showOnly } from '../../store/pivot.ts';

const ROW = 44;
const SIGN: Record<MemberStatus, string> = {
  parsed: '✓',
  partial: '◐',
  skipped: '–',
  failed: '▲',
  duplicate: '=',
};

/** The folder gives way before the name does. */
function PathWords({ path }: { path: string }) {
  const at = path.lastIndexOf('/') + 1;
  return (
    <>
      <span className="cut">{path.slice(0, at)}</span>
      <span className="cut ledger-name">{path.slice(at)}</span>
    </>
  );
}

function Row({ file, top, chosen }: { file: LedgerRow; top: number; chosen: boolean }) {
  const bad = file.status === 'failed' || file.status === 'partial';
  return (
    <div
      role="row"
      className="ledger-row"
      style={{ top }}
      data-testid="ledger-row"
      tabIndex={-1}
      aria-selected={chosen}
    >
      <span role="cell" className={bad ? 'bad' : 'soft'}>
        {SIGN[file.status]} {STATUS_WORDS[file.status]}
      </span>
      <span role="cell" className="ledger-two">
        <button
          type="button"
          className="link mono ledger-path"
          onClick={() => openFile(file.fileId)}
          title={`${file.bundle}\n${file.path}\nHow well it was read`}
          data-testid="ledger-file"
        >
          <PathWords path={oneLine(file.path)} />
        </button>
        <span className="dim cut" title={file.reason ?? undefined}>
          {file.reason ?? oneLine(file.bundle)}
        </span>
      </span>
      <span role="cell" className="cut">
        {file.node ? (
          <button
            type="button"
            className="link cut block"
            title={file.node}
            onClick={() => file.node && openNode(file.node)}
          >
            {file.node}
          </button>
        ) : (
          <span className="dim">–</span>
        )}
      </span>
      <span role="cell" className="ledger-two">
        <span className="cut">{file.format ?? '–'}</span>
        <span className="dim cut">{[file.compression, file.encoding].filter(Boolean).join(', ')}</span>
      </span>
      <span role="cell" className="num">
        {bytes(file.size)}
      </span>
      <span role="cell" className="ledger-two num">
        <button
          type="button"
          className="link num"
          disabled={file.records === 0}
          onClick={() => showOnly([['file_id', String(file.fileId)]])}
          title={file.records === 0 ? 'no events' : 'Show its events'}
          data-testid="ledger-events"
        >
          {count(file.records)}
        </button>
        <span
          className={file.unparsedLines > 0 ? 'bad' : 'dim'}
          title={`${percent(file.lines - file.unparsedLines, file.lines)} of ${count(file.lines)} lines understood`}
        >
          {file.unparsedLines > 0 ? `${count(file.unparsedLines)} plain` : `${count(file.lines)} lines`}
        </span>
      </span>
      <span role="cell" className="ledger-two mono">
        <span>{file.firstTs === null ? '–' : dateTime(file.firstTs, 's')}</span>
        <span className="dim">{file.lastTs === null ? '' : dateTime(file.lastTs, 's')}</span>
      </span>
      <span role="cell" className="ledger-two">
        <span className="cut" title={file.zoneBasis ?? undefined}>
          {file.zone ?? '–'}
        </span>
        <span className="dim cut" title={`${file.mode ?? ''} ${file.owner ?? ''}`}>
          {[file.mode, file.owner].filter(Boolean).join(' ')}
        </span>
      </span>
      <span role="cell" className="mono mark">
        {file.sha256 ? (
          <>
            <span title={file.sha256}>{file.sha256.slice(0, 12)}…</span>
            <button
              type="button"
              className="plain dim"
              onClick={() => file.sha256 && copy(file.sha256, 'sha256 copied')}
              aria-label={`Copy sha256 of ${file.path}`}
            >
              <Icon name="copy" size={12} />
            </button>
          </>
        ) : (
          <span className="dim">no hash</span>
        )}
      </span>
    </div>
  );
}

export function LedgerTable({ files, chosen }: { files: LedgerRow[]; chosen: number | null }) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: files.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
  });
  const at = files.findIndex((file) => file.fileId === chosen);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another choice moves the list
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
  }, [chosen]);
  return (
    <div
      ref={scroller}
      className="scroll grow"
      role="table"
      aria-label="Ledger"
      aria-rowcount={files.length}
      tabIndex={0}
    >
      <div className="ledger-head" role="row" tabIndex={-1}>
        {[
          'status',
          'file and reason',
          'node',
          'format',
          'size',
          'events',
          'first and last (UTC)',
          'zone, mode',
          'sha256',
        ].map((word, i) => (
          <span key={word} role="columnheader" className={i === 4 || i === 5 ? 'num' : ''}>
            {word}
          </span>
        ))}
      </div>
      <div style={{ height: virtual.getTotalSize(), position: 'relative', minWidth: 1040 }}>
        {virtual.getVirtualItems().map((item) => (
          <Row
            key={files[item.index]!.fileId}
            file={files[item.index]!}
            top={item.start}
            chosen={item.index === at}
          />
        ))}
      </div>
    </div>
  );
}
