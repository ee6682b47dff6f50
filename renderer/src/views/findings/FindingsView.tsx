// Findings: the list in groups at the left, the chosen one explained at the right; or all of them on the ATT&CK matrix.
import { useEffect, useMemo, useRef } from 'react';
import type { FindingRow } from '../../../../shared/api.ts';
import { FINDING_STATES, type FindingState } from '../../../../shared/model.ts';
import { FindingDetails } from '../../details/FindingDetails.tsx';
import { count, plural } from '../../format/numbers.ts';
import { Choices } from '../../parts/Choices.tsx';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { Splitter } from '../../parts/Splitter.tsx';
import { useKept } from '../../parts/useKept.ts';
import { useAttack } from '../../store/attack.ts';
import { useCase } from '../../store/case.ts';
import { useFindings } from '../../store/findings.ts';
import { useRoute } from '../../store/route.ts';
import { useRules } from '../../store/rules.ts';
import { useSuppressions } from '../../store/suppressions.ts';
import { AttackMatrix } from './AttackMatrix.tsx';
import { placesOf, tagsOf, techniqueName } from './attack-places.ts';
import { BulkBar } from './BulkBar.tsx';
import { FindingList } from './FindingList.tsx';
import './findings.css';
import { type Grouping, grouped } from './grouped.ts';
import { SuppressionList } from './SuppressionList.tsx';
import { type Listed, useFindingKeys } from './useFindingKeys.ts';

