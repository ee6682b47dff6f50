// Times, counts and sizes in words that are the same on every machine: UTC, English, no locale.

/** `2026-11-21 07:10:02.123456Z`; `null` gives `no time`. */
export function utc(us: number | null): string {
  if (us === null) return 'no time';
  const seconds = Math.floor(us / 1e6);
  const micros = us - seconds * 1e6;
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `${us} µs since 1970Z`;
  return `${date.toISOString().slice(0, 19).replace('T', ' ')}.${String(micros).padStart(6, '0')}Z`;
}

/** To the second, for charts and headings: `2026-11-21 07:10:02Z`. */
export const utcSeconds = (us: number | null): string =>
  us === null ? 'no time' : `${utc(us).slice(0, 19)}Z`;

/** `12,482`. */
export const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** `1 event`, `2 events`. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** `1.5 MiB (1,572,864 bytes)` without the bytes: `1.5 MiB`. */
export function size(bytes: number | null): string {
  if (bytes === null) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${bytes} B` : `${value.toFixed(1)} ${units[unit]}`;
}

/** Signed clock offset: `+12.345000 s`, `none`. */
export function offset(us: number): string {
  if (us === 0) return 'none';
  return `${us < 0 ? '−' : '+'}${(Math.abs(us) / 1e6).toFixed(6)} s`;
}

/** `UTC+05:30` of minutes east. */
export function zoneOffset(minutes: number): string {
  const absolute = Math.abs(minutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
}

/** How long, in at most two units: `2 h 5 min`. */
export function duration(us: number): string {
  const seconds = Math.floor(us / 1e6);
  if (seconds < 1) return 'under 1 s';
  const parts: [number, string][] = [
    [Math.floor(seconds / 86400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  return parts
    .filter(([value]) => value > 0)
    .slice(0, 2)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}

/** `a, b and c`. */
export function join(words: string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
