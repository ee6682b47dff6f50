// The items of the posture in groups.
import { useEffect, useRef } from 'react';
import { plural } from '../../format/numbers.ts';
import { TOPIC_WORDS } from '../../format/words.ts';
import { StandingShape } from '../../parts/Marks.tsx';
import { aboutWords, type PostureGroup } from './items.ts';

interface Props {
  groups: PostureGroup[];
  selected: string;
  onSelect(key: string): void;
}

export function PostureList({ groups, selected, onSelect }: Props) {
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen row is looked up where it stands now
  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  return (
    <div ref={list} className="scroll grow" data-testid="posture-list">
      {groups.map((group) => (
        <section key={group.key} aria-label={group.word}>
          <h3 className="finding-group">
            <span className="cut">{group.word}</span> <span className="dim">{group.items.length}</span>
          </h3>
          {group.items.map((item) => {
            const about = aboutWords(item.rows);
            return (
              <button
                key={item.key}
                type="button"
                className="finding-row"
                aria-current={item.key === selected}
                onClick={() => onSelect(item.key)}
                data-testid="posture-row"
                data-standing={item.standing}
              >
                <StandingShape standing={item.standing} />
                <span className="grow finding-row-text">
                  <span>
                    <span className="unseen">{item.standing}: </span>
                    {item.title}
                  </span>
                  <span className="dim cut" title={about}>
                    {item.standing} ·{' '}
                    {group.word === TOPIC_WORDS[item.topic] ? '' : `${TOPIC_WORDS[item.topic]} · `}
                    {about}
                  </span>
                </span>
                {item.rows.length > 1 && <span className="tag">{plural(item.rows.length, 'place')}</span>}
              </button>
            );
          })}
        </section>
      ))}
    </div>
  );
}
