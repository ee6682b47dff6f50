// Findings: the list in groups at the left, the chosen one explained at the right.
import { useEffect } from 'react';
import { FINDING_STATES } from '../../../../shared/model.ts';
import { FindingDetails } from '../../details/FindingDetails.tsx';
import { count } from '../../format/numbers.ts';
import { Choices } from '../../parts/Choices.tsx';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { Splitter } from '../../parts/Splitter.tsx';
import { useKept } from '../../parts/useKept.ts';
import { type Grouping, useFindings } from '../../store/findings.ts';
import { useRoute } from '../../store/route.ts';
import { useRules } from '../../store/rules.ts';
import { FindingList } from './FindingList.tsx';
import './findings.css';
import { grouped } from './grouped.ts';
import { useFindingKeys } from './useFindingKeys.ts';

export function FindingsView() {
  const { findings, loaded, error, grouping, group, states, showState, ruleId, ofRule, selected, select } =
    useFindings();
  const [width, setWidth] = useKept('findings.width', 460);
  const shown = findings.filter((f) => states.has(f.state) && (ruleId === null || f.ruleId === ruleId));
  const groups = grouped(shown, grouping);
  const order = groups.flatMap((g) => g.findings);
  const current = order.find((f) => f.findingId === selected) ?? order[0];
  const currentId = current?.findingId ?? null;
  useFindingKeys(order, current);
  useEffect(() => {
    if (currentId !== null && currentId !== selected) select(currentId);
  }, [currentId, selected, select]);
  const rule = ruleId === null ? null : (findings.find((f) => f.ruleId === ruleId)?.title ?? ruleId);
  return (
    <div className="view">
      <div className="bar">
        <h1>Findings</h1>
        <span className="soft" data-testid="findings-total">
          {count(shown.length)} of {count(findings.length)} in the case
        </span>
        {rule && (
          <button
            type="button"
            className="tag"
            onClick={() => ofRule(null)}
            title="Show findings of all rules"
          >
            of one rule ×
          </button>
        )}
        <span className="grow" />
        <fieldset className="choices" aria-label="States shown">
          {FINDING_STATES.map((state) => (
            <button
              key={state}
              type="button"
              aria-pressed={states.has(state)}
              data-state={states.has(state) ? 'on' : 'off'}
              onClick={() => showState(state)}
              data-testid={`findings-state-${state}`}
            >
              {state} {count(findings.filter((f) => f.state === state).length)}
            </button>
          ))}
        </fieldset>
        <Choices<Grouping>
          label="Group by"
          value={grouping}
          options={[
            ['level', 'Level'],
            ['rule', 'Rule'],
            ['node', 'Node'],
          ]}
          onChange={group}
        />
      </div>
      <ErrorLine sentence={error} />
      {loaded && findings.length === 0 && (
        <Empty title="No findings">
          <p>
            What the detection rules match is listed here, each hit explained down to its lines. No rule
            matched, or detection has not run on this evidence.
          </p>
          <div className="event-marks">
            <button type="button" className="button main" onClick={() => void useRules.getState().detect()}>
              Run detection
            </button>
            <button type="button" className="button" onClick={() => useRoute.getState().go('rules')}>
              See the rules
            </button>
          </div>
        </Empty>
      )}
      {findings.length > 0 && (
        <div className="split">
          <div className="column findings-list" style={{ width }}>
            {order.length === 0 ? (
              <Empty title="None in these states">
                <p>Choose other states above.</p>
              </Empty>
            ) : (
              <FindingList groups={groups} selected={currentId} onSelect={select} />
            )}
          </div>
          <Splitter label="Width of the list" size={width} least={280} most={800} onSize={setWidth} />
          <div className="scroll grow finding-pane">
            {current && <FindingDetails id={current.findingId} />}
          </div>
        </div>
      )}
    </div>
  );
}
