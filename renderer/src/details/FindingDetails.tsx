// One finding: what was found, why the rule matched, in which events; and the responder's verdict on it.
import { useEffect } from 'react';
import type { FindingRow, RuleRow } from '../../../shared/api.ts';
import { count, plural } from '../format/numbers.ts';
import { clock, dateTime, day, duration } from '../format/time.ts';
import { EvidenceLine } from '../parts/Evidence.tsx';
import { FindingLevelMark, StateMark } from '../parts/Marks.tsx';
import { openNode } from '../store/details.ts';
import { type Explained, useFindings } from '../store/findings.ts';
import { showOnly } from '../store/pivot.ts';
import { useRules } from '../store/rules.ts';
import { showRule } from '../store/show-rule.ts';
import { EventRows } from '../views/events/EventRows.tsx';
import { Block } from './Block.tsx';
import { FindingActions } from './FindingActions.tsx';
import { GroupValues } from './GroupValues.tsx';
import { matchedLines } from './matched-lines.ts';
import { RuleText } from './RuleText.tsx';

export function FindingDetails({ id }: { id: string }) {
  const finding = useFindings((s) => s.findings.find((f) => f.findingId === id));
  const explained = useFindings((s) => (s.eventsOf === id ? s.explained : null));
  const explainError = useFindings((s) => (s.eventsOf === id ? s.explainError : null));
  const loadEvents = useFindings((s) => s.loadEvents);
  const rule = useRules((s) => s.rules.find((r) => r.ruleId === finding?.ruleId));
  const ensureRules = useRules((s) => s.ensure);
  useEffect(() => loadEvents(id), [id, loadEvents]);
  useEffect(() => ensureRules(), [ensureRules]);
  if (!finding) return <p className="details-block dim">This finding is not in the case any more.</p>;
  const mistakes = explained?.rule.falsePositives ?? rule?.falsePositives ?? [];
  return (
    <div data-testid="finding-details" data-finding-id={finding.findingId}>
      <Head finding={finding} />
      {explainError && (
        <p className="details-block soft wrap">◐ It could not be explained in full: {explainError}</p>
      )}
      {explained && <Reasons explained={explained} />}
      <WhenAndWhere finding={finding} />
      <GroupValues values={finding.groupValues} />
      <Events finding={finding} />
      {mistakes.length > 0 && (
        <Block title="What else may look like this">
          <ul className="bullets">
            {mistakes.map((f) => (
              <li key={f}>{f}</li>
            ))}
          </ul>
        </Block>
      )}
      <Rule finding={finding} rule={rule} explained={explained} />
    </div>
  );
}

function Head({ finding }: { finding: FindingRow }) {
  const { state, stateBy, stateAt, stateWhy } = finding;
  return (
    <section className="details-block event-head">
      <h2 className="finding-title">{finding.title}</h2>
      <div className="event-marks">
        <FindingLevelMark level={finding.level} />
        <StateMark state={state} />
        {finding.attack.map((a) => (
          <span key={a} className="tag" title="ATT&CK">
            {a}
          </span>
        ))}
      </div>
      <p className="explanation" data-testid="finding-explanation">
        <EvidenceLine text={finding.explanation} />
      </p>
      <FindingActions finding={finding} />
      {state !== 'open' && (
        <p className="soft wrap" data-testid="finding-state-why">
          {state}
          {stateBy && ` by ${stateBy}`}
          {stateAt !== null && `, ${dateTime(stateAt, 's')} UTC`}
          {stateWhy && `: ${stateWhy}`}
        </p>
      )}
    </section>
  );
}

/** The window, and what speaks for the finding and against it. */
function Reasons({ explained }: { explained: Explained }) {
  const { window, stronger, weaker } = explained;
  if (!window && stronger.length + weaker.length === 0) return null;
  return (
    <Block title="How strong it is">
      {window && <p data-testid="finding-window">{window}</p>}
      {stronger.length > 0 && (
        <ul className="signed" data-testid="finding-stronger">
          {stronger.map((s) => (
            <li key={s}>
              <span title="makes it stronger">+</span>
              {s}
            </li>
          ))}
        </ul>
      )}
      {weaker.length > 0 && (
        <ul className="signed" data-testid="finding-weaker">
          {weaker.map((s) => (
            <li key={s}>
              <span title="makes it weaker">−</span>
              {s}
            </li>
          ))}
        </ul>
      )}
    </Block>
  );
}

function WhenAndWhere({ finding }: { finding: FindingRow }) {
  const { firstTs, lastTs, nodes } = finding;
  const span = firstTs !== null && lastTs !== null ? lastTs - firstTs : null;
  const sameDay = firstTs !== null && lastTs !== null && day(firstTs) === day(lastTs);
  return (
    <Block title="When and where">
      <dl className="place">
        <dt>first event</dt>
        <dd className="mono">{firstTs === null ? 'no time' : `${dateTime(firstTs)} UTC`}</dd>
        <dt>last event</dt>
        <dd className="mono">
          {lastTs === null ? '–' : `${sameDay ? clock(lastTs) : dateTime(lastTs)} UTC`}
          {span ? <span className="ui soft"> after {duration(span)}</span> : null}
        </dd>
        <dt>nodes</dt>
        <dd>
          {nodes.map((n, i) => (
            <span key={n}>
              {i > 0 && ', '}
              <button type="button" className="link" onClick={() => openNode(n)}>
                {n}
              </button>
            </span>
          ))}
          {nodes.length === 0 && '–'}
        </dd>
        <dt>systems</dt>
        <dd>{finding.systems.join(', ') || '–'}</dd>
      </dl>
    </Block>
  );
}

function Events({ finding }: { finding: FindingRow }) {
  const { events, eventsOf, eventsTotal, moreEvents } = useFindings();
  const here = eventsOf === finding.findingId;
  return (
    <Block
      title={`Events in order (${count(here ? eventsTotal : finding.eventCount)})`}
      side={
        <button
          type="button"
          className="button"
          onClick={() => showOnly([['finding', finding.findingId]])}
          data-testid="finding-to-events"
        >
          All in Events
        </button>
      }
    >
      {!here && <p className="dim">Reading the events …</p>}
      <EventRows rows={here ? events : []} />
      {here && events.length < eventsTotal && (
        <button type="button" className="link" onClick={() => void moreEvents()}>
          {plural(eventsTotal - events.length, 'more event')}
        </button>
      )}
    </Block>
  );
}

function Rule(props: { finding: FindingRow; rule: RuleRow | undefined; explained: Explained | null }) {
  const { finding, rule, explained } = props;
  const events = useFindings((s) => (s.eventsOf === finding.findingId ? s.events : null));
  const source = explained?.rule.source ?? rule?.source;
  if (source === undefined) return null;
  const matched = events?.flatMap((e) => e.matched ?? []) ?? [];
  const marked = rule?.type === 'native' ? [] : [...matchedLines(source, matched)];
  return (
    <Block
      title={marked.length > 0 ? 'Rule, with the lines that matched marked' : 'Rule'}
      side={
        <button
          type="button"
          className="button"
          onClick={() => showRule(finding.ruleId)}
          title="Open in Rules (r)"
          data-testid="finding-rule"
        >
          Open in Rules
        </button>
      }
    >
      {rule && <p>{rule.description}</p>}
      <p className="dim mono wrap">{explained?.rule.path ?? rule?.path}</p>
      <RuleText source={source} marked={marked} />
    </Block>
  );
}
