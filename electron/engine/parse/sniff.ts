// Decides from the path and the first lines how a member is read: frame, carriers, format.
import type { Carrier } from './carriers/carrier.ts';
import { outer } from './carriers/carrier.ts';
import { headerOf } from './carriers/csv.ts';
import { isVerboseHead } from './carriers/journal-blocks.ts';
import { CARRIERS } from './carriers/list.ts';
import { opens } from './carriers/peel.ts';
import type { CustomFormat } from './custom/custom-format.ts';
import { FORMATS, SANDBOX } from './formats/formats.ts';
import { other } from './formats/other.ts';
import { registry } from './formats/registry.ts';
import { countedWithoutLines, csvFrame, exportFrame, octetFrame, verboseFrame } from './framing/blocks.ts';
import type { FrameMaker } from './framing/frame.ts';
import { jsonFrame } from './framing/json.ts';
import { clearDraft, type Format, type LineKind, Member } from './kind.ts';
import type { PathHint } from './path.ts';
import { readPath } from './path.ts';
import { Draft, type MemberContext } from './record.ts';
import { type JsonObject, stripAnsi, stripResidue } from './text.ts';

export interface Plan {
  format: Format;
  carriers: Carrier[];
  /** Colours lost their escape characters: what is left of them comes off. */
  residue: boolean;
}

/** How the member's text is cut, when not into lines; what stands around its units; the first units. */
export interface Framing {
  frame: FrameMaker | null;
  columns: readonly string[];
  around: JsonObject;
  sample: string[];
}

const MAX_LINES = 160;
const DEPTH = 4;

/** Is the member a document, a table or made of blocks? `head` is text in UTF-8, as a byte string. */
export function framingOf(context: MemberContext, hint: PathHint, head: string): Framing | null {
  const none = { columns: [], around: {} };
  const start = /^\s*/.exec(head.slice(0, 2000))?.[0].length ?? 0;
  const c = head.charCodeAt(start);
  if (c === 123 || c === 91) {
    const next = /\S/.exec(head.slice(start + 1, start + 2000))?.[0] ?? '';
    if (c === 123 ? next !== '"' : next !== '{' && next !== '[') return null;
    if (isLine(head, start)) return null;
    const document = documentOf(context, hint, head);
    return document ? { ...none, ...document } : null;
  }
  const end = head.indexOf('\n');
  const first = (end === -1 ? head : head.slice(0, end)).replace(/\r$/, '');
  if (
    /^__[A-Z_]{4,40}=/.test(first) ||
    /^[A-Z_]{3,40}=.*\n(?:.*\n){0,40}__REALTIME_TIMESTAMP=\d/.test(head.slice(0, 4000))
  ) {
    if (!/^__REALTIME_TIMESTAMP=\d{10,}$/m.test(head.slice(0, 8000))) return null;
    return { ...none, frame: exportFrame, sample: unitsOf(exportFrame, head) };
  }
  if (isVerboseHead(first) || (first.startsWith('-- ') && isVerboseHead(head.split('\n', 2)[1] ?? '')))
    return { ...none, frame: verboseFrame, sample: unitsOf(verboseFrame, head) };
  if (c >= 48 && c <= 57 && countedWithoutLines(head))
    return { ...none, frame: octetFrame, sample: unitsOf(octetFrame, head) };
  const columns = headerOf(first);
  return columns ? { ...none, columns, frame: csvFrame, sample: unitsOf(csvFrame, head) } : null;
}

