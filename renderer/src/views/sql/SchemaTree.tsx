// Views of the case with their columns and what each means; a click puts the name into the statement.
import { useState } from 'react';
import { Icon } from '../../parts/Icon.tsx';
import { useSql } from '../../store/sql.ts';

export function SchemaTree({ onInsert }: { onInsert(text: string): void }) {
  const catalog = useSql((s) => s.catalog);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set(['events']));
  if (!catalog) return <p className="dim sql-loading">Reading the schema …</p>;
  const toggle = (name: string) => {
    const next = new Set(open);
    if (!next.delete(name)) next.add(name);
    setOpen(next);
  };
  return (
    <ul className="schema" aria-label="Schema" data-testid="sql-schema">
      {catalog.views.map((view) => (
        <li key={view.name}>
          <div className="schema-view">
            <button
              type="button"
              className={open.has(view.name) ? 'schema-toggle open' : 'schema-toggle'}
              aria-expanded={open.has(view.name)}
              onClick={() => toggle(view.name)}
              title={view.comment ?? undefined}
            >
              <Icon name="forward" size={12} />
              <strong className="mono cut">{view.name}</strong>
            </button>
            <button
              type="button"
              className="plain dim"
              onClick={() => onInsert(view.name)}
              aria-label={`Insert ${view.name}`}
              title="Insert"
            >
              <Icon name="pivot" size={12} />
            </button>
          </div>
          {open.has(view.name) && (
            <ul>
              {view.comment && <li className="schema-comment dim">{view.comment}</li>}
              {view.columns.map((c) => (
                <li key={c.name}>
                  <button
                    type="button"
                    className="schema-column"
                    onClick={() => onInsert(c.name)}
                    title={`${c.type}${c.comment ? `\n${c.comment}` : ''}`}
                  >
                    <span className="mono">{c.name}</span>
                    <span className="dim schema-type cut">{c.type.toLowerCase()}</span>
                    {c.comment && <span className="dim schema-comment-line cut">{c.comment}</span>}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}
