// Figures and lists as words of a sentence.

export const count = (n: number): string => n.toLocaleString('en-US');

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

/** `12 %`, never 0 % for something and never 100 % for not all. */
export function share(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  if (part === whole) return '100 %';
  const percent = (100 * part) / whole;
  if (percent < 1) return 'under 1 %';
  return `${Math.min(99, Math.round(percent))} %`;
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function named(items: readonly string[], most = 6): string {
  const shown = items.slice(0, most);
  const more = items.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${count(more)} more`;
  if (shown.length < 2) return shown.join('');
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** `7 min 2 s`, for a difference in microseconds. */
export function span(us: number): string {
  const seconds = Math.abs(us) / 1e6;
  if (seconds < 60) return `${Number(seconds.toFixed(3))} s`;
  const whole = Math.round(seconds);
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  const parts = [
    days ? `${days} d` : '',
    hours ? `${hours} h` : '',
    minutes ? `${minutes} min` : '',
    whole % 60 && !days && !hours ? `${whole % 60} s` : '',
  ];
  return parts.filter(Boolean).slice(0, 2).join(' ');
}

/** `2026-11-20 17:20:48Z`. */
export const utc = (us: number | string | null): string =>
  us === null
    ? 'an unknown time'
    : `${new Date(Number(us) / 1000).toISOString().slice(0, 19).replace('T', ' ')}Z`;

/** The file's own name, for sentences; the whole path stands with the row's files. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
