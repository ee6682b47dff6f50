// The zone of executors in Mesos sandboxes: they may run in UTC while the agent and its fetcher write local time into the same
// file. An executor's lines lie between the agent's lines about its container, on the same machine's clock.
import type { Connection } from '../case/database.ts';
import { MINUTE_US, SECOND_US } from '../parse/time.ts';
import { utc } from './zone-history.ts';
import type { OwnZones, ZoneFile } from './zones.ts';

const RUN = /\/runs\/([^/]+)((?:\/containers\/[^/]+)*)\/std(?:err|out)(?:\.\d+)?(?:\.gz|\.zst|\.bz2|\.xz)?$/;
const QUARTER_US = 15 * MINUTE_US;
/** An agent gives up on an executor that did not register within a minute (executor_registration_timeout). */
const STARTED_US = 2 * MINUTE_US;
/** The agent hears of an exit when it has happened; the executor's last line may follow. */
const EXIT_US = 10 * SECOND_US;

interface Seen {
  file_id: number;
  component: string;
  first: string;
  last: string;
  n: string;
  from_line: number;
  to_line: number;
}

/**
 * Zones of sandbox files whose executor is proven to write in another zone than its agent. `agentOffset`: minutes of the
 * node's Mesos logs at a moment, null when nothing is known.
 */
export async function sandboxEvidence(
  connection: Connection,
  files: readonly ZoneFile[],
  agentOffset: (file: ZoneFile, at: number) => number | null,
): Promise<Map<number, OwnZones[]>> {
  const found = new Map<number, OwnZones[]>();
  const containers = new Map<string, ZoneFile[]>();
  for (const file of files) {
    const m = file.system === 'mesos' ? RUN.exec(file.path) : null;
    if (!m) continue;
    const id = (m[1] as string) + (m[2] as string).replaceAll('/containers/', '.');
    containers.set(id, [...(containers.get(id) ?? []), file]);
  }
  if (containers.size === 0) return found;
  const list = [...containers.values()].flat().map((file) => file.id);
  const seen = await connection.rows<Seen>(
    `SELECT file_id, component, epoch_us(min(ts_wall)) AS first, epoch_us(max(ts_wall)) AS last, count(*) AS n, min(line) AS from_line, max(line) AS to_line
     FROM event WHERE file_id IN (${list.join(', ')}) AND ts_kind IN (2, 3) GROUP BY ALL ORDER BY file_id, component`,
  );
  if (seen.length === 0) return found;
  const agents = await connection.rows<{ value: string; node: string; first: string; last: string }>(
    `SELECT n.value, m.node, epoch_us(min(e.ts_wall)) AS first, epoch_us(max(e.ts_wall)) AS last
     FROM entity n JOIN entity_ref r USING (entity_id) JOIN event e ON e.event_id = r.event_id JOIN member m ON m.file_id = e.file_id
     WHERE n.kind = 'mesos_container' AND n.role <> 'context' AND e.component = 'agent' AND e.ts_kind IN (2, 3)
     GROUP BY ALL ORDER BY n.value, m.node`,
  );
  for (const agent of agents) {
    for (const file of containers.get(agent.value) ?? []) {
      if (file.node !== agent.node) continue;
      const zones = zonesOf(file, agent, seen, agentOffset);
      if (zones) found.set(file.id, zones);
    }
  }
  return found;
}

function zonesOf(
  file: ZoneFile,
  agent: { first: string; last: string },
  seen: readonly Seen[],
  agentOffset: (file: ZoneFile, at: number) => number | null,
): OwnZones[] | null {
  const written = seen.filter((row) => row.file_id === file.id && row.component !== 'fetcher');
  if (written.length === 0) return null;
  const first = Math.min(...written.map((row) => Number(row.first)));
  const last = Math.max(...written.map((row) => Number(row.last)));
  const base = agentOffset(file, Number(agent.first)) ?? null;
  if (base === null) return null;
  const [from, to] = [utc(Number(agent.first), base), utc(Number(agent.last), base)];
  const offset = Math.round((first - from) / QUARTER_US) * 15;
  const started = utc(first, offset) - from;
  const fits = started >= -SECOND_US && started <= STARTED_US && utc(last, offset) <= to + EXIT_US;
  if (!fits || Math.abs(offset) > 15 * 60 || offset === base) return null;
  const stretch = (rows: readonly Seen[], minutes: number, why: string) => ({
    offset: minutes,
    count: rows.reduce((sum, row) => sum + Number(row.n), 0),
    firstLine: Math.min(...rows.map((row) => row.from_line)),
    lastLine: Math.max(...rows.map((row) => row.to_line)),
    firstWall: Math.min(...rows.map((row) => Number(row.first))),
    lastWall: Math.max(...rows.map((row) => Number(row.last))),
    why,
    from: 1,
    openFrom: 1,
    openTo: 1,
    how: 'first' as const,
  });
  const zones: OwnZones[] = [
    {
      component: null,
      stretches: [
        stretch(written, offset, "the executor's lines lie between the agent's lines about its container"),
      ],
      strays: [],
    },
  ];
  const fetcher = seen.filter((row) => row.file_id === file.id && row.component === 'fetcher');
  if (fetcher.length > 0) {
    zones.push({
      component: 'fetcher',
      stretches: [stretch(fetcher, base, 'the fetcher runs with the environment of its agent')],
      strays: [],
    });
  }
  return zones;
}
