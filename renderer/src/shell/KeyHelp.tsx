// The sheet of keys: what is bound just now, by scope.
import { Dialog } from 'radix-ui';
import { usePalette } from '../store/palette.ts';
import { type Binding, boundKeys } from './useKeys.ts';

const PRETTY: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  ' ': 'Space',
};

const pretty = (key: string): string =>
  key === '+'
    ? '+'
    : key
        .split('+')
        .map(
          (part) => PRETTY[part] ?? (part.length === 1 && key.includes('Ctrl') ? part.toUpperCase() : part),
        )
        .join('+');

/** `g e` as two keys. */
const keyNames = (key: string): string[] => key.split(' ').map(pretty);

/** Bindings that do the same stand in one line. */
const byWord = (bindings: Binding[]): { word: string; keys: string[] }[] =>
  [...Map.groupBy(bindings, (b) => b.word)].map(([word, same]) => ({ word, keys: same.map((b) => b.key) }));

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
                    {byWord(scope.bindings).map(({ word, keys }) => (
                      <div key={word}>
                        <dt>
                          {keys.map((key) => (
                            <span key={key} className="key-sequence">
                              {keyNames(key).map((k, i) => (
                                // biome-ignore lint/suspicious/noArrayIndexKey: a sequence may name a key twice
                                <kbd key={i}>{k}</kbd>
                              ))}
                            </span>
                          ))}
                        </dt>
                        <dd>{word}</dd>
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
