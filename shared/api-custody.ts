// The part of the contract that is about proof: the custody log, verification, keys and signatures.
import { z } from 'zod';

const count = z.number().int().nonnegative();
const us = z.number().int();

export const CustodyRow = z.object({
  seq: count,
  at: us,
  actor: z.string(),
  toolVersion: z.string(),
  act: z.string(), // e.g. case.opened, ingest.done, rules.run, query.exported, finding.state, report.exported
  /** The act in words. */
  sentence: z.string(),
  detail: z.record(z.string(), z.unknown()),
  previous: z.string(),
  hash: z.string(),
});
export type CustodyRow = z.infer<typeof CustodyRow>;

export const CustodyCheck = z.object({
  ok: z.boolean(),
  entries: count,
  /** Hash of the last entry; null for an empty log. */
  head: z.string().nullable(),
  problems: z.array(z.object({ seq: count.nullable(), sentence: z.string() })),
  /** What holds the log in place besides its own chain: the copy in the database, signatures that name a head. */
  anchors: z.array(z.object({ what: z.string(), seq: count, ok: z.boolean() })),
  /** How far signatures hold the log, and what else there is to say; plain when nothing but its own chain does. */
  sentence: z.string(),
});
export type CustodyCheck = z.infer<typeof CustodyCheck>;

/** One thing that is not as it was. */
export const VerifyProblem = z.object({
  what: z.enum(['bundle', 'store', 'database', 'custody', 'signature', 'report']),
  /** Path, hash or table that it is about. */
  name: z.string(),
  sentence: z.string(),
});

export const VerifyResult = z.object({
  ok: z.boolean(),
  at: us,
  toolVersion: z.string(),
  bundles: z.object({ checked: count, changed: count, unreachable: count }),
  members: z.object({ checked: count, changed: count, missing: count, bytes: count }),
  database: z.object({ checks: count, failed: count }),
  custody: CustodyCheck,
  signatures: z.array(
    z.object({
      what: z.string(),
      signer: z.string(),
      fingerprint: z.string(),
      at: us,
      ok: z.boolean(),
      sentence: z.string(),
    }),
  ),
  problems: z.array(VerifyProblem), // all of them
  /** What could not be checked, e.g. bundles that are not where they were: sentences. */
  unchecked: z.array(z.string()),
});
export type VerifyResult = z.infer<typeof VerifyResult>;

/** An Ed25519 key of the responder. The private part never leaves the shell's own process. */
export const KeyRow = z.object({
  keyId: z.string(), // the fingerprint: SHA-256 of the public key (SPKI, DER) in hex
  name: z.string(),
  madeAt: us,
  /** PEM, SPKI. */
  publicKey: z.string(),
  /** A passphrase is needed to sign. */
  locked: z.boolean(),
});
export type KeyRow = z.infer<typeof KeyRow>;

export const SignWith = z.object({ keyId: z.string(), passphrase: z.string().max(1024).optional() });

/** One signature of a manifest of the case. */
export const ManifestSignature = z.object({
  path: z.string(),
  sha256: z.string(),
  /** Nothing was added to the case or changed in it since. */
  current: z.boolean(),
  signer: z.string(),
  fingerprint: z.string(),
  at: us,
  ok: z.boolean(),
  sentence: z.string(),
});
