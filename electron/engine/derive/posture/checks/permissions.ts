// Modes and owners of the evidence files, as the archive states them: who could read or change them.
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import type { Member } from '../seen.ts';
import { grouped } from '../tally.ts';
import { count, named, plural, share } from '../words.ts';

/** Names of files that hold keys or passwords. */
const SENSITIVE =
  /(?:^|\/)(?:\.?htpasswd|credentials?(?:\.json)?|shadow|id_(?:rsa|dsa|ecdsa|ed25519)|[^/]*\.(?:pem|key|p12|pfx|jks|keytab)|[^/]*(?:credential|secret|password|token)[^/]*\.(?:json|ya?ml|txt|conf|ini|env)|\.env)$/i;

const AS_ARCHIVED = 'This is the mode as archived; packing may have changed it.';

export const permissions: PostureCheck = {
  id: 'permissions',
  read({ members }) {
    const nodes = grouped(
      members.filter(({ content }) => content),
      ({ node }) => node,
    );
    return nodes.flatMap(([node, files]) => [
      logs(node, files),
      ...keyFiles(
        node,
        files.filter(({ path }) => SENSITIVE.test(path)),
      ),
    ]);
  },
};

const readableByAll = ({ mode }: Member): boolean => mode !== null && (mode & 0o004) !== 0;
const writableByAll = ({ mode }: Member): boolean => mode !== null && (mode & 0o002) !== 0;
const first = (files: Member[]) => ({
  files: files.slice(0, FIRST).map(({ fileId }) => fileId),
  fileCount: files.length,
});
const distinct = (words: (string | null)[]): string[] =>
  [...new Set(words.filter((word) => word !== null))].sort();

function logs(node: string, files: Member[]): Stand {
  const moded = files.filter(({ mode }) => mode !== null);
  const writable = moded.filter(writableByAll);
  const readable = moded.filter(readableByAll);
  const owned = distinct(files.map(({ owner }) => owner));
  const about = {
    node,
    system: null,
    component: null,
    topic: 'permissions',
    source: 'ledger',
  } as const;
  const owners = owned.length > 0 ? ` Owners: ${named(owned)}.` : ' The archive states no owners.';
  if (moded.length === 0)
    return {
      ...about,
      standing: 'unknown',
      title: 'The archive states no file modes',
      proof: `None of ${plural(files.length, 'file')} has a mode in its archive, so who could read them is not known.${owners}`,
      change: 'Collect with tar or with zip on the node itself, which keep modes and owners.',
      ...first(files),
    };
  const modes = `Modes: ${named(distinct(moded.map(({ mode }) => (mode! & 0o7777).toString(8).padStart(4, '0'))))}.${owners} ${AS_ARCHIVED}`;
  if (writable.length > 0)
    return {
      ...about,
      standing: 'bad',
      title: 'Evidence files that everybody may write',
      proof: `${count(writable.length)} of ${plural(moded.length, 'file')} (${share(writable.length, moded.length)}) let every local user write (o+w): their lines could be changed without privilege. ${modes}`,
      change:
        'Set log folders to 0750 and files to 0640 with the service as owner (umask 027; logrotate: create 0640).',
      ...first(writable),
    };
  if (readable.length > 0)
    return {
      ...about,
      standing: 'weak',
      title: 'Evidence files that everybody may read',
      proof: `${count(readable.length)} of ${plural(moded.length, 'file')} (${share(readable.length, moded.length)}) let every local user read (o+r). ${modes}`,
      change:
        'Set log folders to 0750 and files to 0640 with the service as owner (umask 027; logrotate: create 0640).',
      ...first(readable),
    };
  return {
    ...about,
    standing: 'ok',
    title: 'No evidence file is open to everybody',
    proof: `None of ${plural(moded.length, 'file')} lets every local user read or write. ${modes}`,
    change: null,
    ...first(moded),
  };
}

function keyFiles(node: string, found: Member[]): Stand[] {
  if (found.length === 0) return [];
  const open = found.filter((file) => readableByAll(file) || writableByAll(file));
  const shown = open.length > 0 ? open : found;
  const names = named(shown.map(({ path }) => path));
  return [
    {
      node,
      system: null,
      component: null,
      topic: 'permissions',
      source: 'ledger',
      standing: open.length > 0 ? 'bad' : 'weak',
      title:
        open.length > 0 ? 'Key or password files open to everybody' : 'Key or password files in the bundle',
      proof:
        open.length > 0
          ? `${plural(open.length, 'file')} that by ${open.length === 1 ? 'its name holds' : 'their names hold'} keys or passwords may be read or written by every local user: ${names}. ${AS_ARCHIVED}`
          : `${plural(found.length, 'file')} that by ${found.length === 1 ? 'its name holds' : 'their names hold'} keys or passwords came with the evidence: ${names}. Whoever has the bundle has them too.`,
      change: 'Set them to 0600 for the service, leave them out of bundles, and renew what they hold.',
      ...first(shown),
    },
  ];
}
