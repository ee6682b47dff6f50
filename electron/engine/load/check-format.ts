// Checks one format file: is it accepted, do its samples become what it states, and what does it make of a log.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { LEVELS, type Level } from '../../../shared/model.ts';
import { CaseError } from '../case/errors.ts';
import { type MemberFlow, readBundle } from '../intake/bundle.ts';
import { type CustomFormat, customFormat } from '../parse/custom/custom-format.ts';
import { type FormatDefinition, type FormatProblem, readDefinition } from '../parse/custom/definition.ts';
import { openMember } from '../parse/member.ts';
import type { Draft } from '../parse/record.ts';

export interface FormatCheck {
  /** Accepted, all samples as stated, and (when a log was given) at least one line of it read. */
  ok: boolean;
  name: string | null;
  problems: FormatProblem[];
  samples: { ok: boolean; differences: string[] }[];
  log: LogCheck | null;
}

interface LogCheck {
  files: number;
  lines: number;
  records: number;
  unparsedLines: number;
  undated: number;
  levels: Record<string, number>;
  /** The first unparsed records, at most 20: file, line, text. */
  unparsed: { file: string; line: number; text: string }[];
  /** The first parsed records, at most 5. */
  first: { file: string; line: number; time: string | null; level: Level | null; message: string }[];
}

const SHOWN = 20;
const FIRST = 5;
const TEXT = 400;

export async function checkFormat(path: string, log: string | null): Promise<FormatCheck> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CaseError('no_format', `${path} can't be read (${error.code ?? 'unknown'}). Check the path.`, {
      refusal: 'usage',
      cause: error,
    });
  });
  const { definition, problems } = readDefinition(text);
  if (!definition) return { ok: false, name: null, problems, samples: [], log: null };
  const custom = customFormat(definition);
  const samples = definition.samples.map((sample) => checkSample(custom, sample));
  const read = log === null ? null : await readLog(custom, log);
  return {
    ok: samples.every((s) => s.ok) && (read === null || read.unparsedLines < read.lines),
    name: definition.name,
    problems,
    samples,
    log: read,
  };
}

const forced = (custom: CustomFormat): CustomFormat => ({ ...custom, claims: () => true });
const words = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

const timeOf = (draft: Draft): string | null =>
  draft.tsKind === 0 || draft.tsKind >= 4
    ? null
    : `${new Date(Math.floor(draft.tsWall / 1000)).toISOString().slice(0, 19)}.${String(((draft.tsWall % 1e6) + 1e6) % 1e6).padStart(6, '0')}${draft.tsKind === 1 ? 'Z' : ''}`;

type SampleDefinition = FormatDefinition['samples'][number];

/** Reads a sample as a file of its own and compares its records with what the sample states. */
export function checkSample(
  custom: CustomFormat,
  sample: SampleDefinition,
): { ok: boolean; differences: string[] } {
  const got: {
    time: string | null;
    level: Level | null;
    message: string;
    fields: Record<string, unknown>;
    lines: number;
    parsed: boolean;
  }[] = [];
  const parser = openMember(
    { path: 'sample.log', bundle: 'sample', mtimeUs: Date.UTC(2026, 11, 31) * 1000 },
    {
      record: (draft) =>
        void got.push({
          time: timeOf(draft),
          level: LEVELS[draft.level] ?? null,
          message: words(draft.message),
          fields: draft.fields === '' ? {} : (JSON.parse(words(draft.fields)) as Record<string, unknown>),
          lines: draft.lines,
          parsed: draft.parsed,
        }),
    },
    [forced(custom)],
  );
  parser.push(new TextEncoder().encode(sample.lines));
  parser.end();
  const differences: string[] = [];
  if (got.length !== sample.gives.length)
    differences.push(`${sample.gives.length} records are stated, ${got.length} were read`);
  sample.gives.forEach((want, i) => {
    const have = got[i];
    if (!have) return;
    const differs = (what: string, stated: unknown, read: unknown) =>
      differences.push(
        `record ${i + 1}: ${what} is stated as ${JSON.stringify(stated)}, read as ${JSON.stringify(read)}`,
      );
    if (!have.parsed) differences.push(`record ${i + 1}: no pattern fits it`);
    if (want.time !== undefined && !sameTime(want.time, have.time)) differs('time', want.time, have.time);
    if (want.level !== undefined && want.level !== have.level) differs('level', want.level, have.level);
    if (want.message !== undefined && want.message !== have.message)
      differs('message', want.message, have.message);
    if (want.lines !== undefined && want.lines !== have.lines) differs('lines', want.lines, have.lines);
    for (const [name, value] of Object.entries(want.fields ?? {})) {
      if (JSON.stringify(value) !== JSON.stringify(have.fields[name]))
        differs(name, value, have.fields[name]);
    }
  });
  return { ok: differences.length === 0, differences };
}

/** A stated time with a zone is compared as a moment, one without as the wall clock. */
function sameTime(stated: string, read: string | null): boolean {
  if (read === null) return false;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(stated);
  if (zoned !== read.endsWith('Z')) return false;
  const moment = (text: string) => Date.parse(zoned ? text : `${text.replace(' ', 'T')}Z`);
  return Math.abs(moment(stated) - moment(read)) < 1 && !Number.isNaN(moment(stated));
}

async function readLog(custom: CustomFormat, path: string): Promise<LogCheck> {
  const log: LogCheck = {
    files: 0,
    lines: 0,
    records: 0,
    unparsedLines: 0,
    undated: 0,
    levels: {},
    unparsed: [],
    first: [],
  };
  const flow: MemberFlow = {
    begin: async (header) => {
      log.files++;
      const file = header.path || basename(path);
      const parser = openMember(
        { path: header.path, bundle: basename(path), mtimeUs: header.mtimeUs },
        {
          record(draft) {
            const text = words(draft.message.slice(0, TEXT));
            if (!draft.parsed) {
              if (log.unparsed.length < SHOWN) log.unparsed.push({ file, line: draft.line, text });
              return;
            }
            if (timeOf(draft) === null) log.undated++;
            const level = LEVELS[draft.level] ?? null;
            log.levels[level ?? 'none'] = (log.levels[level ?? 'none'] ?? 0) + 1;
            if (log.first.length < FIRST)
              log.first.push({ file, line: draft.line, time: timeOf(draft), level, message: text });
          },
        },
        [forced(custom)],
      );
      return {
        write: async (chunk) => parser.push(chunk),
        end: async () => {
          const summary = parser.end();
          log.lines += summary.lines;
          log.records += summary.records;
          log.unparsedLines += summary.unparsedLines;
        },
      };
    },
    note: async () => {},
    progress: () => {},
  };
  await readBundle(path, flow);
  return log;
}
