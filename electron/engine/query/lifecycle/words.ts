// Times in the sentences of a life cycle.

/** `2026-11-20 17:18:00 UTC` */
export const clockWords = (us: number): string =>
  `${new Date(us / 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** `3 ms`, `12.4 s`, `7 min 3 s`, `2 h 5 min` */
export function spanWords(us: number): string {
  const s = us / 1e6;
  if (s < 1) return `${Math.round(us / 1000)} ms`;
  if (s < 60) return `${s.toFixed(1)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`;
  return `${Math.floor(s / 3600)} h ${Math.round((s % 3600) / 60)} min`;
}
