// Levels and systems as shape, colour and word together: never colour alone.
import type { FindingLevel, FindingState, Level, Standing } from '../../../shared/model.ts';

const SHAPE: Record<FindingLevel, string> = {
  critical: 'M4 0h4l4 4v4l-4 4H4L0 8V4z', // octagon
  high: 'M6 0l6 6-6 6-6-6z', // diamond
  medium: 'M6 .5 12 11.5H0z', // triangle
  low: 'M1 1h10v10H1z', // square
  informational: 'M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1z', // ring
};

export function LevelShape({ level, size = 10 }: { level: FindingLevel; size?: number }) {
  const hollow = level === 'informational' || level === 'low';
  const colour = `var(--sev-${level})`;
  return (
    <svg width={size} height={size} viewBox="-1 -1 14 14" aria-hidden="true">
      <path d={SHAPE[level]} fill={hollow ? 'none' : colour} stroke={colour} strokeWidth="1.8" />
    </svg>
  );
}

/** `◆ high` */
export function FindingLevelMark({ level }: { level: FindingLevel }) {
  return (
    <span className="mark level-word" style={{ color: `var(--sev-${level})` }}>
      <LevelShape level={level} />
      {level}
    </span>
  );
}

export const levelColour = (level: Level | string | null): string => `var(--log-${level ?? 'none'})`;

/** Colours of words need more contrast than those of bars. */
const LEVEL_WORD: Partial<Record<Level, string>> = {
  warning: 'var(--sev-medium)',
  error: 'var(--sev-high)',
  critical: 'var(--sev-critical)',
};

/** Level of a log record: a bar whose length grows with the level, and the word. */
export function LogLevel({ level }: { level: Level | null }) {
  return (
    <span className="mark level-word" style={{ color: (level && LEVEL_WORD[level]) ?? 'var(--text-3)' }}>
      <span
        aria-hidden="true"
        style={{ width: 3, height: level === null ? 4 : 14, background: levelColour(level), borderRadius: 1 }}
      />
      {level ?? 'no level'}
    </span>
  );
}

const KNOWN = ['ray', 'celery', 'mesos', 'registry'];
export const systemColour = (system: string | null): string =>
  `var(--sys-${system !== null && KNOWN.includes(system) ? system : 'other'})`;

export function SystemMark({ system }: { system: string }) {
  return (
    <span className="mark">
      <span
        aria-hidden="true"
        style={{ width: 8, height: 8, borderRadius: 2, background: systemColour(system) }}
      />
      {system}
    </span>
  );
}

/** How the posture stands: octagon, triangle, ring, check; and the word. */
const STANDING_LOOK: Record<Standing, { path: string; hollow: boolean; colour: string }> = {
  bad: { path: SHAPE.critical, hollow: false, colour: 'var(--bad)' },
  weak: { path: SHAPE.medium, hollow: false, colour: 'var(--sev-medium)' },
  unknown: { path: SHAPE.informational, hollow: true, colour: 'var(--sev-informational)' },
  ok: { path: 'M1.5 6.5 5 10 11 2.5', hollow: true, colour: 'var(--good)' },
};

export function StandingShape({ standing, size = 12 }: { standing: Standing; size?: number }) {
  const { path, hollow, colour } = STANDING_LOOK[standing];
  return (
    <svg width={size} height={size} viewBox="-1 -1 14 14" aria-hidden="true">
      <path d={path} fill={hollow ? 'none' : colour} stroke={colour} strokeWidth="1.8" />
    </svg>
  );
}

/** `▲ weak` */
export function StandingMark({ standing }: { standing: Standing }) {
  return (
    <span className="mark level-word" style={{ color: STANDING_LOOK[standing].colour }}>
      <StandingShape standing={standing} />
      {standing}
    </span>
  );
}

const STATE_SIGN: Record<FindingState, string> = {
  open: '○',
  confirmed: '✓',
  dismissed: '✕',
  suppressed: '–',
};

export const StateMark = ({ state }: { state: FindingState }) => (
  <span className="tag">
    {STATE_SIGN[state]} {state}
  </span>
);
