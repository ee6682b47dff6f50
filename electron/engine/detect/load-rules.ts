// Rule files -> rules that can run: read, check, resolve references, compile. What can't be honoured is refused by name.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FindingLevel, RuleOrigin, RuleType, Threshold } from '../../../shared/model.ts';
import type { Bound } from '../case/database.ts';
import { applyFilters } from './apply-filters.ts';
import { NATIVE_CHECKS } from './native/checks.ts';
import { checkSource, type NativeCheck } from './native/native-check.ts';
import { type RuleFile, readRuleFiles } from './rule-files.ts';
import {
  type ByWord,
  checkFocus,
  type Draft,
  draftsByWord,
  resolveBase,
  sourceOf,
} from './rule-references.ts';
import { statedThresholds, withThresholds } from './rule-thresholds.ts';
import { canOccur, withoutLogs } from './sigma/correlation-applies.ts';
import { type Base, correlationQuery } from './sigma/correlation-query.ts';
import {
  type EventRule,
  type Extras,
  type Metadata,
  type RuleDocument,
  readDocuments,
} from './sigma/document.ts';
import { eventQuery, type RowsOf } from './sigma/event-query.ts';
import type { Asked } from './sigma/leaf.ts';
import { type CaseSources, type LogSource, missingText, occurs } from './sigma/logsource.ts';
import type { Placeholders } from './sigma/placeholder.ts';
import { type Place, type Problem, Problems } from './sigma/problem.ts';
import { Binder } from './sigma/sql.ts';
import { inForce, type ThresholdChanges } from './thresholds.ts';

export type { RuleType } from '../../../shared/model.ts';
export type { CaseSources } from './sigma/logsource.ts';
export { type Problem, problemsText } from './sigma/problem.ts';

export interface CompiledQuery {
  sql: string;
  values: Bound[];
  /** Asked of the database before the rule runs. */
  regexes: Asked['regexes'];
  /** Names of the group values, in the order of column `g`. */
  groupNames: string[];
}

export interface LoadedRule {
  ruleId: string;
  title: string;
  level: FindingLevel;
  status: string;
  type: RuleType;
  product: string | null;
  service: string | null;
  attack: string[];
  tags: string[];
  related: Metadata['related'];
  license: string | null;
  origin: RuleOrigin;
  /** Relative to the folder that was named, `/` separated. */
  path: string;
  /** First line of the document in its file. */
  line: number;
  description: string;
  falsePositives: string[];
  references: string[];
  author: string | null;
  /** The rule as written; for a correlation with the rules of the same file it rests on; SQL for built-in checks. */
  source: string;
  /** Why it is refused; empty: it can run. */
  problems: Problem[];
  warnings: Problem[];
  /** What else there is to know: the filters in force; for a filter, the rules it is put beside. */
  note: string | null;
  query: CompiledQuery | null;
  /** The detections that `query` asks of the events; none for a built-in check. */
  detections: EventRule[];
  /** Whether it can find anything where only some detections are true of any event. */
  couldFind(hasEvents: (detection: EventRule) => boolean): boolean;
  /** `query` with other SQL for the events of a detection, such as those that were found before. */
  queryOver(binder: Binder, rowsOf: RowsOf): CompiledQuery;
  native: string | null;
  /** As the rule states them. */
  thresholds: Threshold[];
  /** The values that `query` was compiled with, by name. */
  thresholdsInForce: Record<string, number>;
  extras: Extras;
  /** Values of the case that it was compiled with, where they differ. */
  tuned: Record<string, number>;
  /** The rule as it was read: what explains it part by part. */
  document: RuleDocument;
  logSources: LogSource[];
  /** The rules a correlation rests on. */
  bases: LoadedRule[];
  /** False: a rule that a correlation rests on, which is not reported on its own. */
  reported: boolean;
  /** Whether a case holds what the rule is about. */
  applies(sources: CaseSources): boolean;
  /** Of the rules that a correlation rests on, those whose logs the case does not hold. */
  lacks(sources: CaseSources): string[];
  /** Why it does not apply, in words; null where it does. */
  appliesNot(sources: CaseSources): string | null;
}

