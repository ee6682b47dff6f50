// What narrows the list of rules: levels, status, log source, tag, state; each choice says how many rules it has.
import { useMemo } from 'react';
import type { RuleRow } from '../../../../shared/api.ts';
import { FINDING_LEVELS, type FindingLevel } from '../../../../shared/model.ts';
import { count } from '../../format/numbers.ts';
import { LevelShape } from '../../parts/Marks.tsx';
import { useRules } from '../../store/rules.ts';
import { STATE_FILTERS, type StateFilter, systemOf, valuesOf } from './rows.ts';

const WORDS: Record<StateFilter, string> = {
  all: 'All',
  hits: 'With findings',
  ran: 'In use',
  absent: 'Not applying',
  disabled: 'Disabled',
  refused: 'Refused',
};
const TITLES: Record<StateFilter, string> = {
  all: 'Rules in any state',
  hits: 'Rules that found something',
  ran: 'Rules that run on this case',
  absent: 'Rules whose log source is not in this case',
  disabled: 'Rules switched off by hand, or by level, status or tag',
  refused: 'Rules that cannot be honoured; each says why',
};

/** Options of a select: the value, how many rules have it. */
function Pick(props: {
  label: string;
  all: string;
  value: string | null;
  values: [string, number][];
  onChange(value: string | null): void;
  testid: string;
}) {
  const { label, all, value, values, onChange, testid } = props;
  const missing = value !== null && !values.some(([v]) => v === value);
  return (
    <select
      className="field rules-pick"
      aria-label={label}
      value={value === null ? '' : `=${value}`}
      onChange={(e) => onChange(e.target.value === '' ? null : e.target.value.slice(1))}
      data-testid={testid}
      data-on={value !== null}
    >
      <option value="">{all}</option>
      {missing && <option value={`=${value}`}>{value}</option>}
      {values.map(([v, n]) => (
        <option key={v} value={`=${v}`}>
          {v} ({count(n)})
        </option>
      ))}
    </select>
  );
}

export function RuleFilters({ rules, states }: { rules: RuleRow[]; states: Record<StateFilter, number> }) {
  const filter = useRules((s) => s.filter);
  const narrow = useRules((s) => s.narrow);
  const levels = useMemo(() => new Map(valuesOf(rules, (r) => r.level)), [rules]);
  const statuses = useMemo(() => valuesOf(rules, (r) => r.status), [rules]);
  const systems = useMemo(() => valuesOf(rules, systemOf), [rules]);
  const tags = useMemo(() => valuesOf(rules, (r) => r.tags), [rules]);
  const toggle = (level: FindingLevel) => {
    const next = new Set(filter.levels);
    if (!next.delete(level)) next.add(level);
    narrow({ levels: next });
  };
  return (
    <div className="bar rules-filters">
      <fieldset className="choices" aria-label="State of the rules">
        {STATE_FILTERS.map((state) => (
          <button
            key={state}
            type="button"
            aria-pressed={filter.state === state}
            data-state={filter.state === state ? 'on' : 'off'}
            title={TITLES[state]}
            onClick={() => narrow({ state })}
            data-testid={`rules-state-${state}`}
          >
            {WORDS[state]} <span className="num">{count(states[state])}</span>
          </button>
        ))}
      </fieldset>
      <fieldset className="choices" aria-label="Levels shown; none chosen shows all">
        {FINDING_LEVELS.toReversed().map((level) => (
          <button
            key={level}
            type="button"
            aria-pressed={filter.levels.has(level)}
            data-state={filter.levels.has(level) ? 'on' : 'off'}
            title={`${level}: ${count(levels.get(level) ?? 0)} rules`}
            onClick={() => toggle(level)}
            data-testid={`rules-level-${level}`}
          >
            <span className="mark">
              <LevelShape level={level} />
              <span className="rules-level-name">{level === 'informational' ? 'info' : level}</span>
              <span className="dim num">{count(levels.get(level) ?? 0)}</span>
            </span>
          </button>
        ))}
      </fieldset>
      <Pick
        label="Log source"
        all="Any source"
        value={filter.system}
        values={systems}
        onChange={(system) => narrow({ system })}
        testid="rules-system"
      />
      <Pick
        label="Status"
        all="Any status"
        value={filter.status}
        values={statuses}
        onChange={(status) => narrow({ status })}
        testid="rules-status"
      />
      <Pick
        label="Tag"
        all="Any tag"
        value={filter.tag}
        values={tags}
        onChange={(tag) => narrow({ tag })}
        testid="rules-tag"
      />
    </div>
  );
}
