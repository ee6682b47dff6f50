// The sheet of keys: what is bound just now, by scope.
import { Dialog } from 'radix-ui';
import { usePalette } from '../store/palette.ts';
import { boundKeys } from './useKeys.ts';

const PRETTY: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  ' ': 'Space',
};

const keyNames = (key: string) =>
  key.split(' ').map((k) =>
    k
      .split('+')
      .map((p) => PRETTY[p] ?? (p.length === 1 && k.includes('Ctrl') ? p.toUpperCase() : p))
      .filter((p) => p !== '')
      .join('+'),
  );

export function KeyHelp() {
  const { help, showHelp } = usePalette();
  return (
    <Dialog.Root open={help} onOpenChange={showHelp}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="dialog" data-testid="key-help" aria-describedby={undefined}>
          <header>
            <Dialog.Title asChild>
              <h1 className="grow">Keys</h1>
            </Dialog.Title>
            <Dialog.Close className="button">Close</Dialog.Close>
          </header>
          <div className="scroll keys">
            {help &&
              boundKeys().map((scope) => (
                <section key={scope.name}>
                  <h2>{scope.name}</h2>
                  <dl>
                    {scope.bindings.map((binding) => (
                      <div key={binding.key}>
                        <dt>
                          {keyNames(binding.key).map((k, i) => (
                            // biome-ignore lint/suspicious/noArrayIndexKey: a sequence may name a key twice
                            <kbd key={i}>{k}</kbd>
                          ))}
                        </dt>
                        <dd>{binding.word}</dd>
                      </div>
                    ))}
                  </dl>
                </section>
              ))}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
