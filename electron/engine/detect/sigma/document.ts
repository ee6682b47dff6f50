// A rule file's documents as typed rules: structure is checked here, references between rules in load-rules.ts.
import { type Correlation, readCorrelation } from './correlation-document.ts';
import { type Detection, readDetection } from './detection.ts';
import { type Extras, emptyExtras, readExtras } from './extras.ts';
import { type Filter, readFilter } from './filter.ts';
import type { Reading } from './item.ts';
import { type LogSource, readLogSource } from './logsource.ts';
import { emptyMetadata, type Metadata, readMetadata } from './metadata.ts';
import type { Placeholders } from './placeholder.ts';
import { type Place, type Problem, Problems } from './problem.ts';
import { checkSchema } from './schema.ts';
import { entry, type MapTree, readYaml, type YamlDocument } from './tree.ts';

export type { Extras } from './extras.ts';
export type { Metadata } from './metadata.ts';

export interface EventRule extends Detection {
  kind: 'event';
  logSource: LogSource;
  /** Filters in force: each must hold beside the rule's own condition. */
  filters: (Detection & { title: string })[];
}

export interface RuleDocument {
  at: Place;
  text: string;
  metadata: Metadata;
  extras: Extras;
  body: EventRule | Correlation | Filter | { kind: 'native'; name: string } | null;
  /** It holds placeholders, so that it reads otherwise with other values of the case. */
  expands: boolean;
  problems: Problem[];
  warnings: Problem[];
}

const EXPAND = /\|[ \t]*expand\b/;

export function readDocuments(text: string, placeholders: Placeholders = new Map()): RuleDocument[] {
  return readYaml(text).map((document) => readDocument(document, placeholders));
}

function readDocument(document: YamlDocument, placeholders: Placeholders): RuleDocument {
  const reading: Reading = { problems: new Problems(), warnings: new Problems(), placeholders };
  const { problems, warnings } = reading;
  for (const problem of document.problems) problems.add(problem, problem.message);
  const empty: RuleDocument = {
    at: document.at,
    text: document.text,
    metadata: emptyMetadata(),
    extras: emptyExtras(),
    body: null,
    expands: EXPAND.test(document.text),
    problems: problems.list,
    warnings: warnings.list,
  };
  if (!document.root) return empty;
  if (document.root.kind !== 'map') {
    problems.add(document.at, 'a rule is a map with title, logsource and detection');
    return empty;
  }
  const { root } = document;
  const metadata = readMetadata(root, problems);
  const extras = readExtras(root, problems);
  const body = readBody(root, extras, reading);
  const kind = extras.native
    ? 'metadata'
    : entry(root, 'filter')
      ? 'filter'
      : entry(root, 'correlation')
        ? 'correlation'
        : 'detection';
  checkSchema(kind, root, problems, warnings);
  return { ...empty, metadata, extras, body: problems.any ? null : body };
}

function readBody(root: MapTree, extras: Extras, reading: Reading): RuleDocument['body'] {
  const { problems, warnings } = reading;
  const action = entry(root, 'action');
  if (action && ['global', 'reset', 'repeat'].includes(String((action.value as { value?: unknown }).value))) {
    problems.add(
      action.at,
      "'action' (global, reset, repeat) is not part of Sigma 2; write each rule in full",
    );
    return null;
  }
  const correlation = entry(root, 'correlation');
  const detection = entry(root, 'detection');
  const filter = entry(root, 'filter');
  if (extras.native) {
    if (correlation || detection || filter)
      problems.add(root.at, 'a built-in check has neither detection nor correlation nor filter');
    return { kind: 'native', name: extras.native };
  }
  if ([correlation, detection, filter].filter((block) => block !== undefined).length > 1) {
    problems.add(
      (correlation ?? filter)!.at,
      "a document has one of 'detection', 'correlation' and 'filter'; put them in documents of their own",
    );
    return null;
  }
  if (correlation) return readCorrelation(root, correlation.value, problems, warnings);
  if (filter) return readFilter(root, reading);
  const logSource = readLogSource(entry(root, 'logsource')?.value, problems, root.at);
  if (!detection) {
    problems.add(root.at, "'detection' is missing");
    return null;
  }
  const read = readDetection(detection.value, 'detection', [], reading);
  return logSource && read ? { kind: 'event', logSource, ...read, filters: [] } : null;
}
