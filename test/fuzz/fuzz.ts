// `npm run fuzz -- [--seconds 60] [--format ID] [--seed N]`: mutated samples of every format and carrier, so many seconds each.
// Looks for crashes, lost bytes, fields that are no JSON or no UTF-8, and time that grows faster than the bytes.
import { Buffer } from 'node:buffer';
import { parseArgs } from 'node:util';
import { CARRIERS } from '../../electron/engine/parse/carriers/list.ts';
import { FORMATS, SANDBOX } from '../../electron/engine/parse/formats/formats.ts';
import { other } from '../../electron/engine/parse/formats/other.ts';
import { openMember } from '../../electron/engine/parse/member.ts';
import { checkTiling, fieldsOf, read } from '../unit/parse/reading.ts';
import { INNER, WRAPPERS } from '../unit/parse/wrapped.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    format: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const SECONDS = Number(values.seconds);
const SEED = Number(values.seed);
const MTIME = Date.UTC(2026, 10, 21) * 1000;
/** A piece eight times as long may take this many times as long at most. */
const MOST_GROWTH = 24;
const WORTH_TIMING_MS = 40;
/** So quick is the slowest honest reading; what keeps below is bounded enough, whatever it grew from. */
const SLOW_NS_A_BYTE = 200;

interface Piece {
  bytes: Buffer;
  path: string;
}

/** Samples by the id of a format, of a carrier, or of a way to wrap lines. */
function targets(): Map<string, Piece[]> {
  const all = new Map<string, Piece[]>();
  for (const format of [...FORMATS, SANDBOX, other]) {
    const pieces = format.kinds.flatMap((kind) =>
      kind.samples.map((s) => ({ bytes: Buffer.from(s.text), path: s.path ?? 'unknown.log' })),
    );
    all.set(format.id, pieces);
  }
  for (const carrier of CARRIERS) {
    const pieces = carrier.samples.map((s) => ({
      bytes: Buffer.from(s.text),
      path: s.path ?? 'unknown.log',
    }));
    all.set(`carrier ${carrier.id}`, pieces);
  }
  for (const [name, wrap] of Object.entries(WRAPPERS)) {
    const pieces = Object.values(INNER).map((line) => ({
      bytes: Buffer.from(wrap(Array.from({ length: 12 }, (_, i) => line(i))), 'latin1'),
      path: 'collected/export.txt',
    }));
    all.set(`wrapped ${name}`, pieces);
  }
  return all;
}

/** A small generator of random numbers, the same for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % Math.max(below, 1);
  };
}

const EDGES = [
  '\0',
  '\0'.repeat(40),
  '\n',
  '\r',
  '\r\n',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  '\x1b[0m',
  '\xff\xfe',
  '\xef\xbb\xbf',
  '\xc3',
  ',',
  '=',
  ': ',
  '99999999999999999999',
  '\u0080',
];

function mutated(pieces: readonly Piece[], next: (below: number) => number): Piece {
  const pick = (): Piece => pieces[next(pieces.length)] as Piece;
  const { path, bytes: start } = pick();
  let bytes = Buffer.from(start);
  for (let n = 1 + next(6); n > 0; n--) {
    const at = next(bytes.length + 1);
    const to = Math.min(bytes.length, at + 1 + next(40));
    const kind = next(9);
    if (kind === 0 && bytes.length > 0) bytes[Math.min(at, bytes.length - 1)] = next(256);
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), pick().bytes.subarray(next(60))]);
    else if (kind === 2) bytes = bytes.subarray(0, at);
    else if (kind === 3)
      bytes = Buffer.concat([
        bytes.subarray(0, to),
        ...new Array(1 + next(200)).fill(bytes.subarray(at, to)),
        bytes.subarray(to),
      ]);
    else if (kind === 4)
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        Buffer.alloc(1 + next(20_000), next(2) === 0 ? 0x61 : next(256)),
        bytes.subarray(at),
      ]);
    else if (kind === 5)
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(Array.from({ length: 1 + next(60) }, () => next(256))),
        bytes.subarray(at),
      ]);
    else if (kind === 6) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
    else if (kind === 7)
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(EDGES[next(EDGES.length)] as string, 'latin1'),
        bytes.subarray(at),
      ]);
    else bytes = Buffer.concat([bytes, Buffer.from('\n'), pick().bytes]);
    if (bytes.length > 200_000) bytes = bytes.subarray(0, 200_000);
    else bytes = Buffer.from(bytes);
  }
  return { bytes, path };
}

/** Reads a piece whole and cut, and looks at what came out. Throws with what is wrong. */
function look(piece: Piece, next: (below: number) => number): void {
  const context = { path: piece.path, mtimeUs: MTIME };
  const cuts = Array.from({ length: 30 }, () => 1 + next(3000));
  const r = read(piece.bytes, context, cuts);
  if (r.summary.format !== 'binary') checkTiling(r, piece.bytes.length);
  for (const draft of r.records) {
    fieldsOf(draft);
    for (const text of [
      draft.message,
      draft.fields,
      draft.component,
      draft.userName,
      draft.httpPath,
      ...draft.entityValues,
    ]) {
      const bytes = Buffer.from(text, 'latin1');
      if (!Buffer.from(bytes.toString('utf8')).equals(bytes))
        throw new Error(`no UTF-8: ${JSON.stringify(text.slice(0, 80))}`);
    }
  }
}

