// The part of the contract that is about taking evidence in: limits, passwords, what a bundle holds, what was broken off.
import { z } from 'zod';
import { MEMBER_STATUSES } from './model.ts';

const count = z.number().int().nonnegative();
const limit = z.number().positive();

/** Limits of one bundle; what is left out has its default (`intake.limits`). */
export const IntakeLimits = z.object({
  /** Members and ledger notes. */
  members: limit.optional(),
  /** Unpacked bytes. */
  totalBytes: limit.optional(),
  /** Unpacked bytes per packed byte. */
  ratio: limit.optional(),
  /** Archives inside archives: the bundle's own, and this many within it. */
  depth: z.number().int().nonnegative().max(64).optional(),
  /** Seconds that reading one bundle may take. */
  seconds: limit.optional(),
  /** Characters of a member's name. */
  nameLength: limit.optional(),
});
export type IntakeLimits = z.infer<typeof IntakeLimits>;

/** Passwords by path of the bundle; key `*`: tried on every one. Several stand in lines. Never kept, never logged. */
export const Passwords = z.record(z.string(), z.string().max(65_536));

/** What is known of a bundle before it is read. */
export const BundlePreview = z.object({
  path: z.string(),
  name: z.string(),
  /** e.g. 'folder', 'tar', 'tar in gzip', 'zip', '7z', 'file'. */
  kind: z.string(),
  size: count,
  /** Members seen so far; `complete` says whether that is all of them. */
  members: count,
  complete: z.boolean(),
  /** Unpacked size of the members seen, as the archive states it; null where it does not. */
  unpacked: count.nullable(),
  /** Members that need a password. */
  encrypted: count,
  /** Nested archives seen. */
  nested: count,
  /** The first members, at most 200. */
  entries: z.array(
    z.object({ path: z.string(), size: count.nullable(), kind: z.string(), encrypted: z.boolean() }),
  ),
  /** The same file is in the case already: by path, size and time of change. */
  known: z.boolean(),
  /** Why it can't be read, or what will be refused; null when all is well. A sentence. */
  problem: z.string().nullable(),
});
export type BundlePreview = z.infer<typeof BundlePreview>;

/** How far one bundle of an ingest is. */
export const BundleProgress = z.object({
  name: z.string(),
  path: z.string(),
  state: z.enum(['waiting', 'reading', 'done', 'failed', 'cancelled']),
  done: count, // bytes as collected
  total: count, // bytes as collected
  members: count,
  events: count,
  problem: z.string().nullable(),
});
export type BundleProgress = z.infer<typeof BundleProgress>;

/** Work that was begun and not finished, by a kill, a power cut, a full disk, or a cancel. */
export const PendingWork = z.object({
  /** When it was begun, microseconds. */
  since: z.number().int(),
  /** A sentence: what happened, what is whole, what to do. */
  sentence: z.string(),
  bundles: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      state: z.enum(['planned', 'begun']),
      /** Members that are in the case. */
      members: count,
      /** The bundle is where it was. */
      reachable: z.boolean(),
    }),
  ),
  /** What has to be done after reading; `import`: the case was being made of a received one, which can't be resumed. */
  steps: z.array(z.enum(['settle', 'detect', 'import'])),
});
export type PendingWork = z.infer<typeof PendingWork>;

/** One bundle of the case and what became of it. */
export const BundleRow = z.object({
  bundleId: z.number().int(),
  name: z.string(),
  /** Where it was when it was read. */
  path: z.string().nullable(),
  /** Of the file as collected; null for folders and while it is not read to its end. */
  sha256: z.string().nullable(),
  size: count.nullable(),
  state: z.enum(['planned', 'reading', 'done', 'broken off']),
  problem: z.string().nullable(),
  addedAt: z.number().int().nullable(),
  addedBy: z.string().nullable(),
  toolVersion: z.string().nullable(),
  /** What it was read with (limits, zones, formats); null where that was not kept. */
  options: z.record(z.string(), z.unknown()).nullable(),
  members: z.array(z.object({ status: z.enum(MEMBER_STATUSES), members: count })),
  events: count,
});
export type BundleRow = z.infer<typeof BundleRow>;
