// What this case wants of a rule: on or off with a reason, and its thresholds beside what the rule states.
import { useEffect, useState } from 'react';
import type { RuleRow, Threshold } from '../../../../shared/api.ts';
import { Block } from '../../details/Block.tsx';
import { count } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';
import { useCase } from '../../store/case.ts';
import { useRules } from '../../store/rules.ts';
import { stateOf } from './rows.ts';

/** `300 seconds (5 m 00 s)`, `10 events`, `0.5`. */
export function thresholdWords(value: number, unit: Threshold['unit']): string {
  if (unit !== 'seconds') return `${count(value)}${unit && ` ${unit}`}`;
  return value >= 60 ? `${count(value)} seconds (${duration(value * 1e6)})` : `${count(value)} seconds`;
}

/** The switch itself; `asking` is held above, so that a key can open it. */
export function RuleSwitch({
  rule,
  asking,
  ask,
}: {
  rule: RuleRow;
  asking: boolean;
  ask(on: boolean): void;
}) {
  const tune = useRules((s) => s.tune);
  const readOnly = useCase((s) => s.info?.readOnly ?? true);
  const disabled = stateOf(rule) === 'disabled' || !rule.enabled;
  if (disabled)
    return (
      <button
        type="button"
        className="button"
        disabled={readOnly}
        onClick={() => void tune(rule, { enabled: true, reason: '' }, `Enabled: ${rule.title}`)}
        title="Enable (x)"
        data-testid="rule-enable"
      >
        Enable
      </button>
    );
  return (
    <button
      type="button"
      className="button"
      disabled={readOnly}
      aria-expanded={asking}
      onClick={() => ask(!asking)}
      title="Disable with a reason (x)"
      data-testid="rule-disable"
    >
      Disable …
    </button>
  );
}

function Field(props: {
  threshold: Threshold;
  value: string;
  disabled: boolean;
  onChange(value: string): void;
  wrong: string | null;
}) {
  const { threshold: t, value, disabled, onChange, wrong } = props;
  return (
    <li className="threshold">
      <div className="threshold-line">
        <span className="mono threshold-name">{t.name}</span>
        <input
          className="field num threshold-value"
          inputMode="decimal"
          aria-label={`${t.name}, in ${t.unit || 'no unit'}`}
          aria-invalid={wrong !== null}
          value={value}
          disabled={disabled}
          onChange={(e) => onChange(e.target.value)}
          data-testid={`threshold-${t.name}`}
        />
        <span className="soft">{t.unit}</span>
        <span className={t.value === t.stated ? 'dim' : 'soft'} data-testid={`stated-${t.name}`}>
          {t.value === t.stated
            ? 'as the rule states'
            : `the rule states ${thresholdWords(t.stated, t.unit)}`}
        </span>
      </div>
      {t.about && <p className="dim">{t.about}</p>}
      {wrong && <p className="bad">▲ {wrong}</p>}
    </li>
  );
}

export function wrongValue(t: Threshold, text: string): string | null {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return 'This is no number.';
  if (value < t.least || value > t.most)
    return `It must be between ${thresholdWords(t.least, t.unit)} and ${thresholdWords(t.most, t.unit)}.`;
  return null;
}

export function RuleThresholds({ rule }: { rule: RuleRow }) {
  const tune = useRules((s) => s.tune);
  const readOnly = useCase((s) => s.info?.readOnly ?? true);
  const inForce = JSON.stringify(rule.thresholds.map((t) => t.value));
  const asShown = () => rule.thresholds.map((t) => String(t.value));
  const [values, setValues] = useState<string[]>(asShown);
  const [why, setWhy] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: new values in force replace what was typed
  useEffect(() => {
    setValues(asShown());
    setWhy('');
  }, [inForce]);
  if (rule.thresholds.length === 0) return null;
  const wrong = rule.thresholds.map((t, i) => wrongValue(t, values[i] ?? ''));
  const changed = rule.thresholds.some((t, i) => Number(values[i]) !== t.value);
  const tuned = rule.thresholds.some((t) => t.value !== t.stated);
  const keep = () =>
    tune(
      rule,
      {
        thresholds: Object.fromEntries(
          rule.thresholds.flatMap((t, i) =>
            Number(values[i]) === t.stated ? [] : [[t.name, Number(values[i])]],
          ),
        ),
        reason: why.trim(),
      },
      `Thresholds set: ${rule.title}`,
    );
  return (
    <Block
      title="Thresholds"
      side={
        tuned && (
          <button
            type="button"
            className="button"
            disabled={readOnly}
            onClick={() =>
              void tune(rule, { thresholds: null }, `Thresholds as the rule states: ${rule.title}`)
            }
            data-testid="thresholds-reset"
          >
            Back to what the rule states
          </button>
        )
      }
    >
      <form
        onSubmit={(e) => {
          e.preventDefault();
          if (changed && wrong.every((w) => w === null) && why.trim()) void keep();
        }}
      >
        <ul className="thresholds">
          {rule.thresholds.map((t, i) => (
            <Field
              key={t.name}
              threshold={t}
              value={values[i] ?? ''}
              disabled={readOnly}
              wrong={wrong[i] ?? null}
              onChange={(v) => setValues(values.with(i, v))}
            />
          ))}
        </ul>
        {changed && (
          <div className="reason">
            <label htmlFor="threshold-reason">Why? It goes into the report.</label>
            <input
              id="threshold-reason"
              className="field"
              value={why}
              onChange={(e) => setWhy(e.target.value)}
              data-testid="threshold-reason"
            />
            <button
              type="submit"
              className="button main"
              disabled={wrong.some((w) => w !== null) || !why.trim()}
              data-testid="thresholds-set"
            >
              Set
            </button>
          </div>
        )}
      </form>
    </Block>
  );
}
