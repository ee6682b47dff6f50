// The event list: only the rows in view exist; pages are fetched as they come near.
// biome-ignore-all lint/a11y/noNoninteractiveElementToInteractiveRole: a list of options with one moving focus (WAI-ARIA listbox)
// biome-ignore-all lint/a11y/useFocusableInteractive: the list or its input holds the focus
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are handled where the focus is
// biome-ignore-all lint/a11y/useSemanticElements: a virtualised list cannot be a select element
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { count } from '../../format/numbers.ts';
import { Empty } from '../../parts/Empty.tsx';
import { openEvent } from '../../store/details.ts';
import { useEvents } from '../../store/events.ts';
import { useLens } from '../../store/lens.ts';
import { usePointer } from '../../store/pointer.ts';
import { EventLine } from './EventLine.tsx';
import './events.css';
import { SEGMENT, segmentOf, segmentWith } from './segment.ts';

const ROW = 22;

export function EventList() {
  const { key, total, cursor, pages, want, row, moveTo } = useEvents();
  const [part, setPart] = useState(0);
  const segment = segmentOf(total ?? 0, part);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: segment.rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another selection (key) starts at its top
  useEffect(() => {
    setPart(0);
    virtual.scrollToOffset(0);
  }, [key]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new selection asks again for the same rows
  useEffect(() => {
    if (segment.rows > 0) want(segment.start + first, segment.start + last);
  }, [first, last, segment.start, segment.rows, key, want]);
  useEffect(() => {
    if (cursor < 0) return;
    const home = segmentWith(cursor);
    if (home !== part) setPart(home);
    else virtual.scrollToIndex(cursor - home * SEGMENT, { align: 'auto' });
  }, [cursor, part, virtual]);
  void pages; // rows are read through row(); a new page draws again

  const clear = useLens((s) => s.clear);
  if (total === 0) {
    return (
      <Empty title="No event matches the lens">
        <p>Events of the chosen time, nodes and values would be listed here. Take a chip off the lens, or</p>
        <button type="button" className="button" onClick={clear}>
          Show the whole case
        </button>
      </Empty>
    );
  }
  return (
    <div className="column grow event-column">
      <div className="event-line event-head-line" aria-hidden="true">
        <span>time (UTC)</span>
        <span>node</span>
        <span className="of-system cut">system · component</span>
        <span>level</span>
        <span>message</span>
      </div>
      <div
        ref={scroller}
        className="scroll grow event-list"
        role="listbox"
        tabIndex={0}
        aria-label={`Events, ${total === null ? 'counting' : count(total)}`}
        aria-activedescendant={cursor >= 0 ? `event-${cursor}` : undefined}
        onMouseLeave={() => usePointer.getState().at(null)}
        data-testid="event-list"
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map((item) => {
            const index = segment.start + item.index;
            return (
              <EventLine
                key={index}
                index={index}
                top={item.start}
                row={row(index)}
                total={total ?? 0}
                chosen={index === cursor}
                onChoose={(event) => {
                  moveTo(index);
                  openEvent(event.eventId);
                }}
              />
            );
          })}
        </div>
      </div>
      {segment.count > 1 && (
        <div className="bar segments">
          Rows {count(segment.start + 1)}–{count(segment.start + segment.rows)} of {count(total ?? 0)}
          <button
            type="button"
            className="button"
            disabled={segment.index === 0}
            onClick={() => setPart(part - 1)}
          >
            Earlier rows
          </button>
          <button
            type="button"
            className="button"
            disabled={segment.index === segment.count - 1}
            onClick={() => setPart(part + 1)}
          >
            Later rows
          </button>
        </div>
      )}
    </div>
  );
}
