// The system a lane is coloured by: its own, or the one known system of its node beside odds and ends.
import type { Lane, NodeRow } from '../../../../shared/api.ts';
import { SYSTEMS } from '../../../../shared/model.ts';
import type { LanesBy } from '../../store/timeline.ts';

export function laneSystem(
  lane: Pick<Lane, 'key' | 'system'>,
  by: LanesBy,
  nodes: readonly NodeRow[],
): string | null {
  if (by === 'system') return lane.key;
  if (lane.system !== null || by !== 'node') return lane.system;
  const known = nodes
    .find((n) => n.node === lane.key)
    ?.systems.filter((s) => (SYSTEMS as readonly string[]).includes(s));
  return known?.length === 1 ? known[0]! : null;
}
