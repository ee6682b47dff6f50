// ATT&CK as the engine knows it: tactics in MITRE's order, names of techniques.
import { create } from 'zustand';
import type { Attack } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { newest } from './newest.ts';

interface AttackState {
  attack: Attack;
  loaded: boolean;
  error: string | null;
  /** It does not change while the program runs: asked for once. */
  ensure(): void;
}

export const useAttack = create<AttackState>((set, get) => {
  const ask = newest({
    run: () => api['attack.list']({}),
    took: (attack) => set({ attack, loaded: true, error: null }),
    failed: (error) => set({ error }),
  });
  return {
    attack: { tactics: [], techniques: [] },
    loaded: false,
    error: null,
    ensure() {
      if (!get().loaded) ask(undefined);
    },
  };
});
