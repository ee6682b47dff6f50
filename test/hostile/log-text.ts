// Log text that compresses as logs do: every line its own, the same for the same seed.

export function random(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    // xorshift32 (Marsaglia, "Xorshift RNGs", 2003)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 0x1_0000_0000;
  };
}

const WORDS = ['received', 'succeeded', 'retried', 'started', 'rejected', 'accepted', 'revoked', 'sent'];

/** Lines of a Celery worker, a second apart, of at least `bytes` bytes. */
export function logText(bytes: number, seed = 1): Buffer {
  const next = random(seed * 7919);
  const lines: string[] = [];
  for (let size = 0, i = 0; size < bytes; i++) {
    const at = new Date(Date.UTC(2026, 10, 20) + (seed * 100_000 + i) * 1000)
      .toISOString()
      .replace('T', ' ')
      .slice(0, 19);
    const id = Math.floor(next() * 2 ** 32).toString(16);
    const line = `[${at},000: INFO/MainProcess] Task shop.t${Math.floor(next() * 40)}[${id}] ${WORDS[Math.floor(next() * 8)]} in ${next().toFixed(4)}s\n`;
    lines.push(line);
    size += line.length;
  }
  return Buffer.from(lines.join(''));
}