const LIST = /"(?:hits|events|logEvents|results|values|records|Records|entries|logs|logRecords)" ?: ?\[/;

/** Does the first line hold one whole object that is no list of records? Then its lines are records. */
function isLine(head: string, start: number): boolean {
  const end = head.indexOf('\n', start);
  if (end === -1 || head.charCodeAt(start) !== 123) return false;
  const line = head.slice(start, end).trimEnd();
  return line.endsWith('}') && line.indexOf('}{') === -1 && line.indexOf('}\0{') === -1 && !LIST.test(line);
}

/** The first units of a text, without the one that its end may have cut. */
function unitsOf(frame: FrameMaker, head: string): string[] {
  const units: string[] = [];
  const reader = frame({
    unit: ({ raw }) => void (units.length < MAX_LINES && units.push(raw.replace(/(?:\r?\n)+$/, ''))),
    more: () => {},
    around: () => {},
    measure: (text) => text.length,
  });
  reader.feed(head);
  if (units.length === 0) reader.end();
  return units;
}

/** A list that its line holds whole, and another line of objects below: lists a line, as Celery's workers send events. */
const LIST_LINES = /^\[\{[^\n]{0,60000}\}\]\r?\n[[{]/;

/** A document whose records carriers or kinds know; null for a list of anything else, and where every line is an object of its own. */
function documentOf(
  context: MemberContext,
  hint: PathHint,
  head: string,
): { frame: FrameMaker; sample: string[]; around: JsonObject } | null {
  if (LIST_LINES.test(head)) return null;
  const member = new Member(context, hint);
  const sample: string[] = [];
  let lists = 0;
  let wide = false;
  let glued = false;
  let cut = '';
  let known = 0;
  const maker = jsonFrame((list) => {
    if (list) lists++;
  });
  const reader = maker({
    unit({ raw, lines }, text = raw) {
      if (sample.length >= MAX_LINES) return;
      const c = text.charCodeAt(0);
      const last = text.charCodeAt(text.length - 1);
      // No object, or one that the end of the head has cut.
      if ((c !== 123 && c !== 91) || (last !== 125 && last !== 93)) {
        glued = false;
        if (c === 123 || c === 91) cut = text;
        return;
      }
      // Indented over several lines, or behind another object on the same line.
      if (lines > 1 || glued) wide = true;
      glued = lines === 0;
      if (sample.length < 24 && knows(text, member)) known++;
      sample.push(text);
    },
    more: () => {},
    around(name, value) {
      if (name === '') member.around = {};
      else member.around[name] = value as never;
    },
    measure: (text) => text.length,
  });
  reader.feed(head);
  reader.end();
  // One record longer than the head shows its store by a name.
  if (sample.length === 0 && lists > 0 && /"(?:_source|_raw|ingestionTime|eventId)"/.test(cut))
    return { frame: jsonFrame(), sample, around: member.around };
  // Objects that stand on lines of their own are lines like any other.
  if (sample.length === 0 || (lists === 0 && !wide)) return null;
  if (known * 2 < Math.min(sample.length, 24)) return null;
  return { frame: jsonFrame(), sample, around: member.around };
}

/** Is an object one that a carrier holds, or a line of a known kind? Notifications of the registry are read as they stand. */
function knows(text: string, member: Member): boolean {
  if (text.indexOf('"target"') !== -1 && text.indexOf('"action"') !== -1) return false;
  for (const carrier of CARRIERS) if (!carrier.soft && opens(carrier, text, member)) return true;
  if (wellRead(text, member) !== null) return true;
  for (const carrier of CARRIERS)
    if (carrier.soft && opens(carrier, text, member)) return !Number.isNaN(outer.time);
  return false;
}

/** How the stderr of a Mesos container begins, wherever it was copied to. */
const OPENS_SANDBOX =
  /^[IW]\d{4} \d\d:\d\d:\d\d\.\d{6} {1,8}\d{1,10} (?:(?:exec|executor)\.cpp:\d{1,5}\] Version: |fetcher\.cpp:\d{1,5}\] Fetcher Info: )/;

/** Chooses carriers and format. `lines` are the first lines (or units) of the member, without their ends. */
export function choose(
  context: MemberContext,
  hint: PathHint,
  lines: readonly string[],
  framing: Framing | null = null,
  customs: readonly CustomFormat[] = [],
): Plan {
  const like = (): Member => {
    const member = new Member(context, hint);
    if (framing) {
      member.columns = framing.columns;
      member.around = framing.around;
    }
    return member;
  };
  let sample = lines.filter((l) => l.trim() !== '').slice(0, MAX_LINES);
  const carriers: Carrier[] = [];
  const claiming = customs.filter((custom) => custom.claims(context.path) === true);
  const hinted = claiming.length > 0 ? undefined : FORMATS.find((format) => format.id === hint.family);
  if (hinted && hint.component !== 'sandbox' && !framing) {
    const few = sample.slice(0, 24).map(stripAnsi);
    if (few.length > 0 && scoreOf(context, hint, hinted, few) >= 0.6 * few.length)
      return { format: hinted, carriers, residue: false };
  }
  sample = sample.map(stripAnsi);
  const bare = framing ? null : bestCustom(context, hint, claiming, sample, 0.5 * sample.length);
  if (bare) return { format: bare, carriers, residue: false };
  let residue = false;
  if (sample.some(hasResidue)) {
    const stripped = sample.map(stripResidue);
    const judge = like();
    residue = wellReadIn(stripped, judge) > wellReadIn(sample, judge);
    if (residue) sample = stripped;
  }
  let places: string[] = [];
  if (!hint.whole) ({ sample, places } = nested(like, sample, carriers));
  sample = sample.map(stripAnsi);
  const claimed = bestCustom(context, hint, claiming, sample, 0);
  if (claimed) return { format: claimed, carriers, residue };
  if (hint.family === '' && OPENS_SANDBOX.test((sample[0] ?? '').slice(0, 90))) {
    hint.component = 'sandbox';
    hint.strays = 'text';
  }
  if (hint.component === 'sandbox') return { format: SANDBOX, carriers, residue };
  // What a program prints into its own file is its text, whatever that looks like.
  if (hinted && hint.sure && hint.strays === 'text') return { format: hinted, carriers, residue };
  const start = sample.slice(0, 3).join('\n').slice(0, 4000);
  if (/^\s*\{\s*"events"\s*:\s*\[/.test(start) && !/"message"\s*:/.test(start))
    return { format: registry, carriers, residue };

  const family = hint.family || familyOf(places);
  let best: Format | null = null;
  let bestScore = 0;
  for (const format of [...FORMATS, other]) {
    let score = scoreOf(context, hint, format, sample);
    if (format.id === family) score = score * (hint.sure ? 6 : 3) + (hint.sure ? 0.05 : 0);
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
    if (custom) return { format: custom, carriers, residue };
  }
  const enough =
    best !== null &&
    (bestScore >= (best.id === family ? 0.005 : 0.02) * sample.length ||
      (hint.sure && best.id === hint.family));
  return { format: enough && best ? best : other, carriers, residue };
}

/** Carriers of a line that begins to be in one, and of what is inside it. */
export function carriersInside(context: MemberContext, hint: PathHint, line: string): Carrier[] {
  const carriers: Carrier[] = [];
  nested(() => new Member(context, hint), [line], carriers);
  return carriers;
}

/** Adds the carriers of the lines, one inside another; what is left of the lines, and the places that carriers named. */
function nested(
  like: () => Member,
  lines: string[],
  carriers: Carrier[],
): { sample: string[]; places: string[] } {
  let sample = lines;
  let places: string[] = [];
  for (let depth = 0; depth < DEPTH; depth++) {
    const found = carriersOf(like, sample, carriers);
    if (found.length === 0) break;
    carriers.push(...found);
    const open = unwrap(like(), found, sample);
    sample = open.texts;
    if (open.places.length > 0) places = open.places;
  }
  return { sample, places };
}

/** The family that most of the places speak for. */
function familyOf(places: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const place of places) {
    const { family } = readPath(place);
    if (family !== '') counts.set(family, (counts.get(family) ?? 0) + 1);
  }
  let best = '';
  for (const [family, n] of counts) if (n > (counts.get(best) ?? 0)) best = family;
  return best;
}

function hasResidue(line: string): boolean {
  return line.indexOf('[') !== -1 && stripResidue(line) !== line;
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
    const kind = readBy(format, line, draft, member);
    if (kind) score += kind.weight ? kind.weight(line) : 1;
  }
  return score;
}

function readBy(format: Format, line: string, draft: Draft, member: Member): LineKind | null {
  for (const kind of format.kinds) {
    clearDraft(draft);
    try {
      if (kind.read(line, draft, member)) return kind;
    } catch {
      // Another kind may read it.
    }
  }
  return null;
}

const scratch = new Draft();

/** The format whose own kind of line this is, no weak resemblance; null when it is none. */
export function wellRead(line: string, member: Member): Format | null {
  const state = member.state;
  member.state = {};
  let found: Format | null = null;
  for (const format of FORMATS) {
    const kind = readBy(format, line, scratch, member);
    if (!kind || (kind.weight && kind.weight(line) < 0.6) || kind.id === 'registry.notification') continue;
    found = format;
    break;
  }
  member.rest = [];
  member.state = state;
  return found;
}

function wellReadIn(lines: readonly string[], member: Member): number {
  let n = 0;
  for (const line of lines) if (wellRead(line, member) !== null) n++;
  return n;
}

/** Carriers that enough of the lines are in, the commonest first; soft ones only where what is inside reads better. */
function carriersOf(like: () => Member, sample: readonly string[], known: readonly Carrier[]): Carrier[] {
  const found: [Carrier, number][] = [];
  let rest = sample;
  for (const soft of [false, true]) {
    for (const carrier of CARRIERS) {
      if ((carrier.soft ?? false) !== soft || known.includes(carrier) || rest.length === 0) continue;
      const member = like();
      const inside: string[] = [];
      const outside: string[] = [];
      const taken: string[] = [];
      let notices = 0;
      for (const line of soft ? rest : sample) {
        if (!opens(carrier, line, member)) {
          outside.push(line);
          continue;
        }
        if (outer.notice) notices++;
        else {
          inside.push(...outer.text.split('\n', 4));
          taken.push(line);
        }
      }
      const n = taken.length + notices;
      if (n === 0 || n < carrier.share * sample.length || (taken.length === 0 && !carrier.sure)) continue;
      if (soft && !reads(inside, taken, like, carrier)) continue;
      found.push([carrier, n]);
      rest = rest.filter((line) => outside.includes(line));
    }
  }
  return found.sort((a, b) => b[1] - a[1]).map(([carrier]) => carrier);
}

/** Does what is inside a soft carrier read better than its lines as they stand? */
function reads(
  inside: readonly string[],
  lines: readonly string[],
  like: () => Member,
  carrier: Carrier,
): boolean {
  const plain = wellReadIn(lines, like());
  const texts = inside.filter((text) => text.trim() !== '');
  let open = wellReadIn(texts, like());
  // A carrier inside this one is as good as a line of the log.
  if (open <= plain) {
    const member = like();
    for (const text of texts) {
      if (CARRIERS.some((c) => c !== carrier && c.sure === true && opens(c, text, member))) open++;
    }
  }
  return open > plain;
}

function unwrap(
  member: Member,
  carriers: readonly Carrier[],
  sample: readonly string[],
): { texts: string[]; places: string[] } {
  const texts: string[] = [];
  const places: string[] = [];
  for (const line of sample) {
    const carrier = carriers.find((c) => opens(c, line, member));
    if (!carrier) {
      texts.push(line);
      continue;
    }
    if (outer.notice) continue;
    for (const place of [outer.file, outer.tag, outer.group, outer.container, outer.program]) {
      if (place !== '') places.push(place);
    }
    for (const text of outer.text.split('\n', 20)) texts.push(text);
  }
  return { texts: texts.filter((l) => l.trim() !== ''), places };
}
