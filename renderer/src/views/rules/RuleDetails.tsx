// One rule: what it looks for, its text, what may look like it, and a place to check a changed text.
import type { RuleRow } from '../../../../shared/api.ts';
import { Block } from '../../details/Block.tsx';
import { RuleText } from '../../details/RuleText.tsx';
import { plural } from '../../format/numbers.ts';
import { copy } from '../../parts/copy.ts';
import { FindingLevelMark } from '../../parts/Marks.tsx';
import { useFindings } from '../../store/findings.ts';
import { useRoute } from '../../store/route.ts';
import { useRules } from '../../store/rules.ts';

export function RuleDetails({ rule }: { rule: RuleRow }) {
  const { draft, edit, problems } = useRules();
  const go = useRoute((s) => s.go);
  const errorLine = Number(/line (\d+)/i.exec(rule.error ?? '')?.[1] ?? 0);
  return (
    <div data-testid="rule-details">
      <section className="details-block event-head">
        <h2 className="finding-title">{rule.title}</h2>
        <div className="event-marks">
          <FindingLevelMark level={rule.level} />
          <span className="tag">{rule.type.replaceAll('_', ' ')}</span>
          <span className="tag">{rule.status}</span>
          {rule.attack.map((a) => (
            <span key={a} className="tag" title="ATT&CK">
              {a}
            </span>
          ))}
        </div>
        {rule.error && <p className="bad">▲ Refused: {rule.error}</p>}
        <p className="explanation">{rule.description}</p>
        <div className="event-marks">
          <button
            type="button"
            className="button"
            disabled={rule.findings === 0}
            onClick={() => {
              useFindings.getState().ofRule(rule.ruleId);
              go('findings');
            }}
            data-testid="rule-findings"
          >
            {rule.findings === 0 ? 'No findings' : `Its ${plural(rule.findings, 'finding')}`}
          </button>
          <span className="dim">
            {plural(rule.events, 'event')} matched
            {rule.millis !== null && ` · ${Math.max(1, Math.round(rule.millis))} ms`}
            {rule.applies === false && ' · its log source is not in this case'}
          </span>
        </div>
      </section>
      <Block title="About">
        <dl className="place">
          <dt>log source</dt>
          <dd>{[rule.product, rule.service].filter(Boolean).join(' / ') || 'any'}</dd>
          <dt>id</dt>
          <dd className="mono wrap">{rule.ruleId}</dd>
          <dt>file</dt>
          <dd className="mono wrap">{rule.path}</dd>
          {rule.author && (
            <>
              <dt>author</dt>
              <dd>{rule.author}</dd>
            </>
          )}
        </dl>
      </Block>
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
        title={draft === null ? 'Rule' : 'Check a changed text (nothing is saved)'}
        side={
          <span className="mark">
            <button
              type="button"
              className="button"
              onClick={() => copy(draft ?? rule.source, 'Rule copied')}
            >
              Copy
            </button>
            {rule.type !== 'native' && (
              <button
                type="button"
                className="button"
                onClick={() => edit(draft === null ? rule.source : null)}
              >
                {draft === null ? 'Try a change' : 'Back to the rule'}
              </button>
            )}
          </span>
        }
      >
        {draft === null ? (
          <RuleText source={rule.source} marked={errorLine ? [errorLine] : []} />
        ) : (
          <>
            <textarea
              className="field mono rule-draft"
              aria-label="Rule text"
              spellCheck={false}
              value={draft}
              onChange={(e) => edit(e.target.value)}
              data-testid="rule-draft"
            />
            <div role="status" data-testid="rule-problems">
              {problems?.length === 0 && <p className="good">✓ This text would be accepted.</p>}
              {problems?.map((p) => (
                <p key={`${p.line} ${p.column} ${p.message}`} className="bad">
                  ▲ {p.line !== null && `line ${p.line}${p.column !== null ? `, column ${p.column}` : ''}: `}
                  {p.message}
                </p>
              ))}
            </div>
          </>
        )}
      </Block>
    </div>
  );
}
