// One rule: what it looks for, how it stands in this case, why it found nothing, its text and its SQL.
import { useState } from 'react';
import type { RuleRow } from '../../../../shared/api.ts';
import { Block } from '../../details/Block.tsx';
import { RuleText } from '../../details/RuleText.tsx';
import { plural } from '../../format/numbers.ts';
import { copy } from '../../parts/copy.ts';
import { FindingLevelMark } from '../../parts/Marks.tsx';
import { ReasonForm } from '../../parts/ReasonForm.tsx';
import { useRuleEditor } from '../../store/rule-editor.ts';
import { useRules } from '../../store/rules.ts';
import { showRuleEvents, showRuleFindings } from '../../store/show-rule.ts';
import { RuleAbout } from './RuleAbout.tsx';
import { RuleSwitch, RuleThresholds } from './RuleTuning.tsx';
import { keyOf, STATE_WORDS, stateOf, stateSentence, typeWords } from './rows.ts';
import { WhyNotTree } from './WhyNotTree.tsx';

export function RuleDetails({
  rule,
  asking,
  ask,
}: {
  rule: RuleRow;
  asking: boolean;
  ask(on: boolean): void;
}) {
  const errorLine = Number(/line (\d+)/i.exec(rule.error ?? '')?.[1] ?? 0);
  const [line, setLine] = useState<number | null>(null);
  return (
    <div data-testid="rule-details" data-rule-id={rule.ruleId}>
      <RuleHead rule={rule} asking={asking} ask={ask} />
      <RuleThresholds rule={rule} />
      <WhyNotBlock rule={rule} onLine={(of) => setLine(Math.max(1, of - rule.line + 1))} />
      <RuleAbout rule={rule} />
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
          <button type="button" className="button" onClick={() => copy(rule.source, 'Rule copied')}>
            Copy
          </button>
        }
      >
        <RuleText source={rule.source} marked={line !== null ? [line] : errorLine ? [errorLine] : []} />
      </Block>
      <SqlBlock rule={rule} />
    </div>
  );
}

function RuleHead({ rule, asking, ask }: { rule: RuleRow; asking: boolean; ask(on: boolean): void }) {
  const tune = useRules((s) => s.tune);
  const others = useRules(
    (s) => s.rules.filter((r) => r.editable && r.path === rule.path && r !== rule).length,
  );
  const state = stateOf(rule);
  return (
    <section className="details-block event-head">
      <h2 className="finding-title">{rule.title}</h2>
      <div className="event-marks">
        <FindingLevelMark level={rule.level} />
        <span className="tag">{typeWords(rule)}</span>
        <span className="tag">{rule.status}</span>
        <span className="tag" data-testid="rule-state">
          {STATE_WORDS[state]}
        </span>
        {rule.attack.map((a) => (
          <span key={a} className="tag" title="ATT&CK">
            {a}
          </span>
        ))}
      </div>
      {state !== 'ran' && (
        <p className={`wrap ${state === 'refused' ? 'bad' : 'soft'}`} data-testid="rule-state-why">
          {state === 'refused' ? '▲ ' : ''}
          {stateSentence(rule)}
        </p>
      )}
      {rule.warnings.map((warning) => (
        <p key={warning} className="soft wrap" data-testid="rule-warning">
          ◐ {warning}
        </p>
      ))}
      <p className="explanation">{rule.description}</p>
      <div className="event-marks">
        {rule.findings > 0 && (
          <button
            type="button"
            className="button main"
            onClick={() => showRuleFindings(rule.ruleId)}
            data-testid="rule-findings"
          >
            Its {plural(rule.findings, 'finding')}
          </button>
        )}
        {rule.findings > 0 && (
          <button type="button" className="button" onClick={() => showRuleEvents(rule.ruleId)}>
            Their events
          </button>
        )}
        {rule.type !== 'native' && (
          <button
            type="button"
            className="button"
            onClick={() => useRuleEditor.getState().openRule(rule)}
            title={rule.editable ? 'Edit (e)' : 'Edit a copy in this case (e)'}
            data-testid="rule-edit"
          >
            {rule.editable ? 'Edit' : 'Edit a copy'}
          </button>
        )}
        <RuleSwitch rule={rule} asking={asking} ask={ask} />
        {rule.editable && (
          <button
            type="button"
            className="button"
            onClick={() => void useRuleEditor.getState().remove(rule.path)}
            title={
              others > 0
                ? `Remove the file ${rule.path} from the case, with ${plural(others, 'other rule')} in it`
                : `Remove the file ${rule.path} from the case`
            }
            data-testid="rule-remove"
          >
            {others > 0 ? `Remove its file (${others + 1} rules)` : 'Remove'}
          </button>
        )}
      </div>
      {asking && (
        <ReasonForm
          label="Why is this rule not wanted here? It goes into the report."
          word="Disable"
          testid="rule-disable-reason"
          onLeave={() => ask(false)}
          onSay={(reason) => {
            ask(false);
            void tune(rule, { enabled: false, reason }, `Disabled: ${rule.title}`);
          }}
        />
      )}
      <p className="dim">
        {plural(rule.events, 'event')} matched
        {rule.suppressed > 0 && ` · ${plural(rule.suppressed, 'finding')} suppressed`}
        {rule.excluded > 0 && ` · ${plural(rule.excluded, 'event')} in no window`}
        {rule.millis !== null && ` · ${Math.max(1, Math.round(rule.millis))} ms`}
        {rule.note && ` · ${rule.note}`}
      </p>
    </section>
  );
}

