// Meaning, ids and facts of one message of Mesos.
import type { Member } from '../kind.ts';
import { Lexicon, type Meaning } from '../lexicon.ts';
import type { Draft } from '../record.ts';
import { standsAt } from '../text.ts';
import { flags } from './mesos-flags.ts';
import { audit, http } from './mesos-http.ts';
import { ids } from './mesos-ids.ts';
import { MEANINGS } from './mesos-meanings.ts';

const LEXICON = new Lexicon(MEANINGS.flatMap((meaning) => [meaning, ...olderWords(meaning)]));

/** The same message with the words before April 2016. */
function olderWords(meaning: Meaning): Meaning[] {
  const older = (text: string): string => text.replaceAll('agent', 'slave').replaceAll('Agent', 'Slave');
  const starts = older(meaning.starts);
  const within = meaning.within === undefined ? undefined : older(meaning.within);
  if (starts === meaning.starts && within === meaning.within) return [];
  return [within === undefined ? { ...meaning, starts } : { ...meaning, starts, within }];
}

/** Flags and warnings in boxes stand in the continuation lines. */
export function mesosFinish(draft: Draft, member: Member): void {
  // Boxes begin with an empty line: what they say is below it.
  if (draft.message.charCodeAt(0) === 10 && draft.category === '') {
    LEXICON.apply(draft.message.replace(/^[\n* ]{1,200}/, ''), draft, member, false);
  }
  if (!draft.message.startsWith('Flags at startup: ')) return;
  if (draft.fields.indexOf('"flag.') === -1) flags(draft.message, draft);
}

/** Meaning, ids and facts of one message; `plain`: it is a slice of a line that is. */
export function mesosMessage(msg: string, draft: Draft, member: Member, plain = false): void {
  const c = msg.charCodeAt(0);
  if (c === 72 && standsAt(msg, 'HTTP ', 0) && http(msg, draft, plain)) return;
  if (c >= 97 && c <= 122 && audit(msg, draft, member)) return;
  ids(msg, draft, member, plain);
  LEXICON.apply(msg, draft, member, draft.level >= 4);
}
