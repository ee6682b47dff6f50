// Progress of `registry garbage-collect` on stdout: no time at all. The dated partner of a line is the logrus line of the deletion.
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { put, putJson, trimEnd } from '../text.ts';

const MARK = /^(\S{1,300}): marking (manifest|blob|configuration|index|manifest list) (\S{1,200})\s*$/;
const LINK = /^(\S{1,300}): layer link eligible for deletion: (\S{1,200})\s*$/;
const ELIGIBLE = /^(blob|manifest) eligible for deletion: (?:(\S{1,300}) )?([\w+.-]{1,40}:\S{1,160})\s*$/;
/** 3.x prints the record of the manifest: `{team/app sha256:… [latest v1]}`. */
const MANIFEST = /^manifest eligible for deletion: \{(\S{1,300}) (\S{1,200}) \[([^\]]{0,20000})\]\}\s*$/;
const SUMMARY =
  /^(\d{1,12}) blobs marked, (\d{1,12}) blobs (?:and (\d{1,12}) manifests )?eligible for deletion\s*$/;
const NO_TAGS = /^manifest tags path of repository (\S{1,300}) does not exist\s*$/;
const REPOSITORY =
  /^[a-z0-9]{1,128}(?:[._-]{1,2}[a-z0-9]{1,128}){0,20}(?:\/[a-z0-9]{1,128}(?:[._-]{1,2}[a-z0-9]{1,128}){0,20}){0,20}$/;

export const registryGc: LineKind = {
  id: 'registry.gc',
  read(line, draft, member) {
    if (line.length > 25_000) return false;
    const about = line.indexOf('marking ') !== -1 || line.indexOf('eligible for deletion') !== -1;
    if (
      about
        ? !progress(line, draft)
        : !heading(line, draft, member.hint.component === 'gc' || member.state.gc === 'on')
    )
      return false;
    member.state.gc = 'on';
    draft.parsed = true;
    draft.system = 'registry';
    draft.component = 'gc';
    draft.message = trimEnd(line);
    return true;
  },
  joins: () => false,
  samples: [
    {
      text: 'team/app: marking manifest sha256:114f4eead13904d6b6d7f1ffe37e880420b3bfe337a632492c0ba4017bc1cc83 \n6 blobs marked, 9 blobs and 0 manifests eligible for deletion\nblob eligible for deletion: sha256:0139c1c77468f75e6763a4612262743bd47a36b26cb2863d662756b3377bb029\nmanifest eligible for deletion: sha256:114f4eead13904d6b6d7f1ffe37e880420b3bfe337a632492c0ba4017bc1cc83',
      path: 'registry/garbage-collect.log',
      gives: [
        {
          component: 'gc',
          category: 'storage',
          action: 'gc_mark',
          message:
            'team/app: marking manifest sha256:114f4eead13904d6b6d7f1ffe37e880420b3bfe337a632492c0ba4017bc1cc83',
          fields: { repository: 'team/app', 'gc.kind': 'manifest', digest_kind: 'manifest' },
        },
        { action: 'gc_summary', fields: { 'gc.marked': 6, 'gc.blobs': 9, 'gc.manifests': 0 } },
        {
          action: 'gc_eligible',
          fields: { 'gc.kind': 'blob' },
          entities: [
            'image_digest:sha256:0139c1c77468f75e6763a4612262743bd47a36b26cb2863d662756b3377bb029:deleted',
          ],
        },
        { action: 'gc_eligible', fields: { 'gc.kind': 'manifest', digest_kind: 'manifest' } },
      ],
    },
    {
      // 2.6, and 3.x
      text: 'team/app\n3 blobs marked, 2 blobs eligible for deletion\nteam/app: layer link eligible for deletion: sha256:0139c1c77468f75e6763a4612262743bd47a36b26cb2863d662756b3377bb029\nmanifest eligible for deletion: {team/app sha256:114f4eead13904d6b6d7f1ffe37e880420b3bfe337a632492c0ba4017bc1cc83 [latest v1]}\nmanifest tags path of repository team/db does not exist',
      path: 'registry/garbage-collect.log',
      gives: [
        { action: 'gc_repository', fields: { repository: 'team/app' } },
        { action: 'gc_summary', fields: { 'gc.marked': 3, 'gc.blobs': 2 } },
        {
          action: 'gc_eligible',
          fields: { 'gc.kind': 'layer link', repository: 'team/app', digest_kind: 'blob' },
        },
        {
          action: 'gc_eligible',
          fields: {
            'gc.kind': 'manifest',
            repository: 'team/app',
            'gc.tags': ['latest', 'v1'],
            digest: 'sha256:114f4eead13904d6b6d7f1ffe37e880420b3bfe337a632492c0ba4017bc1cc83',
          },
          entities: ['image_tag:team/app:latest:mentioned'],
        },
        { action: 'gc_repository', fields: { repository: 'team/db' } },
      ],
    },
  ],
};

