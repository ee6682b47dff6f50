// The part of the contract that is about rules: rows, tuning, suppressions, explanations.
import { z } from 'zod';
import {
  FINDING_LEVELS,
  RULE_DEFAULT_KINDS,
  RULE_ORIGINS,
  RULE_TYPES,
  type Threshold as ThresholdOfModel,
} from './model.ts';

const us = z.number().int();
const count = z.number().int().nonnegative();

/** A number of a rule that a case may set otherwise. `value` is the one in force, `stated` the rule's own. */
export const Threshold = z.object({
  name: z.string(),
  value: z.number(),
  stated: z.number(),
  unit: z.enum(['events', 'values', 'rules', 'seconds', 'percent', 'times', '']),
  least: z.number(),
  most: z.number(),
  about: z.string(),
}) satisfies z.ZodType<ThresholdOfModel>;
export type Threshold = z.infer<typeof Threshold>;

export const RuleRow = z.object({
  ruleId: z.string(),
  title: z.string(),
  level: z.enum(FINDING_LEVELS),
  status: z.string(),
  type: z.enum(RULE_TYPES),
  product: z.string().nullable(),
  service: z.string().nullable(),
  attack: z.array(z.string()),
  tags: z.array(z.string()),
  /** Of built-in rules relative to their folder, of case rules to the case's folder `rules`. */
  path: z.string(),
  line: z.number().int().positive(), // first line of the document in its file
  origin: z.enum(RULE_ORIGINS),
  editable: z.boolean(), // a rule of the case: `rules.save` and `rules.remove` take its path
  description: z.string(),
  falsePositives: z.array(z.string()),
  references: z.array(z.string()),
  related: z.array(z.object({ id: z.string(), type: z.string() })),
  license: z.string().nullable(),
  author: z.string().nullable(),
  source: z.string(), // rule text (YAML); SQL for native checks
  error: z.string().nullable(), // why it was refused, with line
  warnings: z.array(z.string()),
  enabled: z.boolean(),
  disabledWhy: z.string().nullable(),
  thresholds: z.array(Threshold),
  applies: z.boolean().nullable(), // false: its log source is not in the case; null: no case open, or no run yet
  note: z.string().nullable(), // what the last run left out of the windows
  findings: count,
  suppressed: count, // of these, by a suppression or by hand
  events: count,
  excluded: count, // matched events that took part in no window
  millis: z.number().nullable(),
});
export type RuleRow = z.infer<typeof RuleRow>;

export const RuleProblem = z.object({
  line: z.number().int().nullable(),
  column: z.number().int().nullable(),
  message: z.string(),
});
export type RuleProblem = z.infer<typeof RuleProblem>;

export const RuleCheck = z.object({
  ok: z.boolean(),
  problems: z.array(RuleProblem),
  warnings: z.array(RuleProblem),
  rules: z.array(
    z.object({
      ruleId: z.string(),
      title: z.string(),
      type: z.enum(RULE_TYPES),
      level: z.enum(FINDING_LEVELS),
    }),
  ),
});
export type RuleCheck = z.infer<typeof RuleCheck>;

/** One document of a rule file, validated: it compiles and DuckDB takes it. */
export const RuleFileCheck = z.object({
  path: z.string(),
  line: z.number().int().positive(),
  id: z.string().nullable(),
  title: z.string(),
  type: z.enum(RULE_TYPES),
  level: z.enum(FINDING_LEVELS),
  author: z.string().nullable(),
  ok: z.boolean(),
  applies: z.boolean().nullable(), // null: no case open, or refused
  reason: z.string().nullable(),
  warnings: z.array(z.string()),
});
export type RuleFileCheck = z.infer<typeof RuleFileCheck>;

/** One part of a rule: how many events of its log source it alone is true for, and how many lack its field. */
export interface WhyNot {
  /** `selection`, `message|contains: x`, `not filter`, ... */
  text: string;
  line: number | null;
  events: number;
  missing: number | null;
  children: WhyNot[];
}
export const WhyNot: z.ZodType<WhyNot> = z.lazy(() =>
  z.object({
    text: z.string(),
    line: z.number().int().nullable(),
    events: count,
    missing: count.nullable(),
    children: z.array(WhyNot),
  }),
);

/** Where a rule's item is true in an event. Offsets are UTF-16 units of the message; of other columns of `value` itself. */
export const Matched = z.object({
  selection: z.string(),
  field: z.string(),
  column: z.enum(['message', 'fields', 'other']),
  start: count,
  end: count,
  value: z.string(),
});
export type Matched = z.infer<typeof Matched>;

export const RuleDefaultRow = z.object({
  kind: z.enum(RULE_DEFAULT_KINDS),
  value: z.string(),
  enabled: z.boolean(),
  rules: count, // rules of the case it concerns
  author: z.string().nullable(), // null: as Tidemark comes
  madeAt: us.nullable(),
});
export type RuleDefaultRow = z.infer<typeof RuleDefaultRow>;

export const PlaceholderRow = z.object({
  name: z.string(),
  values: z.array(z.string()),
  author: z.string().nullable(),
  madeAt: us.nullable(),
});
export type PlaceholderRow = z.infer<typeof PlaceholderRow>;

/** Findings that are known and of no interest. All that is said must fit; a field fits when every value of it in the finding is that one. */
export const SuppressionRow = z.object({
  suppressionId: z.string(),
  ruleId: z.string().nullable(), // null: every rule
  fieldValues: z.record(z.string(), z.string()),
  fromTs: us.nullable(),
  toTs: us.nullable(),
  reason: z.string(),
  author: z.string(),
  madeAt: us,
  findings: count, // that it suppresses now
});
export type SuppressionRow = z.infer<typeof SuppressionRow>;

export const Attack = z.object({
  tactics: z.array(z.object({ id: z.string(), name: z.string(), short: z.string() })), // in MITRE's order
  techniques: z.array(z.object({ id: z.string(), name: z.string(), tactics: z.array(z.string()) })),
});
export type Attack = z.infer<typeof Attack>;
