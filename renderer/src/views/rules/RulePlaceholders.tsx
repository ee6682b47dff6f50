// What rules call %name% and the case must say: which are asked for, their values, one to a line.
import { Dialog } from 'radix-ui';
import { useEffect, useMemo, useState } from 'react';
import { count, plural } from '../../format/numbers.ts';
import { dateTime } from '../../format/time.ts';
import { ErrorLine } from '../../parts/Empty.tsx';
import { useCase } from '../../store/case.ts';
import { usePlaceholders } from '../../store/placeholders.ts';
import { useRules } from '../../store/rules.ts';
import { askedPlaceholders } from './rows.ts';

export function RulePlaceholders() {
  const { rows, error, load } = usePlaceholders();
  const rules = useRules((s) => s.rules);
  const revision = useCase((s) => s.revision);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => load(), [load, revision]);
  const asked = useMemo(() => askedPlaceholders(rules), [rules]);
  const names = [...new Set([...asked.keys(), ...rows.map((row) => row.name)])].toSorted();
  if (names.length === 0) return null;
  return (
    <Dialog.Root>
      <Dialog.Trigger
        className="button"
        title="Values that rules leave open and only the case knows"
        data-testid="rules-placeholders"
      >
        Placeholders {asked.size > 0 && <span className="num">· {count(asked.size)} open</span>}
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="dialog" data-testid="placeholders-dialog">
          <header>
            <Dialog.Title asChild>
              <h1 className="grow">Placeholders of this case</h1>
            </Dialog.Title>
            <Dialog.Close className="button">Close</Dialog.Close>
          </header>
          <div className="scroll dialog-body column rules-defaults">
            <Dialog.Description className="soft">
              Some rules say %name% for what differs from place to place, such as names of administrators.
              Until the case says what it stands for, such a rule is refused. One value to a line; * and ? are
              wildcards. It holds from the next run of detection.
            </Dialog.Description>
            <ErrorLine sentence={error} />
            {names.map((name) => (
              <Values key={name} name={name} refused={asked.get(name) ?? 0} />
            ))}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Values({ name, refused }: { name: string; refused: number }) {
  const row = usePlaceholders((s) => s.rows.find((r) => r.name === name));
  const set = usePlaceholders((s) => s.set);
  const readOnly = useCase((s) => s.info?.readOnly ?? true);
  const kept = (row?.values ?? []).join('\n');
  const [text, setText] = useState(kept);
  useEffect(() => setText(kept), [kept]);
  const values = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return (
    <form
      className="column"
      onSubmit={(e) => {
        e.preventDefault();
        void set(name, values);
      }}
    >
      <label className="details-title" htmlFor={`placeholder-${name}`}>
        <span className="mono">%{name}%</span>
        <span className="dim">
          {refused > 0 && `${plural(refused, 'rule')} refused for want of it`}
          {row?.author && row.madeAt !== null && `set by ${row.author}, ${dateTime(row.madeAt, 's')} UTC`}
        </span>
      </label>
      <div className="placeholder-values">
        <textarea
          id={`placeholder-${name}`}
          className="field mono grow"
          rows={Math.min(8, Math.max(2, values.length + 1))}
          spellCheck={false}
          value={text}
          disabled={readOnly}
          onChange={(e) => setText(e.target.value)}
          data-testid={`placeholder-${name}`}
        />
        <button
          type="submit"
          className="button"
          disabled={readOnly || values.join('\n') === kept}
          data-testid={`placeholder-${name}-set`}
        >
          Set
        </button>
      </div>
    </form>
  );
}
