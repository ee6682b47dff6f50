// Rotated files of one log joined in order. Worked out anew whenever times change; what could not be read keeps its place.
import type { Connection } from '../case/database.ts';
import { type Series, type SeriesFile, seriesOf } from './series-order.ts';

interface Member {
  fileId: number;
  path: string;
  node: string | null;
  /** The bundle; of bundles that are one file, the folder that they stood in. */
  home: string;
  firstUs: string | null;
  lastUs: string | null;
  events: boolean;
}

/** Links have no content; what failed stands where its name says. */
const MEMBERS = `
SELECT m.file_id AS "fileId", m.path, m.node, epoch_us(m.first_ts) AS "firstUs", epoch_us(m.last_ts) AS "lastUs", m.records > 0 AS events,
  CASE WHEN count(*) OVER (PARTITION BY m.bundle_id) = 1 AND NOT contains(m.path, '/')
    THEN 'folder ' || regexp_replace(b.path, '[^/\\\\]*$', '') ELSE 'bundle ' || m.bundle_id END AS home
FROM member m JOIN bundle b ON b.bundle_id = m.bundle_id
WHERE m.content_sha256 IS NOT NULL OR m.status = 'failed'
ORDER BY m.node, home, m.file_id`;

const SLICE = 500;

export async function settleSeries(connection: Connection): Promise<void> {
  await connection.run('DELETE FROM series_member');
  await connection.run('DELETE FROM series');
  const found = seriesIn(
    await connection.rows<Member & Record<string, string | number | boolean | null>>(MEMBERS),
  );
  for (let at = 0; at < found.length; at += SLICE) {
    const slice = found
      .slice(at, at + SLICE)
      .map(({ node, series }, i) => ({ id: at + i + 1, node, ...series }));
    await connection.run(
      `INSERT INTO series SELECT s.id, s.node, s.name, s.missing, s.contradiction
       FROM (SELECT unnest(from_json($1::JSON, '[{"id":"INTEGER","node":"VARCHAR","name":"VARCHAR","missing":["VARCHAR"],"contradiction":"VARCHAR"}]')) AS s)`,
      [
        JSON.stringify(
          slice.map(({ id, node, log, missing, contradiction }) => ({
            id,
            node,
            name: log,
            missing,
            contradiction,
          })),
        ),
      ],
    );
    await connection.run(
      `INSERT INTO series_member SELECT p.id, p.file, p.position, p.why, p.follows
       FROM (SELECT unnest(from_json($1::JSON, '[{"id":"INTEGER","file":"INTEGER","position":"INTEGER","why":"VARCHAR","follows":"BOOLEAN"}]')) AS p)`,
      [
        JSON.stringify(
          slice.flatMap(({ id, parts }) =>
            parts.map(({ file, why, follows }, i) => ({
              id,
              file: file.fileId,
              position: i + 1,
              why,
              follows,
            })),
          ),
        ),
      ],
    );
  }
}

/** Names mean nothing beyond their folder, node and bundle. A series none of whose files gave an event is no log. */
function seriesIn(members: readonly Member[]): { node: string | null; series: Series }[] {
  const homes = new Map<string, Member[]>();
  for (const member of members) {
    const key = JSON.stringify([member.node, member.home]);
    const known = homes.get(key);
    if (known) known.push(member);
    else homes.set(key, [member]);
  }
  const withEvents = new Set(members.flatMap(({ fileId, events }) => (events ? [fileId] : [])));
  return [...homes.values()].flatMap((of) =>
    seriesOf(of.map(fileOf))
      .filter(({ parts }) => parts.some(({ file }) => withEvents.has(file.fileId)))
      .map((series) => ({ node: of[0]!.node, series })),
  );
}

const fileOf = ({ fileId, path, firstUs, lastUs }: Member): SeriesFile => ({
  fileId,
  path,
  firstUs: firstUs === null ? null : Number(firstUs),
  lastUs: lastUs === null ? null : Number(lastUs),
});
