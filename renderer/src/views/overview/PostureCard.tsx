// The logging posture at a glance: how many lines of each standing, the worst of them, and what is missing.
import { useEffect } from 'react';
import type { PostureRow } from '../../../../shared/api.ts';
import { STANDINGS } from '../../../../shared/model.ts';
import { count } from '../../format/numbers.ts';
import { TOPIC_WORDS } from '../../format/words.ts';
import { StandingMark, StandingShape } from '../../parts/Marks.tsx';
import { useCase } from '../../store/case.ts';
import { usePosture } from '../../store/posture.ts';
import { useRoute } from '../../store/route.ts';
import { aboutWords, postureGroups } from '../posture/items.ts';
import { Card } from './Card.tsx';

const SHOWN = 6;
const ABSENT = new Set(['missing', 'rotation', 'access', 'audit']);

export function PostureCard() {
  const { rows, load, only } = usePosture();
  const revision = useCase((s) => s.revision);
  const go = useRoute((s) => s.go);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => load(), [load, revision]);
  const show = (...standings: (typeof STANDINGS)[number][]) => {
    only(standings);
    go('posture');
  };
  const wrong = rows.filter(({ standing }) => standing === 'bad' || standing === 'weak');
  return (
    <Card
      title="Logging posture"
      side={
        <button type="button" className="link" onClick={() => show()} data-testid="overview-posture">
          All of it
        </button>
      }
    >
      <ul className="finding-levels">
        {STANDINGS.map((standing) => (
          <li key={standing}>
            <button
              type="button"
              className="figure-small"
              onClick={() => show(standing)}
              data-testid={`overview-posture-${standing}`}
            >
              <span className="figure-value small">
                {count(rows.filter((row) => row.standing === standing).length)}
              </span>
              <StandingMark standing={standing} />
            </button>
          </li>
        ))}
      </ul>
      {rows.length === 0 && (
        <p className="dim">
          Nothing is known yet: levels, missing logs, logins and secrets would be judged here.
        </p>
      )}
      <Worst title="Weakest" rows={wrong.filter(({ topic }) => !ABSENT.has(topic))} />
      <Worst title="What is missing" rows={wrong.filter(({ topic }) => ABSENT.has(topic))} />
    </Card>
  );
}

function Worst({ title, rows }: { title: string; rows: PostureRow[] }) {
  const { only, select } = usePosture.getState();
  const go = useRoute((s) => s.go);
  const items = postureGroups(rows, 'topic')
    .flatMap((group) => group.items)
    .toSorted((a, b) => STANDINGS.indexOf(a.standing) - STANDINGS.indexOf(b.standing));
  if (items.length === 0) return null;
  const open = (key: string | null) => {
    only(['bad', 'weak']);
    usePosture.getState().group('topic');
    select(key);
    go('posture');
  };
  return (
    <section>
      <h3>{title}</h3>
      <ol>
        {items.slice(0, SHOWN).map((item) => (
          <li key={item.key}>
            <button
              type="button"
              className="top-finding"
              onClick={() => open(item.key)}
              data-testid="overview-posture-item"
            >
              <StandingShape standing={item.standing} size={10} />
              <span className="unseen">{item.standing}</span>
              <span className="grow top-finding-text">
                <span>{item.title}</span>
                <span className="dim cut" title={aboutWords(item.rows)}>
                  {TOPIC_WORDS[item.topic]} · {aboutWords(item.rows)}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ol>
      {items.length > SHOWN && (
        <button type="button" className="link" onClick={() => open(null)}>
          {count(items.length - SHOWN)} more
        </button>
      )}
    </section>
  );
}
