// Signatures of the manifest that lie in the case: kept, read and checked, and held against the case as it is now.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Case } from '../case/case.ts';
import type { CustodyEntry } from '../case/custody.ts';
import { changesNothing } from '../case/custody-words.ts';
import {
  type CheckedSignature,
  checkSignature,
  fingerprintOf,
  isSignature,
  type Signature,
} from '../case/signature.ts';
import { writeWhole } from '../case/write-file.ts';
import type { CustodyAnchor } from './custody.ts';
import { grouped } from './findings.ts';
import {
  canonicalJson,
  contentOf,
  type Manifest,
  type ManifestMember,
  makeManifest,
  manifestSha256,
} from './manifest.ts';

export interface SignedManifest {
  /** Name of the file in `signatures/`. */
  name: string;
  path: string;
  /** Null: the file is not what it should be, see `problem`. */
  manifest: Manifest | null;
  sha256: string;
  signatures: CheckedSignature[];
  given: Signature[];
  problem: string | null;
}

const NAME = /^manifest-([0-9a-f]{16})\.json$/;

/** All files of `signatures/`, by name; the signatures in them checked by their own keys. */
export async function readSignedManifests(open: Case): Promise<SignedManifest[]> {
  const names = (await readdir(open.paths.signatures).catch(() => []))
    .filter((name) => name.endsWith('.json'))
    .sort();
  const read: SignedManifest[] = [];
  for (const name of names) {
    const path = join(open.paths.signatures, name);
    const text = await readFile(path, 'latin1').catch(() => '');
    read.push({ name, path, ...readFileText(name, text) });
  }
  return read;
}

function readFileText(name: string, text: string): Omit<SignedManifest, 'name' | 'path'> {
  const nothing = { manifest: null, sha256: '', signatures: [], given: [] };
  let value: { manifest?: Manifest; signatures?: unknown };
  try {
    value = JSON.parse(text);
  } catch {
    return { ...nothing, problem: 'it is not JSON' };
  }
  const { manifest, signatures } = value;
  if (!isManifest(manifest) || !Array.isArray(signatures) || !signatures.every(isSignature))
    return { ...nothing, problem: 'it is no signed manifest' };
  const sha256 = manifestSha256(manifest);
  const named = NAME.exec(name)?.[1];
  return {
    manifest,
    sha256,
    signatures: signatures.map((each) => checkSignature('manifest', sha256, each)),
    given: signatures,
    problem:
      named !== undefined && sha256.startsWith(named)
        ? writeSignedManifest(manifest, signatures) === text
          ? null
          : 'bytes of it were changed outside of what is signed'
        : `its manifest has the SHA-256 ${sha256}, which its name does not say: it was changed or renamed`,
  };
}

function isManifest(value: unknown): value is Manifest {
  const it = value as Manifest;
  return (
    typeof it === 'object' &&
    it !== null &&
    it.format === 'tidemark-manifest' &&
    it.version === 1 &&
    [it.bundles, it.members, it.rules, it.formats].every(
      (list) => Array.isArray(list) && list.every((each) => typeof each === 'object' && each !== null),
    ) &&
    typeof it.custody?.seq === 'number' &&
    typeof it.custody.hash === 'string'
  );
}

const writeSignedManifest = (manifest: Manifest, signatures: Signature[]): string =>
  `{"manifest":${canonicalJson(manifest)},\n"signatures":${canonicalJson(signatures)}}\n`;

/**
 * The manifest to sign now: the one that was signed last, when nothing was added or changed since (a second person signs
 * the same), else that of the case as it is.
 */
export async function manifestToSign(
  open: Case,
): Promise<{ manifest: Manifest; sha256: string; given: Signature[] }> {
  const manifest = await makeManifest(open);
  const { rows } = await open.custody.entries();
  for (const signed of await readSignedManifests(open)) {
    if (signed.manifest === null || signed.problem !== null || signed.signatures.some((each) => !each.ok))
      continue;
    if (fitsNow(signed.manifest, manifest, rows))
      return { manifest: signed.manifest, sha256: signed.sha256, given: signed.given };
  }
  return { manifest, sha256: manifestSha256(manifest), given: [] };
}

/** Nothing was added to the case or changed in it since the manifest was made: its entry of the custody log stands, and no act that changes anything came after. */
export function fitsNow(signed: Manifest, now: Manifest, entries: readonly CustodyEntry[]): boolean {
  const { seq, hash } = signed.custody;
  return (
    contentOf(signed) === contentOf(now) &&
    entries.some((entry) => entry.seq === seq && entry.hash === hash) &&
    entries.every((entry) => entry.seq <= seq || changesNothing(entry.act))
  );
}

/** Adds a signature to the manifest's file; one of the same key is replaced. */
export async function keepSignature(
  open: Case,
  { manifest, sha256, given }: { manifest: Manifest; sha256: string; given: Signature[] },
  signature: Signature,
): Promise<{ path: string; signatures: number; fingerprint: string }> {
  const path = join(open.paths.signatures, `manifest-${sha256.slice(0, 16)}.json`);
  const all = [...given.filter((each) => each.key !== signature.key), signature];
  await writeWhole(path, writeSignedManifest(manifest, all));
  return { path, signatures: all.length, fingerprint: fingerprintOf(signature.key) ?? '' };
}

/** What signed manifests hold in place of the custody log. */
export function anchorsOf(manifests: readonly SignedManifest[]): CustodyAnchor[] {
  return manifests.flatMap(({ manifest, sha256, signatures, problem }) =>
    manifest === null || problem !== null
      ? []
      : signatures
          .filter((each) => each.ok)
          .map(({ name }) => ({
            what: `the manifest ${sha256.slice(0, 16)} signed by ${name}`,
            seq: manifest.custody.seq,
            hash: manifest.custody.hash,
            signed: true,
          })),
  );
}

/**
 * Where the case is not what a signed manifest says it was; bundles added since are no difference. `away`: members whose
 * bytes are not in this case, as of one that was received in part.
 */
export function differences(signed: Manifest, now: Manifest): { found: string[]; away: number } {
  const found: string[] = [];
  let away = 0;
  const left = grouped(now.members, memberKey);
  const SAME = ['sha256', 'content_sha256', 'size', 'content_size'] as const;
  for (const member of signed.members) {
    const there = left.get(memberKey(member)) ?? [];
    const at = there.findIndex((each) => SAME.every((field) => each[field] === member[field]));
    if (at >= 0) {
      there.splice(at, 1);
      continue;
    }
    const other = there.shift();
    const where = `${member.path} of ${member.bundle}`;
    if (other?.status === 'skipped' && other.content_sha256 === null && other.sha256 === member.sha256)
      away++;
    else if (!other) found.push(`${where} is not in the case any more`);
    else
      for (const field of SAME)
        if (other[field] !== member[field])
          found.push(`${where}: its ${field} was ${member[field]}, the case says ${other[field]}`);
  }
  for (const bundle of signed.bundles) {
    const there = now.bundles.filter((each) => each.name === bundle.name);
    if (!there.some((each) => each.sha256 === bundle.sha256))
      found.push(
        `the bundle ${bundle.name} had the SHA-256 ${bundle.sha256}, the case says ${there.map((each) => each.sha256).join(', ') || 'nothing of it'}`,
      );
  }
  return { found, away };
}

const memberKey = ({ bundle, path }: ManifestMember) => JSON.stringify([bundle, path]);
