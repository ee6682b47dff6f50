// The panel at the right: the event, finding, node, file or entity that is looked at.
import { thingWord } from '../format/words.ts';
import { Icon } from '../parts/Icon.tsx';
import { Splitter } from '../parts/Splitter.tsx';
import { useKept } from '../parts/useKept.ts';
import { type Subject, useDetails } from '../store/details.ts';
import { useRoute } from '../store/route.ts';
import './details.css';
import { EntityDetails } from './EntityDetails.tsx';
import { EventDetails } from './EventDetails.tsx';
import { FileDetails } from './FileDetails.tsx';
import { FindingDetails } from './FindingDetails.tsx';
import { NodeDetails } from './NodeDetails.tsx';

const WORD: Record<Subject['kind'], string> = {
  event: 'Event',
  finding: 'Finding',
  node: 'Node',
  file: 'File',
  entity: 'Entity',
};

export function DetailsPanel() {
  const { subject, before, previous, close, error } = useDetails();
  const view = useRoute((s) => s.view);
  const [width, setWidth] = useKept('details.width', 440);
  // The findings view shows its finding in its own middle.
  if (!subject || (subject.kind === 'finding' && view === 'findings')) return null;
  const last = before.at(-1);
  const word = subject.kind === 'entity' ? thingWord(subject.entity) : WORD[subject.kind];
  return (
    <aside className="details" aria-label={`${word} details`}>
      <Splitter label="Width of the details" size={width} after least={300} most={900} onSize={setWidth} />
      <div className="details-body" style={{ width }}>
        <header className="bar">
          {last && (
            <button
              type="button"
              className="icon-button"
              onClick={previous}
              title={`Back to the ${last.kind} (Backspace)`}
              aria-label={`Back to the ${last.kind}`}
            >
              <Icon name="back" />
            </button>
          )}
          <h1 className="grow">{word}</h1>
          <button
            type="button"
            className="icon-button"
            onClick={close}
            title="Close (Esc)"
            aria-label="Close the details"
            data-testid="details-close"
          >
            <Icon name="close" />
          </button>
        </header>
        <div className="scroll grow">
          {error && <p className="details-block bad">{error}</p>}
          {subject.kind === 'event' && <EventDetails id={subject.id} />}
          {subject.kind === 'finding' && <FindingDetails id={subject.id} />}
          {subject.kind === 'node' && <NodeDetails />}
          {subject.kind === 'file' && <FileDetails id={subject.id} />}
          {subject.kind === 'entity' && <EntityDetails />}
        </div>
      </div>
    </aside>
  );
}
