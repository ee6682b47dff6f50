// The list of findings in groups.
import { useEffect, useRef } from 'react';
import { plural } from '../../format/numbers.ts';
import { dateTime } from '../../format/time.ts';
import { LevelShape, StateMark } from '../../parts/Marks.tsx';
import type { FindingGroup } from './grouped.ts';

interface Props {
  groups: FindingGroup[];
  selected: string | null;
  onSelect(findingId: string): void;
}

export function FindingList({ groups, selected, onSelect }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const row = selected && list.current?.querySelector(`[data-finding-id="${CSS.escape(selected)}"]`);
    if (row) row.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  return (
    <div ref={list} className="scroll grow" data-testid="finding-list">
      {groups.map((group) => (
        <section key={group.key} aria-label={group.word}>
          <h3 className="finding-group">
            <span className="cut">{group.word}</span> <span className="dim">{group.findings.length}</span>
          </h3>
          {group.findings.map((f) => (
            <button
              key={f.findingId}
              type="button"
              className="finding-row"
              aria-current={f.findingId === selected}
              onClick={() => onSelect(f.findingId)}
              data-testid="finding-row"
              data-finding-id={f.findingId}
            >
              <LevelShape level={f.level} size={12} />
              <span className="grow finding-row-text">
                <span className="finding-row-title">
                  <span className="unseen">{f.level}: </span>
                  {f.title}
                </span>
                <span className="dim cut">
                  {f.level} · {dateTime(f.firstTs, 's')} · {f.nodes.join(', ') || f.node || 'no node'} ·{' '}
                  {plural(f.eventCount, 'event')}
                </span>
                {Object.keys(f.groupValues).length > 0 && (
                  <span className="soft cut mono">
                    {Object.entries(f.groupValues)
                      .map(([k, v]) => `${k}=${typeof v === 'string' ? v : JSON.stringify(v)}`)
                      .join('  ')}
                  </span>
                )}
              </span>
              {f.state !== 'open' && <StateMark state={f.state} />}
            </button>
          ))}
        </section>
      ))}
    </div>
  );
}
