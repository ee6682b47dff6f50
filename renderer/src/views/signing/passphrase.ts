// Whether a passphrase of a new key can be taken.

/** Why a passphrase can't be taken; null: it can. */
export function passphraseProblem(first: string, again: string): string | null {
  if (first !== again) return again === '' ? null : 'The two are not alike.';
  if (first !== '' && first.length < 8) return 'Too short: eight characters at least.';
  return null;
}
