// Which files and folders of the machine a call names, for the engine's process to be let read them.
import { resolve } from 'node:path';

type Input = Record<string, unknown>;

/** Fields that hold a path or a list of them. */
const NAMED: Record<string, readonly string[]> = {
  'ingest.start': ['paths', 'formats'],
  'intake.preview': ['paths'],
  'formats.check': ['path', 'log'],
  'rules.import': ['path'],
  'rules.checkFiles': ['paths'],
  'detect.start': ['rules'],
  'transfer.import': ['file'],
  'transfer.merge': ['file'],
};

const absolute = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(absolute);
  return typeof value === 'string' && value !== '' ? resolve(value) : value;
};

/** The call with its paths made absolute, for a process that works in another folder, and these paths. */
export function withPaths(method: string, input: unknown): { input: unknown; paths: string[] } {
  const fields = Object.hasOwn(NAMED, method) ? NAMED[method]! : [];
  if (fields.length === 0 || input === null || typeof input !== 'object') return { input, paths: [] };
  const given = { ...(input as Input) };
  const paths = new Set<string>();
  for (const field of fields) {
    if (!Object.hasOwn(given, field)) continue;
    given[field] = absolute(given[field]);
    for (const path of [given[field]].flat()) if (typeof path === 'string' && path !== '') paths.add(path);
  }
  return { input: given, paths: [...paths] };
}

/** Methods that read the bundles of the case again, where they were. */
export const READS_BUNDLES: ReadonlySet<string> = new Set(['ingest.resume', 'verify.start']);
