// A short list of events, as those of one finding: not virtualised, each opens its details.

import type { EventRow } from '../../../../shared/api.ts';
import { clock, dateTime, day } from '../../format/time.ts';
import { EvidenceLine } from '../../parts/Evidence.tsx';
import { LogLevel } from '../../parts/Marks.tsx';
import { openEvent } from '../../store/details.ts';
import { usePointer } from '../../store/pointer.ts';
import './events.css';

export function EventRows({ rows }: { rows: (EventRow & { role?: string })[] }) {
  const at = usePointer((s) => s.at);
  let last = '';
  return (
    <ol className="event-rows">
      {rows.map((row) => {
        const date = row.ts === null ? 'no time' : day(row.ts);
        const newDay = date !== last;
        last = date;
        return (
          <li key={`${row.eventId} ${row.role}`}>
            {newDay && <div className="dim mono">{date}</div>}
            <button
              type="button"
              onClick={() => openEvent(row.eventId)}
              onMouseEnter={() => at(row.ts, row.node)}
              onMouseLeave={() => at(null)}
              title={dateTime(row.ts, 'us')}
              data-testid="finding-event"
            >
              <span className="event-rows-head">
                <span className="mono soft">{row.ts === null ? '–' : clock(row.ts)}</span>
                <span className="cut">
                  {row.node} · {row.component ?? row.system}
                </span>
                <LogLevel level={row.level} />
                {row.role && <span className="tag">{row.role}</span>}
              </span>
              <span className="mono event-rows-message">
                <EvidenceLine text={row.message.slice(0, 400)} />
              </span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
