// What the words after the desktop app's name ask for. No Electron here.

/** What the user asked of the desktop app: `--sample`, or a case folder to open. Chromium's own switches are passed over. */
export function askedCase(words: readonly string[]): string | null {
  if (words.includes('--sample')) return 'sample';
  return words.find((word) => !word.startsWith('-')) ?? null;
}
