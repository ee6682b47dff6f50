// ATT&CK: tactics as columns in MITRE's order, in them the techniques that the rules of this case look for, with what was found.
import { useMemo, useRef } from 'react';
import type { FindingRow } from '../../../../shared/api.ts';
import { count, plural } from '../../format/numbers.ts';
import { ErrorLine } from '../../parts/Empty.tsx';
import { LevelShape } from '../../parts/Marks.tsx';
import { useAttack } from '../../store/attack.ts';
import { useFindings } from '../../store/findings.ts';
import { useRules } from '../../store/rules.ts';
import { showRulesOfTag } from '../../store/show-rule.ts';
import { type Cell, type MatrixColumn, matrixOf } from './attack-places.ts';

/** Arrow keys go from cell to cell, over the columns. */
function move(box: HTMLElement, from: HTMLElement, key: string): boolean {
  const columns = [...box.querySelectorAll('[data-column]')].map((column) => [
    ...column.querySelectorAll<HTMLElement>('[data-cell]'),
  ]);
  const x = columns.findIndex((cells) => cells.includes(from));
  if (x < 0) return false;
  const y = columns[x]!.indexOf(from);
  const filled = (at: number, by: number): number => {
    for (let i = at + by; i >= 0 && i < columns.length; i += by) if (columns[i]!.length > 0) return i;
    return at;
  };
  const to: Record<string, () => HTMLElement | undefined> = {
    ArrowDown: () => columns[x]![y + 1],
    ArrowUp: () => columns[x]![y - 1],
    ArrowRight: () => columns[filled(x, 1)]!.at(Math.min(y, columns[filled(x, 1)]!.length - 1)),
    ArrowLeft: () => columns[filled(x, -1)]!.at(Math.min(y, columns[filled(x, -1)]!.length - 1)),
  };
  if (!(key in to)) return false;
  to[key]!()?.focus();
  return true;
}

export function AttackMatrix({ findings }: { findings: FindingRow[] }) {
  const { attack, loaded, error } = useAttack();
  const rules = useRules((s) => s.rules);
  const box = useRef<HTMLDivElement>(null);
  const columns = useMemo(() => matrixOf(attack, rules, findings), [attack, rules, findings]);
  if (!loaded)
    return error ? <ErrorLine sentence={error} /> : <p className="details-block dim">Reading ATT&CK …</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the cells hold the focus, the arrows only move it */}
      <div
        ref={box}
        className="scroll grow matrix-attack"
        data-testid="attack-matrix"
        onKeyDown={(e) => {
          if (box.current && e.target instanceof HTMLElement && move(box.current, e.target, e.key))
            e.preventDefault();
        }}
      >
        {columns.map((column) => (
          <Column key={column.short || 'none'} column={column} />
        ))}
      </div>
    </>
  );
}

function Column({ column }: { column: MatrixColumn }) {
  const ofPlace = useFindings((s) => s.ofPlace);
  const { short, name, cells, findings } = column;
  return (
    <section
      className="attack-column"
      data-column={short}
      data-empty={cells.length === 0}
      aria-label={name}
      data-testid="attack-tactic"
    >
      <h3>
        <button
          type="button"
          className="plain attack-head"
          disabled={findings === 0}
          title={findings === 0 ? `${name}: no findings` : `Show the findings of ${name}`}
          onClick={() => ofPlace({ tactic: short, technique: null })}
        >
          <span>{name}</span>
          <span className="dim num">
            {cells.length === 0
              ? 'no rules'
              : `${plural(cells.length, 'technique')}${findings > 0 ? ` · ${count(findings)}` : ''}`}
          </span>
        </button>
      </h3>
      {cells.map((cell) => (
        <TechniqueCell key={cell.technique || 'none'} cell={cell} />
      ))}
    </section>
  );
}

function TechniqueCell({ cell }: { cell: Cell }) {
  const ofPlace = useFindings((s) => s.ofPlace);
  const { tactic, technique, name, rules, findings, open, level } = cell;
  const tag = technique === '' ? `attack.${tactic}` : `attack.${technique.toLowerCase()}`;
  return (
    <div
      className="attack-cell"
      data-found={findings > 0}
      data-testid="attack-cell"
      data-technique={technique}
    >
      <button
        type="button"
        data-cell
        className="attack-technique"
        onClick={() => (findings > 0 ? ofPlace({ tactic, technique }) : showRulesOfTag(tag))}
        title={findings > 0 ? 'Show these findings' : 'Nothing was found; show the rules'}
      >
        <span className="mono">{technique || '–'}</span>
        <span className="attack-name">{name}</span>
        {findings > 0 && level !== null && (
          <span className="mark attack-found" style={{ color: `var(--sev-${level})` }}>
            <LevelShape level={level} size={12} />
            {plural(findings, 'finding')}
            {open < findings && <span className="dim"> ({count(open)} open)</span>}
          </span>
        )}
      </button>
      <button
        type="button"
        className="link attack-rules"
        disabled={rules === 0}
        onClick={() => showRulesOfTag(tag)}
        title="Show the rules that look for it"
      >
        {plural(rules, 'rule')}
      </button>
    </div>
  );
}
