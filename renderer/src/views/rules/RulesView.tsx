// Rules: what is looked for, how often it was found, which rules do not run and why; and the editor for one's own.
import { useEffect, useMemo, useState } from 'react';
import { count, plural } from '../../format/numbers.ts';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Splitter } from '../../parts/Splitter.tsx';
import { useKept } from '../../parts/useKept.ts';
import { useKeys } from '../../shell/useKeys.ts';
import { useCase } from '../../store/case.ts';
import { running, useJobs } from '../../store/jobs.ts';
import { useRuleEditor } from '../../store/rule-editor.ts';
import { useRules } from '../../store/rules.ts';
import { showRuleEvents, showRuleFindings } from '../../store/show-rule.ts';
import { ImportButton, ImportResult } from './ImportRules.tsx';
import { RuleDefaults } from './RuleDefaults.tsx';
import { RuleDetails } from './RuleDetails.tsx';
import { RuleEditorView } from './RuleEditorView.tsx';
import { RuleFilters } from './RuleFilters.tsx';
import { RulePlaceholders } from './RulePlaceholders.tsx';
import { RuleTable } from './RuleTable.tsx';
import './rules.css';
import { filtered, isNarrow, keyOf, sorted, stateOf } from './rows.ts';

export function RulesView() {
  const editing = useRuleEditor((s) => s.draft !== null && s.shown);
  const load = useRules((s) => s.load);
  const revision = useCase((s) => s.revision);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => load(), [load, revision]);
  return editing ? <RuleEditorView /> : <RuleBrowser />;
}

function RuleBrowser() {
  const { rules, loaded, error, filter, sort, selected, beside } = useRules();
  const [width, setWidth] = useKept('rules.beside', 480);
  const [asking, setAsking] = useState<string | null>(null);
  const { shown, states } = useMemo(() => filtered(rules, filter), [rules, filter]);
  const order = useMemo(() => sorted(shown, sort), [shown, sort]);
  const found = order.findIndex((r) => keyOf(r) === selected);
  const at = found >= 0 ? found : order.findIndex((r) => r.ruleId === selected);
  const current = order[at] ?? order[0];
  const hidden = rules.length - order.length;
  useRuleKeys(order, Math.max(0, at), (rule) => setAsking(rule));
  return (
    <div className="view">
      <Bar hidden={hidden} shown={order.length} />
      <RuleFilters rules={rules} states={states} />
      <ImportResult />
      <ErrorLine sentence={error} />
      {!loaded && <p className="details-block dim">Reading the rules …</p>}
      {loaded && rules.length === 0 && !error && (
        <Empty title="No rules">
          <p>Sigma rules and the native checks that come with Tidemark would be listed here.</p>
        </Empty>
      )}
      {rules.length > 0 && order.length === 0 && (
        <Empty title="No rule fits these filters">
          <p>{plural(rules.length, 'rule')} are loaded and hidden by the filters above.</p>
          <button type="button" className="button" onClick={() => useRules.getState().clearFilter()}>
            Show all {count(rules.length)}
          </button>
        </Empty>
      )}
      {current && (
        <div className="split">
          <div className="column grow rules-column">
            <RuleTable rules={order} at={Math.max(0, at)} sort={sort} />
          </div>
          {beside && (
            <>
              <Splitter
                label="Width of the rule"
                size={width}
                after
                least={320}
                most={1000}
                onSize={setWidth}
              />
              <div className="column rules-beside" style={{ width }}>
                <div className="bar">
                  <h2 className="grow">
                    Rule {count(Math.max(0, at) + 1)} of {count(order.length)}
                  </h2>
                  <button
                    type="button"
                    className="icon-button"
                    onClick={() => useRules.getState().showBeside(false)}
                    title="Close, for the whole table (Esc)"
                    aria-label="Close the rule"
                    data-testid="rule-close"
                  >
                    <Icon name="close" />
                  </button>
                </div>
                <div className="scroll grow">
                  <RuleDetails
                    key={keyOf(current)}
                    rule={current}
                    asking={asking === keyOf(current)}
                    ask={(on) => setAsking(on ? keyOf(current) : null)}
                  />
                </div>
              </div>
            </>
          )}
        </div>
      )}
    </div>
  );
}

