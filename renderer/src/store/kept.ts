// Small things this window remembers between sessions; without storage it forgets, and nothing else happens.

export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(`tidemark.${key}`, JSON.stringify(value));
  } catch {
    // storage is off or full: not worth a word
  }
}

export function recall<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(`tidemark.${key}`);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}