function WhyNotBlock({ rule, onLine }: { rule: RuleRow; onLine(line: number): void }) {
  const why = useRules((s) => s.why);
  const askWhyNot = useRules((s) => s.askWhyNot);
  const mine = why?.key === keyOf(rule) ? why : null;
  return (
    <Block
      title={rule.findings > 0 ? 'How often each part is true' : 'Why it found nothing'}
      side={
        !mine && (
          <button
            type="button"
            className="button"
            onClick={() => askWhyNot(rule)}
            title="Count each part on the case (w)"
            data-testid="rule-why-not"
          >
            Count its parts
          </button>
        )
      }
    >
      {mine && !mine.answer && !mine.error && <p className="dim">Counting …</p>}
      {mine?.error && <p className="bad wrap">▲ {mine.error}</p>}
      {mine?.answer && (
        <>
          <p data-testid="why-not-sentence">{mine.answer.sentence}</p>
          {mine.answer.parts && <WhyNotTree part={mine.answer.parts} onLine={onLine} />}
        </>
      )}
    </Block>
  );
}

function SqlBlock({ rule }: { rule: RuleRow }) {
  const sql = useRules((s) => s.sql);
  const askSql = useRules((s) => s.askSql);
  const mine = sql?.key === keyOf(rule) ? sql : null;
  return (
    <Block
      title="SQL it is compiled to"
      side={
        mine?.answer ? (
          <button type="button" className="button" onClick={() => copy(mine.answer!.sql, 'SQL copied')}>
            Copy
          </button>
        ) : (
          !mine && (
            <button
              type="button"
              className="button"
              onClick={() => askSql(rule)}
              disabled={rule.error !== null}
              data-testid="rule-sql"
            >
              Show
            </button>
          )
        )
      }
    >
      {mine && !mine.answer && !mine.error && <p className="dim">Compiling …</p>}
      {mine?.error && <p className="bad wrap">▲ {mine.error}</p>}
      {mine?.answer && (
        <>
          <pre className="rule-text rule-sql" data-testid="rule-sql-text">
            {mine.answer.sql}
          </pre>
          {mine.answer.values.length > 0 && (
            <ol className="sql-values mono" aria-label="Bound values">
              {mine.answer.values.map((value, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a value is called by its number
                <li key={i} className="wrap">
                  <span className="dim">${i + 1}</span> {value}
                </li>
              ))}
            </ol>
          )}
        </>
      )}
    </Block>
  );
}
