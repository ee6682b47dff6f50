// The list of findings in groups, virtualised: a busy case has thousands.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import type { FindingRow } from '../../../../shared/api.ts';
import { count, plural } from '../../format/numbers.ts';
import { dateTime } from '../../format/time.ts';
import { LevelShape, StateMark } from '../../parts/Marks.tsx';
import { useFindings } from '../../store/findings.ts';
import { type FindingGroup, valueText } from './grouped.ts';

interface Props {
  groups: FindingGroup[];
  selected: string | null;
  selectedIn: string | null;
  marked: ReadonlySet<string>;
  onSelect(findingId: string, group: string): void;
}

type Item = { kind: 'group'; group: FindingGroup } | { kind: 'finding'; finding: FindingRow; group: string };

const HEAD = 27;
const ROW = 48;
const ROW_WITH_VALUES = 66;
const hasValues = (f: FindingRow) => Object.keys(f.groupValues).length > 0;

export function FindingList({ groups, selected, selectedIn, marked, onSelect }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const items = useMemo(
    () =>
      groups.flatMap((group): Item[] => [
        { kind: 'group', group },
        ...group.findings.map((finding): Item => ({ kind: 'finding', finding, group: group.key })),
      ]),
    [groups],
  );
  const keyAt = (i: number) => {
    const item = items[i]!;
    return item.kind === 'group' ? `group ${item.group.key}` : `${item.group} ${item.finding.findingId}`;
  };
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    getItemKey: keyAt,
    estimateSize: (i) => {
      const item = items[i]!;
      return item.kind === 'group' ? HEAD : hasValues(item.finding) ? ROW_WITH_VALUES : ROW;
    },
    overscan: 8,
  });
  const isChosen = (item: Item) =>
    item.kind === 'finding' &&
    item.finding.findingId === selected &&
    (selectedIn === null || item.group === selectedIn);
  const at = items.findIndex(isChosen);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another choice moves the list
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(items[at - 1]?.kind === 'group' ? at - 1 : at, { align: 'auto' });
  }, [selected, selectedIn]);
  return (
    <div ref={scroller} className="scroll grow" data-testid="finding-list">
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((v) => {
          const item = items[v.index]!;
          return (
            <div
              key={v.key}
              ref={virtual.measureElement}
              data-index={v.index}
              className="finding-item"
              style={{ top: v.start }}
            >
              {item.kind === 'group' ? (
                <h3 className="finding-group">
                  <span className="cut">{item.group.word}</span>{' '}
                  <span className="dim num">{count(item.group.findings.length)}</span>
                </h3>
              ) : (
                <Line
                  finding={item.finding}
                  chosen={v.index === at}
                  marked={marked.has(item.finding.findingId)}
                  onSelect={() => onSelect(item.finding.findingId, item.group)}
                />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Line(props: { finding: FindingRow; chosen: boolean; marked: boolean; onSelect(): void }) {
  const { finding: f, chosen, marked, onSelect } = props;
  return (
    <div className="finding-line" data-chosen={chosen} data-marked={marked}>
      <input
        type="checkbox"
        className="finding-mark"
        checked={marked}
        onChange={() => useFindings.getState().mark(f.findingId)}
        aria-label={`Select for many: ${f.title}`}
        title="Select, to judge several at once (x)"
        data-testid="finding-mark"
      />
      <button
        type="button"
        className="finding-row"
        aria-current={chosen}
        onClick={onSelect}
        data-testid="finding-row"
        data-finding-id={f.findingId}
        data-state={f.state}
      >
        <LevelShape level={f.level} size={12} />
        <span className="grow finding-row-text">
          <span className="finding-row-title">
            <span className="unseen">{f.level}: </span>
            {f.title}
          </span>
          <span className="dim cut">
            {f.level} · {f.firstTs === null ? 'no time' : `${dateTime(f.firstTs, 's')} UTC`} ·{' '}
            {f.nodes.join(', ') || f.node || 'no node'} · {plural(f.eventCount, 'event')}
          </span>
          {hasValues(f) && (
            <span className="soft cut mono">
              {Object.entries(f.groupValues)
                .map(([k, v]) => `${k}=${valueText(v)}`)
                .join('  ')}
            </span>
          )}
        </span>
        {f.state !== 'open' && <StateMark state={f.state} />}
      </button>
    </div>
  );
}
