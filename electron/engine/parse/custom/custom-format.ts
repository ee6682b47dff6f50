// A format given as data becomes one the reader can use: patterns by RE2, so that no line can make one run away.
import type { RE2JS } from 're2js';
import { LEVELS } from '../../../../shared/model.ts';
import { levelOf } from '../formats/other.ts';
import type { Format, LineKind, Member } from '../kind.ts';
import type { Draft } from '../record.ts';
import { byteString, decode, isIp, put, putNumber } from '../text.ts';
import type { FormatDefinition } from './definition.ts';
import { compilePattern } from './pattern.ts';
import { type ReadTime, timeReader } from './written-time.ts';

export interface CustomFormat {
  readonly format: Format;
  /** True, false: the file names it is for, and this is one or none; null: it names no files. */
  claims(path: string): boolean | null;
}

/** A pattern is tried on lines up to this length, in characters; RE2 takes time in proportion. */
const LONGEST = 65_536;

export function customFormat(definition: FormatDefinition): CustomFormat {
  const kind = new CustomKind(definition);
  const globs = definition.files?.map(globOf);
  return {
    format: { id: kind.id, system: definition.system, kinds: [kind] },
    claims: (path) => (globs ? globs.some((glob) => glob.test(path)) : null),
  };
}

/** A glob without a slash is for names in any folder. */
function globOf(glob: string): RegExp {
  const body = glob.replace(/\*\*\/?|[*?]|[.+^${}()|[\]\\]/g, (c) =>
    c.startsWith('**') ? '.*' : c === '*' ? '[^/]*' : c === '?' ? '[^/]' : `\\${c}`,
  );
  return new RegExp(`${glob.includes('/') ? '(?:^|/)' : '(?:^|.*/)'}${body}$`);
}

interface Shape {
  regex: RE2JS;
  category: string;
  action: string;
  outcome: string;
}

/** Compiled when the first line is tried: most members are of no such format. */
const shapesOf = (definition: FormatDefinition): Shape[] =>
  definition.patterns.map((shape) => ({
    regex: compilePattern(shape.pattern),
    category: shape.category ?? '',
    action: shape.action ?? '',
    outcome: shape.outcome ?? (shape.category ? 'unknown' : ''),
  }));

class CustomKind implements LineKind {
  readonly id: string;
  readonly samples = [];
  readonly joins: (line: string) => boolean;
  #definition: FormatDefinition;
  #shapes: Shape[] | null = null;
  #time: ReadTime | null;

  constructor(definition: FormatDefinition) {
    this.id = `custom.${definition.name}`;
    this.#definition = definition;
    this.#time = definition.time ? timeReader(definition.time.format, definition.time.zone ?? '') : null;
    const { continuation } = definition;
    this.joins =
      continuation === 'all'
        ? () => true
        : continuation === 'none'
          ? () => false
          : (line) => /^[ \t]/.test(line);
  }

  read(line: string, draft: Draft, member: Member): boolean {
    if (line.length > LONGEST || line === '') return false;
    const text = decode(line);
    this.#shapes ??= shapesOf(this.#definition);
    for (const shape of this.#shapes) {
      const matcher = shape.regex.matcher(text);
      if (!matcher.find()) continue;
      const groups = matcher.getNamedGroups() as Record<string, string | null>;
      draft.category = shape.category;
      draft.action = shape.action;
      draft.outcome = shape.outcome;
      this.#fill(draft, member, line, groups);
      return true;
    }
    return false;
  }

  #fill(draft: Draft, member: Member, line: string, groups: Record<string, string | null>): void {
    const { system, component, message, time, level, fields } = this.#definition;
    draft.parsed = true;
    draft.system = system;
    draft.component = component ?? member.hint.component;
    draft.message = message === undefined ? line : byteString(groups[message] ?? '');
    const written = time ? groups[time.field] : null;
    if (written) {
      const at = this.#time!(written, member);
      if (at) {
        draft.tsWall = at.us;
        draft.tsKind = at.kind;
      } else put(draft, 'tidemark.time_not_read', byteString(written));
    }
    const native = level ? groups[level.field] : null;
    if (level && native) {
      const mapped = level.map[native];
      draft.level = mapped === undefined ? levelOf(native) : LEVELS.indexOf(mapped);
      draft.nativeLevel = byteString(native);
    }
    for (const [name, value] of Object.entries(groups)) {
      if (value === null || value === undefined || name === message || name === time?.field) continue;
      this.#field(draft, name, byteString(value), fields[name]);
    }
  }

  #field(
    draft: Draft,
    name: string,
    value: string,
    field: FormatDefinition['fields'][string] | undefined,
  ): void {
    const kind = field?.kind ?? 'text';
    if (kind === 'number' && /^-?\d{1,15}(?:\.\d{1,9})?$/.test(value)) putNumber(draft, name, Number(value));
    else put(draft, name, value);
    if (kind !== 'text' && kind !== 'number') draft.entity(kind, value, field?.role ?? 'mentioned');
    switch (field?.column) {
      case undefined:
        break;
      case 'src_ip':
        if (isIp(value)) draft.srcIp = value;
        break;
      case 'user_name':
        draft.userName = value;
        break;
      case 'http_method':
        draft.httpMethod = value;
        break;
      case 'http_path':
        draft.httpPath = value;
        break;
      case 'http_status':
        if (/^\d{3}$/.test(value)) draft.httpStatus = Number(value);
        break;
      default:
        draft[field!.column!] = value;
    }
  }
}
