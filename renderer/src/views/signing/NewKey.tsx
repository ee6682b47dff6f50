// Makes a key, or brings one from a file. Stands inside other forms, so it is none itself: Enter does what its button does.
import { type KeyboardEvent, useState } from 'react';
import { useKeySet } from '../../store/keys.ts';
import { FileField } from '../start/FileField.tsx';
import { passphraseProblem } from './passphrase.ts';

interface Props {
  onMade(keyId: string, passphrase: string): void;
  onLeave(): void;
}

const onEnter = (act: () => void) => (e: KeyboardEvent) => {
  if (e.key === 'Escape') e.stopPropagation();
  if (e.key !== 'Enter' || !(e.target instanceof HTMLInputElement)) return;
  e.preventDefault();
  act();
};

export function MakeKey({ onMade, onLeave }: Props) {
  const make = useKeySet((s) => s.make);
  const [name, setName] = useState('');
  const [first, setFirst] = useState('');
  const [again, setAgain] = useState('');
  const problem = passphraseProblem(first, again);
  const ready = name.trim() !== '' && first === again && problem === null;
  const act = async () => {
    if (!ready) return;
    const key = await make({ name: name.trim(), ...(first ? { passphrase: first } : {}) });
    if (key) onMade(key.keyId, first);
  };
  return (
    <fieldset className="key-new" onKeyDown={onEnter(() => void act())} data-testid="key-new">
      <legend>A new key</legend>
      <label htmlFor="key-name">Whose</label>
      <input
        id="key-name"
        className="field"
        // biome-ignore lint/a11y/noAutofocus: opened by a click that asks for this field
        autoFocus
        placeholder="your name, as it shall stand beside the signature"
        value={name}
        onChange={(e) => setName(e.target.value)}
        data-testid="key-name"
      />
      <label htmlFor="key-first">Passphrase</label>
      <span className="start-row">
        <input
          id="key-first"
          className="field"
          type="password"
          autoComplete="new-password"
          value={first}
          onChange={(e) => setFirst(e.target.value)}
          data-testid="key-first"
        />
        <input
          className="field"
          type="password"
          autoComplete="new-password"
          aria-label="Passphrase again"
          placeholder="again"
          value={again}
          onChange={(e) => setAgain(e.target.value)}
          data-testid="key-again"
        />
      </span>
      <span />
      <span className={problem ? 'bad' : 'dim'}>
        {problem
          ? `▲ ${problem}`
          : 'Without one, whoever can read your files can sign in your name. It can not be found again when lost.'}
      </span>
      <span />
      <span className="start-row">
        <button
          type="button"
          className="button"
          disabled={!ready}
          onClick={() => void act()}
          data-testid="key-make-done"
        >
          {first === '' ? 'Make it without a passphrase' : 'Make the key'}
        </button>
        <button type="button" className="link" onClick={onLeave}>
          Leave
        </button>
      </span>
    </fieldset>
  );
}

export function BringKey({ onMade, onLeave }: Props) {
  const bring = useKeySet((s) => s.bring);
  const [path, setPath] = useState('');
  const [name, setName] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const ready = path.trim() !== '' && name.trim() !== '';
  const act = async () => {
    if (!ready) return;
    const key = await bring({ path: path.trim(), name: name.trim(), ...(passphrase ? { passphrase } : {}) });
    if (key) onMade(key.keyId, passphrase);
  };
  return (
    <fieldset className="key-new" onKeyDown={onEnter(() => void act())} data-testid="key-bring-form">
      <legend>A key of your own: an Ed25519 private key, PEM (PKCS#8)</legend>
      <label htmlFor="key-path">File</label>
      <FileField id="key-path" title="A private key" value={path} onChange={setPath} testId="key-path" />
      <label htmlFor="key-whose">Whose</label>
      <input
        id="key-whose"
        className="field"
        value={name}
        onChange={(e) => setName(e.target.value)}
        data-testid="key-whose"
      />
      <label htmlFor="key-its">Passphrase</label>
      <input
        id="key-its"
        className="field"
        type="password"
        autoComplete="off"
        placeholder="if it has one"
        value={passphrase}
        onChange={(e) => setPassphrase(e.target.value)}
      />
      <span />
      <span className="start-row">
        <button
          type="button"
          className="button"
          disabled={!ready}
          onClick={() => void act()}
          data-testid="key-bring-done"
        >
          Bring it
        </button>
        <button type="button" className="link" onClick={onLeave}>
          Leave
        </button>
      </span>
    </fieldset>
  );
}
