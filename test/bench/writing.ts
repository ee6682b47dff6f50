// Seeded chance, and the words that log lines are made of.

/** Small, fast, seeded (mulberry32). */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export type Writer = (now: number, r: () => number) => string;

export const hex = (r: () => number, n: number): string => {
  let s = '';
  while (s.length < n)
    s += Math.floor(r() * 0x10000000)
      .toString(16)
      .padStart(7, '0');
  return s.slice(0, n);
};
export const uuid = (r: () => number) =>
  `${hex(r, 8)}-${hex(r, 4)}-4${hex(r, 3)}-a${hex(r, 3)}-${hex(r, 12)}`;
export const pick = <T>(r: () => number, list: readonly T[]): T => list[Math.floor(r() * list.length)]!;
export const ip = (r: () => number) => `10.20.${Math.floor(r() * 4)}.${Math.floor(r() * 250) + 1}`;
export const iso = (now: number) => new Date(now).toISOString();
export const comma = (now: number) => iso(now).replace('T', ' ').replace('.', ',').slice(0, 23);
