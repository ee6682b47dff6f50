// Rules: what is looked for, how often it was found, and which rules were refused.
import { useEffect, useMemo } from 'react';
import { count, plural } from '../../format/numbers.ts';
import { Choices } from '../../parts/Choices.tsx';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { LevelShape } from '../../parts/Marks.tsx';
import { Splitter } from '../../parts/Splitter.tsx';
import { useKept } from '../../parts/useKept.ts';
import { useKeys } from '../../shell/useKeys.ts';
import { useCase } from '../../store/case.ts';
import { running, useJobs } from '../../store/jobs.ts';
import { useRules } from '../../store/rules.ts';
import { RuleDetails } from './RuleDetails.tsx';
import './rules.css';

type Only = 'all' | 'hits' | 'refused';

export function RulesView() {
  const { rules, loaded, error, filter, setFilter, only, show, selected, select, load, detect } = useRules();
  const revision = useCase((s) => s.revision);
  const detecting = useJobs((s) => running(s.jobs, 'detect') !== undefined);
  const [width, setWidth] = useKept('rules.width', 480);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => load(), [load, revision]);
  const shown = useMemo(() => {
    const needle = filter.trim().toLowerCase();
    return rules
      .filter((r) => (only === 'hits' ? r.findings > 0 : only === 'refused' ? r.error !== null : true))
      .filter((r) =>
        [r.title, r.ruleId, r.product, r.service, r.level, r.path, r.description, ...r.attack].some((v) =>
          v?.toLowerCase().includes(needle),
        ),
      )
      .toSorted((a, b) => b.findings - a.findings || a.title.localeCompare(b.title));
  }, [rules, filter, only]);
  const current = shown.find((r) => r.ruleId === selected) ?? shown[0];
  const step = (by: number) => {
    const next = shown[Math.max(0, Math.min(shown.length - 1, (current ? shown.indexOf(current) : 0) + by))];
    if (!next) return;
    select(next.ruleId);
    document
      .querySelector(`[data-rule-id="${CSS.escape(next.ruleId)}"]`)
      ?.scrollIntoView({ block: 'nearest' });
  };
  useKeys('Rules', [
    { key: 'j', word: 'Next rule', run: () => step(1) },
    { key: 'k', word: 'Previous rule', run: () => step(-1) },
  ]);
  const refused = rules.filter((r) => r.error !== null).length;
  return (
    <div className="view">
      <div className="bar">
        <h1>Rules</h1>
        <span className="soft" data-testid="rules-total">
          {plural(rules.length, 'rule')}, {count(rules.filter((r) => r.findings > 0).length)} with findings
        </span>
        <span className="grow" />
        <input
          className="field"
          placeholder="Filter rules"
          aria-label="Filter rules"
          value={filter}
          onChange={(e) => setFilter(e.target.value)}
          data-testid="rules-filter"
        />
        <Choices<Only>
          label="Which rules"
          value={only}
          options={[
            ['all', 'All'],
            ['hits', 'With findings'],
            ['refused', `Refused ${refused}`],
          ]}
          onChange={show}
        />
        <button
          type="button"
          className="button main"
          onClick={() => void detect()}
          disabled={detecting}
          data-testid="rules-detect"
        >
          {detecting ? 'Detecting …' : 'Run detection again'}
        </button>
      </div>
      <ErrorLine sentence={error} />
      {loaded && rules.length === 0 && (
        <Empty title="No rules">
          <p>Sigma rules and the native checks that ship with Tidemark would be listed here.</p>
        </Empty>
      )}
      {rules.length > 0 && (
        <div className="split">
          <div className="scroll findings-list" style={{ width }} data-testid="rule-list">
            {shown.map((r) => (
              <button
                key={r.ruleId}
                type="button"
                className="finding-row"
                aria-current={r.ruleId === current?.ruleId}
                onClick={() => select(r.ruleId)}
                data-testid="rule-row"
                data-rule-id={r.ruleId}
              >
                <LevelShape level={r.level} size={12} />
                <span className="grow finding-row-text">
                  <span>{r.title}</span>
                  <span className="dim cut">
                    {r.level} · {r.type.replaceAll('_', ' ')} ·{' '}
                    {[r.product, r.service].filter(Boolean).join(' / ') || 'any'}
                    {r.applies === false && ' · no such logs in this case'}
                  </span>
                  {r.error && <span className="bad cut">▲ refused: {r.error}</span>}
                </span>
                <span className="num">
                  {r.findings > 0 ? count(r.findings) : <span className="dim">–</span>}
                </span>
              </button>
            ))}
            {shown.length === 0 && <Empty title="No rule matches the filter" />}
          </div>
          <Splitter label="Width of the list" size={width} least={280} most={800} onSize={setWidth} />
          <div className="scroll grow finding-pane">
            {current && <RuleDetails key={current.ruleId} rule={current} />}
          </div>
        </div>
      )}
    </div>
  );
}
