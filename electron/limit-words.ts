// `--limit NAME=VALUE`: the limits of intake, as words of the command line.
import type { IntakeLimits } from '../shared/api-intake.ts';

/** By name, what each limits. */
const NAMES: Record<keyof IntakeLimits, string> = {
  members: 'members of a bundle',
  totalBytes: 'unpacked bytes of a bundle',
  ratio: 'unpacked bytes per packed byte',
  depth: 'archives inside archives',
  seconds: 'seconds for one bundle',
  nameLength: 'characters of a name',
};

const UNITS: Record<string, number> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

export const LIMIT_HELP = `--limit NAME=VALUE  raises or lowers a limit: ${Object.keys(NAMES).join(', ')}; 500G is 500e9; may be given again`;
export const PASSWORD_HELP =
  '--password-file FILE  passwords of encrypted archives, a line each: PASSWORD to try on all, or PATH<tab>PASSWORD for one bundle; never kept';

/** `wrong` makes the error for what is no limit. */
export function readLimits(given: string[], wrong: (sentence: string) => Error): IntakeLimits {
  const limits: IntakeLimits = {};
  for (const word of given) {
    const [, name, digits, unit] = /^(\w+)=(\d+(?:\.\d+)?)([kmgt]?)$/i.exec(word) ?? [];
    if (name === undefined || !Object.hasOwn(NAMES, name)) {
      throw wrong(
        `"${word}" is no limit. Write NAME=VALUE, such as ratio=5000 or totalBytes=500G; the names are ${Object.keys(NAMES).join(', ')}.`,
      );
    }
    const value = Number(digits) * UNITS[unit!.toLowerCase()]!;
    const isWhole = name !== 'depth' || (Number.isInteger(value) && value <= 64);
    if (!isWhole || (value === 0 && name !== 'depth'))
      throw wrong(`"${word}": the limit on ${NAMES[name as keyof IntakeLimits]} cannot be ${digits}${unit}.`);
    limits[name as keyof IntakeLimits] = value;
  }
  return limits;
}
