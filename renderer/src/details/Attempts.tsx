// The attempts of a task: where each ran, when, and how it ended.
import type { TaskRow } from '../../../shared/api.ts';
import { oneLine } from '../format/control.ts';
import { clock, dateTime, duration } from '../format/time.ts';
import { EvidenceText } from '../parts/Evidence.tsx';
import { openEntity, openEvent, openNode } from '../store/details.ts';
import { useLife } from '../store/life.ts';
import { Block } from './Block.tsx';
import { RequestTable } from './Request.tsx';

/** The task or the request that the life cycle on screen is of. */
export function Attempts({ value }: { value: string }) {
  const life = useLife((s) => s.life);
  if (!life) return null;
  const request = life.requests.find((r) => r.requestId === value);
  return (
    <>
      {life.attempts.length > 0 && (
        <Block title={life.attempts.length === 1 ? 'Task' : `${life.attempts.length} attempts`}>
          {life.attempts.map((task) => (
            <Attempt key={`${task.scope} ${task.attempt}`} task={task} />
          ))}
        </Block>
      )}
      {request && (
        <Block title="Request">
          <RequestTable request={request} />
        </Block>
      )}
    </>
  );
}

/** The requests of a life cycle that are not the one looked at. */
export function Requests({ value }: { value: string }) {
  const requests = useLife((s) => s.life?.requests)?.filter((r) => r.requestId !== value) ?? [];
  if (requests.length === 0) return null;
  return (
    <Block title="Its requests">
      <table className="table" data-testid="requests">
        <thead>
          <tr>
            <th>began</th>
            <th>asked</th>
            <th className="num">status</th>
          </tr>
        </thead>
        <tbody>
          {requests.map((r) => (
            <tr key={r.requestId}>
              <td className="mono">{r.startedTs === null ? 'no time' : clock(r.startedTs)}</td>
              <td className="mono wrap">
                <button
                  type="button"
                  className="link"
                  onClick={() => openEntity('http_request', r.requestId!)}
                >
                  {r.method} {oneLine(r.path ?? '')}
                </button>
              </td>
              <td className="num">{r.status ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Block>
  );
}

function Attempt({ task }: { task: TaskRow }) {
  const times: [string, number | null][] = [
    ['submitted', task.submittedTs],
    ['received', task.receivedTs],
    ['started', task.startedTs],
    ['ended', task.endedTs],
  ];
  return (
    <dl className="place life-attempt" data-testid="attempt">
      {task.attempts > 1 && (
        <>
          <dt>attempt</dt>
          <dd>
            {task.attempt} of {task.attempts}
          </dd>
        </>
      )}
      <dt>state</dt>
      <dd>
        <button type="button" className="link" onClick={() => openEvent(task.endEvent ?? task.lastEvent)}>
          {task.state ?? 'not logged'}
        </button>
        {task.runtimeS !== null && <span className="soft"> after {duration(task.runtimeS * 1e6)}</span>}
        {task.stateNative && <span className="dim"> {task.stateNative}</span>}
      </dd>
      <dt>on</dt>
      <dd>
        {task.node === null ? (
          <span className="soft">no line says where</span>
        ) : (
          <button type="button" className="link" onClick={() => openNode(task.node!)}>
            {task.node}
          </button>
        )}
        {task.process && <span className="soft"> · {task.process}</span>}
      </dd>
      {times.map(
        ([word, ts]) =>
          ts !== null && (
            <div className="life-pair" key={word}>
              <dt>{word}</dt>
              <dd className="mono">{dateTime(ts)}</dd>
            </div>
          ),
      )}
      {task.scope && (
        <>
          <dt>of</dt>
          <dd className="mono wrap">{oneLine(task.scope)}</dd>
        </>
      )}
      {task.error && (
        <>
          <dt>error</dt>
          <dd>
            <pre className="message">
              <EvidenceText text={task.error} />
            </pre>
          </dd>
        </>
      )}
    </dl>
  );
}
