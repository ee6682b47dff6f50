// The rows of a result: virtualised both down and, by fixed widths, across; more rows come on scroll.
// biome-ignore-all lint/a11y/useSemanticElements: a virtualised table cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and moves a cursor
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are those of the grid
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { oneLine } from '../../format/control.ts';
import { copy } from '../../parts/copy.ts';
import { Empty } from '../../parts/Empty.tsx';
import { openEvent } from '../../store/details.ts';
import { useSql } from '../../store/sql.ts';
import { cellText, columnWidths, isNumber } from './cells.ts';

const ROW = 22;
const NEAR_END = 60;

export function ResultGrid() {
  const { columns, rows, done, more, ran, error, running } = useSql();
  const scroller = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<{ row: number; column: number } | null>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
  });
  // Widths come from the first page, so that columns do not jump while scrolling.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new result has new columns
  const widths = useMemo(() => columnWidths(columns, rows.slice(0, 200)), [columns]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (!done && last > rows.length - NEAR_END) void more();
  }, [last, done, rows.length, more]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new result starts at its top
  useEffect(() => {
    scroller.current?.scrollTo(0, 0);
    setCursor(null);
  }, [columns]);
  if (columns.length === 0) {
    if (error || running) return <div className="grow" />;
    return (
      <Empty title="Results come here">
        <p>
          Ctrl+Enter runs the statement under the cursor. The schema at the left names the views; a column
          called <code>event_id</code> makes rows lead to their events.
        </p>
      </Empty>
    );
  }
  const idColumn = columns.findIndex((c) => c.name === 'event_id');
  const open = (row: number) => {
    const id = idColumn >= 0 ? rows[row]?.[idColumn] : null;
    if (id !== null && id !== undefined) openEvent(String(id));
  };
  const total = 56 + widths.reduce((a, b) => a + b, 0);
  const template = `56px ${widths.map((w) => `${w}px`).join(' ')}`;
  const move = (rowBy: number, columnBy: number) => {
    const row = Math.max(0, Math.min(rows.length - 1, (cursor?.row ?? -1) + rowBy));
    const column = Math.max(0, Math.min(columns.length - 1, (cursor?.column ?? 0) + columnBy));
    setCursor({ row, column });
    virtual.scrollToIndex(row, { align: 'auto' });
  };
  const MOVES: Record<string, [number, number]> = {
    ArrowDown: [1, 0],
    ArrowUp: [-1, 0],
    ArrowRight: [0, 1],
    ArrowLeft: [0, -1],
    PageDown: [20, 0],
    PageUp: [-20, 0],
  };
  return (
    <div
      ref={scroller}
      className="scroll grow sql-grid"
      role="grid"
      tabIndex={0}
      aria-label={`Result of ${ran ?? ''}`}
      aria-rowcount={done ? rows.length + 1 : -1}
      aria-colcount={columns.length}
      data-testid="sql-grid"
      onKeyDown={(e) => {
        const by = MOVES[e.key];
        if (by) move(...by);
        else if (e.key === 'Enter' && cursor) open(cursor.row);
        else if (e.key === 'c' && (e.ctrlKey || e.metaKey) && cursor)
          copy(cellText(rows[cursor.row]?.[cursor.column]));
        else return;
        e.preventDefault();
        e.stopPropagation();
      }}
    >
      <div className="sql-head" role="row" style={{ gridTemplateColumns: template, width: total }}>
        <span className="dim num">#</span>
        {columns.map((c) => (
          <span key={c.name} role="columnheader" className={isNumber(c.type) ? 'num' : ''} title={c.type}>
            {c.name} <span className="dim sql-type">{c.type.toLowerCase()}</span>
          </span>
        ))}
      </div>
      <div style={{ height: virtual.getTotalSize(), width: total, position: 'relative' }}>
        {items.map((item) => (
          <div
            key={item.index}
            role="row"
            tabIndex={-1}
            aria-rowindex={item.index + 2}
            className={idColumn >= 0 ? 'sql-row leads' : 'sql-row'}
            style={{ top: item.start, gridTemplateColumns: template, width: total }}
            data-testid="sql-row"
            onClick={() => open(item.index)}
          >
            <span className="dim num">{item.index + 1}</span>
            {columns.map((c, k) => {
              const value = rows[item.index]?.[k];
              const here = cursor?.row === item.index && cursor.column === k;
              const nothing = value === null || value === undefined;
              const text = nothing ? 'NULL' : cellText(value);
              return (
                <span
                  key={c.name}
                  role="gridcell"
                  tabIndex={-1}
                  className={`cut mono${isNumber(c.type) ? ' num' : ''}${nothing ? ' null' : ''}${here ? ' here' : ''}`}
                  title={text.length > 24 ? text.slice(0, 2000) : undefined}
                  onClick={() => setCursor({ row: item.index, column: k })}
                >
                  {nothing ? 'NULL' : oneLine(text.slice(0, 1000))}
                </span>
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}
