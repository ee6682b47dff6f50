// Which key to sign with: one of the responder's, one made now, or one brought; and its passphrase where it has one.
import { useEffect, useRef, useState } from 'react';
import { dateTime } from '../../format/time.ts';
import { copy } from '../../parts/copy.ts';
import { Icon } from '../../parts/Icon.tsx';
import { shortFingerprint, useKeySet } from '../../store/keys.ts';
import { BringKey, MakeKey } from './NewKey.tsx';
import './signing.css';

export interface SignChoice {
  keyId: string;
  passphrase: string;
}

export const NO_KEY: SignChoice = { keyId: '', passphrase: '' };

/** What the engine takes; null while no key is chosen or its passphrase is missing. */
export function signWith(choice: SignChoice): { keyId: string; passphrase?: string } | null {
  const key = useKeySet.getState().keys.find((k) => k.keyId === choice.keyId);
  if (!key || (key.locked && choice.passphrase === '')) return null;
  return { keyId: key.keyId, ...(key.locked ? { passphrase: choice.passphrase } : {}) };
}

interface Props {
  choice: SignChoice;
  onChange(choice: SignChoice): void;
}

/** The passphrase lives in the form that holds this, and goes when that is left. */
export function KeyChoice({ choice, onChange }: Props) {
  const { keys, loaded, error, lastKey, load } = useKeySet();
  const [adding, setAdding] = useState<'make' | 'bring' | null>(null);
  /** A key just made or brought, until it is shown. */
  const [arrived, setArrived] = useState<string | null>(null);
  useEffect(() => load(), [load]);
  const box = useRef<HTMLDivElement>(null);
  const chosen = keys.find((k) => k.keyId === choice.keyId);
  const usual = keys.find((k) => k.keyId === lastKey) ?? keys[0];
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when keys arrive, the usual one is chosen
  useEffect(() => {
    if (!chosen && usual) onChange({ keyId: usual.keyId, passphrase: '' });
  }, [usual?.keyId, chosen]);
  const took = (keyId: string, passphrase: string) => {
    setAdding(null);
    setArrived(keyId);
    onChange({ keyId, passphrase });
  };
  // what was typed in is gone: once the new key is shown, the focus goes to what comes next
  useEffect(() => {
    if (arrived === null || chosen?.keyId !== arrived) return;
    setArrived(null);
    [...(box.current?.querySelectorAll<HTMLElement>('input, select') ?? [])].at(-1)?.focus();
  }, [arrived, chosen]);
  return (
    <div ref={box} className="column key-choice" data-testid="key-choice">
      {loaded && keys.length === 0 && !adding && (
        <p className="soft">
          You have no key yet. A key signs for you: whoever has its public part can check that nothing was
          changed since, without Tidemark's word for it.
        </p>
      )}
      {keys.length > 0 && (
        <span className="start-row">
          <select
            className="field"
            aria-label="Key"
            value={choice.keyId}
            onChange={(e) => onChange({ keyId: e.target.value, passphrase: '' })}
            data-testid="key-select"
          >
            {keys.map((key) => (
              <option key={key.keyId} value={key.keyId}>
                {key.name} · {shortFingerprint(key.keyId)}
              </option>
            ))}
          </select>
          {chosen?.locked && (
            <input
              className="field"
              type="password"
              autoComplete="off"
              placeholder="passphrase of the key"
              aria-label="Passphrase of the key"
              value={choice.passphrase}
              onChange={(e) => onChange({ ...choice, passphrase: e.target.value })}
              data-testid="key-passphrase"
            />
          )}
        </span>
      )}
      {chosen && (
        <div className="dim key-about">
          <span>made {dateTime(chosen.madeAt, 'min')} UTC; fingerprint</span>
          <span className="mono wrap" data-testid="key-fingerprint">
            {chosen.keyId}
          </span>
          <button
            type="button"
            className="plain"
            onClick={() => copy(chosen.publicKey, 'Public key copied: give it to those who check')}
            title="Copy the public key, for those who check"
            aria-label="Copy the public key"
          >
            <Icon name="copy" size={12} />
          </button>
        </div>
      )}
      {adding === null && (
        <span className="start-row">
          <button
            type="button"
            className={keys.length === 0 ? 'button' : 'link'}
            onClick={() => setAdding('make')}
            data-first
            data-testid="key-make"
          >
            Make a key …
          </button>
          <button
            type="button"
            className={keys.length === 0 ? 'button' : 'link'}
            onClick={() => setAdding('bring')}
            data-testid="key-bring"
          >
            Bring a key of your own …
          </button>
        </span>
      )}
      {adding === 'make' && <MakeKey onMade={took} onLeave={() => setAdding(null)} />}
      {adding === 'bring' && <BringKey onMade={took} onLeave={() => setAdding(null)} />}
      {error && (
        <p className="bad wrap" role="alert" data-testid="key-error">
          ▲ {error}
        </p>
      )}
    </div>
  );
}
