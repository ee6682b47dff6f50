// A log format as data: what a format file (YAML or JSON) may say, and what is wrong with one that says otherwise.
// Modelled on lnav's format files: name, pattern, level map, kinds of fields, and samples that are checked.
import { RE2JSException } from 're2js';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { ENTITY_KINDS, LEVELS } from '../../../../shared/model.ts';
import { isZone } from '../time.ts';
import { compilePattern } from './pattern.ts';
import { timeProblem } from './written-time.ts';

const word = z.string().min(1).max(200);

/** Columns of an event that a field may fill. */
export const COLUMNS = [
  'src_ip',
  'user_name',
  'http_method',
  'http_path',
  'http_status',
  'pid',
  'tid',
  'logger',
  'component',
] as const;

const Field = z.strictObject({
  /** text, number, boolean, or the kind of entity that the value names. */
  kind: z.enum(['text', 'number', ...ENTITY_KINDS]).default('text'),
  /** Role of the entity. */
  role: word.optional(),
  /** Column of the event that the value also fills. */
  column: z.enum(COLUMNS).optional(),
});

const Shape = z.strictObject({
  /** RE2, with named groups; must match a whole line. */
  pattern: z.string().min(1).max(20_000),
  category: word.optional(),
  action: word.optional(),
  outcome: z.enum(['success', 'failure', 'unknown']).optional(),
});

const Sample = z.strictObject({
  lines: z.string().min(1).max(100_000),
  /** One entry a record: values it must have. `time` is UTC, RFC 3339. */
  gives: z
    .array(
      z.strictObject({
        time: word.optional(),
        level: z.enum(LEVELS).optional(),
        message: z.string().optional(),
        fields: z.record(z.string(), z.unknown()).optional(),
        lines: z.number().int().positive().optional(),
      }),
    )
    .min(1),
});

export const FormatDefinition = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'a name is of a-z, 0-9 and -, 40 characters at most'),
  title: z.string().max(200).optional(),
  description: z.string().max(4000).optional(),
  system: z
    .string()
    .regex(/^[a-z][a-z0-9_.-]{0,39}$/)
    .default('other'),
  component: word.optional(),
  /** File names this format is for: `*` any run but `/`, `**` any run, `?` one character. Absent: tried where no other format fits. */
  files: z.array(word).max(100).optional(),
  patterns: z.array(Shape).min(1).max(50),
  time: z
    .strictObject({ field: word.default('time'), format: word.default('iso'), zone: word.optional() })
    .optional(),
  level: z
    .strictObject({ field: word.default('level'), map: z.record(z.string(), z.enum(LEVELS)).default({}) })
    .optional(),
  /** Group that holds the message; absent: the whole line. */
  message: word.optional(),
  fields: z.record(z.string(), Field).default({}),
  /** Lines that no pattern fits: all belong to the record before, only indented ones do, or none does. */
  continuation: z.enum(['all', 'indented', 'none']).default('all'),
  samples: z
    .array(Sample)
    .min(1, 'at least one sample is needed: it proves that the patterns do what they should'),
});
export type FormatDefinition = z.infer<typeof FormatDefinition>;

export interface FormatProblem {
  line: number | null;
  message: string;
}

const MOST_BYTES = 1_000_000;

/** Reads a format file. A definition without problems can be compiled. */
export function readDefinition(text: string): {
  definition: FormatDefinition | null;
  problems: FormatProblem[];
} {
  if (text.length > MOST_BYTES) return refused(null, `a format file has at most ${MOST_BYTES} bytes`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, schema: 'core' });
  const fault = document.errors[0];
  if (fault)
    return refused(
      lines.linePos(fault.pos[0]).line,
      fault.message.split('\n')[0]!.replace(/ at line \d+.*$/, ''),
    );
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 50 });
  } catch {
    return refused(null, 'it repeats itself by more aliases than a format file needs');
  }
  const lineOf = (path: readonly PropertyKey[]): number | null => {
    for (let n = path.length; n > 0; n--) {
      const node = document.getIn(path.slice(0, n) as (string | number)[], true) as
        | { range?: [number, number, number] }
        | undefined;
      if (node?.range) return lines.linePos(node.range[0]).line;
    }
    return isMap(document.contents) || isScalar(document.contents) ? 1 : null;
  };
  const checked = FormatDefinition.safeParse(value);
  if (!checked.success) {
    return {
      definition: null,
      problems: checked.error.issues.map((issue) => ({
        line: lineOf(issue.path),
        message: `${issue.path.length ? `${issue.path.map(String).join('.')}: ` : ''}${issue.message}`,
      })),
    };
  }
  const definition = checked.data;
  const problems = meaningProblems(definition).map(({ path, message }) => ({ line: lineOf(path), message }));
  return { definition: problems.length ? null : definition, problems };
}

const refused = (line: number | null, message: string) => ({
  definition: null,
  problems: [{ line, message }],
});

/** What the schema can't say: groups that are named must be there. */
function meaningProblems(definition: FormatDefinition): { path: (string | number)[]; message: string }[] {
  const problems: { path: (string | number)[]; message: string }[] = [];
  const groups = new Set<string>();
  for (const [i, { pattern }] of definition.patterns.entries()) {
    try {
      for (const name of Object.keys(compilePattern(pattern).namedGroups())) groups.add(name);
    } catch (error) {
      const why = error instanceof RE2JSException ? error.message : String(error);
      problems.push({
        path: ['patterns', i, 'pattern'],
        message: `RE2 refuses the pattern: ${why.split('\n')[0]}`,
      });
    }
  }
  if (problems.length) return problems;
  const asked: [string, (string | number)[]][] = [
    ...(definition.message ? [[definition.message, ['message']] as [string, string[]]] : []),
    ...(definition.time ? [[definition.time.field, ['time']] as [string, string[]]] : []),
    ...(definition.level ? [[definition.level.field, ['level']] as [string, string[]]] : []),
    ...Object.keys(definition.fields).map((name): [string, string[]] => [name, ['fields', name]]),
  ];
  for (const [name, path] of asked) {
    if (!groups.has(name)) problems.push({ path, message: `no pattern has a group named '${name}'` });
  }
  if (definition.time) {
    const why = timeProblem(definition.time.format);
    if (why) problems.push({ path: ['time', 'format'], message: `time.format: ${why}` });
    if (definition.time.zone !== undefined && !isZone(definition.time.zone))
      problems.push({
        path: ['time', 'zone'],
        message: `time.zone: '${definition.time.zone}' is no time zone`,
      });
  }
  return problems;
}
