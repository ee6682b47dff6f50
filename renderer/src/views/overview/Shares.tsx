// A few counts as bars of their share; each leads to what it counts.
import { count, percent } from '../../format/numbers.ts';

interface Row {
  key: string;
  word: string;
  n: number;
  note?: string;
  hint?: string;
  colour?: string;
  go(): void;
}

export function Shares({ title, rows }: { title: string; rows: Row[] }) {
  const total = rows.reduce((sum, r) => sum + r.n, 0);
  return (
    <section className="shares">
      <h3>{title}</h3>
      <ul>
        {rows.map((r) => (
          <li key={r.key}>
            <button
              type="button"
              className="share"
              onClick={r.go}
              title={r.hint}
              data-testid={`share-${r.key}`}
            >
              <span className="share-word cut">{r.word}</span>
              <span className="share-bar">
                <span
                  style={{
                    width: `${total ? (100 * r.n) / total : 0}%`,
                    background: r.colour ?? 'var(--line-strong)',
                  }}
                />
              </span>
              <span className="num">{count(r.n)}</span>
              <span className="num dim share-part">{r.note ?? percent(r.n, total)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
