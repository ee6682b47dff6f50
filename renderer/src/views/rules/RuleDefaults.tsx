// Many rules at once: which levels, statuses and tags are in use in this case.
import { Dialog } from 'radix-ui';
import { useEffect, useMemo, useState } from 'react';
import type { RuleDefaultRow } from '../../../../shared/api.ts';
import { FINDING_LEVELS, RULE_DEFAULT_KINDS, type RuleDefaultKind } from '../../../../shared/model.ts';
import { count, plural } from '../../format/numbers.ts';
import { dateTime } from '../../format/time.ts';
import { useCase } from '../../store/case.ts';
import { useRules } from '../../store/rules.ts';

const KIND_WORDS: Record<RuleDefaultKind, string> = { level: 'Levels', status: 'Statuses', tag: 'Tags' };
const SHOWN = 60;

const inOrder = (rows: RuleDefaultRow[], kind: RuleDefaultKind): RuleDefaultRow[] =>
  rows
    .filter((row) => row.kind === kind)
    .toSorted((a, b) =>
      kind === 'level'
        ? FINDING_LEVELS.indexOf(b.value as never) - FINDING_LEVELS.indexOf(a.value as never)
        : Number(a.enabled) - Number(b.enabled) || b.rules - a.rules || a.value.localeCompare(b.value),
    );

function Row({ row, fixed }: { row: RuleDefaultRow; fixed: boolean }) {
  const setDefault = useRules((s) => s.setDefault);
  return (
    <li className="default-row">
      <label className="mark grow">
        <input
          type="checkbox"
          checked={row.enabled}
          disabled={fixed}
          onChange={(e) => void setDefault(row.kind, row.value, e.target.checked)}
          data-testid={`default-${row.kind}-${row.value}`}
        />
        <span className="cut">{row.value}</span>
      </label>
      <span className="dim">
        {row.author !== null && row.madeAt !== null
          ? `set by ${row.author}, ${dateTime(row.madeAt, 's')} UTC`
          : row.enabled
            ? ''
            : 'off as Tidemark comes'}
      </span>
      <span className="num soft">{plural(row.rules, 'rule')}</span>
    </li>
  );
}

export function RuleDefaults() {
  const { defaults, loadDefaults } = useRules();
  const readOnly = useCase((s) => s.info?.readOnly ?? true);
  const [open, setOpen] = useState(false);
  const [find, setFind] = useState('');
  useEffect(() => {
    if (open) loadDefaults();
  }, [open, loadDefaults]);
  const tags = useMemo(
    () => inOrder(defaults, 'tag').filter((row) => row.value.includes(find.trim().toLowerCase())),
    [defaults, find],
  );
  const rowsOf = (kind: RuleDefaultKind) => (kind === 'tag' ? tags : inOrder(defaults, kind));
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger
        className="button"
        title="Switch rules on or off by level, status or tag"
        data-testid="rules-defaults"
      >
        In use …
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="dialog" data-testid="rules-defaults-dialog">
          <header>
            <Dialog.Title asChild>
              <h1 className="grow">Rules in use in this case</h1>
            </Dialog.Title>
            <Dialog.Close className="button">Close</Dialog.Close>
          </header>
          <div className="scroll dialog-body column rules-defaults">
            <Dialog.Description className="soft">
              A rule is off when its level, its status or one of its tags is off, unless it was switched on or
              off by itself. What changes here holds from the next run of detection.
            </Dialog.Description>
            {RULE_DEFAULT_KINDS.map((kind) => (
              <section key={kind} aria-label={KIND_WORDS[kind]}>
                <div className="details-title">
                  <h3>{KIND_WORDS[kind]}</h3>
                  {kind === 'tag' && (
                    <input
                      className="field"
                      placeholder="Find a tag"
                      aria-label="Find a tag"
                      value={find}
                      onChange={(e) => setFind(e.target.value)}
                    />
                  )}
                </div>
                <ul>
                  {rowsOf(kind)
                    .slice(0, SHOWN)
                    .map((row) => (
                      <Row key={`${row.kind} ${row.value}`} row={row} fixed={readOnly} />
                    ))}
                </ul>
                {rowsOf(kind).length > SHOWN && (
                  <p className="dim">{count(rowsOf(kind).length - SHOWN)} more: type to find them.</p>
                )}
                {rowsOf(kind).length === 0 && <p className="dim">None.</p>}
              </section>
            ))}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
