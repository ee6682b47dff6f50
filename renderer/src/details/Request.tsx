// One HTTP request: what was asked and answered, the client as the socket shows it and as a header claims it, the user and
// whether the log proves it.
import type { RequestRow } from '../../../shared/api.ts';
import { oneLine } from '../format/control.ts';
import { bytes, plural } from '../format/numbers.ts';
import { dateTime, duration } from '../format/time.ts';
import { openEntity } from '../store/details.ts';
import { Block } from './Block.tsx';

export function Request({ request }: { request: RequestRow }) {
  return (
    <Block title="Request">
      <RequestTable request={request} />
    </Block>
  );
}

export function RequestTable({ request: r }: { request: RequestRow }) {
  const disagree = r.clientSocket !== null && r.clientClaimed !== null && r.clientSocket !== r.clientClaimed;
  const address = (ip: string) => (
    <button type="button" className="link mono" onClick={() => openEntity('ip', ip)}>
      {ip}
    </button>
  );
  return (
    <dl className="place" data-testid="request">
      <dt>asked</dt>
      <dd className="mono wrap">
        {r.method} {oneLine(r.path ?? '')}
      </dd>
      <dt>answered</dt>
      <dd>
        {r.status ?? 'no line states the status'}
        {r.bytes !== null && <span className="soft"> · {bytes(r.bytes)}</span>}
        {r.durationS !== null && <span className="soft"> · {duration(r.durationS * 1e6)}</span>}
      </dd>
      <dt>began</dt>
      <dd className="mono">{dateTime(r.startedTs)}</dd>
      <dt>client</dt>
      <dd>
        {r.clientSocket === null ? (
          <span className="soft">no line shows the socket</span>
        ) : (
          address(r.clientSocket)
        )}
        {r.clientSocket !== null && <span className="soft"> as the socket shows</span>}
        {r.accessCandidates > 1 && (
          <span className="soft"> ({plural(r.accessCandidates, 'access line')} fit equally well)</span>
        )}
      </dd>
      {r.clientClaimed !== null && (r.clientClaimed !== r.clientSocket || r.clientSocket === null) && (
        <>
          <dt>claimed</dt>
          <dd>
            {address(r.clientClaimed)}
            <span className={disagree ? 'bad' : 'soft'}>
              {disagree ? ' by a header: not the socket' : ' as the application takes it'}
            </span>
          </dd>
        </>
      )}
      <dt>user</dt>
      <dd>
        {r.user === null ? (
          <span className="soft">not logged</span>
        ) : (
          <>
            {oneLine(r.user)}{' '}
            <span className={r.userProven ? 'good' : 'bad'}>
              {r.userProven ? 'proven by the log' : 'only tried'}
            </span>
          </>
        )}
      </dd>
      {r.digest !== null && (
        <>
          <dt>digest</dt>
          <dd className="mono wrap">
            <button type="button" className="link" onClick={() => openEntity('image_digest', r.digest!)}>
              {oneLine(r.digest)}
            </button>
          </dd>
        </>
      )}
      {r.userAgent !== null && (
        <>
          <dt>user agent</dt>
          <dd className="mono wrap">{oneLine(r.userAgent)}</dd>
        </>
      )}
    </dl>
  );
}
