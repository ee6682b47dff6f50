// What carriers in JSON have in common: one parse for all of them, times under any spelling, names of pods and files.
import { epochMicros } from '../formats/other.ts';
import type { Json, JsonObject } from '../text.ts';
import { parseObject, textOf } from '../text.ts';
import { cursor, isoAt } from '../time.ts';
import { outer, placeOf } from './carrier.ts';

let lastLine = '';
let lastObject: JsonObject | null = null;

/** The object that a line holds, parsed once for all who ask. */
export function objectOn(line: string): JsonObject | null {
  if (line !== lastLine) {
    lastLine = line;
    lastObject = parseObject(line);
  }
  return lastObject;
}

export function inside(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

/** A member under its dotted path, nested or written flat: `log.file.path`. */
export function deep(object: JsonObject, path: string): Json | undefined {
  if (object[path] !== undefined) return object[path];
  const dot = path.indexOf('.');
  if (dot === -1) return undefined;
  const head = object[path.slice(0, dot)];
  return head !== null && typeof head === 'object' && !Array.isArray(head)
    ? deep(head, path.slice(dot + 1))
    : undefined;
}

export function firstDeep(object: JsonObject, ...paths: string[]): string {
  for (const path of paths) {
    const text = textOf(deep(object, path));
    if (text !== '') return text;
  }
  return '';
}

/** Takes a time: ISO 8601, `YYYY-MM-DD hh:mm:ss.fff UTC`, or epoch seconds to nanoseconds. False when it is none. */
export function takeTime(value: Json | undefined): boolean {
  if (typeof value === 'number') {
    if (!(value > 1e8 && value < 1e19)) return false;
    outer.time = Math.round(
      value < 1e11 ? value * 1e6 : value < 1e14 ? value * 1e3 : value < 1e17 ? value : value / 1e3,
    );
    outer.zoned = true;
    return true;
  }
  if (typeof value !== 'string') return false;
  const us = isoAt(value, 0);
  if (!Number.isNaN(us)) {
    outer.time = us;
    outer.zoned = cursor.zoned || /^ ?(?:UTC|GMT)$/.test(value.slice(cursor.end));
    outer.year = Number(value.slice(0, 4));
    return true;
  }
  const epoch = epochMicros(value);
  if (Number.isNaN(epoch)) return false;
  outer.time = epoch;
  outer.zoned = true;
  return true;
}

/** Takes the first of several members that is a time. */
export function takeTimeOf(object: JsonObject, ...paths: string[]): void {
  for (const path of paths) if (takeTime(deep(object, path))) return;
}

const FILE_KEYS = [
  'log.file.path',
  'file',
  'path',
  'filename',
  'file_path',
  'filepath',
  'log_file',
  'source',
  'Path',
  'tailed_path',
];
const LOG_PATH = /^(?:\/[^\s/"]{1,255}){1,30}$/;
const LOG_NAME = /(?:\.(?:log|out|err|txt|json|INFO|WARNING|ERROR)(?:\.\d+)?|\/std(?:out|err)(?:\.\d+)?)$/;

/** Takes the path of the collected file: under a usual key, or (Fluent Bit's Path_Key has any name) the first value that is a log's path. */
export function takeFile(object: JsonObject): void {
  for (const key of FILE_KEYS) {
    const value = deep(object, key);
    if (typeof value === 'string' && LOG_PATH.test(value)) {
      outer.file = textOf(value);
      placeOf(outer.file);
      return;
    }
  }
  for (const key in object) {
    const value = object[key];
    if (
      typeof value === 'string' &&
      value.charCodeAt(0) === 47 &&
      LOG_NAME.test(value) &&
      LOG_PATH.test(value)
    ) {
      outer.file = textOf(value);
      placeOf(outer.file);
      return;
    }
  }
}

/** Takes node, pod, namespace and container, as Kubernetes filters and processors name them. */
export function takeKubernetes(object: JsonObject): void {
  const k = inside(object.kubernetes);
  outer.pod ||= firstDeep(k, 'pod_name', 'pod.name') || firstDeep(object, 'podName', 'pod_name', 'pod');
  outer.namespace ||=
    firstDeep(k, 'namespace_name', 'pod_namespace', 'namespace') ||
    firstDeep(object, 'namespace_name', 'namespace');
  outer.container ||=
    firstDeep(k, 'container_name', 'container.name') ||
    firstDeep(object, 'containerName', 'container_name', 'container.name', 'container');
  outer.host ||= firstDeep(k, 'host', 'node_name', 'pod_node_name', 'node.name');
}

/** The text of a member that is an object, as it stands in the line: from its brace to the brace that closes it. '' when it stays open. */
export function rawObject(line: string, from: number): string {
  let depth = 0;
  for (let i = from; i < line.length; i++) {
    const c = line.charCodeAt(i);
    if (c === 34) {
      i = line.indexOf('"', i + 1);
      while (i !== -1 && escaped(line, i)) i = line.indexOf('"', i + 1);
      if (i === -1) return '';
    } else if (c === 123 || c === 91) depth++;
    else if (c === 125 || c === 93) {
      depth--;
      if (depth === 0) return line.slice(from, i + 1);
    }
  }
  return '';
}

function escaped(line: string, quote: number): boolean {
  let slashes = 0;
  while (line.charCodeAt(quote - 1 - slashes) === 92) slashes++;
  return slashes % 2 === 1;
}
