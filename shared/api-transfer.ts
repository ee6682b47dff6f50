// The part of the contract that is about carrying cases from one responder to another.
import { z } from 'zod';

const count = z.number().int().nonnegative();

/** How annotations of another responder met ours. */
export const MergeResult = z.object({
  /** By kind: tags and comments, finding states, saved queries, suppressions, tuning, placeholders, clocks and zones set by hand. */
  added: z.record(z.string(), count),
  same: count,
  /** Both decided, and not alike: ours was kept. */
  conflicts: z.array(
    z.object({ kind: z.string(), name: z.string(), ours: z.string(), theirs: z.string(), by: z.string() }),
  ),
  /** Theirs that are about evidence this case does not have. */
  withoutEvidence: count,
  /** What was added, to be taken back by annotations.remove, suppressions.remove and findings.setState (open). */
  annotationIds: z.array(z.string()),
  suppressionIds: z.array(z.string()),
  findingIds: z.array(z.string()),
  /** What is wrong with the file apart from what was taken over: sentences. */
  problems: z.array(z.string()),
});
export type MergeResult = z.infer<typeof MergeResult>;
