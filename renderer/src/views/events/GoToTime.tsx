// Goes to the first event at or after a time.
import { useState } from 'react';
import { parseTime } from '../../format/time.ts';
import { useEvents } from '../../store/events.ts';

export function GoToTime() {
  const [text, setText] = useState('');
  const ts = parseTime(text);
  const wrong = text !== '' && ts === null;
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        if (ts !== null) void useEvents.getState().locate({ ts });
      }}
    >
      <input
        className="field mono"
        size={22}
        placeholder="go to 2026-11-20 14:02"
        aria-label="Go to a time (UTC): year-month-day hour:minute"
        aria-invalid={wrong}
        value={text}
        onChange={(e) => setText(e.target.value)}
        data-testid="go-to-time"
      />
    </form>
  );
}
