// One line of the event list.
// biome-ignore-all lint/a11y/noNoninteractiveElementToInteractiveRole: a list of options with one moving focus (WAI-ARIA listbox)
// biome-ignore-all lint/a11y/useFocusableInteractive: the list or its input holds the focus
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are handled where the focus is
// biome-ignore-all lint/a11y/useSemanticElements: a virtualised list cannot be a select element
import { memo } from 'react';
import type { EventRow } from '../../../../shared/api.ts';
import { clock, dateTime, day } from '../../format/time.ts';
import { BASIS_WORDS } from '../../format/words.ts';
import { EvidenceLine } from '../../parts/Evidence.tsx';
import { LogLevel, systemColour } from '../../parts/Marks.tsx';
import { useLens } from '../../store/lens.ts';
import { usePointer } from '../../store/pointer.ts';

interface Props {
  index: number;
  top: number;
  row: EventRow | undefined;
  total: number;
  chosen: boolean;
  onChoose(row: EventRow): void;
}

const SURE = ['zone', 'file_zone'];

export const EventLine = memo(function EventLine({ index, top, row, total, chosen, onChoose }: Props) {
  const find = useLens((s) => s.lens.text);
  if (!row) return <div className="event-line waiting" style={{ top }} />;
  return (
    <div
      id={`event-${index}`}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      aria-posinset={index + 1}
      aria-setsize={total}
      className="event-line"
      style={{ top }}
      data-testid="event-row"
      data-event-id={row.eventId}
      onClick={() => onChoose(row)}
      onMouseEnter={() => usePointer.getState().at(row.ts, row.node)}
    >
      <span className="mono" title={`${dateTime(row.ts, 'us')} UTC: ${BASIS_WORDS[row.tsBasis].sentence}`}>
        {row.ts === null ? (
          'no time'
        ) : (
          <>
            <span className="day">{day(row.ts)} </span>
            {clock(row.ts)}
          </>
        )}
        {!SURE.includes(row.tsBasis) && row.ts !== null && <span className="unsure">~</span>}
      </span>
      <span className="cut" title={row.node}>
        {row.node}
      </span>
      <span className="cut mark of-system">
        <span className="dot" style={{ background: systemColour(row.system) }} aria-hidden="true" />
        <span className="cut">
          {row.system}
          {row.component && row.component !== row.system && <span className="soft"> · {row.component}</span>}
        </span>
      </span>
      <LogLevel level={row.level} />
      <span className="cut mono">
        {row.findings > 0 && (
          <span
            className="in-finding"
            title={`part of ${row.findings} finding${row.findings === 1 ? '' : 's'}`}
          >
            ◆
          </span>
        )}
        <EvidenceLine text={row.message.slice(0, 600)} find={find} />
      </span>
    </div>
  );
});
