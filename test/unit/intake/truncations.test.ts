// Every hundredth of a file cut off, and bits flipped: what stands whole before the damage is kept, and damage is said.
// How much can be read is what other programs give (test/hostile/fixtures), not what ours do.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { mutated } from '../../hostile/cases-sevenzip.ts';
import { random } from '../../hostile/log-text.ts';
import {
  cutAt,
  FORMS,
  type Form,
  logsIn,
  logsTar,
  type Whole,
  wholeBefore,
  wholeWhenCut,
  zipEnds,
} from '../../hostile/truncated.ts';
import { type Recorder, read, temporaryFolder } from './bundles.ts';

const folder = temporaryFolder();
const { members } = logsTar();

async function readAs(form: Form, bytes: Uint8Array) {
  const path = join(folder, form === 'tar' || form === 'zip' ? `logs.${form}` : `logs.tar.${form}`);
  writeFileSync(path, bytes);
  return read(path);
}

function expectWhole(seen: Recorder, wanted: readonly Whole[], where: string): void {
  for (const { path, content } of wanted) {
    const got = seen.members.filter(({ header }) => header.path === path);
    if (!got.some((member) => member.content.equals(content)))
      expect.fail(
        `${where}: ${path} is not whole; read were ${seen.members.map((m) => `${m.header.path} ${m.content.length}`).join(', ')}`,
      );
  }
}

/** Nothing is given that was not packed: what is there of a member is its beginning. */
function expectBeginnings(seen: Recorder, where: string): void {
  for (const { header, content } of seen.members) {
    const member = members.find(({ path }) => path === header.path);
    if (member && !member.content.subarray(0, content.length).equals(content))
      expect.fail(`${where}: ${header.path} is not what was packed`);
  }
}

const saysDamage = (seen: Recorder, problem: string | null): boolean =>
  problem !== null ||
  seen.notes.some(({ status }) => status === 'failed') ||
  seen.members.some(({ end }) => end?.problem);

describe.each(FORMS)('%s', (form) => {
  const file = logsIn(form);

  test('whole, it is read whole and nothing is said', async () => {
    const { result, seen } = await readAs(form, file);
    expectWhole(seen, members, 'whole');
    expect([result.problem, seen.notes]).toEqual([null, []]);
  });

  test('cut at every hundredth, what is whole before the cut is kept', async () => {
    let kept = 0;
    for (let percent = 1; percent < 100; percent++) {
      const { result, seen } = await readAs(form, file.subarray(0, cutAt(file.length, percent)));
      const wanted = wholeWhenCut(form, percent, file);
      kept += wanted.length;
      expectWhole(seen, wanted, `cut at ${percent} %`);
      expectBeginnings(seen, `cut at ${percent} %`);
      if (!saysDamage(seen, result.problem)) expect.fail(`cut at ${percent} %: nothing is said`);
    }
    expect(kept).toBeGreaterThan(600);
  });

  test('with flipped bits, members that they do not reach are whole, and checksums tell', async () => {
    const next = random(form.length * 31 + 5);
    for (let round = 0; round < 30; round++) {
      const at = Math.floor(next() * file.length);
      const flipped = Buffer.from(file);
      flipped[at] = flipped[at]! ^ (1 << Math.floor(next() * 8));
      const { result, seen } = await readAs(form, flipped).catch((error: Error & { code?: string }) => {
        // the first bytes say what a file is: without them it may be refused with a sentence
        if (error.code && at < 12) return { result: { problem: error.message }, seen: null };
        throw error;
      });
      if (!seen || at < 12) continue;
      const where = `bit of byte ${at} of ${file.length} flipped`;
      expectWhole(seen, wholeWhenFlipped(form, at, file), where);
      const wrong = seen.members.some(({ header, content }) => {
        const member = members.find(({ path }) => path === header.path);
        return !member?.content.equals(content);
      });
      // a tar has no checksum over its content
      if (wrong && form !== 'tar' && !saysDamage(seen, result.problem))
        expect.fail(`${where}: nothing is said`);
    }
  });
});

function wholeWhenFlipped(form: Form, at: number, file: Buffer): Whole[] {
  if (form === 'tar') {
    return members.filter(({ content, end }) => {
      const padding = (512 - (content.length % 512)) % 512;
      return at < end - content.length - 512 || at >= end + padding;
    });
  }
  if (form === 'zip') {
    const ends = zipEnds(file);
    let from = 0;
    return members.filter(({ path }) => {
      const end = ends.get(path)!;
      const hit = at >= from && at < end;
      from = end;
      return !hit && at < ends.get(members.at(-1)!.path)!;
    });
  }
  if (form === 'gz') {
    // up to the flipped byte the stream is what it was
    const good = gunzipSync(file.subarray(0, at), { finishFlush: constants.Z_SYNC_FLUSH }).length;
    return wholeBefore(good);
  }
  const percent = Math.floor((at / file.length) * 100);
  return percent < 1 ? [] : wholeWhenCut(form, Math.min(percent, 99), file);
}

test('7z with a header changed at random neither throws nor takes memory or time as it pleases', async () => {
  const next = random(77);
  const path = join(folder, 'mutated.7z');
  for (let round = 0; round < 300; round++) {
    writeFileSync(path, mutated(next));
    try {
      await read(path, { limits: { totalBytes: 50e6 } });
    } catch (error) {
      // an archive without members is refused with a sentence
      if ((error as { code?: string }).code !== 'empty_bundle') throw error;
    }
  }
});
