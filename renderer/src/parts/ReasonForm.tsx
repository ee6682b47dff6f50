// Asks why, in one line; an act that needs a reason is done with it.
import { useState } from 'react';

/** Escape leaves. */
export function ReasonForm(props: {
  label: string;
  word: string;
  onSay(reason: string): void;
  onLeave(): void;
  testid: string;
}) {
  const { label, word, onSay, onLeave, testid } = props;
  const [why, setWhy] = useState('');
  return (
    <form
      className="reason"
      onSubmit={(e) => {
        e.preventDefault();
        if (why.trim()) onSay(why.trim());
      }}
    >
      <label htmlFor={testid}>{label}</label>
      <input
        id={testid}
        className="field"
        // biome-ignore lint/a11y/noAutofocus: opened by a key or click that asks for this field
        autoFocus
        value={why}
        onChange={(e) => setWhy(e.target.value)}
        onKeyDown={(e) => {
          if (e.key !== 'Escape') return;
          e.stopPropagation();
          onLeave();
        }}
        data-testid={testid}
      />
      <button type="submit" className="button main" disabled={!why.trim()} data-testid={`${testid}-done`}>
        {word}
      </button>
    </form>
  );
}
