// The posture as a list to read: what is said alike of several components or nodes is one item; items stand in groups.
import type { PostureRow } from '../../../../shared/api.ts';
import { POSTURE_TOPICS, type PostureTopic, STANDINGS, type Standing } from '../../../../shared/model.ts';
import { TOPIC_WORDS } from '../../format/words.ts';
import type { PostureGrouping } from '../../store/posture.ts';

export interface PostureItem {
  key: string;
  topic: PostureTopic;
  standing: Standing;
  title: string;
  change: string | null;
  rows: PostureRow[];
}
export interface PostureGroup {
  key: string;
  word: string;
  items: PostureItem[];
}

export const WHOLE_CASE = 'whole case';

export function postureGroups(rows: PostureRow[], by: PostureGrouping): PostureGroup[] {
  const groups = Map.groupBy(rows, (row) => (by === 'topic' ? row.topic : (row.node ?? '')));
  return [...groups]
    .map(([key, of]) => ({
      key,
      word: by === 'topic' ? TOPIC_WORDS[key as PostureTopic] : key || WHOLE_CASE,
      items: itemsOf(of, key),
    }))
    .toSorted((a, b) =>
      by === 'topic'
        ? POSTURE_TOPICS.indexOf(a.key as PostureTopic) - POSTURE_TOPICS.indexOf(b.key as PostureTopic)
        : a.key.localeCompare(b.key),
    );
}

function itemsOf(rows: PostureRow[], group: string): PostureItem[] {
  const items = Map.groupBy(rows, (row) =>
    JSON.stringify([group, row.checkId, row.topic, row.standing, row.title, row.change]),
  );
  return [...items]
    .map(([key, of]) => {
      const { topic, standing, title, change } = of[0]!;
      return { key, topic, standing, title, change, rows: of };
    })
    .toSorted(
      (a, b) =>
        STANDINGS.indexOf(a.standing) - STANDINGS.indexOf(b.standing) ||
        POSTURE_TOPICS.indexOf(a.topic) - POSTURE_TOPICS.indexOf(b.topic) ||
        a.title.localeCompare(b.title),
    );
}

/** `ray-head · dashboard, raylet and 3 more`, `3 nodes · worker`. */
export function aboutWords(rows: PostureRow[]): string {
  const nodes = [...new Set(rows.map((row) => row.node ?? WHOLE_CASE))];
  const components = [
    ...new Set(rows.map((row) => row.component ?? row.system).filter((word) => word !== null)),
  ];
  const first = (words: string[], most: number) =>
    words.length <= most
      ? words.join(', ')
      : `${words.slice(0, most).join(', ')} and ${words.length - most} more`;
  return [nodes.length <= 2 ? nodes.join(', ') : `${nodes.length} nodes`, first(components, 3)]
    .filter(Boolean)
    .join(' · ');
}
