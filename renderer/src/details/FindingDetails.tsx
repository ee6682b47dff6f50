// One finding: what was found, why the rule matched, in which events; and the responder's verdict on it.
import { useEffect } from 'react';
import { count, plural } from '../format/numbers.ts';
import { clock, dateTime, duration } from '../format/time.ts';
import { EvidenceLine } from '../parts/Evidence.tsx';
import { FindingLevelMark, StateMark } from '../parts/Marks.tsx';
import { openNode } from '../store/details.ts';
import { useFindings } from '../store/findings.ts';
import { showOnly } from '../store/pivot.ts';
import { useRoute } from '../store/route.ts';
import { useRules } from '../store/rules.ts';
import { EventRows } from '../views/events/EventRows.tsx';
import { Block } from './Block.tsx';
import { FindingActions } from './FindingActions.tsx';
import { GroupValues } from './GroupValues.tsx';
import { RuleText } from './RuleText.tsx';

export function FindingDetails({ id }: { id: string }) {
  const finding = useFindings((s) => s.findings.find((f) => f.findingId === id));
  const { events, eventsOf, eventsTotal, loadEvents, moreEvents } = useFindings();
  const rule = useRules((s) => s.rules.find((r) => r.ruleId === finding?.ruleId));
  const loadRules = useRules((s) => s.load);
  const go = useRoute((s) => s.go);
  useEffect(() => loadEvents(id), [id, loadEvents]);
  useEffect(() => loadRules(), [loadRules]);
  if (!finding) return <p className="details-block dim">This finding is not in the case any more.</p>;
  const span = finding.firstTs !== null && finding.lastTs !== null ? finding.lastTs - finding.firstTs : null;
  return (
    <div data-testid="finding-details" data-finding-id={finding.findingId}>
      <section className="details-block event-head">
        <h2 className="finding-title">{finding.title}</h2>
        <div className="event-marks">
          <FindingLevelMark level={finding.level} />
          <StateMark state={finding.state} />
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
        {finding.stateWhy && (
          <p className="soft">
            {finding.state}
            {finding.stateBy ? ` by ${finding.stateBy}` : ''}
            {finding.stateAt ? `, ${dateTime(finding.stateAt, 's')} UTC` : ''}: {finding.stateWhy}
          </p>
        )}
      </section>
      <Block title="When and where">
        <dl className="place">
          <dt>first event</dt>
          <dd className="mono">{dateTime(finding.firstTs)}</dd>
          <dt>last event</dt>
          <dd className="mono">
            {finding.lastTs === null || finding.firstTs === null ? '–' : clock(finding.lastTs)}
            {span ? <span className="ui soft"> after {duration(span)}</span> : null}
          </dd>
          <dt>nodes</dt>
          <dd>
            {finding.nodes.map((n, i) => (
              <span key={n}>
                {i > 0 && ', '}
                <button type="button" className="link" onClick={() => openNode(n)}>
                  {n}
                </button>
              </span>
            ))}
            {finding.nodes.length === 0 && '–'}
          </dd>
          <dt>systems</dt>
          <dd>{finding.systems.join(', ') || '–'}</dd>
        </dl>
      </Block>
      <GroupValues values={finding.groupValues} />
      <Block
        title={`Events in order (${count(eventsTotal || finding.eventCount)})`}
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
        {eventsOf !== id && <p className="dim">Reading the events …</p>}
        <EventRows rows={eventsOf === id ? events : []} />
        {eventsOf === id && events.length < eventsTotal && (
          <button type="button" className="link" onClick={() => void moreEvents()}>
            {plural(eventsTotal - events.length, 'more event')}
          </button>
        )}
      </Block>
      {rule && (
        <>
          {rule.falsePositives.length > 0 && (
            <Block title="What else may look like this">
              <ul className="bullets">
                {rule.falsePositives.map((f) => (
                  <li key={f}>{f}</li>
                ))}
              </ul>
            </Block>
          )}
          <Block
            title="Rule"
            side={
              <button
                type="button"
                className="button"
                onClick={() => {
                  useRules.getState().select(rule.ruleId);
                  go('rules');
                }}
              >
                Open in Rules
              </button>
            }
          >
            <p>{rule.description}</p>
            <p className="dim mono wrap">{rule.path}</p>
            <RuleText source={rule.source} />
          </Block>
        </>
      )}
    </div>
  );
}
