// The part of the contract that is about the responder's own marks: tags and comments on events.
import { z } from 'zod';
import { ANNOTATION_KINDS } from './model.ts';

export const AnnotationRow = z.object({
  annotationId: z.string(),
  /** BIGINT as text; null for a note on the case. */
  eventId: z.string().nullable(),
  /** `note`: what a merge kept of decisions that differ. */
  kind: z.enum([...ANNOTATION_KINDS, 'note']),
  text: z.string(),
  author: z.string(),
  madeAt: z.number().int(),
});
export type AnnotationRow = z.infer<typeof AnnotationRow>;

/** A tag is one short line, a comment is text; what `annotations.add` takes. */
export const AnnotationText = z.union([
  z.object({
    kind: z.literal('tag'),
    text: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .regex(/^[^\r\n]*$/, 'a tag is one line'),
  }),
  z.object({ kind: z.literal('comment'), text: z.string().trim().min(1).max(10_000) }),
]);
export type AnnotationText = z.infer<typeof AnnotationText>;
