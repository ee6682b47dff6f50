// The responder's keys and what is signed with them. Passphrases pass through to the engine and are kept nowhere.
import { create } from 'zustand';
import type { Input, KeyRow, Output } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { recall, remember } from './kept.ts';
import { newest, sentence } from './newest.ts';
import { say } from './toasts.ts';

type Signatures = Output<'manifest.signatures'>['signatures'];

interface KeysState {
  keys: KeyRow[];
  loaded: boolean;
  error: string | null;
  /** The key that was used last. */
  lastKey: string | null;
  /** Signatures of the manifest that lie in the case. */
  signatures: Signatures;
  signaturesError: string | null;
  load(): void;
  loadSignatures(): void;
  use(keyId: string): void;
  make(wanted: Input<'keys.make'>): Promise<KeyRow | null>;
  bring(wanted: Input<'keys.import'>): Promise<KeyRow | null>;
  signManifest(how: Input<'manifest.sign'>): Promise<boolean>;
  dismiss(): void;
}

export const useKeySet = create<KeysState>((set, get) => {
  const ask = newest({
    run: () => api['keys.list']({}),
    took: ({ keys }) => set({ keys, loaded: true, error: null }),
    failed: (error) => set({ error, loaded: true }),
  });
  const askSignatures = newest({
    run: () => api['manifest.signatures']({}),
    took: ({ signatures }) => set({ signatures, signaturesError: null }),
    failed: (signaturesError) => set({ signatures: [], signaturesError }),
  });
  const took = async (made: Promise<KeyRow>, word: string): Promise<KeyRow | null> => {
    set({ error: null });
    try {
      const key = await made;
      set({ keys: [...get().keys.filter((k) => k.keyId !== key.keyId), key] });
      get().use(key.keyId);
      say(`${word} ${key.name}`);
      return key;
    } catch (error) {
      set({ error: sentence(error) });
      return null;
    }
  };
  return {
    keys: [],
    loaded: false,
    error: null,
    lastKey: recall<string | null>('key', null),
    signatures: [],
    signaturesError: null,
    load: () => ask(undefined),
    loadSignatures: () => askSignatures(undefined),
    use(lastKey) {
      remember('key', lastKey);
      set({ lastKey });
    },
    make: (wanted) => took(api['keys.make'](wanted), 'Made the key'),
    bring: (wanted) => took(api['keys.import'](wanted), 'Brought the key'),
    async signManifest(how) {
      set({ error: null });
      try {
        const { signatures, path } = await api['manifest.sign'](how);
        get().use(how.keyId);
        get().loadSignatures();
        say(
          signatures > 1
            ? `Signed: the manifest has ${signatures} signatures now. ${path}`
            : `The manifest is signed. ${path}`,
        );
        return true;
      } catch (error) {
        set({ error: sentence(error) });
        return false;
      }
    },
    dismiss: () => set({ error: null }),
  };
});

/** `3f9a 04c1 …`: enough to compare by eye; the whole is shown beside. */
export const shortFingerprint = (keyId: string): string =>
  `${keyId.slice(0, 4)} ${keyId.slice(4, 8)} ${keyId.slice(8, 12)} ${keyId.slice(12, 16)} …`;
