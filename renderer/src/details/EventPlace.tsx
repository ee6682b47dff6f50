// Where an event is in the evidence, and a button that reads it there again and compares the hash.
import type { EventDetail } from '../../../shared/api.ts';
import { count } from '../format/numbers.ts';
import { copy } from '../parts/copy.ts';
import { useDetails } from '../store/details.ts';
import { showOnly } from '../store/pivot.ts';
import { Block } from './Block.tsx';

export function EventPlace({ event }: { event: EventDetail }) {
  const { verify, verified, verifying } = useDetails();
  const last = event.lines > 1 ? `–${count(event.line + event.lines - 1)}` : '';
  return (
    <Block
      title="Place in the evidence"
      side={
        <button
          type="button"
          className="button"
          onClick={() => void verify()}
          disabled={verifying}
          data-testid="event-verify"
          title="Reads the stored member again, hashes the whole of it and compares"
        >
          {verifying ? 'Reading …' : 'Verify'}
        </button>
      }
    >
      <dl className="place" data-testid="event-place">
        <dt>bundle</dt>
        <dd className="mono wrap">{event.bundle}</dd>
        <dt>member</dt>
        <dd className="mono wrap">
          <button
            type="button"
            className="link"
            title="All events of this file"
            onClick={() => showOnly([['file_id', String(event.fileId)]])}
          >
            {event.path}
          </button>
        </dd>
        <dt>line</dt>
        <dd>
          {count(event.line)}
          {last}
        </dd>
        <dt>bytes</dt>
        <dd>
          {count(event.byteOffset)} + {count(event.byteLength)}
        </dd>
        <dt>sha256</dt>
        <dd className="mono wrap">
          {event.sha256}{' '}
          <button type="button" className="link ui" onClick={() => copy(event.sha256, 'sha256 copied')}>
            copy
          </button>
        </dd>
        <dt>event id</dt>
        <dd className="mono">{event.eventId}</dd>
      </dl>
      {verified && (
        <p className={verified.ok ? 'good' : 'bad'} role="status" data-testid="verify-result">
          {verified.ok ? '✓ ' : '▲ '}
          {verified.sentence}
        </p>
      )}
    </Block>
  );
}
