// A life cycle: the events of one task or request from all nodes in order, how each is known to belong, what is missing.
import { type KeyboardEvent, useState } from 'react';
import type { LifeCycle as Life } from '../../../shared/api.ts';
import { oneLine } from '../format/control.ts';
import { count, plural } from '../format/numbers.ts';
import { clock, dateTime, duration } from '../format/time.ts';
import { entityWord } from '../format/words.ts';
import { EMPTY, withOnly } from '../lens/operations.ts';
import { systemColour } from '../parts/Marks.tsx';
import { openEntity, openEvent } from '../store/details.ts';
import { useLens } from '../store/lens.ts';
import { useLife } from '../store/life.ts';
import { useRoute } from '../store/route.ts';
import { Block } from './Block.tsx';
import './life.css';
import { Request } from './Request.tsx';

/** As many steps are shown before the responder asks for all. */
const SHOWN = 40;

/** `here`: the event that the details are of. */
export function LifeCycle({ here }: { here?: string }) {
  const { of, life, request, loading, error } = useLife();
  if (error)
    return (
      <Block title="Life cycle">
        <p className="bad" role="alert">
          {error}
        </p>
      </Block>
    );
  if (life) return <Steps life={life} here={here} key={`${life.kind} ${life.value}`} />;
  if (loading)
    return (
      <Block title="Life cycle">
        <p className="dim">Gathering its events from all nodes …</p>
      </Block>
    );
  if (request) return <Request request={request} />;
  if (of === null || here !== undefined) return null;
  return (
    <Block title="Life cycle">
      <p className="dim">No event of the case says what became of it.</p>
    </Block>
  );
}

type Step = Life['steps'][number];

