// A short list of events, as those of one finding: not virtualised, each opens its details.

import type { EventRow, Matched } from '../../../../shared/api.ts';
import { clock, dateTime, day } from '../../format/time.ts';
import { EvidenceLine } from '../../parts/Evidence.tsx';
import { MarkedLine, MatchedFields } from '../../parts/MarkedEvidence.tsx';
import { LogLevel } from '../../parts/Marks.tsx';
import { openEvent } from '../../store/details.ts';
import { usePointer } from '../../store/pointer.ts';
import './events.css';

/** `matched`: what a rule matched in it, to be marked. */
type Row = EventRow & { role?: string; matched?: Matched[] | undefined };

export function EventRows({ rows }: { rows: Row[] }) {
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
            {newDay && <div className="dim mono">{row.ts === null ? date : `${date} UTC`}</div>}
            <button
              type="button"
              onClick={() => openEvent(row.eventId)}
              onMouseEnter={() => at(row.ts, row.node)}
              onMouseLeave={() => at(null)}
              title={row.ts === null ? 'no time' : `${dateTime(row.ts, 'us')} UTC`}
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
                {row.matched ? (
                  <MarkedLine text={row.message} matched={row.matched} />
                ) : (
                  <EvidenceLine text={row.message.slice(0, 400)} />
                )}
              </span>
              {row.matched && <MatchedFields matched={row.matched} />}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
