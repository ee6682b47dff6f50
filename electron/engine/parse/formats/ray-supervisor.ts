// The actor that supervises a submitted job is named after the submission: its name joins the two.
import { wordAt } from '../lexicon.ts';
import type { Draft } from '../record.ts';

const NAME = '_ray_internal_job_actor_';

/** Notes the submission whose supervisor the text names. */
export function mentionSupervised(text: string, draft: Draft): void {
  const at = text.indexOf(NAME);
  if (at === -1) return;
  const id = wordAt(text, at + NAME.length).replace(/[.,:'")\]]+$/, '');
  if (id === '' || id.length > 300) return;
  for (let i = 0; i < draft.entityCount; i++)
    if (draft.entityKinds[i] === 'ray_submission' && draft.entityValues[i] === id) return;
  draft.entity('ray_submission', id, 'supervised');
}
