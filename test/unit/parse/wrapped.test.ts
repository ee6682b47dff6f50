// Every carrier around every system: each line inside is an event, and the records tile the bytes however these arrive.
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkTiling, fieldsOf, micros, type Read, read, text } from './reading.ts';
import { INNER, iso, WRAPPERS } from './wrapped.ts';

const SYSTEM: Record<string, string> = { registry: 'registry', celery: 'celery', glog: 'mesos', ray: 'ray' };
const MTIME = Date.UTC(2026, 10, 21) * 1000;
/** A path that says nothing. */
const PATH = 'collected/export.txt';

/** Bytes of a text; characters up to U+00FF may stand for bytes (a length in an export). */
function bytesOf(content: string): Uint8Array {
  return new Uint8Array(Buffer.from(content, /[\u0080-\u{10ffff}]/u.test(content) ? 'utf8' : 'latin1'));
}

function events(r: Read): Read['records'] {
  return r.records.filter((d) => !['csv'].includes(d.component));
}

describe.each(Object.keys(WRAPPERS))('%s', (name) => {
  const wrap = WRAPPERS[name] as (lines: readonly string[]) => string;

  test.each(Object.keys(INNER))('around %s: every line is an event of its system with its time', (inner) => {
    const line = INNER[inner] as (i: number) => string;
    const lines = Array.from({ length: 8 }, (_, i) => line(i));
    const bytes = bytesOf(wrap(lines));
    const r = read(bytes, { path: PATH, mtimeUs: MTIME });
    checkTiling(r, bytes.length);
    const got = events(r);
    expect(got.map((d) => [d.system, d.parsed])).toEqual(lines.map(() => [SYSTEM[inner], true]));
    const fraction = { registry: '.000000', celery: '.582000', glog: '.159279', ray: '.272000' }[inner];
    expect(got.map((d) => d.tsWall)).toEqual(
      lines.map((_, i) => micros(`${iso(i).slice(0, 19)}${fraction}Z`)),
    );
    expect(r.summary.unparsedLines).toBe(0);
    const ends = Buffer.from(bytes).filter((b) => b === 10).length;
    expect(r.summary.lines).toBe(bytes[bytes.length - 1] === 10 ? ends : ends + 1);
  });
});

test('records tile and are the same however the bytes are cut, whatever carrier is around whatever line', () => {
  const piece = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom(...Object.keys(INNER)), fc.nat(50))
        .map(([k, i]) => (INNER[k] as (i: number) => string)(i)),
    },
    fc.constantFrom(
      '',
      '  at x',
      'Traceback (most recent call last):',
      '  File "a", line 1',
      'ValueError: x',
      '{',
      ']}',
      '"',
      'a\nb',
      'caf\u00e9',
    ),
    fc.string({ unit: 'binary', maxLength: 30 }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(WRAPPERS)),
      fc.array(piece, { maxLength: 12 }),
      fc.constantFrom(PATH, 'registry.log', 'celery/w.log', 'logs/raylet.out', 'mesos-agent.INFO', 'x.json'),
      fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 40 }),
      fc.boolean(),
      (name, lines, path, cuts, broken) => {
        let content = (WRAPPERS[name] as (lines: readonly string[]) => string)(lines);
        if (broken) content = content.slice(0, Math.floor(content.length * 0.7));
        const bytes = bytesOf(content);
        const whole = read(bytes, { path, mtimeUs: MTIME });
        if (whole.summary.format !== 'binary') checkTiling(whole, bytes.length);
        const cut = read(bytes, { path, mtimeUs: MTIME }, cuts);
        expect(cut.summary).toEqual(whole.summary);
        expect(cut.records).toEqual(whole.records);
        for (const d of whole.records) {
          fieldsOf(d);
          for (const value of [d.message, d.fields, d.component, d.logger, ...d.entityValues]) {
            expect(Buffer.from(text(value), 'utf8').toString('latin1')).toBe(value);
          }
        }
      },
    ),
    { numRuns: 250 },
  );
}, 60_000);
