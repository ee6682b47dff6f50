// One item of the posture: what to change, and for each node and component what the evidence proves.
import type { PostureRow } from '../../../../shared/api.ts';
import { Block } from '../../details/Block.tsx';
import { oneLine } from '../../format/control.ts';
import { count, plural } from '../../format/numbers.ts';
import { STANDING_SENTENCES, TOPIC_WORDS } from '../../format/words.ts';
import { copy } from '../../parts/copy.ts';
import { Icon } from '../../parts/Icon.tsx';
import { StandingMark } from '../../parts/Marks.tsx';
import { openEvent, openFile, openNode } from '../../store/details.ts';
import { showTerms } from '../../store/pivot.ts';
import { type PostureItem, WHOLE_CASE } from './items.ts';

export function PostureDetails({ item }: { item: PostureItem }) {
  return (
    <div className="posture-details" data-testid="posture-details">
      <section className="details-block event-head">
        <h2 className="finding-title">{item.title}</h2>
        <div className="event-marks">
          <StandingMark standing={item.standing} />
          <span className="soft">{TOPIC_WORDS[item.topic]}</span>
          <span className="dim">{STANDING_SENTENCES[item.standing]}</span>
        </div>
      </section>
      <Block
        title="What to change"
        side={
          item.change && (
            <button
              type="button"
              className="button"
              onClick={() => item.change && copy(item.change, 'What to change copied')}
              data-testid="posture-copy"
            >
              <Icon name="copy" size={12} /> Copy
            </button>
          )
        }
      >
        <p className="posture-change" data-testid="posture-change">
          {item.change ?? 'Nothing.'}
        </p>
      </Block>
      <Block
        title={
          item.rows.length === 1
            ? 'What the evidence proves'
            : `What the evidence proves, in ${count(item.rows.length)} places`
        }
      >
        <ul className="posture-proofs">
          {item.rows.map((row) => (
            <Proof key={row.postureId} row={row} />
          ))}
        </ul>
      </Block>
    </div>
  );
}

function Proof({ row }: { row: PostureRow }) {
  const { node, terms } = row;
  return (
    <li data-testid="posture-proof">
      <div className="posture-where">
        {node === null ? (
          <span>{WHOLE_CASE}</span>
        ) : (
          <button type="button" className="link" onClick={() => openNode(node)}>
            {node}
          </button>
        )}
        <span className="soft">{[row.system, row.component].filter(Boolean).join(' · ')}</span>
        <span className="dim">from {row.source}</span>
      </div>
      <p className="posture-proof">{oneLine(row.proof)}</p>
      {(row.eventCount > 0 || row.fileCount > 0) && (
        <div className="event-marks">
          {terms && row.eventCount > 0 && (
            <button
              type="button"
              className="button"
              onClick={() => showTerms(terms)}
              data-testid="posture-events"
            >
              {row.eventCount === 1 ? 'Its event' : `Its ${plural(row.eventCount, 'event')}`}
            </button>
          )}
          {row.eventIds.length > 0 && (
            <span className="posture-links">
              <span className="dim">
                {row.eventCount > row.eventIds.length
                  ? `first ${row.eventIds.length} of ${count(row.eventCount)} events:`
                  : row.eventIds.length === 1
                    ? 'event:'
                    : 'events:'}
              </span>
              {row.eventIds.map((id, i) => (
                <button
                  key={id}
                  type="button"
                  className="link"
                  onClick={() => openEvent(id)}
                  title={`event ${id}`}
                  data-testid="posture-event"
                >
                  {i + 1}
                </button>
              ))}
            </span>
          )}
          {row.files.length > 0 && (
            <span className="posture-links">
              <span className="dim">
                {row.fileCount > row.files.length
                  ? `first ${row.files.length} of ${count(row.fileCount)} files:`
                  : row.files.length === 1
                    ? 'file:'
                    : 'files:'}
              </span>
              {row.files.map(({ fileId, path }) => (
                <button
                  key={fileId}
                  type="button"
                  className="link mono posture-file"
                  onClick={() => openFile(fileId)}
                  title={path}
                  data-testid="posture-file"
                >
                  {oneLine(path.slice(path.lastIndexOf('/') + 1))}
                </button>
              ))}
            </span>
          )}
        </div>
      )}
    </li>
  );
}