function Steps({ life, here }: { life: Life; here: string | undefined }) {
  const [minor, setMinor] = useState(false);
  const [all, setAll] = useState(false);
  const hidden = life.steps.filter((step) => step.minor && step.event.eventId !== here).length;
  const steps = minor ? life.steps : life.steps.filter((step) => !step.minor || step.event.eventId === here);
  const shown = all ? steps : steps.slice(0, SHOWN);
  const attempts = life.attempts.length > 1;
  const reasons = [...new Set(shown.filter((step) => step.basis === 'inferred').map((step) => step.why))];
  return (
    <Block
      title="Life cycle"
      side={
        <span className="life-acts">
          <button
            type="button"
            className="button"
            onClick={() => showLife(life, 'timeline')}
            title="Only its events, on the timeline"
          >
            On the timeline
          </button>
          <button
            type="button"
            className="button"
            onClick={() => showLife(life, 'events')}
            title="The lens becomes its events"
            data-testid="life-lens"
          >
            To the lens
          </button>
        </span>
      }
    >
      <div data-testid="life-cycle">
        <p>
          <button type="button" className="link" onClick={() => openEntity(life.kind, life.value)}>
            {life.title ? oneLine(life.title) : entityWord(life.kind)}
          </button>{' '}
          {life.state && <span className="tag">{life.state}</span>}
        </p>
        <p className="soft" data-testid="life-sentence">
          {life.sentence}
        </p>
        <ol
          className="life"
          onKeyDown={arrows}
          aria-label={`Steps of the ${entityWord(life.kind)} ${life.value}`}
        >
          {shown.map((step) => (
            <StepRow
              key={step.event.eventId}
              step={step}
              start={life.startTs}
              here={step.event.eventId === here}
              attempts={attempts}
              reason={reasons.indexOf(step.why) + 1}
            />
          ))}
        </ol>
        <p className="life-more">
          {shown.length < steps.length && (
            <button type="button" className="link" onClick={() => setAll(true)}>
              Show all {count(steps.length)}
            </button>
          )}
          {hidden > 0 && (
            <button type="button" className="link" aria-pressed={minor} onClick={() => setMinor(!minor)}>
              {minor ? 'Hide' : 'Show'} {plural(hidden, 'line')} that only{' '}
              {hidden === 1 ? 'mentions' : 'mention'} it
            </button>
          )}
          {life.total > life.steps.length && (
            <span className="dim">
              The first and last {count(life.steps.length)} of {count(life.total)} are listed.
            </span>
          )}
          {life.output > 0 && <span className="dim">{plural(life.output, 'line')} in files of its own.</span>}
        </p>
        {reasons.length > 0 && (
          <>
            <h4 className="soft">How the inferred ones (≈) are known</h4>
            <ol className="life-reasons" data-testid="life-reasons">
              {reasons.map((why) => (
                <li key={why}>{why}</li>
              ))}
            </ol>
          </>
        )}
        {life.missing.length > 0 && (
          <>
            <h4 className="soft">What is missing</h4>
            <ul className="bullets" data-testid="life-missing">
              {life.missing.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </>
        )}
        <Related life={life} />
      </div>
    </Block>
  );
}

interface RowProps {
  step: Step;
  start: number | null;
  here: boolean;
  attempts: boolean;
  /** Number of its reason in the list below; 0 for an exact step. */
  reason: number;
}

function StepRow({ step, start, here, attempts, reason }: RowProps) {
  const { event, role, basis, why, attempt } = step;
  return (
    <li>
      <button
        type="button"
        className={here ? 'life-step here' : 'life-step'}
        aria-current={here ? 'step' : undefined}
        onClick={() => openEvent(event.eventId)}
        data-testid="life-step"
        data-event-id={event.eventId}
        title={`${dateTime(event.ts, 'us')} UTC · ${event.system}${event.component ? ` ${event.component}` : ''}\n${basis}: ${why}`}
      >
        <span className="life-time num mono">{sinceStart(event, start)}</span>
        <span className="life-sign" aria-hidden="true">
          {basis === 'exact' ? '=' : '≈'}
          {basis === 'inferred' && <sup>{reason}</sup>}
        </span>
        <span className="life-node cut">
          <span
            className="life-square"
            aria-hidden="true"
            style={{ background: systemColour(event.system) }}
          />
          {event.node}
        </span>
        <span className="life-role">
          {role}
          {attempts && attempt !== null && <span className="tag"> attempt {attempt}</span>}
          <span className="unseen">
            , {event.system}, {basis}: {why}
          </span>
        </span>
        <span className="life-text mono cut dim">{textOf(event)}</span>
      </button>
    </li>
  );
}

/** Time since the first step; an access line states the second only. */
function sinceStart(event: Step['event'], start: number | null): string {
  if (event.ts === null || start === null) return 'no time';
  const since = event.ts - start;
  if (event.system === 'registry' && event.component === 'access') return clock(event.ts, 's');
  if (since === 0) return clock(event.ts);
  return `${since < 0 ? '−' : '+'}${duration(since)}`;
}

/** Of a request what was asked; of all else its message. */
function textOf(event: Step['event']): string {
  const { httpMethod, httpPath, httpStatus, message } = event;
  if (httpMethod === null || httpPath === null) return oneLine(message);
  return oneLine(`${httpMethod} ${httpPath}${httpStatus === null ? '' : ` ${httpStatus}`}`);
}

function Related({ life }: { life: Life }) {
  if (life.related.length === 0) return null;
  return (
    <>
      <h4 className="soft">Related</h4>
      <table className="fields">
        <tbody>
          {life.related.map((r) => (
            <tr key={`${r.relation} ${r.kind} ${r.value}`}>
              <th scope="row">{r.relation}</th>
              <td className="mono wrap">
                <button type="button" className="link" onClick={() => openEntity(r.kind, r.value)}>
                  {oneLine(r.title || r.value)}
                </button>
                <span className="dim ui"> {entityWord(r.kind)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** The lens becomes the events of the life cycle's ids. */
function showLife(life: Life, view: 'timeline' | 'events'): void {
  const values = life.ids.slice(0, 500).map(({ kind, value }) => `${kind}:${value}`);
  useLens.getState().set(withOnly(EMPTY, 'entity', values));
  useRoute.getState().go(view);
}

/** Up and down go from step to step. */
function arrows(event: KeyboardEvent<HTMLOListElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const next = buttons[at + step];
  if (at === -1 || !next) return;
  event.preventDefault();
  next.focus();
}
