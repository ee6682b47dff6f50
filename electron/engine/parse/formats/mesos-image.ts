// Image references in what Mesos says of pulls: the other half of a line in the registry's access log.
import type { Draft } from '../record.ts';
import { put, putIf } from '../text.ts';

const REFERENCE =
  /^(?:([\w.-]{1,200}(?::\d{1,5})?)\/)?([a-z0-9][\w./-]{0,250}?)(?::([\w.-]{1,128}))?(?:@(sha256:[0-9a-f]{64}))?$/;

/** `registry:5000/team/app:1.4@sha256:…`: the first part is a registry when it has a dot or a port, or is localhost. */
export function image(reference: string, draft: Draft): void {
  const m = REFERENCE.exec(reference);
  if (!m) return;
  const first = m[1];
  const registry = first !== undefined && (/[.:]/.test(first) || first === 'localhost') ? first : '';
  const repository = registry === '' && first !== undefined ? `${first}/${m[2]}` : (m[2] as string);
  put(draft, 'image', reference);
  put(draft, 'repository', repository);
  if (registry !== '') put(draft, 'registry_host', registry);
  putIf(draft, 'tag', m[3]);
  putIf(draft, 'digest', m[4]);
  draft.entity('image_repository', repository, 'pulled');
  if (m[3]) draft.entity('image_tag', `${repository}:${m[3]}`, 'pulled');
  if (m[4]) draft.entity('image_digest', m[4], 'pulled');
}

const IN_MESSAGE =
  /for image '([^']{1,500})'|Pulling image '([^']{1,500})'|docker (?:-H \S{1,200} )?(?:--config \S{1,300} )?pull ([^\s']{1,500})|image '([^']{1,500})' not found|[Ii]mage ([\w./:@-]{1,500}) not found/;
const MANIFEST =
  /https?:\/\/([^/'\s]{1,200})\/v2\/([\w./-]{1,250}?)\/(?:manifests\/([\w.:-]{1,140})|blobs\/(sha256:[0-9a-f]{64}))/;

/** Looks for a reference, or for the address of a manifest or blob, in a message about a pull. */
export function imageIn(msg: string, draft: Draft): void {
  const head = msg.length > 4000 ? msg.slice(0, 4000) : msg;
  const m = IN_MESSAGE.exec(head);
  const reference = m?.[1] ?? m?.[2] ?? m?.[3] ?? m?.[4] ?? m?.[5];
  if (reference) {
    image(reference, draft);
    return;
  }
  const url = MANIFEST.exec(head);
  if (!url) return;
  const [, host = '', repository = '', tag, blob] = url;
  const digest = blob ?? (tag?.startsWith('sha256:') ? tag : undefined);
  put(draft, 'registry_host', host);
  put(draft, 'repository', repository);
  draft.entity('image_repository', repository, 'pulled');
  if (digest) {
    put(draft, 'digest', digest);
    draft.entity('image_digest', digest, 'pulled');
  } else if (tag) {
    put(draft, 'tag', tag);
    draft.entity('image_tag', `${repository}:${tag}`, 'pulled');
  }
}
