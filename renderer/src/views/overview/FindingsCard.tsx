// What the rules found: by level, and the strongest.
import type { Output } from '../../../../shared/api.ts';
import { FINDING_LEVELS } from '../../../../shared/model.ts';
import { count, plural } from '../../format/numbers.ts';
import { dateTime } from '../../format/time.ts';
import { FindingLevelMark, LevelShape } from '../../parts/Marks.tsx';
import { openFinding } from '../../store/details.ts';
import { useFindings } from '../../store/findings.ts';
import { useRoute } from '../../store/route.ts';
import { Card } from './Card.tsx';

export function FindingsCard({ overview }: { overview: Output<'overview.get'> }) {
  const go = useRoute((s) => s.go);
  const by = new Map(overview.findingLevels.map((l) => [l.level, l.findings]));
  return (
    <Card
      title="Findings"
      side={
        <button
          type="button"
          className="link"
          onClick={() => go('findings')}
          data-testid="overview-all-findings"
        >
          All findings
        </button>
      }
    >
      <ul className="finding-levels">
        {FINDING_LEVELS.toReversed().map((level) => (
          <li key={level}>
            <button type="button" className="figure-small" onClick={() => go('findings')}>
              <span className="figure-value small">{count(by.get(level) ?? 0)}</span>
              <FindingLevelMark level={level} />
            </button>
          </li>
        ))}
      </ul>
      {overview.topFindings.length === 0 && (
        <p className="dim">
          No rule matched. Rules lists those that ran, those that could not apply, and why.
        </p>
      )}
      <ol>
        {overview.topFindings.map((f) => (
          <li key={f.findingId}>
            <button
              type="button"
              className="top-finding"
              onClick={() => {
                useFindings.getState().select(f.findingId);
                openFinding(f.findingId);
              }}
              data-testid="top-finding"
            >
              <LevelShape level={f.level} />
              <span className="unseen">{f.level}</span>
              <span className="grow top-finding-text">
                <span>{f.title}</span>
                <span className="dim cut">
                  {dateTime(f.firstTs, 's')} · {f.nodes.join(', ') || f.node || 'no node'} ·{' '}
                  {plural(f.eventCount, 'event')}
                </span>
              </span>
              {f.state !== 'open' && <span className="tag">{f.state}</span>}
            </button>
          </li>
        ))}
      </ol>
    </Card>
  );
}