function Bar({ shown, hidden }: { shown: number; hidden: number }) {
  const { rules, filter, stale } = useRules();
  const { narrow, clearFilter, detect } = useRules.getState();
  const draft = useRuleEditor((s) => s.draft);
  const readOnly = useCase((s) => s.info?.readOnly ?? true);
  const detecting = useJobs((s) => running(s.jobs, 'detect') !== undefined);
  return (
    <div className="bar">
      <h1>Rules</h1>
      <span className="soft" data-testid="rules-total">
        {count(shown)} of {plural(rules.length, 'rule')}
      </span>
      {(hidden > 0 || isNarrow(filter)) && (
        <button
          type="button"
          className="button"
          onClick={clearFilter}
          title="Clear all filters"
          data-testid="rules-hidden"
        >
          {count(hidden)} hidden by filters · show all
        </button>
      )}
      <span className="grow" />
      <input
        className="field"
        id="rules-filter"
        placeholder="Filter: words, id, tag, author"
        aria-label="Filter rules"
        size={26}
        value={filter.text}
        onChange={(e) => narrow({ text: e.target.value })}
        onKeyDown={(e) => e.key === 'Escape' && e.currentTarget.blur()}
        data-testid="rules-filter"
      />
      {draft !== null && (
        <button
          type="button"
          className="button"
          onClick={() => useRuleEditor.getState().show(true)}
          data-testid="rules-back-to-draft"
        >
          Back to the draft
        </button>
      )}
      <button
        type="button"
        className="button"
        onClick={() => useRuleEditor.getState().openNew()}
        title="New rule (n)"
        data-testid="rules-new"
      >
        New …
      </button>
      <ImportButton />
      <RuleDefaults />
      <RulePlaceholders />
      <button
        type="button"
        className="button main"
        onClick={() => void detect()}
        disabled={detecting || readOnly}
        title={stale ? 'Rules changed since detection last ran' : 'Run all rules on the case'}
        data-testid="rules-detect"
      >
        {detecting ? 'Detecting …' : stale ? 'Run again: rules changed' : 'Run detection again'}
      </button>
    </div>
  );
}

function useRuleKeys(order: ReturnType<typeof sorted>, at: number, askReason: (key: string) => void): void {
  const current = order[at];
  const store = useRules.getState();
  const to = (index: number) => {
    const next = order[Math.max(0, Math.min(order.length - 1, index))];
    if (next) store.select(keyOf(next));
  };
  const onSwitch = () => {
    if (!current) return;
    if (current.enabled) askReason(keyOf(current));
    else void store.tune(current, { enabled: true, reason: '' }, `Enabled: ${current.title}`);
  };
  useKeys('Rules', [
    { key: 'j', word: 'Next rule', run: () => to(at + 1) },
    { key: 'k', word: 'Previous rule', run: () => to(at - 1) },
    { key: 'Escape', word: 'Close the rule, for the whole table', run: () => store.showBeside(false) },
    {
      key: '.',
      word: 'Show or close the rule beside the table',
      run: () => store.showBeside(!useRules.getState().beside),
    },
    { key: 'i', word: 'Filter', run: () => document.getElementById('rules-filter')?.focus() },
    {
      key: 'f',
      word: 'Its findings',
      run: () => current && current.findings > 0 && showRuleFindings(current.ruleId),
    },
    {
      key: 'v',
      word: 'Events of its findings',
      run: () => current && current.findings > 0 && showRuleEvents(current.ruleId),
    },
    {
      key: 'w',
      word: 'Why it found nothing: count its parts',
      run: () => current && stateOf(current) !== 'refused' && store.askWhyNot(current),
    },
    { key: 'x', word: 'Disable with a reason, or enable', run: onSwitch },
    {
      key: 'e',
      word: 'Edit, or edit a copy',
      run: () => current && current.type !== 'native' && useRuleEditor.getState().openRule(current),
    },
    { key: 'n', word: 'New rule', run: () => useRuleEditor.getState().openNew() },
  ]);
}
