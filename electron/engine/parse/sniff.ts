// Decides from the path and the first lines how a member is read: binary or text, which carriers, which format.
import type { Carrier } from './carrier.ts';
import { CARRIERS, outer, stamped } from './carrier.ts';
import type { CustomFormat } from './custom/custom-format.ts';
import { FORMATS, SANDBOX } from './formats/formats.ts';
import { other } from './formats/other.ts';
import { registry } from './formats/registry.ts';
import { clearDraft, type Format, Member } from './kind.ts';
import type { PathHint } from './path.ts';
import { Draft, type MemberContext } from './record.ts';
import { stripAnsi } from './text.ts';

const MAGIC: readonly [string, string][] = [
  ['\x1f\x8b', 'gzip'],
  ['PK\x03\x04', 'zip'],
  ['\x28\xb5\x2f\xfd', 'zstd'],
  ['BZh', 'bzip2'],
  ['\xfd7zXZ\0', 'xz'],
  ['SQLite format 3\0', 'sqlite'],
  ['\x89PNG', 'png'],
  ['\xff\xd8\xff', 'jpeg'],
  ['GIF8', 'gif'],
  ['\x7fELF', 'elf'],
  ['%PDF-', 'pdf'],
  ['MZ\x90', 'pe'],
  ['LPKSHHRH', 'journal'],
  ['REDIS0', 'rdb'],
  ['\xca\xfe\xba\xbe', 'class'],
  ['\x80\x04\x95', 'pickle'],
];

/** Name of the binary kind, or '' for text. `head` is a byte string of at most 64 KiB. */
export function binaryKind(head: string): string {
  for (const [magic, name] of MAGIC) if (head.startsWith(magic)) return name;
  if (head.startsWith('ustar', 257)) return 'tar';
  if (head.slice(2, 4) === '\r\n' && head.slice(0, 64).includes('\0')) return 'pyc';
  if (head.startsWith('\xff\xfe') || head.startsWith('\xfe\xff')) return 'utf-16';
  let nul = 0;
  let control = 0;
  const n = head.length;
  for (let i = 0; i < n; i++) {
    const c = head.charCodeAt(i);
    if (c === 0) nul++;
    else if (c < 32 && c !== 9 && c !== 10 && c !== 13 && c !== 27 && c !== 12 && c !== 8) control++;
  }
  if (n > 0 && (nul * 100 > n || (control + nul) * 20 > n)) return 'binary';
  return '';
}

export interface Plan {
  format: Format;
  carriers: Carrier[];
}

const MAX_LINES = 160;

/** Chooses carriers and format. `lines` are the first lines of the member, without their ends. */
export function choose(
  context: MemberContext,
  hint: PathHint,
  lines: readonly string[],
  customs: readonly CustomFormat[] = [],
): Plan {
  let sample = lines.filter((l) => l.trim() !== '').slice(0, MAX_LINES);
  const carriers: Carrier[] = [];
  const claiming = customs.filter((custom) => custom.claims(context.path) === true);
  const hinted = claiming.length > 0 ? undefined : FORMATS.find((format) => format.id === hint.family);
  if (hinted && hint.component !== 'sandbox') {
    const few = sample.slice(0, 24).map(stripAnsi);
    if (few.length > 0 && scoreOf(context, hint, hinted, few) >= 0.6 * few.length)
      return { format: hinted, carriers };
  }
  const bare = bestCustom(context, hint, claiming, sample.map(stripAnsi), 0.5 * sample.length);
  if (bare) return { format: bare, carriers };
  if (!hint.whole) {
    for (let depth = 0; depth < 2; depth++) {
      const found = carriersOf(context, hint, sample, carriers);
      if (found.length === 0) break;
      carriers.push(...found);
      sample = unwrap(context, hint, found, sample);
    }
  }
  sample = sample.map(stripAnsi);
  const claimed = bestCustom(context, hint, claiming, sample, 0);
  if (claimed) return { format: claimed, carriers };
  if (hint.component === 'sandbox') return { format: SANDBOX, carriers };
  if (/^\s*\{\s*"events"\s*:\s*\[/.test(sample.slice(0, 3).join('\n').slice(0, 4000)))
    return { format: registry, carriers };

  let best: Format | null = null;
  let bestScore = 0;
  for (const format of [...FORMATS, other]) {
    let score = scoreOf(context, hint, format, sample);
    if (format.id === hint.family) score = score * (hint.sure ? 6 : 3) + (hint.sure ? 0.05 : 0);
    if (score > bestScore) {
      best = format;
      bestScore = score;
    }
  }
  // Formats that name no files are for what no format of the house reads for the most part.
  const free = customs.filter((custom) => custom.claims(context.path) === null);
  if (free.length > 0) {
    const read = best && best !== other ? scoreOf(context, hint, best, sample) : 0;
    const custom = bestCustom(context, hint, free, sample, Math.max(read, 0.5 * sample.length - 0.1));
    if (custom) return { format: custom, carriers };
  }
  const enough =
    best !== null &&
    (bestScore >= (best.id === hint.family ? 0.005 : 0.02) * sample.length ||
      (hint.sure && best.id === hint.family));
  return { format: enough && best ? best : other, carriers };
}

/** The custom format that reads most lines, when it reads more than `least`. */
function bestCustom(
  context: MemberContext,
  hint: PathHint,
  customs: readonly CustomFormat[],
  sample: readonly string[],
  least: number,
): Format | null {
  let best: Format | null = null;
  let most = least;
  for (const { format } of customs) {
    const score = scoreOf(context, hint, format, sample);
    if (score > most) {
      most = score;
      best = format;
    }
  }
  return best;
}

/** Sum of the weights of the lines that some kind of the format reads. */
export function scoreOf(
  context: MemberContext,
  hint: PathHint,
  format: Format,
  sample: readonly string[],
): number {
  const member = new Member(context, hint);
  const draft = new Draft();
  let score = 0;
  for (const line of sample) {
    for (const kind of format.kinds) {
      let read = false;
      clearDraft(draft);
      try {
        read = kind.read(line, draft, member);
      } catch {
        read = false;
      }
      if (!read) continue;
      score += kind.weight ? kind.weight(line) : 1;
      break;
    }
  }
  return score;
}

/** Carriers that enough of the lines are in, the commonest first. */
function carriersOf(
  context: MemberContext,
  hint: PathHint,
  sample: readonly string[],
  known: readonly Carrier[],
): Carrier[] {
  const found: [Carrier, number][] = [];
  for (const carrier of CARRIERS) {
    if (known.includes(carrier)) continue;
    const member = new Member(context, hint);
    let n = 0;
    for (const line of sample) if (safeOpen(carrier, line, member)) n++;
    if (n > 0 && n >= carrier.share * sample.length) found.push([carrier, n]);
  }
  const most = found.sort((a, b) => b[1] - a[1]).map(([carrier]) => carrier);
  // A time in front of everything is the weakest carrier: another that fits the same lines goes before it.
  return most.includes(stamped) && most.length > 1 ? [...most.filter((c) => c !== stamped)] : most;
}

function unwrap(
  context: MemberContext,
  hint: PathHint,
  carriers: readonly Carrier[],
  sample: readonly string[],
): string[] {
  const member = new Member(context, hint);
  return sample
    .map((line) => {
      for (const carrier of carriers) if (safeOpen(carrier, line, member)) return outer.text;
      return line;
    })
    .filter((l) => l.trim() !== '');
}

function safeOpen(carrier: Carrier, line: string, member: Member): boolean {
  try {
    return carrier.open(line, member);
  } catch {
    return false;
  }
}
