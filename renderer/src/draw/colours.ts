// The theme's colours for canvases: custom properties read once per theme.
import type { Theme } from '../store/theme.ts';

const read = new Map<Theme, Map<string, string>>();

/** Value of a custom property such as `--log-error` under a theme that is applied now. */
export function colour(theme: Theme, name: string): string {
  const known = read.get(theme) ?? new Map<string, string>();
  read.set(theme, known);
  let value = known.get(name);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(name).trim() || '#888888';
    known.set(name, value);
  }
  return value;
}

const SYSTEMS = ['ray', 'celery', 'mesos', 'registry'];
const CYCLE = [
  '--sys-ray',
  '--sys-celery',
  '--sys-mesos',
  '--sys-registry',
  '--sev-low',
  '--sev-high',
  '--accent',
];

/** Colour of a series of a histogram by level, system or node. */
export function seriesProperty(by: 'level' | 'system' | 'node', key: string, index: number): string {
  if (by === 'level') {
    const known = /^(trace|debug|info|notice|warning|error|critical)$/.test(key);
    return known ? `--log-${key}` : '--log-none';
  }
  if (by === 'system') return `--sys-${SYSTEMS.includes(key) ? key : 'other'}`;
  return CYCLE[index % CYCLE.length]!;
}
