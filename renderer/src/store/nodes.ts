// The machines of the case, their zones and clocks.
import { create } from 'zustand';
import type { NodeRow, Output } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { newest, sentence } from './newest.ts';
import { say } from './toasts.ts';

interface NodesState {
  nodes: NodeRow[];
  loaded: boolean;
  error: string | null;
  saving: string | null;
  /** What proves zone and clock, of the nodes that were looked at. */
  proofs: Record<string, Output<'nodes.proof'>>;
  load(): void;
  prove(node: string): void;
  /** `undefined` leaves a value, `null` goes back to what the evidence says. Answers whether it was accepted. */
  setClock(
    node: string,
    zone: string | null | undefined,
    offsetUs: number | null | undefined,
  ): Promise<boolean>;
}

export const useNodes = create<NodesState>((set, get) => {
  const ask = newest({
    run: () => api['nodes.list']({}),
    took: ({ nodes }) => set({ nodes, loaded: true, error: null }),
    failed: (error) => set({ error, loaded: true }),
  });
  return {
    nodes: [],
    loaded: false,
    error: null,
    saving: null,
    proofs: {},
    prove(node) {
      api['nodes.proof']({ node }).then(
        (proof) => set({ proofs: { ...get().proofs, [node]: proof } }),
        (error) => set({ error: sentence(error) }),
      );
    },
    load: () => ask(undefined),
    async setClock(node, zone, offsetUs) {
      set({ saving: node });
      try {
        const row = await api['nodes.set']({
          node,
          ...(zone !== undefined ? { zone } : {}),
          ...(offsetUs !== undefined ? { clockOffsetUs: offsetUs } : {}),
        });
        set({ nodes: get().nodes.map((n) => (n.node === node ? row : n)) });
        say(`Clock of ${node} set; the times of its events moved.`);
        return true;
      } catch (error) {
        say(sentence(error), { kind: 'error' });
        return false;
      } finally {
        set({ saving: null });
      }
    },
  };
});