let override: string | null = null;

/** For packaged apps: where the built-in rules are. */
export function setBuiltinRulesDir(dir: string): void {
  override = resolve(dir);
}

/** `resources/rules`, found upwards from this file, or where a packaged app said. */
export function builtinRulesDir(): string {
  if (override) return override;
  const start = dirname(fileURLToPath(import.meta.url));
  for (let dir = start; ; dir = dirname(dir)) {
    const candidate = join(dir, 'resources', 'rules');
    if (existsSync(candidate)) return candidate;
    if (dirname(dir) === dir) return join(start, 'resources', 'rules');
  }
}

export interface LoadOptions {
  /** Values in place of the stated ones. */
  thresholds?: ThresholdChanges;
  /** Values of the case for `%name%` in rules, by name. */
  placeholders?: Placeholders;
}

/** A rule file and where it comes from, read or about to be. */
export interface RuleText extends Pick<RuleFile, 'path' | 'text' | 'problem'> {
  origin: RuleOrigin;
  documents?: RuleDocument[];
}

/**
 * Rules of files, folders and zips, in the order of their paths. A file that can't be read as a rule is a rule with
 * problems. Rules that a correlation rests on are not among them unless it says so.
 */
export async function loadRules(paths: string[], options: LoadOptions = {}): Promise<LoadedRule[]> {
  const files = await readRuleFiles(paths);
  return buildRules(
    files.map((file) => ({ ...file, origin: 'file' })),
    options,
  ).filter((rule) => rule.reported);
}

/** Parse, validate and compile a text without a database. */
export function checkRuleText(
  text: string,
  options: LoadOptions = {},
): { ok: boolean; problems: Problem[]; warnings: Problem[]; rules: LoadedRule[] } {
  const rules = buildRules([{ path: 'rule.yml', text, problem: null, origin: 'case' }], options);
  const seen = new Set<string>();
  const once = (list: Problem[]) =>
    list.filter((p) => {
      const key = `${p.line}:${p.column}:${p.message}`;
      return seen.has(key) ? false : seen.add(key);
    });
  const problems = once(rules.flatMap((r) => r.problems)).sort(
    (a, b) => a.line - b.line || a.column - b.column,
  );
  const warnings = once(rules.flatMap((r) => r.warnings));
  return { ok: problems.length === 0, problems, warnings, rules };
}

/** The documents of a file; of one that holds none, or can't be read, one document that says so. */
export function documentsOf(
  file: Pick<RuleText, 'text' | 'problem'>,
  placeholders?: Placeholders,
): RuleDocument[] {
  let { problem } = file;
  let documents: RuleDocument[] = [];
  try {
    if (problem === null) documents = readDocuments(file.text, placeholders);
  } catch (error) {
    problem = `the file can't be read as rules: ${fault(error)}`;
  }
  if (documents.length === 0) {
    const nothing = readDocuments('{}')[0]!;
    const message = problem ?? 'the file holds no rule';
    nothing.problems.splice(0, Infinity, { line: 1, column: 1, message });
    documents.push({ ...nothing, text: file.text });
  }
  return documents;
}

