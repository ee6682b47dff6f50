// Where a rule comes from, what it rests on, and what its author says about it. Addresses are text: nothing here opens the network.
import type { RuleRow } from '../../../../shared/api.ts';
import { Block } from '../../details/Block.tsx';
import { oneLine } from '../../format/control.ts';
import { copy } from '../../parts/copy.ts';
import { Icon } from '../../parts/Icon.tsx';
import { useRules } from '../../store/rules.ts';
import { restsOn } from './rests-on.ts';
import { sourceWords } from './rows.ts';

const ORIGIN_WORDS: Record<RuleRow['origin'], string> = {
  'built-in': 'comes with Tidemark',
  case: 'of this case',
  file: 'named for the last run',
};

function RuleLink({ id, fallback }: { id: string; fallback?: string }) {
  const { rules, open } = useRules();
  const rule = rules.find((r) => r.ruleId === id);
  if (!rule) return <span className="mono wrap">{fallback ?? id}</span>;
  return (
    <button type="button" className="link" onClick={() => open(id)} title={id}>
      {rule.title}
    </button>
  );
}

export function RuleAbout({ rule }: { rule: RuleRow }) {
  const rules = useRules((s) => s.rules);
  const narrow = useRules((s) => s.narrow);
  const bases = restsOn(rule, rules);
  return (
    <Block title="About">
      <dl className="place">
        <dt>log source</dt>
        <dd>{sourceWords(rule)}</dd>
        <dt>id</dt>
        <dd className="mono wrap">{rule.ruleId}</dd>
        <dt>file</dt>
        <dd>
          <span className="mono wrap">
            {oneLine(rule.path)}:{rule.line}
          </span>{' '}
          <span className="dim">{ORIGIN_WORDS[rule.origin]}</span>
        </dd>
        <dt>author</dt>
        <dd>{rule.author ?? <span className="dim">none is named</span>}</dd>
        {rule.license && (
          <>
            <dt>license</dt>
            <dd>{rule.license}</dd>
          </>
        )}
        {bases.length > 0 && (
          <>
            <dt>rests on</dt>
            <dd>
              <ul data-testid="rule-rests-on">
                {bases.map((base) => (
                  <li key={base.name}>
                    {base.rule ? (
                      <RuleLink id={base.rule.ruleId} />
                    ) : (
                      <>
                        <span className="mono wrap">{base.name}</span>{' '}
                        <span className="dim">
                          {rule.source.includes(`name: ${base.name}`)
                            ? 'in the same file'
                            : 'not listed on its own'}
                        </span>
                      </>
                    )}
                  </li>
                ))}
              </ul>
            </dd>
          </>
        )}
        {rule.related.length > 0 && (
          <>
            <dt>related</dt>
            <dd>
              {rule.related.map((r) => (
                <div key={`${r.type} ${r.id}`}>
                  <RuleLink id={r.id} /> <span className="dim">{r.type}</span>
                </div>
              ))}
            </dd>
          </>
        )}
        {rule.tags.length > 0 && (
          <>
            <dt>tags</dt>
            <dd className="event-marks">
              {rule.tags.map((tag) => (
                <button
                  key={tag}
                  type="button"
                  className="tag"
                  title="Show the rules with this tag"
                  onClick={() => narrow({ tag })}
                >
                  {tag}
                </button>
              ))}
            </dd>
          </>
        )}
        {rule.references.length > 0 && (
          <>
            <dt>references</dt>
            <dd>
              <ul>
                {rule.references.map((reference) => (
                  <li key={reference} className="line">
                    <span className="mono wrap" data-testid="rule-reference">
                      {oneLine(reference)}
                    </span>
                    <button
                      type="button"
                      className="plain dim"
                      onClick={() => copy(reference, 'Reference copied')}
                      aria-label={`Copy ${reference}`}
                      title="Copy; Tidemark opens no address"
                    >
                      <Icon name="copy" size={12} />
                    </button>
                  </li>
                ))}
              </ul>
            </dd>
          </>
        )}
      </dl>
    </Block>
  );
}
