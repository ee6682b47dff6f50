// What is odd about the names in one bundle, for the ledger: names are kept as they are and never used as paths on disk,
// but somebody who unpacks the bundle elsewhere would lose or overwrite files.
import { createHash } from 'node:crypto';

/** Marks that change the direction of text or cannot be seen, and so hide what a name is. */
const HIDING = /[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

export class Names {
  /** By the name as a careless file system sees it: the first name of that kind, and how many there were. */
  readonly #seen = new Map<string, { name: string; count: number }>();

  /** A clause about the name, or null; remembers it. */
  remark(path: string): string | null {
    const clauses = [shape(path), this.#twin(path)].filter((clause) => clause !== null);
    return clauses.length > 0 ? clauses.join('; ') : null;
  }

  #twin(path: string): string | null {
    const folded = fold(path);
    const before = this.#seen.get(folded);
    if (!before) {
      this.#seen.set(folded, { name: path, count: 1 });
      return null;
    }
    before.count++;
    const { name, count } = before;
    if (name === path)
      return `the bundle holds this name more than once (this is number ${count}): unpacked, it would replace the one before`;
    return `its name differs from '${name}' only in ${difference(name, path)}: unpacked, one may replace the other`;
  }
}

/** As file systems without regard to case, Unicode form, or dots and spaces at the end of a name see it. */
function fold(path: string): string {
  return path
    .normalize('NFC')
    .toLowerCase()
    .replace(/[. ]+(?=\/|$)/g, '');
}

function difference(one: string, other: string): string {
  if (one.normalize('NFC') === other.normalize('NFC')) return 'its Unicode form';
  if (one.toLowerCase() === other.toLowerCase()) return 'upper and lower case';
  return one.toLowerCase().normalize('NFC') === other.toLowerCase().normalize('NFC')
    ? 'case and Unicode form'
    : 'dots or spaces at the end of a name';
}

function shape(path: string): string | null {
  const own = path.split('!/').at(-1)!;
  if (/^[\\/]{2}/.test(own)) return 'its name is a network path: kept as a name only';
  if (own.startsWith('/') || /^[A-Za-z]:[\\/]/.test(own)) return 'its name is absolute: kept as a name only';
  if (HIDING.test(path)) return 'its name holds marks that hide what it is (direction or zero width)';
  return CONTROL.test(path) ? 'its name holds control characters' : null;
}

/** A name cut for the ledger, still its own: with its length and the beginning of its SHA-256. */
export function cutName(path: string, limit: number): string {
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 16);
  const kept = Math.min(200, limit);
  return `${path.slice(0, kept).toWellFormed()}… (name of ${path.length.toLocaleString('en-US')} characters, sha256 ${hash})`;
}