/** Rules of files that were read: references between them resolved, compiled. One per document, in order. */
export function buildRules(files: RuleText[], options: LoadOptions = {}): LoadedRule[] {
  const drafts: Draft[] = [];
  for (const file of files) {
    // documents that were kept were read without the placeholders of the case
    const kept = file.documents?.some((document) => document.expands) ? undefined : file.documents;
    for (const stated of kept ?? documentsOf(file, options.placeholders)) {
      const problems = new Problems();
      problems.list.push(...stated.problems);
      const { document, tuned, refused } = tunedDocument(stated, options);
      for (const message of refused) problems.add(stated.at, message);
      drafts.push({
        path: file.path,
        origin: file.origin,
        tuned,
        stated,
        document,
        problems,
        quiet: false,
        note: null,
        base: undefined,
        resolving: false,
      });
    }
  }
  const byWord = draftsByWord(drafts);
  applyFilters(drafts);
  for (const draft of drafts) {
    const body = draft.document.body;
    if (body?.kind !== 'correlation' || body.generate) continue;
    for (const { name } of body.rules) {
      const target = byWord.get(name);
      if (target && target !== 'several' && target !== draft) target.quiet = true;
    }
  }
  const ids = new Set<string>();
  const byFile = Map.groupBy(drafts, (d) => `${d.origin} ${d.path}`);
  const finished = new Map<Draft, LoadedRule>();
  for (const draft of drafts) {
    const compiled = tryFinish(draft, byWord);
    let ruleId = compiled.ruleId;
    for (let n = 2; ids.has(ruleId); n++) ruleId = `${compiled.ruleId}#${n}`;
    ids.add(ruleId);
    const source = compiled.source || sourceOf(draft, byFile.get(`${draft.origin} ${draft.path}`)!, byWord);
    finished.set(draft, { ...compiled, ruleId, source });
  }
  for (const [draft, rule] of finished) {
    const { body } = draft.document;
    if (body?.kind !== 'correlation') continue;
    for (const { name } of body.rules) {
      const target = byWord.get(name);
      const base = target && target !== 'several' ? finished.get(target) : undefined;
      if (base && base !== rule) rule.bases.push(base);
    }
  }
  return [...finished.values()];
}

/** The document with the numbers of the case; `refused` says which of them it can't take. */
function tunedDocument(
  stated: RuleDocument,
  options: LoadOptions,
): { document: RuleDocument; tuned: Record<string, number>; refused: string[] } {
  const asked = stated.metadata.id === null ? undefined : options.thresholds?.get(stated.metadata.id);
  if (!asked) return { document: stated, tuned: {}, refused: [] };
  const { values, refused } = inForce(statedThresholds(stated), asked);
  const tuned = Object.fromEntries(
    statedThresholds(stated).flatMap(({ name, value }) =>
      values[name] === value ? [] : [[name, values[name]!]],
    ),
  );
  return { document: withThresholds(stated, tuned), tuned, refused };
}

/** One rule that can't be compiled is refused; the others go on. */
function tryFinish(draft: Draft, byWord: ByWord): LoadedRule {
  try {
    return finish(draft, byWord);
  } catch (error) {
    draft.problems.add(draft.document.at, `the rule can't be compiled: ${fault(error)}`);
    return finish({ ...draft, document: { ...draft.document, body: null } }, byWord);
  }
}

