// What came back: how many rows, how fast, whether there are more; export of the whole result.
import { useEffect, useState } from 'react';
import { count, plural } from '../../format/numbers.ts';
import { ExportedFile } from '../../parts/Downloads.tsx';
import { ErrorLine } from '../../parts/Empty.tsx';
import { SQL_EXPORT_FORMATS, useSql } from '../../store/sql.ts';

/** Seconds since a moment, while something runs. */
function useElapsed(since: number | null): string {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (since === null) return;
    const timer = setInterval(() => setNow(Date.now()), 200);
    return () => clearInterval(timer);
  }, [since]);
  return since === null ? '' : `${Math.max(0, (now - since) / 1000).toFixed(1)} s`;
}

export function ResultBar() {
  const { running, startedAt, percent, rows, columns, done, millis, error, ran, exporting, exported, write } =
    useSql();
  const elapsed = useElapsed(running ? startedAt : null);
  return (
    <>
      <div className="bar sql-result-bar">
        {running && (
          <>
            <span className="spin" aria-hidden="true" />
            <span role="status">
              Running {elapsed}
              {percent !== null && percent >= 0 && ` · ${Math.round(percent)} %`}
            </span>
          </>
        )}
        {!running && columns.length > 0 && (
          <span role="status" data-testid="sql-summary">
            {done ? plural(rows.length, 'row') : `first ${count(rows.length)} rows; more on scroll`}
            <span className="dim"> · {plural(columns.length, 'column')}</span>
            {millis !== null && <span className="dim"> · {Math.max(1, Math.round(millis))} ms</span>}
          </span>
        )}
        {!running && columns.length === 0 && !error && <span className="dim">No result yet</span>}
        <span className="grow" />
        {ran && columns.length > 0 && (
          <>
            <span className="dim">{exporting ? 'Writing …' : 'Export all rows:'}</span>
            {SQL_EXPORT_FORMATS.map((format) => (
              <button
                key={format}
                type="button"
                className="button"
                disabled={exporting || running !== null}
                onClick={() => void write(format)}
                data-testid={`sql-export-${format}`}
              >
                {format === 'parquet' ? 'Parquet' : format.toUpperCase()}
              </button>
            ))}
          </>
        )}
      </div>
      {/* DuckDB points at the place with a caret, which needs letters of one width. */}
      <div className="mono">
        <ErrorLine sentence={error} />
      </div>
      {exported && (
        <div className="sql-exported">
          <ExportedFile
            name={exported.name}
            path={exported.path}
            size={exported.bytes}
            note={plural(exported.rows, 'row')}
          />
        </div>
      )}
    </>
  );
}