/** Milliseconds of CPU that reading takes. */
function cost(piece: Piece): number {
  const started = process.cpuUsage();
  const parser = openMember({ path: piece.path, bundle: 'fuzz', mtimeUs: MTIME }, { record() {} });
  for (let at = 0; at < piece.bytes.length; at += 65_536) parser.push(piece.bytes.subarray(at, at + 65_536));
  parser.end();
  const spent = process.cpuUsage(started);
  return (spent.user + spent.system) / 1000;
}

/** How much longer a piece takes that is eight times as long, as lines or as one line; 0 when it is over too soon to tell. */
function growth(piece: Piece, asOneLine: boolean): number {
  const repeats = Math.ceil(150_000 / Math.max(piece.bytes.length, 1));
  const base = asOneLine
    ? Buffer.from(piece.bytes.toString('latin1').replaceAll('\n', ' '), 'latin1')
    : piece.bytes;
  const once = Buffer.concat(new Array(repeats).fill(base));
  const short = { path: piece.path, bytes: once };
  const long = { path: piece.path, bytes: Buffer.concat(new Array(8).fill(once)) };
  const slow = Math.min(cost(long), cost(long));
  if (slow < WORTH_TIMING_MS || (slow * 1e6) / long.bytes.length < SLOW_NS_A_BYTE) return 0;
  return slow / Math.max(Math.min(cost(short), cost(short)), 1);
}

let failures = 0;
const worst = { growth: 0, target: '' };
const chosen = [...targets()].filter(
  ([id]) => !values.format || id === values.format || id.endsWith(` ${values.format}`),
);
if (chosen.length === 0) {
  console.error(
    `No format, carrier or wrapping is called ${values.format}. There are: ${[...targets().keys()].join(', ')}.`,
  );
  process.exit(2);
}
console.log(`seed ${SEED}, ${SECONDS} s for each of ${chosen.length}`);
for (const [id, pieces] of chosen) {
  const next = random(SEED);
  const until = performance.now() + SECONDS * 1000;
  let runs = 0;
  let bytes = 0;
  let most = 0;
  while (performance.now() < until) {
    const piece = mutated(pieces, next);
    runs++;
    bytes += piece.bytes.length;
    try {
      look(piece, next);
      if (runs % 40 === 1) {
        const found = growth(piece, next(2) === 0);
        if (found > most) most = found;
        if (found > MOST_GROWTH)
          throw new Error(`eight times the bytes took ${found.toFixed(1)} times the time`);
      }
    } catch (error) {
      failures++;
      const at =
        error instanceof Error ? (error.stack ?? '').split('\n').slice(0, 4).join('\n') : String(error);
      console.log(`FAILED ${id} (${piece.path})\n${at}\n${piece.bytes.subarray(0, 4000).toString('base64')}`);
      if (failures > 20) process.exit(1);
    }
  }
  if (most > worst.growth) Object.assign(worst, { growth: most, target: id });
  console.log(
    `${id}: ${runs} inputs, ${(bytes / 1e6).toFixed(1)} MB, worst growth ${most === 0 ? 'too quick to tell' : `${most.toFixed(1)} for 8`}`,
  );
}
console.log(`${failures} failed; worst growth ${worst.growth.toFixed(1)} for 8 (${worst.target})`);
process.exit(failures === 0 ? 0 : 1);
