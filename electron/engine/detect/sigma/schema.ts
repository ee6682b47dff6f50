// The structure of a document by JSON schema: what the specification asks of the shape of each key.
// What touches the meaning of a detection is a refusal; the rest is a warning, and the rule runs.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import correlationRule from '../../../../resources/sigma/correlation-rule.schema.json' with { type: 'json' };
import detectionRule from '../../../../resources/sigma/detection-rule.schema.json' with { type: 'json' };
import filter from '../../../../resources/sigma/filter.schema.json' with { type: 'json' };
import metadata from '../../../../resources/sigma/metadata.schema.json' with { type: 'json' };
import type { Place, Problems } from './problem.ts';
import { entry, type MapTree, type Tree } from './tree.ts';

export type SchemaName = 'detection' | 'correlation' | 'filter' | 'metadata';

const SCHEMAS = { detection: detectionRule, correlation: correlationRule, filter, metadata };
const compiled = new Map<SchemaName, ValidateFunction>();
let ajv: Ajv2020 | null = null;

/** Compiled when first asked for, then kept. */
function validator(name: SchemaName): ValidateFunction {
  const known = compiled.get(name);
  if (known) return known;
  if (!ajv) {
    ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true });
    (addFormats as unknown as typeof addFormats.default)(ajv, ['uuid']);
    ajv.addSchema(metadata);
  }
  const made = name === 'metadata' ? ajv.getSchema(metadata.$id)! : ajv.compile(SCHEMAS[name]);
  compiled.set(name, made);
  return made;
}

/** Checks a document; a refusal is not told twice where the reader of that part has told it by line already. */
export function checkSchema(name: SchemaName, root: MapTree, problems: Problems, warnings: Problems): void {
  const validate = validator(name);
  if (validate(plain(root, 0))) return;
  const told = new Set(problems.list.map((problem) => problem.line));
  const seen = new Set<string>();
  for (const error of validate.errors ?? []) {
    const at = placeOf(error.instancePath, root);
    const message = sentence(error);
    if (seen.has(`${at.line} ${message}`)) continue;
    seen.add(`${at.line} ${message}`);
    if (!touchesMeaning(error)) warnings.add(at, message);
    else if (!told.has(at.line)) problems.add(at, message);
  }
}

const touchesMeaning = ({ instancePath, keyword }: ErrorObject): boolean =>
  instancePath === ''
    ? keyword === 'required'
    : /^\/(?:logsource|detection|filter|correlation|generate|tidemark)(?:\/|$)/.test(instancePath) &&
      instancePath !== '/logsource/definition';

function sentence(error: ErrorObject): string {
  const { keyword, params, instancePath } = error;
  const key =
    instancePath
      .split('/')
      .slice(1)
      .filter((step) => !/^\d+$/.test(step))
      .join('.') || 'a rule';
  const called = /\/\d+$/.test(instancePath) ? `a value of '${key}'` : `'${key}'`;
  const says = (error.parentSchema as { says?: string } | undefined)?.says;
  switch (keyword) {
    case 'required':
      return `'${key === 'a rule' ? '' : `${key}.`}${params.missingProperty}' is missing`;
    case 'enum':
      return `${called} must be one of ${params.allowedValues.join(', ')}`;
    case 'type':
      return `${called} must be ${[params.type]
        .flat()
        .map((type: string) => TYPES[type] ?? type)
        .join(' or ')}`;
    case 'maxLength':
      return `${called} is longer than ${params.limit} characters`;
    case 'minLength':
      return `${called} is shorter than ${params.limit} characters`;
    case 'uniqueItems':
      return `${called} names something twice`;
    default:
      return `${called} must be ${says ?? error.message ?? 'otherwise'}`;
  }
}

const TYPES: Record<string, string> = {
  string: 'text',
  array: 'a list',
  object: 'a map',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'empty',
};

const MOST_ITEMS = 500;

/** The document as plain values; what stands inside selections is not looked at here. */
function plain(tree: Tree, depth: number): unknown {
  if (tree.kind === 'scalar') return typeof tree.value === 'bigint' ? Number(tree.value) : tree.value;
  if (tree.kind === 'list') return tree.items.slice(0, MOST_ITEMS).map((item) => plain(item, depth + 1));
  const made: Record<string, unknown> = Object.create(null);
  for (const { key, value } of tree.entries) {
    const selection = depth === 1 && value.kind !== 'scalar' && !SHORT.has(key);
    made[key] = selection ? (value.kind === 'list' ? [] : {}) : plain(value, depth + 1);
  }
  return made;
}

/** Keys of the blocks below the root that the schemas look into. */
const SHORT = new Set(['condition', 'rules', 'aliases', 'group-by']);

/** The place of `/tags/0` in the tree; of the deepest part that is there. */
function placeOf(path: string, root: MapTree): Place {
  let at: Place = root.at;
  let tree: Tree = root;
  for (const step of path.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    const found: { at: Place; value: Tree } | undefined =
      tree.kind === 'map'
        ? entry(tree, name)
        : tree.kind === 'list' && tree.items[Number(name)]
          ? { at: tree.items[Number(name)]!.at, value: tree.items[Number(name)]! }
          : undefined;
    if (!found) return at;
    at = found.value.kind === 'list' ? found.at : found.value.at;
    tree = found.value;
  }
  return at;
}
