// One event: message, fields, exact bytes, neighbours, its place in the evidence, how its time is known.

import { clock, dateTime, day, offset } from '../format/time.ts';
import { BASIS_WORDS } from '../format/words.ts';
import { copy } from '../parts/copy.ts';
import { EvidenceText } from '../parts/Evidence.tsx';
import { FindingLevelMark, LogLevel, SystemMark } from '../parts/Marks.tsx';
import { openFinding, openNode, useDetails } from '../store/details.ts';
import { useLens } from '../store/lens.ts';
import { useRuleEditor } from '../store/rule-editor.ts';
import { Block } from './Block.tsx';
import { EventEntities } from './EventEntities.tsx';
import { EventFields } from './EventFields.tsx';
import { EventNotes } from './EventNotes.tsx';
import { EventPlace } from './EventPlace.tsx';
import { EventTemplate } from './EventTemplate.tsx';
import { LifeCycle } from './LifeCycle.tsx';
import { RawBytes } from './RawBytes.tsx';

export function EventDetails({ id }: { id: string }) {
  const event = useDetails((s) => s.event);
  const error = useDetails((s) => s.error);
  const include = useLens((s) => s.include);
  if (!event && error) return null;
  if (!event) return <p className="details-block dim">Reading event {id} …</p>;
  const moved = event.ts !== null && event.tsLogged !== null && event.ts !== event.tsLogged;
  return (
    <div data-testid="event-details" data-event-id={event.eventId}>
      <section className="details-block event-head">
        <div className="mono event-time" title={BASIS_WORDS[event.tsBasis].sentence}>
          {event.ts === null ? 'no time' : `${day(event.ts)} ${clock(event.ts, 'us')} UTC`}
        </div>
        <div className="event-marks">
          <LogLevel level={event.level} />
          {event.levelNative && event.levelNative !== event.level && (
            <span className="dim" title="The level as the line writes it">
              ({event.levelNative})
            </span>
          )}
          <button type="button" className="link" onClick={() => openNode(event.node)}>
            {event.node}
          </button>
          <SystemMark system={event.system} />
          {event.component && <span className="soft">{event.component}</span>}
        </div>
        <pre className="message" data-testid="event-message">
          <EvidenceText text={event.message} />
        </pre>
        <div className="event-marks">
          <button type="button" className="button" onClick={() => copy(event.message, 'Message copied')}>
            Copy message
          </button>
          <button
            type="button"
            className="button"
            onClick={() => useRuleEditor.getState().openEvent(event)}
            title="A Sigma rule that matches events like this one"
            data-testid="event-new-rule"
          >
            New rule …
          </button>
          {[event.category, event.action, event.outcome].map(
            (value, i) =>
              value && (
                <button
                  key={['category', 'action', 'outcome'][i]}
                  type="button"
                  className="tag"
                  title={`Filter to this ${['category', 'action', 'outcome'][i]}`}
                  onClick={() => include((['category', 'action', 'outcome'] as const)[i]!, value)}
                >
                  {value}
                </button>
              ),
          )}
        </div>
      </section>
      <EventNotes event={event} />
      {event.template && <EventTemplate template={event.template} />}
      {event.findingList.length > 0 && (
        <Block title="Findings of this event">
          <ul>
            {event.findingList.map((f) => (
              <li key={`${f.findingId} ${f.role}`} className="line">
                <FindingLevelMark level={f.level} />
                <button type="button" className="link grow cut" onClick={() => openFinding(f.findingId)}>
                  {f.title}
                </button>
                <span className="dim">{f.role}</span>
              </li>
            ))}
          </ul>
        </Block>
      )}
      <LifeCycle here={event.eventId} />
      <EventEntities event={event} />
      <EventFields event={event} />
      <Block title="How its time is known">
        <p data-testid="time-sentence">{event.timeSentence}</p>
        {moved && (
          <p className="soft">
            As written: <span className="mono">{dateTime(event.tsLogged, 'us')}</span> UTC; clock of the node:{' '}
            {offset(event.ts! - event.tsLogged!)}.
          </p>
        )}
      </Block>
      <RawBytes event={event} />
      <EventPlace event={event} />
    </div>
  );
}
