// Keys of an event list: move, open.

import { useKeys } from '../../shell/useKeys.ts';
import { openEvent, useDetails } from '../../store/details.ts';
import { useEvents } from '../../store/events.ts';

export function useEventKeys(): void {
  const step = (by: number) => {
    const { cursor, moveTo } = useEvents.getState();
    moveTo(cursor < 0 ? 0 : cursor + by);
    // While the details show an event, they follow the cursor.
    if (useDetails.getState().subject?.kind === 'event') open();
  };
  const open = () => {
    const { cursor, row } = useEvents.getState();
    const event = row(cursor);
    if (event) openEvent(event.eventId);
  };
  useKeys('Event list', [
    { key: 'j', word: 'Next event', run: () => step(1) },
    { key: 'k', word: 'Previous event', run: () => step(-1) },
    { key: 'ArrowDown', word: 'Next event', run: () => step(1) },
    { key: 'ArrowUp', word: 'Previous event', run: () => step(-1) },
    { key: 'PageDown', word: '30 events on', run: () => step(30) },
    { key: 'PageUp', word: '30 events back', run: () => step(-30) },
    { key: 'Home', word: 'First event', run: () => useEvents.getState().moveTo(0) },
    { key: 'End', word: 'Last event', run: () => useEvents.getState().moveTo(Number.MAX_SAFE_INTEGER) },
    { key: 'Enter', word: 'Open the event', run: open },
  ]);
}
