// The rule files of a zip, read in memory: nothing is unpacked to disk. Hostile zips give refused files with reasons.
import { open } from 'node:fs/promises';
import { CaseError } from '../case/errors.ts';
import { Damage } from '../intake/damage.ts';
import { reasonOf } from '../intake/source.ts';
import { type ZipMember, ZipReader } from '../intake/zip.ts';
import { decoded, isRuleName, LINK, MOST_BYTES, MOST_FILES, type RuleFile, tooLarge } from './rule-files.ts';

/** Unpacked text of all rules of one zip. */
const MOST_TOTAL = 200_000_000;
/** Members of any kind that are looked at. */
const MOST_MEMBERS = 200_000;

export async function readRuleZip(place: string): Promise<RuleFile[]> {
  const file = await open(place, 'r').catch((error: unknown) => {
    throw new CaseError(
      'no_rules',
      `The rules at ${place} can't be read (${reasonOf(error)}). Check the path.`,
      {
        refusal: 'usage',
        cause: error,
      },
    );
  });
  try {
    const reader = new ZipReader(file, () => {});
    const files: RuleFile[] = [];
    const stop = (problem: string) => files.push({ path: '', place, text: '', problem });
    let total = 0;
    let members = 0;
    for await (const member of reader.entries()) {
      if (++members > MOST_MEMBERS) {
        stop(`the zip has more than ${MOST_MEMBERS} members; the rest was not read`);
        break;
      }
      if (member.kind === 'directory' || !isRuleName(member.stated.path)) continue;
      if (files.length >= MOST_FILES) {
        stop(`the zip has more than ${MOST_FILES} rule files; the rest was not read`);
        break;
      }
      const read = await readMember(member, MOST_TOTAL - total);
      total += read.text.length;
      files.push({ ...read, place: `${place}!/${member.stated.path}` });
    }
    if (reader.problem) stop(reader.problem);
    if (members === 0 && files.length === 0) stop('the zip holds nothing');
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  } finally {
    await file.close();
  }
}

async function readMember(member: Exclude<ZipMember, { kind: 'directory' }>, left: number) {
  const { path } = member.stated;
  const refused = (problem: string) => ({ path, text: '', problem });
  if (unsafeName(path)) return refused('its name leads out of the zip; not read');
  if (member.kind === 'unreadable') return refused(member.reason);
  if (member.kind === 'link') return refused(LINK);
  const most = Math.min(MOST_BYTES, left);
  if ((member.stated.size ?? 0) > MOST_BYTES) return refused(tooLarge(member.stated.size!));
  const chunks: Uint8Array[] = [];
  let size = 0;
  const content = member.open();
  try {
    for (let piece = await content.read(); piece !== null; piece = await content.read()) {
      size += piece.length;
      if (size > most) {
        return refused(
          size > MOST_BYTES ? tooLarge(size) : 'the rules of the zip are too large together; not read',
        );
      }
      chunks.push(piece);
    }
  } catch (error) {
    return refused(error instanceof Damage ? error.message : `it can't be unpacked (${reasonOf(error)})`);
  } finally {
    await content.close();
  }
  return { path, ...decoded(Buffer.concat(chunks)) };
}

/** Absolute names, `..`, drive letters, control characters. */
export const unsafeName = (path: string): boolean =>
  path === '' ||
  /^[/\\]|^[A-Za-z]:|\\|[\u0000-\u001f]/.test(path) ||
  path.split('/').some((part) => part === '..');
