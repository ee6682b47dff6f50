// Statements run in this window, newest first; a click takes one into the editor.
import { useSql } from '../../store/sql.ts';

export function SqlHistory() {
  const { history, edit, text, forgetHistory } = useSql();
  if (history.length === 0) return <p className="dim sql-loading">Statements you run are kept here.</p>;
  return (
    <>
      <ul className="sql-history" data-testid="sql-history">
        {history.map((h) => (
          <li key={`${h.when} ${h.sql.slice(0, 40)}`}>
            <button
              type="button"
              onClick={() => edit(`${text.trimEnd().replace(/;?$/, ';')}\n\n${h.sql};\n`)}
              title="Put it at the end of the editor"
            >
              <span className="mono sql-history-text">{h.sql}</span>
              <span className="dim">
                {new Date(h.when).toISOString().slice(0, 16).replace('T', ' ')} · {h.outcome}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="link sql-loading" onClick={forgetHistory}>
        Forget these
      </button>
    </>
  );
}
