// The bottom line: how much of the case the lens shows, how fast, what is silent; and that nothing leaves.

import { useEffect } from 'react';
import { count, plural } from '../format/numbers.ts';
import { isEmpty } from '../lens/operations.ts';
import { useCase } from '../store/case.ts';
import { useLens } from '../store/lens.ts';
import { useNodes } from '../store/nodes.ts';
import { useStatus } from '../store/status.ts';
import { isolationWord } from './isolation.ts';

export function StatusBar() {
  const info = useCase((s) => s.info);
  const app = useCase((s) => s.app);
  const isolation = app?.isolation;
  const revision = useCase((s) => s.revision);
  const whole = useLens((s) => isEmpty(s.lens));
  const answer = useStatus((s) => s.count);
  const withData = useStatus((s) => s.nodesWithData);
  const nodes = useNodes((s) => s.nodes.length);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the case and its revision say when to load again
  useEffect(() => useNodes.getState().load(), [revision, info?.dir]);
  const silent = withData === null ? 0 : Math.max(0, nodes - withData);
  return (
    <footer className="statusbar" data-testid="status-bar">
      {answer && (
        <>
          <span data-testid="status-count" role="status">
            {whole
              ? `${plural(answer.total, 'event')} in the case`
              : `${count(answer.events)} of ${plural(answer.total, 'event')}`}
          </span>
          <span className="dim">{Math.max(1, Math.round(answer.millis))} ms</span>
        </>
      )}
      {silent > 0 && <span>{plural(silent, 'node')} without data here</span>}
      <span className="grow" />
      <span className="dim cut mono" title={info?.dir}>
        {info?.dir}
      </span>
      <span className="dim">Tidemark {app?.version}</span>
      {isolation && (
        <span title={isolation.sentence} data-testid="status-isolation">
          {isolationWord(isolation)}
        </span>
      )}
      <span title="Tidemark opens no network connection; nothing leaves but by an export">offline</span>
    </footer>
  );
}
