// The sentence of a finding, from the rule's own template or from its facts. Evidence in it is plain text, cut and cleaned.
import type { Template } from './sigma/template.ts';

export interface FindingFacts {
  title: string;
  groups: [string, string | null][];
  /** Microseconds; null when no event has a time. */
  firstUs: number | null;
  lastUs: number | null;
  events: number;
  /** Where the finding is, when that is one node. */
  node: string | null;
  /** All nodes it rests on. */
  nodes: string[];
  roles: { role: string; events: number }[];
  /** Values of a field among the finding's events: at most six, and how many there are. */
  shown(field: string, role: string | null): { values: string[]; distinct: number };
}

export function explain(template: Template | null, facts: FindingFacts): string {
  if (!template) return plain(facts);
  const text = template.map((part) => (typeof part === 'string' ? part : fill(part, facts))).join('');
  return facts.firstUs === null ? timeless(text) : text;
}

/** A template speaks of times; where the lines state none, it is said once. */
function timeless(text: string): string {
  return text
    .replace(/ within an unknown time/g, '')
    .replace(
      /,? (?:from|at) an unknown time(?: to an unknown time)?(?: on)?(?: \(an unknown time\))?/g,
      ' at a time the lines do not state',
    );
}

function fill(slot: Exclude<Template[number], string>, facts: FindingFacts): string {
  if (slot.is === 'rule') return facts.title;
  if (slot.is === 'span') return span(facts);
  if (slot.is === 'first') return time(facts.firstUs);
  if (slot.is === 'last') return time(facts.lastUs);
  if (slot.is === 'node' && facts.node !== null) return facts.node;
  if (slot.is === 'node' || slot.is === 'nodes')
    return facts.nodes.length ? listed(facts.nodes, facts.nodes.length) : 'an unknown node';
  if (slot.is === 'count') {
    if (slot.role === null) return String(facts.events);
    return String(
      facts.roles.filter((r) => r.role.split(', ').includes(slot.role!)).reduce((n, r) => n + r.events, 0),
    );
  }
  const group = slot.role === null ? facts.groups.find(([name]) => name === slot.field) : undefined;
  if (slot.is === 'distinct') {
    return String(group ? (group[1] === null ? 0 : 1) : facts.shown(slot.field, slot.role).distinct);
  }
  if (group) return group[1] === null ? 'unknown' : clean(group[1]);
  const { values, distinct } = facts.shown(slot.field, slot.role);
  return values.length ? listed(values, distinct) : 'unknown';
}

function plain(facts: FindingFacts): string {
  const where = facts.nodes.length ? ` on ${listed(facts.nodes, facts.nodes.length)}` : '';
  const groups = facts.groups.filter(([name, value]) => name !== 'node' && value !== null);
  const by = groups.length
    ? ` (${groups.map(([name, value]) => `${name} ${clean(value!)}`).join(', ')})`
    : '';
  const when =
    facts.firstUs === null
      ? 'without a time'
      : facts.firstUs === facts.lastUs
        ? `at ${time(facts.firstUs)}`
        : `from ${time(facts.firstUs)} to ${time(facts.lastUs)} (${span(facts)})`;
  const roles = facts.roles.map((r) => `${clean(r.role)} ${r.events}`).join(', ');
  return `${facts.events} event${facts.events === 1 ? '' : 's'}${where}${by} ${when}. Matched: ${roles}.`;
}

const MOST_SHOWN = 5;

function listed(values: string[], distinct: number): string {
  const shown = values.slice(0, MOST_SHOWN).map(clean);
  if (distinct > shown.length) return `${shown.join(', ')} and ${distinct - shown.length} more`;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** Evidence as one short line: no control characters, no direction overrides. */
function clean(text: string): string {
  const line = text
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g, ' ')
    .trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

function time(us: number | null): string {
  return us === null
    ? 'an unknown time'
    : `${new Date(us / 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function span(facts: FindingFacts): string {
  if (facts.firstUs === null || facts.lastUs === null) return 'an unknown time';
  const seconds = (facts.lastUs - facts.firstUs) / 1e6;
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  const whole = Math.round(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  return parts
    .filter(([n]) => n > 0)
    .slice(0, 2)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(' ');
}
