// A file of the machine: its path typed, or chosen.
import { useState } from 'react';
import { useCase } from '../../store/case.ts';
import { PathPicker } from './PathPicker.tsx';

interface Props {
  id?: string;
  /** What a screen reader says where no label names the field. */
  label?: string;
  placeholder?: string;
  /** Title of the dialog that chooses. */
  title: string;
  value: string;
  onChange(path: string): void;
  /** The focus goes here when the dialog around it opens. */
  first?: boolean;
  testId: string;
}

export function FileField({ id, label, placeholder, title, value, onChange, first = false, testId }: Props) {
  const app = useCase((s) => s.app);
  const [picking, setPicking] = useState(false);
  return (
    <span className="start-row">
      <input
        id={id}
        className="field mono grow"
        aria-label={label}
        placeholder={placeholder}
        value={value}
        onChange={(e) => onChange(e.target.value)}
        data-first={first || undefined}
        data-testid={testId}
      />
      <button type="button" className="button" onClick={() => setPicking(true)}>
        Choose …
      </button>
      <PathPicker
        title={title}
        wants="evidence"
        open={picking}
        start={app?.home ?? ''}
        onOpen={setPicking}
        onChoose={(paths) => paths[0] && onChange(paths[0])}
      />
    </span>
  );
}
