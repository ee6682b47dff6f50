// The rules as a dense table, virtualised: thousands scroll; every figure leads to what it counts.
// biome-ignore-all lint/a11y/useSemanticElements: a virtualised table cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the table holds the focus and moves a cursor
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are those of the view
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef } from 'react';
import type { RuleRow } from '../../../../shared/api.ts';
import { count } from '../../format/numbers.ts';
import { LevelShape, systemColour } from '../../parts/Marks.tsx';
import { useRules } from '../../store/rules.ts';
import { showRuleEvents, showRuleFindings } from '../../store/show-rule.ts';
import {
  COLUMNS,
  type Column,
  keyOf,
  type RuleSort,
  type RuleState,
  STATE_WORDS,
  sourceWords,
  stateOf,
  stateSentence,
  typeWords,
  whoseWords,
} from './rows.ts';

const ROW = 26;
const PAGE = 20;
const HEAD: Record<Column, string> = {
  level: 'level',
  title: 'rule',
  system: 'log source',
  type: 'type',
  status: 'status',
  attack: 'ATT&CK',
  author: 'author',
  findings: 'findings',
  events: 'events',
  millis: 'ms',
  state: 'state',
};
const SIGN: Record<RuleState, string> = { ran: '✓', absent: '·', disabled: '–', refused: '▲' };
const NUMERIC: readonly Column[] = ['findings', 'events', 'millis'];

interface RowProps {
  rule: RuleRow;
  top: number;
  index: number;
  chosen: boolean;
}

const Row = memo(function Row({ rule, top, index, chosen }: RowProps) {
  const state = stateOf(rule);
  const tuned = rule.thresholds.some((t) => t.value !== t.stated);
  return (
    <div
      role="row"
      className="rule-line"
      style={{ top }}
      tabIndex={-1}
      aria-selected={chosen}
      aria-rowindex={index + 2}
      data-testid="rule-row"
      data-rule-id={rule.ruleId}
      data-state={state}
      onClick={() => useRules.getState().select(keyOf(rule))}
    >
      <span role="cell" className="mark of-level" style={{ color: `var(--sev-${rule.level})` }}>
        <LevelShape level={rule.level} />
        <span className="rule-level-word">{rule.level}</span>
      </span>
      <span role="cell" className="cut" title={rule.title}>
        {rule.title}
        {tuned && (
          <span className="dim" title="A threshold differs from what the rule states">
            {' '}
            · tuned
          </span>
        )}
      </span>
      <span role="cell" className="mark cut of-system" title={sourceWords(rule)}>
        {rule.product && (
          <span className="dot" style={{ background: systemColour(rule.product) }} aria-hidden="true" />
        )}
        <span className="cut">{sourceWords(rule)}</span>
      </span>
      <span role="cell" className="cut soft of-type">
        {typeWords(rule)}
      </span>
      <span role="cell" className="cut soft of-status">
        {rule.status}
      </span>
      <span role="cell" className="cut mono of-attack" title={rule.attack.join(' ')}>
        {rule.attack.join(' ')}
      </span>
      <span role="cell" className="cut soft of-author" title={`${rule.origin} · ${whoseWords(rule)}`}>
        {whoseWords(rule)}
      </span>
      <span role="cell" className="num of-findings">
        {rule.findings > 0 ? (
          <button
            type="button"
            className="link num"
            tabIndex={chosen ? 0 : -1}
            title={
              rule.suppressed > 0
                ? `Show its findings; ${count(rule.suppressed)} of them suppressed`
                : 'Show its findings'
            }
            onClick={(e) => {
              e.stopPropagation();
              showRuleFindings(rule.ruleId);
            }}
            data-testid="rule-row-findings"
          >
            {count(rule.findings)}
          </button>
        ) : (
          <span className="dim">–</span>
        )}
      </span>
      <span role="cell" className="num of-events">
        {rule.events > 0 && rule.findings > 0 ? (
          <button
            type="button"
            className="link num"
            tabIndex={chosen ? 0 : -1}
            title="Show the events of its findings"
            onClick={(e) => {
              e.stopPropagation();
              showRuleEvents(rule.ruleId);
            }}
            data-testid="rule-row-events"
          >
            {count(rule.events)}
          </button>
        ) : (
          <span className="dim">{rule.events > 0 ? count(rule.events) : '–'}</span>
        )}
      </span>
      <span role="cell" className="num soft of-millis">
        {rule.millis === null ? <span className="dim">–</span> : count(Math.max(1, Math.round(rule.millis)))}
      </span>
      <span
        role="cell"
        className={`cut of-state ${state === 'refused' ? 'bad' : state === 'ran' ? 'soft' : 'dim'}`}
        title={stateSentence(rule)}
      >
        <span aria-hidden="true">{SIGN[state]}</span> <span className="state-word">{STATE_WORDS[state]}</span>
      </span>
    </div>
  );
});

function Head({ sort }: { sort: RuleSort }) {
  const order = useRules((s) => s.order);
  return (
    <div className="rule-head" role="row" tabIndex={-1} aria-rowindex={1}>
      {COLUMNS.map((column) => (
        <span
          key={column}
          role="columnheader"
          aria-sort={sort.by !== column ? 'none' : sort.down ? 'descending' : 'ascending'}
          className={`of-${column} ${NUMERIC.includes(column) ? 'num' : ''}`}
        >
          <button
            type="button"
            className="plain cut"
            onClick={() => order(column)}
            title={`Sort by ${HEAD[column]}`}
            data-testid={`rules-sort-${column}`}
          >
            {HEAD[column]}
            {sort.by === column && <span aria-hidden="true">{sort.down ? ' ▾' : ' ▴'}</span>}
          </button>
        </span>
      ))}
    </div>
  );
}

export function RuleTable({ rules, at, sort }: { rules: RuleRow[]; at: number; sort: RuleSort }) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rules.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    scrollPaddingStart: ROW,
  });
  const chosen = rules[at] ? keyOf(rules[at]) : null;
  const to = (index: number) => {
    const next = rules[Math.max(0, Math.min(rules.length - 1, index))];
    if (next) useRules.getState().select(keyOf(next));
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => to(at + 1),
    ArrowUp: () => to(at - 1),
    PageDown: () => to(at + PAGE),
    PageUp: () => to(at - PAGE),
    Home: () => to(0),
    End: () => to(rules.length - 1),
    Enter: () => useRules.getState().showBeside(true),
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another choice or order moves the list
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
  }, [chosen, sort]);
  return (
    <div
      ref={scroller}
      className="scroll grow"
      role="table"
      aria-label="Rules"
      aria-rowcount={rules.length + 1}
      tabIndex={0}
      data-testid="rule-list"
      onKeyDown={(e) => {
        const act = keys[e.key];
        if (!act || e.target !== e.currentTarget || e.ctrlKey || e.altKey || e.metaKey) return;
        e.preventDefault();
        act();
      }}
    >
      <Head sort={sort} />
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((item) => {
          const rule = rules[item.index]!;
          return (
            <Row
              key={keyOf(rule)}
              rule={rule}
              top={item.start}
              index={item.index}
              chosen={item.index === at}
            />
          );
        })}
      </div>
    </div>
  );
}
