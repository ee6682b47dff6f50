// What `tidemark tag` and the commands that carry cases do and print.
import type { AnnotationRow, Api } from '../shared/api.ts';
import { harmlessJson } from './terminal.ts';
import { write } from './write.ts';

const counted = (n: number, word: string) => `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`;
const print = (text: string) => write(process.stdout, `${text}\n`);

export async function tagEvents(
  api: Api,
  asked: { eventIds: string[]; tag: string | null; comment: string | null; json: boolean },
): Promise<void> {
  const { eventIds, tag, comment } = asked;
  const rows: AnnotationRow[] = [];
  if (tag !== null)
    rows.push(...(await api['annotations.add']({ eventIds, kind: 'tag', text: tag })).annotations);
  if (comment !== null)
    rows.push(...(await api['annotations.add']({ eventIds, kind: 'comment', text: comment })).annotations);
  if (asked.json) {
    await print(harmlessJson(rows, 2));
    return;
  }
  const tags = rows.filter((row) => row.kind === 'tag').length;
  const parts = [
    ...(tags > 0 ? [counted(tags, 'tag')] : []),
    ...(rows.length > tags ? [counted(rows.length - tags, 'comment')] : []),
  ];
  await print(`${parts.join(' and ')} on ${counted(new Set(rows.map((row) => row.eventId)).size, 'event')}.`);
}
