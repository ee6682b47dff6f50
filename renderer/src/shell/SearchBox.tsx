// Search in messages: sets the text of the lens.
import { useEffect, useState } from 'react';
import { useLens } from '../store/lens.ts';
import { useRoute } from '../store/route.ts';

const SHOWS_LENS = ['events', 'timeline'];

export function SearchBox() {
  const text = useLens((s) => s.lens.text ?? '');
  const set = useLens((s) => s.text);
  const [draft, setDraft] = useState(text);
  useEffect(() => setDraft(text), [text]);
  const { view, go } = useRoute();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a form with the role search is submitted with Enter
    <form
      role="search"
      className="search"
      onSubmit={(e) => {
        e.preventDefault();
        set(draft);
        if (draft && !SHOWS_LENS.includes(view)) go('events');
      }}
    >
      <input
        id="search"
        type="search"
        className="field"
        placeholder="Search messages  /"
        aria-label="Search in messages"
        spellCheck={false}
        autoComplete="off"
        value={draft}
        data-testid="search"
        onChange={(e) => {
          setDraft(e.target.value);
          if (e.target.value === '') set('');
        }}
        onKeyDown={(e) => {
          if (e.key === 'Escape') e.currentTarget.blur();
        }}
      />
    </form>
  );
}
