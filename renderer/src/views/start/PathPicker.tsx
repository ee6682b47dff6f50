// Chooses folders and files of the machine the engine runs on; arrows move, Space marks, Enter opens or chooses.
// biome-ignore-all lint/a11y/noNoninteractiveElementToInteractiveRole: a list of options with one moving focus (WAI-ARIA listbox)
// biome-ignore-all lint/a11y/useFocusableInteractive: the list or its input holds the focus
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are handled where the focus is
// biome-ignore-all lint/a11y/useSemanticElements: a virtualised list cannot be a select element
import { Dialog } from 'radix-ui';
import { useEffect, useRef, useState } from 'react';
import type { Output } from '../../../../shared/api.ts';
import { bytes } from '../../format/numbers.ts';
import { day } from '../../format/time.ts';
import { ErrorLine } from '../../parts/Empty.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { usePicker } from '../../store/picker.ts';
import './start.css';

type Entry = Output<'host.list'>['entries'][number];

interface Props {
  title: string;
  /** `evidence`: any number of files and folders; `folder`: one folder; `case`: one case folder. */
  wants: 'evidence' | 'folder' | 'case';
  open: boolean;
  start: string;
  /** What has the focus afterwards, a selector; otherwise what had it before. */
  focusAfter?: string;
  onOpen(open: boolean): void;
  onChoose(paths: string[]): void;
}

const isFolder = (e: Entry) => e.kind === 'folder' || e.kind === 'case';

export function PathPicker({ title, wants, open, start, focusAfter, onOpen, onChoose }: Props) {
  const { listing, error, list } = usePicker();
  const [path, setPath] = useState('');
  /** What is being typed is not replaced by a listing that was asked for before. */
  const typing = useRef(false);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState(0);
  const box = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (!open) return;
    typing.current = false;
    setMarked(new Set());
    list(start);
  }, [open, start, list]);
  useEffect(() => {
    if (!listing) return;
    if (!typing.current) setPath(listing.path);
    setAt(0);
  }, [listing]);
  useEffect(() => {
    box.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const allowed = (e: Entry) => (wants === 'evidence' ? e.kind !== 'other' : isFolder(e));
  const entries = (listing?.entries ?? []).filter(allowed);
  const current = entries[at];
  const go = (to: string) => {
    typing.current = false;
    setMarked(new Set());
    list(to);
  };
  const choose = (paths: string[]) => {
    onOpen(false);
    onChoose(paths);
  };
  const enter = (e: Entry) => {
    if (e.kind === 'case' && wants === 'case') choose([e.path]);
    else if (isFolder(e)) go(e.path);
    else if (wants === 'evidence') choose([e.path]);
  };
  const mark = (e: Entry) => {
    const next = wants === 'evidence' ? new Set(marked) : new Set<string>();
    if (!next.delete(e.path) && !marked.has(e.path)) next.add(e.path);
    setMarked(next);
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => setAt(Math.min(entries.length - 1, at + 1)),
    ArrowUp: () => setAt(Math.max(0, at - 1)),
    Home: () => setAt(0),
    End: () => setAt(entries.length - 1),
    ' ': () => current && mark(current),
    Enter: () => current && enter(current),
    Backspace: () => listing?.parent && go(listing.parent),
  };
  // Without a mark, the folder that is shown is what is meant.
  const chosen = marked.size > 0 ? [...marked] : listing ? [listing.path] : [];
  const word =
    marked.size > 0
      ? `Choose ${marked.size === 1 ? 'the marked one' : `the ${marked.size} marked`}`
      : wants === 'case'
        ? 'Open this folder as a case'
        : 'Choose this folder';
  return (
    <Dialog.Root open={open} onOpenChange={onOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content
          className="dialog picker"
          aria-describedby={undefined}
          data-testid="path-picker"
          onCloseAutoFocus={(e) => {
            const after = focusAfter ? document.querySelector<HTMLButtonElement>(focusAfter) : null;
            if (!after || after.disabled) return;
            e.preventDefault();
            after.focus();
          }}
        >
          <header>
            <Dialog.Title asChild>
              <h1 className="grow">{title}</h1>
            </Dialog.Title>
            <Dialog.Close className="button">Cancel</Dialog.Close>
          </header>
          <form
            className="picker-path"
            onSubmit={(e) => {
              e.preventDefault();
              e.stopPropagation(); // events of a dialog reach the form that opened it
              go(path);
            }}
          >
            <button
              type="button"
              className="button"
              disabled={!listing?.parent}
              onClick={() => listing?.parent && go(listing.parent)}
              aria-label="Parent folder"
              title="Parent folder (Backspace)"
            >
              <Icon name="up" size={12} />
            </button>
            <input
              className="field mono grow"
              aria-label="Folder"
              value={path}
              onChange={(e) => {
                typing.current = true;
                setPath(e.target.value);
              }}
              data-testid="picker-path"
            />
            <button type="submit" className="button">
              Go
            </button>
          </form>
          <ErrorLine sentence={error} />
          <ul
            ref={box}
            className="scroll picker-list"
            role="listbox"
            tabIndex={0}
            aria-label={`Content of ${listing?.path ?? ''}`}
            aria-multiselectable={wants === 'evidence'}
            aria-activedescendant={current ? `entry-${at}` : undefined}
            data-testid="picker-list"
            onKeyDown={(e) => {
              const act = keys[e.key];
              if (!act) return;
              e.preventDefault();
              act();
            }}
          >
            {entries.map((e, i) => (
              <li
                key={e.path}
                id={`entry-${i}`}
                role="option"
                aria-selected={marked.has(e.path)}
                className={i === at ? 'here' : ''}
                data-testid="picker-entry"
                onClick={() => {
                  setAt(i);
                  mark(e);
                }}
                onDoubleClick={() => enter(e)}
              >
                <span className="picker-mark">{marked.has(e.path) && <Icon name="check" size={12} />}</span>
                <Icon name={e.kind === 'case' ? 'case' : e.kind === 'folder' ? 'folder' : 'file'} size={14} />
                <span className="cut grow">{e.name}</span>
                {e.kind === 'case' && <span className="tag">case</span>}
                <span className="num dim">{isFolder(e) ? '' : bytes(e.size)}</span>
                <span className="dim mono picker-day">{e.mtime === null ? '' : day(e.mtime)}</span>
              </li>
            ))}
            {listing && entries.length === 0 && <li className="dim">Nothing here that can be chosen.</li>}
          </ul>
          <footer>
            <span className="dim grow">Click or Space marks · double click or Enter opens</span>
            <button
              type="button"
              className="button main"
              disabled={chosen.length === 0}
              onClick={() => choose(chosen)}
              data-testid="picker-choose"
            >
              {word}
            </button>
          </footer>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
