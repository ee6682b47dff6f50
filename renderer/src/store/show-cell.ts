// A click on a lane: the list below goes to that lane's event nearest after that moment.
import type { Lane } from '../../../shared/api.ts';
import type { LensField } from '../../../shared/model.ts';
import { api } from '../backend.ts';
import { withRange, withValue } from '../lens/operations.ts';
import { openEvent } from './details.ts';
import { useEvents } from './events.ts';
import { useLens } from './lens.ts';
import { sentence } from './newest.ts';
import type { LanesBy } from './timeline.ts';
import { say } from './toasts.ts';

/** The lens terms a lane stands for; lanes by component are called `system · component`, `-` for none. */
export function laneTerms(lane: Pick<Lane, 'key'>, by: LanesBy): [LensField, string | null][] {
  if (by === 'node' || by === 'system') return [[by, lane.key]];
  const first: LensField = by === 'component' ? 'system' : 'node';
  const cut = lane.key.lastIndexOf(' · ');
  if (cut < 0) return [[first, lane.key]];
  const component = lane.key.slice(cut + 3);
  return [
    [first, lane.key.slice(0, cut)],
    ['component', component === '-' ? null : component],
  ];
}

/** Opens the first event of the lane in `from..to`; says so when there is none. */
export async function showCell(lane: Lane, by: LanesBy, from: number, to: number): Promise<void> {
  const { lens } = useLens.getState();
  const bounds = withRange(lens, Math.max(from, lens.from ?? from), Math.min(to, lens.to ?? to));
  const cell = laneTerms(lane, by).reduce((l, [field, value]) => withValue(l, field, value), bounds);
  try {
    const { rows } = await api['events.page']({ lens: cell, order: 'asc', offset: 0, limit: 1 });
    const event = rows[0];
    if (!event) {
      say(`No event of ${lane.label} at that moment.`);
      return;
    }
    openEvent(event.eventId);
    await useEvents.getState().locate({ eventId: event.eventId });
  } catch (error) {
    say(sentence(error), { kind: 'error' });
  }
}
