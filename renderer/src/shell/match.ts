// How well a few typed letters name something: 0 not at all; higher is better.

export function match(typed: string, word: string): number {
  const t = typed.toLowerCase();
  const w = word.toLowerCase();
  if (w === t) return 1000;
  const at = w.indexOf(t);
  if (at === 0) return 900 - Math.min(400, w.length);
  if (at > 0) return (/\w/.test(w[at - 1]!) ? 300 : 500) - Math.min(200, at);
  let from = 0;
  let gaps = 0;
  for (const letter of t) {
    const found = w.indexOf(letter, from);
    if (found < 0) return 0;
    gaps += found - from;
    from = found + 1;
  }
  return Math.max(1, 90 - gaps);
}