export function FindingsView() {
  const { findings, loaded, error, grouping, display, states, ruleId, place } = useFindings();
  const revision = useCase((s) => s.revision);
  const rules = useRules((s) => s.rules);
  const attack = useAttack((s) => s.attack);
  useEffect(() => {
    useRules.getState().ensure();
    useAttack.getState().ensure();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => useSuppressions.getState().load(), [revision]);
  const byId = useMemo(() => new Map(rules.map((rule) => [rule.ruleId, rule])), [rules]);
  const asked = useMemo(
    () =>
      findings.filter((f) => {
        if (ruleId !== null && f.ruleId !== ruleId) return false;
        if (place === null) return true;
        return placesOf(tagsOf(f, byId.get(f.ruleId)), attack).some(
          (p) => p.tactic === place.tactic && (place.technique === null || p.technique === place.technique),
        );
      }),
    [findings, ruleId, place, byId, attack],
  );
  const shown = useMemo(() => asked.filter((f) => states.has(f.state)), [asked, states]);
  const groups = useMemo(
    () => grouped(shown, grouping, { attack, rules: byId }),
    [shown, grouping, attack, byId],
  );
  return (
    <div className="view">
      <Bar asked={asked} shown={shown} />
      <ErrorLine sentence={error} />
      {!loaded && <p className="details-block dim">Reading the findings …</p>}
      {loaded && findings.length === 0 && !error && <NoFindings />}
      {(findings.length > 0 || display === 'matrix') &&
        (display === 'matrix' ? (
          <Matrix shown={shown} />
        ) : (
          <List groups={groups} asked={asked} shown={shown} />
        ))}
    </div>
  );
}

function Matrix({ shown }: { shown: FindingRow[] }) {
  useFindingKeys([], -1);
  return <AttackMatrix findings={shown} />;
}

function NoFindings() {
  return (
    <Empty title="No findings">
      <p>
        What the detection rules match is listed here, each hit explained down to its lines. No rule matched,
        or detection has not run on this evidence.
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
  );
}

function List({
  groups,
  asked,
  shown,
}: {
  groups: ReturnType<typeof grouped>;
  asked: FindingRow[];
  shown: FindingRow[];
}) {
  const { selected, selectedIn, select, marked, showAllStates } = useFindings();
  const [width, setWidth] = useKept('findings.width', 460);
  const order = useMemo(
    () => groups.flatMap((g): Listed[] => g.findings.map((finding) => ({ finding, group: g.key }))),
    [groups],
  );
  // Where the chosen one stood: when a verdict takes it out of the list, the next one comes up, not the first.
  const stood = useRef(0);
  const exact = order.findIndex((l) => l.finding.findingId === selected && l.group === selectedIn);
  const any = exact >= 0 ? exact : order.findIndex((l) => l.finding.findingId === selected);
  const at = any >= 0 ? any : Math.min(stood.current, order.length - 1);
  const current = order[at];
  const currentId = current?.finding.findingId ?? null;
  const currentGroup = current?.group ?? null;
  useFindingKeys(order, at);
  useEffect(() => {
    if (at >= 0) stood.current = at;
    if (currentId !== null && currentId !== selected) select(currentId, currentGroup);
  }, [at, currentId, currentGroup, selected, select]);
  const shownIds = useMemo(() => new Set(shown.map((f) => f.findingId)), [shown]);
  return (
    <div className="split">
      <div className="column findings-list" style={{ width }}>
        <BulkBar shown={shownIds} />
        {order.length === 0 ? (
          <Empty title={asked.length > 0 ? 'All are judged' : 'None here'}>
            <p>
              {asked.length > 0
                ? `${plural(asked.length, 'finding')} stand in states that are not shown.`
                : 'No finding fits what is chosen above.'}
            </p>
            {asked.length > 0 && (
              <button type="button" className="button" onClick={showAllStates}>
                Show them
              </button>
            )}
          </Empty>
        ) : (
          <FindingList
            groups={groups}
            selected={currentId}
            selectedIn={currentGroup}
            marked={marked}
            onSelect={select}
          />
        )}
      </div>
      <Splitter label="Width of the list" size={width} least={280} most={800} onSize={setWidth} />
      <div className="scroll grow finding-pane">{currentId && <FindingDetails id={currentId} />}</div>
    </div>
  );
}

const HIDDEN: readonly FindingState[] = ['dismissed', 'suppressed'];

/** How many of what is asked for are dismissed or suppressed and so not shown; shows them. */
function Hidden({ asked }: { asked: FindingRow[] }) {
  const { states, showState } = useFindings();
  const hidden = HIDDEN.map((state) => ({ state, n: asked.filter((f) => f.state === state).length })).filter(
    ({ state, n }) => n > 0 && !states.has(state),
  );
  if (hidden.length === 0) return null;
  return (
    <button
      type="button"
      className="button"
      onClick={() => {
        for (const { state } of hidden) showState(state);
      }}
      title={hidden.map(({ state, n }) => `${count(n)} ${state}`).join(', ')}
      data-testid="findings-hidden"
    >
      {count(hidden.reduce((sum, { n }) => sum + n, 0))} hidden · show
    </button>
  );
}

function Narrowed() {
  const { ruleId, place, ofRule, ofPlace, findings } = useFindings();
  const rules = useRules((s) => s.rules);
  const attack = useAttack((s) => s.attack);
  if (ruleId !== null) {
    const title =
      rules.find((r) => r.ruleId === ruleId)?.title ??
      findings.find((f) => f.ruleId === ruleId)?.title ??
      ruleId;
    return (
      <button
        type="button"
        className="tag findings-narrowed"
        onClick={() => ofRule(null)}
        title={`Of the rule: ${title}. Show those of all rules`}
        data-testid="findings-of-rule"
      >
        rule: {title} ×
      </button>
    );
  }
  if (place === null) return null;
  const tactic = attack.tactics.find((t) => t.short === place.tactic)?.name ?? 'Under no tactic';
  const technique =
    place.technique === null
      ? ''
      : place.technique === ''
        ? ', no technique'
        : `, ${place.technique} ${techniqueName(place.technique, attack)}`;
  return (
    <button
      type="button"
      className="tag findings-narrowed"
      onClick={() => ofPlace(null)}
      title="Show the findings of all techniques"
      data-testid="findings-of-place"
    >
      {tactic}
      {technique} ×
    </button>
  );
}

function Bar({ asked, shown }: { asked: FindingRow[]; shown: FindingRow[] }) {
  const { findings, states, showState, grouping, group, display, show } = useFindings();
  return (
    <div className="bar">
      <h1>Findings</h1>
      <span className="soft" data-testid="findings-total">
        {count(shown.length)} of {count(findings.length)} in the case
      </span>
      <Narrowed />
      <Hidden asked={asked} />
      <span className="grow" />
      <SuppressionList />
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
            {state} {count(asked.filter((f) => f.state === state).length)}
          </button>
        ))}
      </fieldset>
      <Choices<Grouping | 'matrix'>
        label="Group by, or the ATT&CK matrix"
        value={display === 'matrix' ? 'matrix' : grouping}
        options={[
          ['level', 'Level'],
          ['rule', 'Rule'],
          ['node', 'Node'],
          ['entity', 'Entity'],
          ['tactic', 'Tactic'],
          ['matrix', 'Matrix'],
        ]}
        onChange={(by) => {
          show(by === 'matrix' ? 'matrix' : 'list');
          if (by !== 'matrix') group(by);
        }}
        testid="findings-grouping"
      />
    </div>
  );
}
