// Modes and owners of the evidence files, as the archive states them: who could read or change them.
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import { count, named, plural, share } from '../words.ts';

/** Names of files that hold keys or passwords. */
const SENSITIVE =
  '(^|/)[.]?(htpasswd|credentials?([.]json)?|shadow|id_(rsa|dsa|ecdsa|ed25519)|[^/]*[.](pem|key|p12|pfx|jks|keytab)|[^/]*(credential|secret|password|token)[^/]*[.](json|ya?ml|txt|conf|ini|env)|[.]env)$';

interface Row {
  node: string;
  files: string;
  moded: string;
  readable: string;
  writable: string;
  modes: string[];
  owners: string[];
  readable_ids: number[];
  writable_ids: number[];
  ids: number[];
}
interface KeyRow {
  node: string;
  file_id: number;
  path: string;
  mode: number | null;
}

const AS_ARCHIVED = 'This is the mode as archived; packing may have changed it.';

export const permissions: PostureCheck = {
  id: 'permissions',
  async read(connection) {
    // members without bytes (links, folders) have modes that say nothing
    const rows = await connection.rows<Row>(`
      SELECT node, count(*) AS files, count(mode) AS moded,
        count(*) FILTER (mode & 4 <> 0) AS readable, count(*) FILTER (mode & 2 <> 0) AS writable,
        list_sort(list(DISTINCT lpad(to_base(mode & 4095, 8), 4, '0')) FILTER (mode IS NOT NULL)) AS modes,
        list_sort(list(DISTINCT owner) FILTER (owner IS NOT NULL)) AS owners,
        coalesce(list(file_id ORDER BY file_id) FILTER (mode & 4 <> 0), [])[1:${FIRST}] AS readable_ids,
        coalesce(list(file_id ORDER BY file_id) FILTER (mode & 2 <> 0), [])[1:${FIRST}] AS writable_ids,
        list(file_id ORDER BY file_id)[1:${FIRST}] AS ids
      FROM member WHERE sha256 IS NOT NULL GROUP BY node ORDER BY node`);
    const keys = await connection.rows<KeyRow>(
      `SELECT node, file_id, path, mode FROM member
       WHERE sha256 IS NOT NULL AND regexp_matches(lower(path), $1) ORDER BY node, file_id`,
      [SENSITIVE],
    );
    return [...rows.map(logs), ...byNode(keys).map(keyFiles)];
  },
};

function logs(row: Row): Stand {
  const [files, moded, readable, writable] = [row.files, row.moded, row.readable, row.writable].map(
    Number,
  ) as [number, number, number, number];
  const about = {
    node: row.node,
    system: null,
    component: null,
    topic: 'permissions',
    source: 'ledger',
  } as const;
  const owners = row.owners?.length ? ` Owners: ${named(row.owners)}.` : ' The archive states no owners.';
  if (moded === 0)
    return {
      ...about,
      standing: 'unknown',
      title: 'The archive states no file modes',
      proof: `None of ${plural(files, 'file')} has a mode in its archive, so who could read them is not known.${owners}`,
      change: 'Collect with tar or with zip on the node itself, which keep modes and owners.',
      files: row.ids,
      fileCount: files,
    };
  const modes = `Modes: ${named(row.modes)}.${owners} ${AS_ARCHIVED}`;
  if (writable > 0)
    return {
      ...about,
      standing: 'bad',
      title: 'Evidence files that everybody may write',
      proof: `${count(writable)} of ${plural(moded, 'file')} (${share(writable, moded)}) let every local user write (o+w): their lines could be changed without privilege. ${modes}`,
      change:
        'Set log folders to 0750 and files to 0640 with the service as owner (umask 027; logrotate: create 0640).',
      files: row.writable_ids,
      fileCount: writable,
    };
  if (readable > 0)
    return {
      ...about,
      standing: 'weak',
      title: 'Evidence files that everybody may read',
      proof: `${count(readable)} of ${plural(moded, 'file')} (${share(readable, moded)}) let every local user read (o+r). ${modes}`,
      change:
        'Set log folders to 0750 and files to 0640 with the service as owner (umask 027; logrotate: create 0640).',
      files: row.readable_ids,
      fileCount: readable,
    };
  return {
    ...about,
    standing: 'ok',
    title: 'No evidence file is open to everybody',
    proof: `None of ${plural(moded, 'file')} lets every local user read or write. ${modes}`,
    change: null,
    files: row.ids,
    fileCount: moded,
  };
}

function byNode(keys: KeyRow[]): KeyRow[][] {
  const nodes = new Map<string, KeyRow[]>();
  for (const row of keys) nodes.set(row.node, [...(nodes.get(row.node) ?? []), row]);
  return [...nodes.values()];
}

function keyFiles(rows: KeyRow[]): Stand {
  const open = rows.filter((row) => row.mode !== null && (row.mode & 0o006) !== 0);
  const shown = open.length > 0 ? open : rows;
  const names = named(shown.map((row) => row.path));
  return {
    node: rows[0]!.node,
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
        : `${plural(rows.length, 'file')} that by ${rows.length === 1 ? 'its name holds' : 'their names hold'} keys or passwords came with the evidence: ${names}. Whoever has the bundle has them too.`,
    change: 'Set them to 0600 for the service, leave them out of bundles, and renew what they hold.',
    files: shown.slice(0, FIRST).map((row) => row.file_id),
    fileCount: shown.length,
  };
}
