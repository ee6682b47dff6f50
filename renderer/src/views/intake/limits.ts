// The limits of reading a bundle as fields: what each means, how a person writes its value, which are changed.
import type { IntakeLimits } from '../../../../shared/api.ts';
import { bytes, count } from '../../format/numbers.ts';

export type LimitName = keyof IntakeLimits;
type Kind = 'count' | 'bytes' | 'times' | 'levels' | 'seconds' | 'characters';

export const LIMITS: readonly { name: LimitName; word: string; kind: Kind; about: string }[] = [
  { name: 'totalBytes', word: 'Unpacked size', kind: 'bytes', about: 'of one bundle' },
  {
    name: 'ratio',
    word: 'Unpacked to packed',
    kind: 'times',
    about: 'an archive made to fill disks has more',
  },
  { name: 'members', word: 'Members', kind: 'count', about: 'of one bundle' },
  { name: 'depth', word: 'Archives inside', kind: 'levels', about: 'how deep nested archives are opened' },
  { name: 'seconds', word: 'Reading time', kind: 'seconds', about: 'of one bundle' },
  { name: 'nameLength', word: 'Length of a name', kind: 'characters', about: 'of a member' },
];

const SIZE: Record<string, number> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  t: 1e12,
  tb: 1e12,
};
const TIME: Record<string, number> = { '': 1, s: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/** `200 GB`, `6 h`, `200,000`, `1,000 times` */
export function limitWord(kind: Kind, value: number): string {
  if (kind === 'bytes') return bytes(value);
  if (kind === 'seconds') {
    if (value % 3600 === 0) return `${count(value / 3600)} h`;
    return value % 60 === 0 ? `${count(value / 60)} min` : `${count(value)} s`;
  }
  if (kind === 'times') return `${count(value)} times`;
  if (kind === 'levels') return value === 1 ? '1 level' : `${count(value)} levels`;
  return kind === 'characters' ? `${count(value)} characters` : count(value);
}

/** What a person typed; null when it is no such limit. */
export function parseLimit(kind: Kind, text: string): number | null {
  const m = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(
    text
      .trim()
      .toLowerCase()
      .replace(/[,_ ](?=\d)/g, ''),
  );
  if (!m) return null;
  const unit = m[2]!;
  const factor =
    kind === 'bytes'
      ? SIZE[unit]
      : kind === 'seconds'
        ? TIME[unit]
        : /^(times|levels?|characters|)$/.test(unit)
          ? 1
          : undefined;
  if (factor === undefined) return null;
  const value = Number(m[1]) * factor;
  const whole = kind === 'times' ? value : Math.round(value);
  if (kind === 'levels') return whole <= 64 && Number.isInteger(Number(m[1])) ? whole : null;
  return whole > 0 ? whole : null;
}

/** Only what differs from the defaults, as `ingest.start` takes it. */
export function changedLimits(
  typed: Partial<Record<LimitName, string>>,
  defaults: IntakeLimits,
): IntakeLimits {
  const out: IntakeLimits = {};
  for (const { name, kind } of LIMITS) {
    const text = typed[name];
    if (text === undefined || text.trim() === '') continue;
    const value = parseLimit(kind, text);
    if (value !== null && value !== defaults[name]) out[name] = value;
  }
  return out;
}

/** Fields whose text can't be read. */
export const badLimits = (typed: Partial<Record<LimitName, string>>): LimitName[] =>
  LIMITS.filter(({ name, kind }) => {
    const text = typed[name];
    return text !== undefined && text.trim() !== '' && parseLimit(kind, text) === null;
  }).map(({ name }) => name);
