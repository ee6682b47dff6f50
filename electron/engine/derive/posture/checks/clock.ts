// Clocks that disagree: the offsets that were found, and what the programs themselves say of drift.
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import { lens } from '../place.ts';
import type { Member, Said } from '../seen.ts';
import { fieldText, grouped } from '../tally.ts';
import { baseName, count, named, plural, span } from '../words.ts';

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
export const clock: PostureCheck = {
  id: 'clock',
  async read({ connection, said, members }) {
    const nodes = await connection.rows<NodeRow>(
      `SELECT node, clock_offset_us AS "offset", offset_basis AS basis, offset_set IS NOT NULL AS by_hand, offset_confidence IS NOT NULL AS proven FROM node ORDER BY node`,
    );
    const drifts = grouped(
      said.filter(({ action }) => action === 'clock_drift'),
      ({ node, fields }) => JSON.stringify([node, fieldText(fields, 'drift_node')]),
    );
    const marked = members.filter(({ outOfOrder, foreign }) => outOfOrder + foreign > 0);
    return [
      ...nodes.map(offset),
      ...drifts.flatMap(([, lines]) => drift(lines)),
      ...grouped(marked, ({ node }) => node).flatMap(([node, files]) => disorder(node, files)),
    ];
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

function drift(said: Said[]): Stand[] {
  const { node } = said[0]!;
  const other = fieldText(said[0]!.fields, 'drift_node');
  const seconds = said
    .map(({ fields }) => Number(fieldText(fields, 'drift_seconds') || Number.NaN))
    .filter(Number.isFinite);
  if (other === '' || seconds.length === 0) return [];
  const [low, high, lines] = [Math.min(...seconds), Math.max(...seconds), said.length];
  const worst = Math.abs(high) >= Math.abs(low) ? high : low;
  const zone = worst !== 0 && worst % ZONE_STEP_S === 0;
  const range = low === high ? `${count(worst)} s` : `${count(low)} to ${count(high)} s`;
  return [
    {
      node,
      system: 'celery',
      component: 'worker',
      topic: 'clock',
      standing: zone ? 'weak' : Math.abs(worst) >= 60 ? 'bad' : 'weak',
      title: zone ? `Drift to ${other} that looks like a zone` : `Drift to ${other} of ${range}`,
      proof: `${plural(lines, 'line')} of this node ${lines === 1 ? 'states' : 'state'} a drift of ${range} to ${named([other])}.${zone ? ' It is a multiple of half an hour: the two differ in their zone rather than in their clocks.' : ' The line does not say which of the two clocks is wrong.'}`,
      change: zone ? 'Run all workers with TZ=UTC.' : CHANGE,
      events: said.slice(0, FIRST).map(({ eventId }) => eventId),
      eventCount: lines,
      source: 'log lines',
      terms: lens({ node, action: 'clock_drift' }),
    },
  ];
}

/** Times that run backwards inside a file, and lines that are not its own. */
function disorder(node: string, marked: Member[]): Stand[] {
  const about = { node, system: null, component: null, source: 'ledger' } as const;
  const late = marked.filter(({ outOfOrder }) => outOfOrder > 0);
  const strange = marked.filter(({ foreign }) => foreign > 0);
  const sum = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0);
  const names = (files: Member[]) =>
    named(
      files.map(({ path }) => baseName(path)),
      3,
    );
  const first = (files: Member[]) => ({
    files: files.slice(0, FIRST).map(({ fileId }) => fileId),
    fileCount: files.length,
  });
  const stands: Stand[] = [];
  if (late.length > 0) {
    const records = sum(late.map(({ outOfOrder }) => outOfOrder));
    stands.push({
      ...about,
      topic: 'clock',
      standing: 'weak',
      title: 'Times that run backwards',
      proof: `${plural(records, 'record')} in ${plural(late.length, 'file')} (${names(late)}) ${records === 1 ? 'is' : 'are'} earlier than records before ${records === 1 ? 'it' : 'them'}: the clock was set back, files were put together, or lines were written by others. Each is marked tidemark.out_of_order.`,
      change:
        'Slew clocks in place of stepping them (chrony: makestep only at start), and ask who could write to these files.',
      ...first(late),
    });
  }
  if (strange.length > 0) {
    const records = sum(strange.map(({ foreign }) => foreign));
    stands.push({
      ...about,
      topic: 'hardening',
      standing: 'weak',
      title: "Lines that are not the log's own",
      proof: `${plural(records, 'record')} in ${plural(strange.length, 'file')} (${names(strange)}) ${records === 1 ? 'was' : 'were'} not written by the program as ${records === 1 ? 'a line' : 'lines'} of its log: a copied log, or a name with line ends in it that forges lines. Each is marked tidemark.foreign with the reason.`,
      change:
        "Let only trusted principals choose names (register_frameworks in --acls), and don't rely on single lines of these files.",
      ...first(strange),
    });
  }
  return stands;
}
