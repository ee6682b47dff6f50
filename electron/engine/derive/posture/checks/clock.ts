// Clocks that disagree: the offsets that were found, and what the programs themselves say of drift.
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import { count, named, plural, span } from '../words.ts';

const BAD_US = 60_000_000;
const WEAK_US = 1_000_000;
/** A drift that is a multiple of half an hour is a zone rather than a clock (reference on Celery, section 5). */
const ZONE_STEP_S = 1800;

interface NodeRow {
  node: string;
  offset: string;
  basis: string | null;
  by_hand: boolean;
  /** Enough pairs agree; else the basis says why nothing is proven. */
  proven: boolean;
}
interface DriftRow {
  node: string;
  other: string;
  low: number;
  high: number;
  lines: string;
  ids: string[];
}

export const clock: PostureCheck = {
  id: 'clock',
  async read(connection) {
    const nodes = await connection.rows<NodeRow>(
      `SELECT node, clock_offset_us AS "offset", offset_basis AS basis, offset_set IS NOT NULL AS by_hand, offset_confidence IS NOT NULL AS proven FROM node ORDER BY node`,
    );
    const drifts = await connection.rows<DriftRow>(`
      SELECT node, other, min(seconds) AS low, max(seconds) AS high, count(*) AS lines, list(event_id ORDER BY event_id)[1:${FIRST}] AS ids
      FROM (SELECT node, event_id, fields->>'$."drift_node"' AS other, try_cast(fields->>'$."drift_seconds"' AS DOUBLE) AS seconds
            FROM posture_said WHERE action = 'clock_drift')
      WHERE seconds IS NOT NULL AND other IS NOT NULL GROUP BY ALL ORDER BY node, other`);
    return [...nodes.map(offset), ...drifts.map(drift)];
  },
};

const CHANGE = 'Run chrony or systemd-timesyncd against the same servers on all nodes, and watch the offset.';

function offset({ node, offset, basis, by_hand, proven }: NodeRow): Stand {
  const us = Number(offset);
  const about = {
    node,
    system: null,
    component: null,
    topic: 'clock',
    source: by_hand ? 'set by hand' : 'events of two nodes',
  } as const;
  if (Math.abs(us) >= WEAK_US)
    return {
      ...about,
      standing: Math.abs(us) >= BAD_US ? 'bad' : 'weak',
      title: `Clock ${us > 0 ? 'slow' : 'fast'} by ${span(us)}`,
      proof: `The times of this node are moved by ${us > 0 ? '+' : '−'}${span(us)}: ${basis ?? 'no basis is recorded'}.`,
      change: CHANGE,
    };
  if (basis !== null)
    return {
      ...about,
      standing: by_hand || proven ? 'ok' : 'unknown',
      title: by_hand || proven ? 'Clock agrees with other nodes' : 'Clock not proven',
      proof: `${basis[0]!.toUpperCase()}${basis.slice(1)}.`,
      change: null,
    };
  return {
    ...about,
    standing: 'unknown',
    title: 'Clock not compared',
    proof:
      'No event of this node was logged by another node too, so nothing tells whether its clock was right.',
    change: 'Log one synchronised source on every node, e.g. chrony tracking (log tracking measurements).',
  };
}

function drift({ node, other, low, high, lines, ids }: DriftRow): Stand {
  const worst = Math.abs(high) >= Math.abs(low) ? high : low;
  const zone = worst !== 0 && worst % ZONE_STEP_S === 0;
  const range = low === high ? `${count(worst)} s` : `${count(low)} to ${count(high)} s`;
  return {
    node,
    system: 'celery',
    component: 'worker',
    topic: 'clock',
    standing: zone ? 'weak' : Math.abs(worst) >= 60 ? 'bad' : 'weak',
    title: zone ? `Drift to ${other} that looks like a zone` : `Drift to ${other} of ${range}`,
    proof: `${plural(Number(lines), 'line')} of this node ${Number(lines) === 1 ? 'states' : 'state'} a drift of ${range} to ${named([other])}.${zone ? ' It is a multiple of half an hour: the two differ in their zone rather than in their clocks.' : ' The line does not say which of the two clocks is wrong.'}`,
    change: zone ? 'Run all workers with TZ=UTC.' : CHANGE,
    events: ids,
    eventCount: Number(lines),
    source: 'log lines',
    terms: [
      { field: 'node', values: [node], not: false },
      { field: 'action', values: ['clock_drift'], not: false },
    ],
  };
}
