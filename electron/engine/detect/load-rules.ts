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
import { statedThresholds, withThresholds } from './rule-thresholds.ts';
import { canOccur, withoutLogs } from './sigma/correlation-applies.ts';
import { type Base, correlationQuery } from './sigma/correlation-query.ts';
import { tooMuch } from './sigma/correlation-size.ts';
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

/** A document with what has become of it. */
interface Draft {
  path: string;
  origin: RuleOrigin;
  tuned: Record<string, number>;
  stated: RuleDocument;
  /** With the thresholds of the case. */
  document: RuleDocument;
  problems: Problems;
  /** Correlations that refer to it and keep it from being reported on its own. */
  quiet: boolean;
  note: string | null;
  base: Base | null | undefined;
  resolving: boolean;
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

/**
 * Documents by id and name. A copy of a rule is refused, as it would tell everything twice; of two different rules with
 * one word both run, and a correlation that refers to the word is refused.
 */
function draftsByWord(drafts: Draft[]): Map<string, Draft | 'several'> {
  const byWord = new Map<string, Draft | 'several'>();
  const firsts = new Map<string, Draft>();
  for (const draft of drafts) {
    const { metadata, text, at } = draft.document;
    for (const word of new Set([metadata.id, metadata.name])) {
      if (word === null) continue;
      const first = firsts.get(word);
      if (!first) {
        firsts.set(word, draft);
        byWord.set(word, draft);
      } else if (first.document.text === text) {
        draft.problems.add(at, `the id or name '${word}' is already taken by the same rule in ${first.path}`);
      } else {
        byWord.set(word, 'several');
        const message = `the id or name '${word}' is already taken by another rule in ${first.path}`;
        draft.document = { ...draft.document, warnings: [...draft.document.warnings, { ...at, message }] };
      }
    }
  }
  return byWord;
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
function tryFinish(draft: Draft, byWord: Map<string, Draft | 'several'>): LoadedRule {
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

function finish(draft: Draft, byWord: Map<string, Draft | 'several'>): LoadedRule {
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

/** The rule as something a correlation can rest on; null when it is refused. */
function resolveBase(draft: Draft, byWord: Map<string, Draft | 'several'>): Base | null {
  if (draft.base !== undefined) return draft.base;
  const { metadata, body } = draft.document;
  const names = [metadata.name, metadata.id].filter((n) => n !== null);
  const role = metadata.name ?? metadata.title;
  if (draft.resolving) return null;
  draft.resolving = true;
  let base: Base | null = null;
  if (body?.kind === 'event') base = draft.problems.any ? null : { role, names, body };
  else if (body?.kind === 'correlation') {
    const bases: Base[] = [];
    for (const { name, at } of body.rules) {
      const target = byWord.get(name);
      if (!target) {
        draft.problems.add(
          at,
          `the correlation refers to '${name}', which is no id or name of a loaded rule`,
        );
        continue;
      }
      if (target === 'several') {
        draft.problems.add(at, `the correlation refers to '${name}', which more than one rule is called`);
        continue;
      }
      if (target.resolving) {
        draft.problems.add(at, `the correlation refers to '${name}', which refers back to it`);
        continue;
      }
      const kind = target.document.body?.kind;
      if (kind === 'native' || kind === 'filter') {
        draft.problems.add(
          at,
          `the correlation refers to '${name}', a ${kind === 'native' ? 'built-in check' : 'filter'}; only rules can be correlated`,
        );
        continue;
      }
      const found = resolveBase(target, byWord);
      if (found && bases.includes(found))
        draft.problems.add(at, `the correlation names the rule '${name}' twice, by its id and by its name`);
      else if (found) bases.push(found);
      else {
        draft.problems.add(at, `the correlation refers to '${name}', which is refused itself`);
        for (const problem of target.problems.list) {
          if (target.path === draft.path) draft.problems.add(problem, problem.message);
          else draft.problems.add(at, `${target.path} line ${problem.line}: ${problem.message}`);
        }
      }
    }
    if (bases.length === body.rules.length) checkAliases(draft, bases);
    const wrong = tooMuch(bases);
    if (wrong !== null) draft.problems.add(body.rules[0]?.at ?? draft.document.at, wrong);
    if (!draft.problems.any) base = { role, names, body: { correlation: body, bases } };
  }
  draft.resolving = false;
  draft.base = base;
  return base;
}

function checkAliases(draft: Draft, bases: Base[]): void {
  const body = draft.document.body;
  if (body?.kind !== 'correlation') return;
  const words = new Set(bases.flatMap((b) => b.names));
  for (const { rule, at } of body.aliasPlaces) {
    if (!words.has(rule))
      draft.problems.add(at, `an alias names '${rule}', which is not one of the correlated rules`);
  }
  for (const { name, at } of body.groupBy) {
    const alias = body.aliases.get(name);
    if (!alias) continue;
    for (const base of bases) {
      if (!base.names.some((n) => alias.has(n))) {
        draft.problems.add(
          at,
          `the alias '${name}' has no field for the rule '${base.names[0] ?? base.role}'`,
        );
      }
    }
  }
}

/** `tidemark.focus` names something that can be a role of the finding. */
function checkFocus(draft: Draft): void {
  const { body, extras, at } = draft.document;
  if (extras.splitBy.length > 0 && (body?.kind !== 'correlation' || extras.focus === null)) {
    draft.problems.add(at, "'tidemark.split_by' belongs to a correlation with 'tidemark.focus'");
  }
  if (extras.once && !(body?.kind === 'correlation' && body.type === 'temporal_ordered')) {
    draft.problems.add(at, "'tidemark.once' belongs to temporal_ordered");
  }
  if (extras.focus === null || body === null || body.kind === 'native' || body.kind === 'filter') return;
  const base = draft.base;
  const roles =
    body.kind === 'event'
      ? [...body.selections.keys()]
      : base && !('kind' in base.body)
        ? base.body.bases.map((b) => b.role)
        : [extras.focus];
  if (!roles.includes(extras.focus)) {
    draft.problems.add(at, `'tidemark.focus' names '${extras.focus}', which is none of ${roles.join(', ')}`);
  }
}

function logSources(base: Base): LogSource[] {
  return 'kind' in base.body ? [base.body.logSource] : base.body.bases.flatMap(logSources);
}

/** The text of a rule, for a correlation with those of its rules that stand in the same file. */
function sourceOf(draft: Draft, ofFile: Draft[], byWord: Map<string, Draft | 'several'>): string {
  const wanted = new Set<Draft>([draft]);
  const visit = (from: Draft) => {
    const body = from.document.body;
    if (body?.kind !== 'correlation') return;
    for (const { name } of body.rules) {
      const target = byWord.get(name);
      if (!target || target === 'several' || wanted.has(target)) continue;
      wanted.add(target);
      visit(target);
    }
  };
  visit(draft);
  return ofFile
    .filter((d) => wanted.has(d))
    .map((d) => d.document.text.replace(/^---\s*\n/, ''))
    .join('\n---\n');
}

export type { Place };
