// Ctrl+K: every view, command, node, finding and entity, a few letters away.
// biome-ignore-all lint/a11y/noNoninteractiveElementToInteractiveRole: a list of options with one moving focus (WAI-ARIA listbox)
// biome-ignore-all lint/a11y/useFocusableInteractive: the list or its input holds the focus
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are handled where the focus is
// biome-ignore-all lint/a11y/useSemanticElements: a virtualised list cannot be a select element
import { Dialog } from 'radix-ui';
import { useEffect, useRef, useState } from 'react';
import { usePalette } from '../store/palette.ts';
import { offered } from './offers.ts';

const SHOWN = 60;

export function Palette() {
  const { open, show, typed, type, entities, error } = usePalette();
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const offers = open ? offered(typed, entities).slice(0, SHOWN) : [];
  const current = Math.min(at, Math.max(0, offers.length - 1));
  useEffect(() => {
    list.current?.children[current]?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const choose = (index: number) => {
    const offer = offers[index];
    if (!offer) return;
    show(false);
    offer.run();
  };
  return (
    <Dialog.Root open={open} onOpenChange={show}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="dialog palette" data-testid="palette" aria-describedby={undefined}>
          <Dialog.Title className="unseen">Go to anything</Dialog.Title>
          <input
            className="palette-input"
            placeholder="View, command, node, finding, address, task, repository …"
            aria-label="Go to anything"
            role="combobox"
            aria-expanded="true"
            aria-controls="palette-list"
            aria-activedescendant={offers[current] ? `offer-${current}` : undefined}
            spellCheck={false}
            autoComplete="off"
            value={typed}
            data-testid="palette-input"
            onChange={(e) => {
              type(e.target.value);
              setAt(0);
            }}
            onKeyDown={(e) => {
              if (e.key === 'ArrowDown') setAt(Math.min(offers.length - 1, current + 1));
              else if (e.key === 'ArrowUp') setAt(Math.max(0, current - 1));
              else if (e.key === 'Enter') choose(current);
              else return;
              e.preventDefault();
            }}
          />
          <ul
            ref={list}
            id="palette-list"
            className="scroll palette-list"
            role="listbox"
            aria-label="Matches"
          >
            {offers.map((offer, i) => (
              <li
                key={offer.key}
                id={`offer-${i}`}
                role="option"
                aria-selected={i === current}
                data-testid="palette-item"
                onClick={() => choose(i)}
                onMouseMove={() => setAt(i)}
              >
                <span className="dim palette-kind">{offer.kind}</span>
                <span className="cut grow">{offer.word}</span>
                <span className="dim">{offer.note}</span>
              </li>
            ))}
            {error && <li className="bad">Entities could not be looked up. {error}</li>}
            {offers.length === 0 && !error && <li className="dim">Nothing is called that.</li>}
          </ul>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
