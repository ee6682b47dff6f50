// The rotation series a file is of: its parts in order with their times, what is missing, what contradicts the order.
import type { FileDetail } from '../../../shared/api.ts';
import { oneLine } from '../format/control.ts';
import { plural } from '../format/numbers.ts';
import { dateTime, range } from '../format/time.ts';
import { openFile } from '../store/details.ts';
import { Block } from './Block.tsx';

const SHOWN = 60;

export function FileSeries({
  series,
  fileId,
}: {
  series: NonNullable<FileDetail['series']>;
  fileId: number;
}) {
  const { name, members, missing, contradiction } = series;
  const at = Math.max(0, members.findIndex((m) => m.fileId === fileId) - SHOWN / 2);
  const shown = members.slice(at, at + SHOWN);
  return (
    <Block title={`Rotation series: ${plural(members.length, 'file')}`}>
      <p className="mono wrap soft" data-testid="file-series">
        {oneLine(name)}
      </p>
      {contradiction && (
        <p className="bad wrap" data-testid="series-contradiction">
          <span aria-hidden="true">▲ </span>
          {contradiction}
        </p>
      )}
      {missing.length > 0 && (
        <p className="bad wrap" data-testid="series-missing">
          <span aria-hidden="true">▲ </span>Not in the case: {missing.slice(0, 40).map(oneLine).join(', ')}
          {missing.length > 40 && ` and ${missing.length - 40} more`}
        </p>
      )}
      <ol className="series">
        {shown.map((m) => (
          <li
            key={m.fileId}
            aria-current={m.fileId === fileId ? 'true' : undefined}
            data-testid="series-member"
          >
            <span className="num dim">{m.position}</span>
            <button
              type="button"
              className="link mono wrap"
              title={m.why}
              disabled={m.fileId === fileId}
              onClick={() => openFile(m.fileId)}
            >
              {oneLine(m.path)}
            </button>
            <span className="dim mono series-times">
              {m.firstTs === null ? dateTime(null) : `${range(m.firstTs, m.lastTs ?? m.firstTs)} UTC`}
            </span>
          </li>
        ))}
      </ol>
      {shown.length < members.length && (
        <p className="dim">
          {shown.length} of {members.length}, those around this file; 1 is the oldest.
        </p>
      )}
    </Block>
  );
}
