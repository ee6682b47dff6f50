// What a change of zone or clock offset will do to the times of a node, in words, before it is done.
import type { NodeRow } from '../../../shared/api.ts';
import { count, plural } from './numbers.ts';
import { dateTime, duration, offset } from './time.ts';

const FIXED = /^(?:UTC|Z|([+-])(\d\d):?(\d\d))$/;

/** Minutes east of a zone that is a plain offset; null for a named one. */
export function zoneMinutes(zone: string): number | null {
  const m = FIXED.exec(zone.trim());
  if (!m) return null;
  return m[1] ? (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3])) : 0;
}

/** Sentences; `zone` and `offsetUs` are null where they stay. `localEvents`: whose lines state no zone, null when not known yet. */
export function clockPreview(
  node: NodeRow,
  localEvents: number | null,
  zone: string | null,
  offsetUs: number | null,
): string[] {
  const words: string[] = [];
  let moved = 0;
  if (zone !== null) {
    const some = localEvents === null ? 'Events' : plural(localEvents, 'event');
    words.push(
      localEvents === 0
        ? `Every line of ${node.node} states its zone: nothing moves.`
        : `${some} whose lines state no zone will be read as ${zone}, on all stretches, instead of as the evidence says.`,
    );
    const [from, to] = [zoneMinutes(node.zone ?? ''), zoneMinutes(zone)];
    if (localEvents !== 0 && from !== null && to !== null && from !== to) {
      moved = (from - to) * 60_000_000;
      words.push(`Where they are read as ${node.zone} now, they move by ${offset(moved)}.`);
    } else if (localEvents !== 0 && zoneMinutes(zone) === null) {
      words.push(
        'It follows its own changes of summer time; of an hour that comes twice the order of the lines decides.',
      );
    }
  }
  if (offsetUs !== null) {
    const by = offsetUs - node.clockOffsetUs;
    words.push(
      by === 0
        ? 'The offset stays as it is.'
        : `All ${count(node.events)} events of ${node.node} move ${duration(by)} ${by > 0 ? 'later' : 'earlier'}${
            node.firstTs === null
              ? ''
              : `: the first, at ${dateTime(node.firstTs, 's')} now, will stand at ${dateTime(node.firstTs + by, 's')}`
          }. Logged times stay.`,
    );
  }
  return words;
}

/** What the evidence alone would say, for the way back. */
export function evidenceWords(node: NodeRow): string {
  const zone = node.zoneFound === null ? 'nothing tells the zone' : `zone ${node.zoneFound}`;
  const clock =
    node.offsetFoundBasis === null
      ? 'no pair of events tells the clock'
      : `${offset(node.offsetFoundUs ?? 0)}`;
  return `The evidence says: ${zone}; ${clock}.`;
}