function progress(line: string, draft: Draft): boolean {
  const mark = MARK.exec(line);
  if (mark) {
    means(draft, 'storage', 'gc_mark', 'success');
    about(draft, mark[2] as string, mark[1] as string, mark[3] as string, 'kept');
    return true;
  }
  const link = LINK.exec(line);
  if (link) {
    means(draft, 'storage', 'gc_eligible', 'success');
    about(draft, 'layer link', link[1] as string, link[2] as string, 'deleted');
    return true;
  }
  const manifest = MANIFEST.exec(line);
  if (manifest) {
    const repository = manifest[1] as string;
    means(draft, 'storage', 'gc_eligible', 'success');
    about(draft, 'manifest', repository, manifest[2] as string, 'deleted');
    const tags = (manifest[3] as string).split(' ').filter((tag) => /^[\w.-]{1,128}$/.test(tag));
    putJson(draft, 'gc.tags', JSON.stringify(tags));
    for (const tag of tags.slice(0, 100)) draft.entity('image_tag', `${repository}:${tag}`, 'mentioned');
    return true;
  }
  const eligible = ELIGIBLE.exec(line);
  if (eligible) {
    means(draft, 'storage', 'gc_eligible', 'success');
    about(draft, eligible[1] as string, eligible[2] ?? '', eligible[3] as string, 'deleted');
    return true;
  }
  const summary = SUMMARY.exec(line);
  if (!summary) return false;
  means(draft, 'storage', 'gc_summary', 'success');
  putJson(draft, 'gc.marked', String(Number(summary[1])));
  putJson(draft, 'gc.blobs', String(Number(summary[2])));
  if (summary[3]) putJson(draft, 'gc.manifests', String(Number(summary[3])));
  return true;
}

/** The name of a repository alone on its line, once the run has shown itself or the file is named for it. */
function heading(line: string, draft: Draft, running: boolean): boolean {
  const missing = line.charCodeAt(0) === 109 ? NO_TAGS.exec(line) : null;
  const repository = missing
    ? (missing[1] as string)
    : running && line.length < 256 && REPOSITORY.test(line)
      ? line
      : '';
  if (repository === '') return false;
  means(draft, 'storage', 'gc_repository', missing ? 'failure' : 'success');
  put(draft, 'repository', repository);
  draft.entity('image_repository', repository, 'target');
  return true;
}

function about(draft: Draft, kind: string, repository: string, digest: string, role: string): void {
  put(draft, 'gc.kind', kind);
  if (repository !== '') {
    put(draft, 'repository', repository);
    draft.entity('image_repository', repository, 'target');
  }
  put(draft, 'digest', digest);
  putJson(
    draft,
    'digest_kind',
    kind === 'blob' || kind === 'layer link'
      ? '"blob"'
      : kind === 'configuration'
        ? '"config"'
        : '"manifest"',
  );
  draft.entity('image_digest', digest, role);
}
