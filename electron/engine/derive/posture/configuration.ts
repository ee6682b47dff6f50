// Configuration files of the case: whole members, which are one record each.
import type { Connection } from '../../case/database.ts';
import type { Count, Member } from './seen.ts';
import { filesOf } from './tally.ts';

export interface ConfigurationFile {
  member: Member;
  eventId: string;
  system: string | null;
  text: string;
  /** The file is longer than what is read of it. */
  cut: boolean;
}

/** Files of settings are small; what is longer is data, and the database holds its beginning only (parse/bounds.ts). */
const MOST_BYTES = 65_536;
const MOST_FILES = 500;

export async function configurationFiles(
  connection: Connection,
  members: readonly Member[],
  counts: readonly Count[],
): Promise<ConfigurationFile[]> {
  const files = filesOf(counts, () => true);
  if (!files) return [];
  const rows = await connection.rows<{
    file_id: number;
    event_id: string;
    system: string | null;
    text: string | null;
    bytes: number;
  }>(`
    SELECT file_id, event_id, system, message AS text, byte_length AS bytes
    FROM event WHERE file_id IN (${files}) AND action = 'file' ORDER BY event_id LIMIT ${MOST_FILES}`);
  const byId = new Map(members.map((member) => [member.fileId, member]));
  return rows.flatMap((row) => {
    const member = byId.get(row.file_id);
    return member
      ? [
          {
            member,
            eventId: row.event_id,
            system: row.system,
            text: row.text ?? '',
            cut: row.bytes > MOST_BYTES,
          },
        ]
      : [];
  });
}

/** What all stands about a configuration file share. */
export const aboutFile = ({ member, eventId }: ConfigurationFile, system: string) =>
  ({
    node: member.node,
    system,
    component: 'configuration',
    events: [eventId],
    eventCount: 1,
    files: [member.fileId],
    source: `configuration file ${member.path.slice(member.path.lastIndexOf('/') + 1)}`,
  }) as const;
