// What the text in the editor finds in the case: counts, the first events with what matched marked, or which part matches nothing.
import { count, plural } from '../../format/numbers.ts';
import { Empty } from '../../parts/Empty.tsx';
import { type Tried, useRuleEditor } from '../../store/rule-editor.ts';
import { EventRows } from '../events/EventRows.tsx';
import { WhyNotTree } from './WhyNotTree.tsx';

export function TryResult({ onLine }: { onLine(line: number): void }) {
  const { tried, trying, tryError, checked, live } = useRuleEditor();
  const refused = checked !== null && !checked.ok;
  return (
    <>
      <div className="bar">
        <h2>On this case</h2>
        <span className="soft" role="status" data-testid="try-counts">
          {refused
            ? 'not run: the text is refused'
            : tried
              ? `${plural(tried.findings, 'finding')}, ${plural(tried.events, 'event')} · ${count(Math.max(1, Math.round(tried.millis)))} ms`
              : trying
                ? 'running …'
                : tryError
                  ? 'could not be run'
                  : live
                    ? 'waiting for the text to be checked'
                    : 'not run yet'}
        </span>
        {trying && tried && <span className="dim">running the changed text …</span>}
      </div>
      <div className={`scroll grow ${trying && tried ? 'outdated' : ''}`} aria-busy={trying}>
        {tryError && <p className="details-block bad wrap">▲ {tryError}</p>}
        {!tried && !trying && !tryError && (
          <Empty title={refused ? 'Nothing to show yet' : 'Not run'}>
            <p>
              {refused
                ? 'Once the text is accepted, it runs on the case and what it matches is shown here.'
                : 'Run (Ctrl+Enter) shows what the text matches in this case.'}
            </p>
          </Empty>
        )}
        {tried && <Result tried={tried} onLine={onLine} />}
      </div>
    </>
  );
}

function Result({ tried, onLine }: { tried: Tried; onLine(line: number): void }) {
  return (
    <div data-testid="try-result">
      {!tried.applies && (
        <p className="details-block">Its log source is not in this case, so it can match nothing here.</p>
      )}
      {tried.rows.length > 0 && (
        <section className="details-block">
          <h3>
            {tried.rows.length < tried.events
              ? `First ${count(tried.rows.length)} of ${plural(tried.events, 'event')}, what matched marked`
              : `${plural(tried.events, 'event')}, what matched marked`}
          </h3>
          <EventRows rows={tried.rows} />
        </section>
      )}
      {(tried.sentence || tried.parts) && (
        <section className="details-block">
          <h3>{tried.findings === 0 ? 'Why it finds nothing' : 'How often each part is true'}</h3>
          {tried.sentence && <p data-testid="try-sentence">{tried.sentence}</p>}
          {tried.parts && <WhyNotTree part={tried.parts} onLine={onLine} />}
        </section>
      )}
      {tried.applies && tried.rows.length === 0 && !tried.parts && !tried.sentence && (
        <p className="details-block soft">It matches nothing in this case.</p>
      )}
    </div>
  );
}
