// Two small drawings: events over time, and findings per node over time. Plain SVG, no script.
import type { FindingLevel } from '../../../../shared/model.ts';
import { count, utcSeconds } from '../format.ts';
import type { FindingEntry, ReportModel, Volume } from '../model.ts';
import { type Html, html } from './markup.ts';

const WIDTH = 1000;
const LEFT = 150;
const RIGHT = 10;
const PLOT = WIDTH - LEFT - RIGHT;
const fixed = (value: number) => value.toFixed(1);

export function volumeChart(volume: Volume): Html {
  const height = 90;
  const top = Math.max(1, ...volume.events);
  const barWidth = PLOT / volume.events.length;
  const bar = (value: number, i: number, className: string): Html | null => {
    if (value === 0) return null;
    const tall = Math.max(1, (value / top) * height);
    return html`<rect class="${className}" x="${fixed(LEFT + i * barWidth)}" y="${fixed(height - tall + 5)}" width="${fixed(Math.max(1, barWidth - 0.5))}" height="${fixed(tall)}"/>`;
  };
  const peak = volume.events.indexOf(top);
  return html`<figure>
<figcaption>Events over time (UTC), with those of level warning and above in colour${outside(volume)}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${height + 26}" role="img" aria-label="Events over time; the tallest of ${volume.events.length} bars holds ${count(top)} events and begins ${utcSeconds(volume.from + peak * volume.bucketUs)}">
<text class="soft" x="${LEFT - 6}" y="14" text-anchor="end">${count(top)} events</text>
<text class="soft" x="${LEFT - 6}" y="${height + 5}" text-anchor="end">0</text>
<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${height + 5}" y2="${height + 5}"/>
${volume.events.map((value, i) => bar(value, i, 'volume'))}
${volume.warnings.map((value, i) => bar(value, i, 'warn'))}
${axis(volume.from, volume.to, height + 20)}
</svg>
</figure>
`;
}

function outside({ before, after }: Volume): string {
  const parts = [...(before ? [`${count(before)} before`] : []), ...(after ? [`${count(after)} after`] : [])];
  return parts.length ? `; not drawn: ${parts.join(', ')} this stretch` : '';
}

/** Findings that have a time, one lane per node, over their own stretch of time. */
export function findingsChart(model: ReportModel): Html | null {
  const dated = model.findings.entries.filter(
    (entry) => entry.firstTs !== null && entry.state !== 'dismissed' && entry.state !== 'suppressed',
  );
  if (dated.length === 0) return null;
  const { first, last } = drawnStretch(dated, model.timeline.volume);
  const pad = Math.max(1e6, (last - first) * 0.02);
  const from = first - pad;
  const to = last + pad;
  const x = (ts: number) => LEFT + Math.min(1, Math.max(0, (ts - from) / (to - from))) * PLOT;
  const nodes = [...new Set(dated.flatMap(nodesOf))].sort();
  let y = 4;
  const lanes = nodes.map((node) => {
    const rows = stack(
      dated.filter((entry) => nodesOf(entry).includes(node)),
      x,
    );
    const lane = { node, rows, top: y, height: rows.length * 15 + 9 };
    y += lane.height;
    return lane;
  });
  const draw = (entry: FindingEntry, middle: number): Html => {
    const a = x(entry.firstTs!);
    const b = x(entry.lastTs ?? entry.firstTs!);
    return html`<g><title>${entry.number} ${entry.level}: ${entry.title}, ${utcSeconds(entry.firstTs)}</title>${b - a > 2 ? html`<line class="span ${entry.level}" x1="${fixed(a)}" x2="${fixed(b)}" y1="${middle}" y2="${middle}"/>` : null}${shape(entry.level, a, middle)}<text class="tag" x="${fixed(a + 8)}" y="${middle + 4}">${entry.number}</text></g>
`;
  };
  return html`<figure>
<figcaption>Findings per node over time (UTC)</figcaption>
<svg viewBox="0 0 ${WIDTH} ${y + 22}" role="img" aria-label="Findings per node over time; the table of findings holds the same facts">
${lanes.map(
  (
    lane,
  ) => html`<line class="grid" x1="0" x2="${WIDTH}" y1="${lane.top + lane.height}" y2="${lane.top + lane.height}"/>
<text x="0" y="${lane.top + 15}">${shorten(lane.node)}</text>
${lane.rows.map((row, i) => row.map((entry) => draw(entry, lane.top + 11 + i * 15)))}`,
)}
${axis(from, to, y + 16)}
</svg>
<div class="legend" aria-hidden="true"><span>◆ critical, high</span><span>▲ medium</span><span>● low, informational</span><span>bar: from first to last event</span><span>a mark on the edge lies outside this stretch</span></div>
</figure>
`;
}

/** From the first to the last event of findings, as far as the volume is drawn. */
function drawnStretch(dated: FindingEntry[], volume: Volume | null): { first: number; last: number } {
  const first = Math.min(...dated.map((entry) => entry.firstTs!));
  const last = Math.max(...dated.map((entry) => entry.lastTs ?? entry.firstTs!));
  if (!volume || last < volume.from || first > volume.to) return { first, last };
  return { first: Math.max(first, volume.from), last: Math.min(last, volume.to) };
}

const nodesOf = (entry: FindingEntry) => (entry.nodes.length ? entry.nodes : ['(no node)']);
const shorten = (text: string) => (text.length > 24 ? `${text.slice(0, 23)}…` : text);

/** Puts marks that would cover each other on rows of their own. */
function stack(entries: FindingEntry[], x: (ts: number) => number): FindingEntry[][] {
  const rows: { end: number; entries: FindingEntry[] }[] = [];
  for (const entry of [...entries].sort((a, b) => a.firstTs! - b.firstTs!)) {
    const start = x(entry.firstTs!) - 6;
    const end = Math.max(x(entry.lastTs ?? entry.firstTs!), x(entry.firstTs!) + 34);
    const free = rows.find((row) => row.end < start);
    if (free) {
      free.entries.push(entry);
      free.end = end;
    } else rows.push({ end, entries: [entry] });
  }
  return rows.map((row) => row.entries);
}

function shape(level: FindingLevel, x: number, y: number): Html {
  const at = (dx: number, dy: number) => `${fixed(x + dx)},${fixed(y + dy)}`;
  if (level === 'critical' || level === 'high') {
    const r = level === 'critical' ? 6 : 5;
    return html`<polygon class="mark ${level}" points="${at(0, -r)} ${at(r, 0)} ${at(0, r)} ${at(-r, 0)}"/>`;
  }
  if (level === 'medium')
    return html`<polygon class="mark medium" points="${at(0, -5)} ${at(5, 4)} ${at(-5, 4)}"/>`;
  return html`<circle class="mark ${level}" cx="${fixed(x)}" cy="${fixed(y)}" r="${level === 'low' ? 4 : 3}"/>`;
}

function axis(from: number, to: number, y: number): Html {
  const label = (share: number) => utcSeconds(Math.round(from + (to - from) * share));
  return html`<text class="soft" x="${LEFT}" y="${y}">${label(0)}</text>
<text class="soft" x="${LEFT + PLOT / 2}" y="${y}" text-anchor="middle">${label(0.5)}</text>
<text class="soft" x="${WIDTH - RIGHT}" y="${y}" text-anchor="end">${label(1)}</text>`;
}