const fault = (error: unknown): string =>
  error instanceof RangeError
    ? 'it is too large or nested too deeply'
    : `${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;

function finish(draft: Draft, byWord: ByWord): LoadedRule {
  const { document, problems, path } = draft;
  const { metadata, extras, body } = document;
  let compile: ((binder: Binder, rowsOf?: RowsOf) => CompiledQuery) | null = null;
  let detections: EventRule[] = [];
  let type: RuleType = 'event';
  let groupNames: string[] = [];
  let sources: LogSource[] = [];
  let correlated: Base | null = null;
  let native: string | null = null;
  let source = '';
  const thresholds = statedThresholds(draft.stated);
  const thresholdsInForce = inForce(thresholds, draft.tuned).values;
  let check: NativeCheck | undefined;
  if (body?.kind === 'native') {
    type = 'native';
    check = NATIVE_CHECKS.get(body.name);
    if (check) {
      native = body.name;
      groupNames = check.groupNames;
      source = checkSource(check, thresholdsInForce);
    } else problems.add(document.at, `there is no built-in check '${body.name}'`);
  } else if (body?.kind === 'event') {
    sources = [body.logSource];
    groupNames = extras.groupBy ?? ['node'];
    detections = [body];
    compile = (binder, rowsOf) =>
      compiled(groupNames, binder, (asked) => eventQuery(body, extras, binder, asked, rowsOf));
  } else if (body?.kind === 'filter') {
    type = 'filter';
    sources = [body.logSource];
  } else if (body?.kind === 'correlation') {
    type = body.type;
    groupNames = [...body.groupBy.map((g) => g.name), ...extras.splitBy];
    const base = resolveBase(draft, byWord);
    if (base && !('kind' in base.body)) {
      sources = logSources(base);
      correlated = base;
      detections = [...new Set(detectionsOf(base))];
      const { bases } = base.body;
      compile = (binder, rowsOf) =>
        compiled(groupNames, binder, (asked) => correlationQuery(body, bases, binder, asked, extras, rowsOf));
    }
  }
  checkFocus(draft);
  const products = new Set(sources.map((s) => s.product));
  const services = new Set(sources.map((s) => s.service));
  const fallback = `${path}:${document.at.line}`;
  return {
    ruleId:
      metadata.id?.slice(0, 200) ??
      `unnamed-${createHash('sha256').update(document.text).digest('hex').slice(0, 16)}`,
    title: metadata.title || fallback,
    level: metadata.level,
    status: metadata.status,
    type,
    product: products.size === 1 ? [...products][0]! : null,
    service: services.size === 1 ? [...services][0]! : null,
    attack: metadata.attack,
    tags: metadata.tags,
    related: metadata.related,
    license: metadata.license,
    origin: draft.origin,
    path,
    line: document.at.line,
    description: metadata.description,
    falsePositives: metadata.falsePositives,
    references: metadata.references,
    author: metadata.author,
    source,
    problems: problems.list,
    warnings: document.warnings,
    note: draft.note,
    query: problems.any
      ? null
      : check
        ? { ...check.query(thresholdsInForce), regexes: [], groupNames }
        : (compile?.(new Binder()) ?? null),
    detections,
    couldFind: (has) => (correlated ? canOccur(correlated, has) : detections.some(has)),
    queryOver: (binder, rowsOf) => compile!(binder, rowsOf),
    native: problems.any ? null : native,
    thresholds,
    thresholdsInForce,
    extras,
    tuned: draft.tuned,
    document,
    logSources: sources,
    bases: [],
    reported: !draft.quiet,
    applies: (there) => {
      if (type === 'native') return nativeApplies(check, there);
      if (type === 'filter') return false;
      return correlated
        ? canOccur(correlated, (d) => occurs(d.logSource, there))
        : sources.some((s) => occurs(s, there));
    },
    appliesNot(there) {
      if (this.applies(there)) return null;
      if (type === 'native') return 'the case has no events that this check looks at';
      return type === 'filter'
        ? draft.note
        : missingText(
            sources.filter((s) => !occurs(s, there)),
            there,
          );
    },
    lacks: (there) => (correlated ? withoutLogs(correlated, there) : []),
  };
}

function nativeApplies(check: NativeCheck | undefined, there: CaseSources): boolean {
  const { systems, components } = check?.needs ?? {};
  return (
    (!systems && !components) ||
    there.some(
      (s) =>
        (!systems || systems.includes(s.system ?? '')) &&
        (!components || components.includes(s.component ?? '')),
    )
  );
}

function compiled(groupNames: string[], binder: Binder, sqlOf: (asked: Asked) => string): CompiledQuery {
  const asked: Asked = { regexes: [] };
  const sql = sqlOf(asked);
  return { sql, values: binder.values, regexes: asked.regexes, groupNames };
}

const detectionsOf = (base: Base): EventRule[] =>
  'kind' in base.body ? [base.body] : base.body.bases.flatMap(detectionsOf);

function logSources(base: Base): LogSource[] {
  return 'kind' in base.body ? [base.body.logSource] : base.body.bases.flatMap(logSources);
}

export type { Place };
