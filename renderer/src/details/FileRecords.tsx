// Records of a file by their line: a click opens the event.
import { count } from '../format/numbers.ts';
import { EvidenceLine } from '../parts/Evidence.tsx';
import { openEvent } from '../store/details.ts';

interface Props {
  rows: { eventId: string; line: number; text: string }[];
  testid: string;
}

export function FileRecords({ rows, testid }: Props) {
  return (
    <div className="raw">
      {rows.map((row) => (
        <button
          key={row.eventId}
          type="button"
          className="raw-line file-record mono"
          onClick={() => openEvent(row.eventId)}
          title="Open the event"
          data-testid={testid}
        >
          <span className="raw-number">{count(row.line)}</span>
          <EvidenceLine text={row.text} />
        </button>
      ))}
    </div>
  );
}
