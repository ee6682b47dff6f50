// One of a few: a row of buttons of which one is on.
import { ToggleGroup } from 'radix-ui';

interface Props<T extends string> {
  label: string;
  value: T;
  options: readonly (readonly [value: T, word: string])[];
  onChange(value: T): void;
  testid?: string;
}

export function Choices<T extends string>({ label, value, options, onChange, testid }: Props<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      className="choices"
      aria-label={label}
      value={value}
      data-testid={testid}
      onValueChange={(next) => next && onChange(next as T)}
    >
      {options.map(([option, word]) => (
        <ToggleGroup.Item key={option} value={option}>
          {word}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
