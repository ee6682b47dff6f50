// Tags and comments of the responders on this event: what a case file of "only what is tagged" goes by.
import { useEffect, useState } from 'react';
import type { EventDetail } from '../../../shared/api.ts';
import type { AnnotationKind } from '../../../shared/model.ts';
import { oneLine } from '../format/control.ts';
import { dateTime } from '../format/time.ts';
import { Icon } from '../parts/Icon.tsx';
import { useCase } from '../store/case.ts';
import { useNotes } from '../store/notes.ts';
import { Block } from './Block.tsx';

export function EventNotes({ event }: { event: EventDetail }) {
  const { eventId, notes, error, load, add, remove } = useNotes();
  const revision = useCase((s) => s.revision);
  const readOnly = useCase((s) => s.info?.readOnly ?? true);
  const [kind, setKind] = useState<AnnotationKind>('tag');
  const [text, setText] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => load(event.eventId), [load, event.eventId, revision]);
  const own = eventId === event.eventId ? notes : [];
  return (
    <Block title="Tags and comments">
      {own.length > 0 && (
        <ul className="event-notes">
          {own.map((note) => (
            <li key={note.annotationId} data-testid="event-note">
              {note.kind === 'tag' ? (
                <span className="tag">{oneLine(note.text)}</span>
              ) : (
                <span className="explanation">{note.text}</span>
              )}
              <span className="dim">
                {note.author}, {dateTime(note.madeAt, 'min')} UTC
              </span>
              <button
                type="button"
                className="plain dim"
                disabled={readOnly}
                onClick={() => void remove(note)}
                aria-label={`Remove the ${note.kind} ${note.text.slice(0, 60)}`}
                title="Remove it"
              >
                <Icon name="close" size={12} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {error && <p className="bad wrap">▲ {error}</p>}
      {!readOnly && (
        <form
          className="event-note-form"
          onSubmit={async (e) => {
            e.preventDefault();
            if (text.trim() && (await add(event.eventId, { kind, text: text.trim() }))) setText('');
          }}
        >
          <select
            className="field"
            aria-label="Tag or comment"
            value={kind}
            onChange={(e) => setKind(e.target.value as AnnotationKind)}
          >
            <option value="tag">tag</option>
            <option value="comment">comment</option>
          </select>
          <input
            className="field grow"
            aria-label={kind === 'tag' ? 'A tag' : 'A comment'}
            maxLength={kind === 'tag' ? 200 : 10_000}
            value={text}
            onChange={(e) => setText(e.target.value)}
            data-testid="event-note-text"
          />
          <button type="submit" className="button" disabled={!text.trim()} data-testid="event-note-add">
            Add
          </button>
        </form>
      )}
    </Block>
  );
}
