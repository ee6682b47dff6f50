// The posture as pages show it: what is said alike of several nodes stands together, and only what is weak at length.
import { count, join, plural } from './format.ts';
import type { Posture, PostureEntry } from './model.ts';

export interface PostureItem {
  standing: string;
  topic: string;
  title: string;
  change: string | null;
  proofs: string[];
}

/** So many places of one weakness are told; the JSON report has all. */
const PLACES = 6;

export function postureSentence({ entries, standings }: Posture): string {
  if (entries.length === 0) return 'The logging posture of this case was not looked at.';
  const parts = standings
    .filter(({ rows }) => rows > 0)
    .map(({ standing, rows }) => `${count(rows)} ${standing}`);
  return `${plural(entries.length, 'statement')} on how nodes and components log and are set up: ${join(parts)}. Those that are bad or weak stand here with what proves them; unknown means that the evidence does not say. The JSON report has all of them.`;
}

export function postureItems({ entries }: Posture): PostureItem[] {
  const weak = entries.filter(({ standing }) => standing === 'bad' || standing === 'weak');
  const groups = Map.groupBy(weak, ({ standing, topic, title, change }) =>
    JSON.stringify([standing, topic, title, change]),
  );
  return [...groups.values()].map((of) => ({
    standing: of[0]!.standing,
    topic: of[0]!.topic,
    title: of[0]!.title,
    change: of[0]!.change,
    proofs: [
      ...of.slice(0, PLACES).map((entry) => `${about(entry)}: ${entry.proof}`),
      ...(of.length > PLACES ? [`And ${plural(of.length - PLACES, 'place')} more.`] : []),
    ],
  }));
}

const about = ({ node, system, component }: PostureEntry): string =>
  [node ?? 'whole case', component ?? system].filter((word) => word !== null).join(', ');
