// Texts that a regular expression can't do without: a quick look for them tells rows that it can't match.

/** Shorter texts stand everywhere. */
const SHORTEST = 2;

/** Stands for itself and for `s` in the texts: without regard to case they match each other, and lower-casing keeps it. */
export const LONG_S = 'ſ';

/** Picks, of sets of texts each of which holds one that must occur, the set to look for. */
export type Choose = (sets: string[][]) => string[] | null;

/**
 * Lower-case ASCII texts (and `LONG_S`) one of which stands in the lower-cased form of every text that the RE2 pattern matches; null when
 * none are known. What is not understood is taken to match anything.
 */
export function regexNeedles(pattern: string, choose: Choose): string[] | null {
  try {
    return new Walk(pattern, choose).whole();
  } catch (error) {
    if (error instanceof NotRead) return null;
    throw error;
  }
}

class NotRead extends Error {}

class Walk {
  #text: string;
  #at = 0;
  #choose: Choose;

  constructor(text: string, choose: Choose) {
    this.#text = text;
    this.#choose = choose;
  }

  whole(): string[] | null {
    const needed = this.#branches(false);
    if (this.#at < this.#text.length) throw new NotRead();
    return needed;
  }

  /** `a|b|c` up to `)` or the end: what any of them needs. */
  #branches(folded: boolean): string[] | null {
    let all: string[] | null = [];
    let flags = folded;
    for (;;) {
      const branch = this.#sequence(flags);
      flags = branch.folded; // `(?i)` holds to the end of the group
      all = all && branch.needed ? [...all, ...branch.needed] : null;
      if (this.#text[this.#at] !== '|') return all;
      this.#at++;
    }
  }

  #sequence(folded: boolean): { needed: string[] | null; folded: boolean } {
    const sets: string[][] = [];
    let run = '';
    let fold = folded;
    const flush = () => {
      if (run.length >= SHORTEST) sets.push([run]);
      run = '';
    };
    while (this.#at < this.#text.length && this.#text[this.#at] !== '|' && this.#text[this.#at] !== ')') {
      const atom = this.#atom(fold);
      if ('fold' in atom) {
        fold = atom.fold;
        continue;
      }
      if ('nothing' in atom) continue;
      const least = this.#quantifier();
      const char = 'char' in atom ? atom.char : null;
      if (least === 1 && char !== null) {
        run += char;
        continue;
      }
      if (least !== 0 && char !== null) run += char; // repeated: it stands there once at least, and then who knows
      flush();
      if (least !== 0 && 'needed' in atom && atom.needed) sets.push(atom.needed);
    }
    flush();
    return { needed: this.#choose(sets), folded: fold };
  }

  /** 1: no quantifier; 0: it may be missing; 2: it is there, perhaps more than once. */
  #quantifier(): 0 | 1 | 2 {
    const found = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(this.#text.slice(this.#at, this.#at + 20));
    if (!found) return 1;
    this.#at += found[0].length;
    const [sign] = found[0];
    if (sign === '*' || sign === '?') return 0;
    return sign === '+' || Number(found[1]) > 0 ? 2 : 0;
  }

  #atom(
    folded: boolean,
  ): { char: string | null } | { needed: string[] | null } | { nothing: true } | { fold: boolean } {
    const c = this.#text[this.#at]!;
    if (c === '(') return this.#group(folded);
    if (c === '[') return { char: this.#klass() };
    this.#at++;
    if (c === '^' || c === '$') return { nothing: true };
    if (c === '.') return { char: null };
    if (c === '\\') return this.#escape(folded);
    if (c === '*' || c === '+' || c === '?') throw new NotRead();
    return { char: plain(c, folded) };
  }

  #group(folded: boolean): { needed: string[] | null } | { fold: boolean } {
    const head = /^\((?:\?(?:P?<\w+>|([a-zA-Z]*)(?:-([a-zA-Z]*))?([:)])))?/.exec(this.#text.slice(this.#at));
    if (!head) throw new NotRead();
    const [whole, on = '', off = '', end] = head;
    if (this.#text[this.#at + 1] === '?' && whole.length === 1) throw new NotRead();
    this.#at += whole.length;
    const fold = on.includes('i') || (folded && !off.includes('i'));
    if (end === ')') return { fold };
    const needed = this.#branches(fold);
    if (this.#text[this.#at] !== ')') throw new NotRead();
    this.#at++;
    return { needed };
  }

  /** A class stands for one character; which one is only known of `[.]`. */
  #klass(): string | null {
    const single = /^\[([^\\^\][A-Za-z])\]/.exec(this.#text.slice(this.#at, this.#at + 3));
    if (single) {
      this.#at += 3;
      return plain(single[1]!, false);
    }
    const whole = /^\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]/.exec(this.#text.slice(this.#at));
    if (!whole) throw new NotRead();
    this.#at += whole[0].length;
    return null;
  }

  #escape(folded: boolean): { char: string | null } | { nothing: true } {
    const c = this.#text[this.#at++];
    if (c === undefined) throw new NotRead();
    if ('bBAz'.includes(c)) return { nothing: true };
    if (/[^A-Za-z0-9]/.test(c)) return { char: plain(c, folded) };
    if ('dDsSwWnrtfva'.includes(c)) return { char: null };
    const coded = /^(?:x[0-9A-Fa-f]{2}|x\{[0-9A-Fa-f]+\}|[pP](?:\{\^?\w+\}|\w))/.exec(
      this.#text.slice(this.#at - 1),
    );
    if (!coded) throw new NotRead(); // \Q...\E, \C, octal
    this.#at += coded[0].length - 1;
    return { char: null };
  }
}

/** The character as it stands in lower-cased text; null when it is not of ASCII. The sign of kelvin is lowered to k. */
function plain(c: string, folded: boolean): string | null {
  if (c < ' ' || c > '~') return null;
  const lower = c.toLowerCase();
  return folded && lower === 's' ? LONG_S : lower;
}
