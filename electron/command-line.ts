// What the words after `tidemark` mean: commands, options, help. Decides nothing about cases and touches no file.
import { parseArgs } from 'node:util';
import type { IntakeLimits } from '../shared/api-intake.ts';
import { PROOF_DESCRIBED, type ProofCommand, readProofCommand } from './command-line-proof.ts';
import { readTransferCommand, TRANSFER_DESCRIBED, type TransferCommand } from './command-line-transfer.ts';
import { LIMIT_HELP, PASSWORD_HELP, readLimits } from './limit-words.ts';

/** Wrong usage, with the sentence to print; exit code 2. */
export class UsageError extends Error {
  readonly command: string | null;
  constructor(sentence: string, command: string | null = null) {
    super(sentence);
    this.name = 'UsageError';
    this.command = command;
  }
}

export type SqlFormat = 'table' | 'json' | 'csv' | 'parquet';
export type ReportFormat = 'html' | 'md' | 'json' | 'csv';
type Timezones = Record<string, string>;

export type Command =
  | ProofCommand
  | TransferCommand
  | { name: 'help'; of: string | null }
  | { name: 'version' }
  | {
      name: 'analyze';
      paths: string[];
      dir: string;
      report: { file: string; format: ReportFormat } | null;
      timezones: Timezones;
      formats: string[];
      limits: IntakeLimits;
      passwordFile: string | null;
      rules: string[];
      json: boolean;
    }
  | {
      name: 'ingest';
      dir: string;
      paths: string[];
      timezones: Timezones;
      formats: string[];
      limits: IntakeLimits;
      passwordFile: string | null;
      json: boolean;
    }
  | {
      name: 'resume';
      dir: string;
      bundles: string[];
      passwordFile: string | null;
      giveUp: boolean;
      json: boolean;
    }
  | { name: 'isolation'; json: boolean }
  | { name: 'format'; file: string; log: string | null; json: boolean }
  | { name: 'detect'; dir: string; rules: string[]; explain: string | null; json: boolean }
  | { name: 'rules'; verb: 'check'; paths: string[]; dir: string | null; json: boolean }
  | { name: 'rules'; verb: 'list'; dir: string | null; json: boolean }
  | { name: 'sql'; dir: string; sql: string; format: SqlFormat; out: string | null }
  | {
      name: 'report';
      dir: string;
      out: string;
      format: ReportFormat;
      sign: { key: string; passphraseFile: string | null } | null;
    }
  | { name: 'raw'; dir: string; eventId: string }
  | { name: 'serve'; dir: string | null; port: number; sample: boolean; open: boolean };

type Option = { type: 'string' | 'boolean'; short?: string; multiple?: boolean };
interface Described {
  usage: string;
  about: string;
  options: Record<string, Option>;
  details: string[];
}

const JSON_OPTION: Option = { type: 'boolean' };
const MANY: Option = { type: 'string', multiple: true };
const ZONE_HELP =
  '--timezone [NODE=]ZONE  zone of log times that state none: an IANA name or an offset such as +02:00; for one node or all';

const FORMATS_HELP =
  '--formats PATH  a format file or a folder of them, copied into the case; may be given again';

const DESCRIBED: Record<string, Described> = {
  analyze: {
    usage:
      'tidemark analyze PATH... --case DIR [--report FILE] [--timezone [NODE=]ZONE] [--formats PATH] [--limit NAME=VALUE] [--password-file FILE] [--rules PATH...] [--json]',
    about: 'Makes a case, ingests the bundles, runs the rules, writes the report.',
    options: {
      case: { type: 'string' },
      report: { type: 'string' },
      timezone: MANY,
      formats: MANY,
      limit: MANY,
      'password-file': { type: 'string' },
      rules: MANY,
      json: JSON_OPTION,
    },
    details: [
      'PATH           bundles: folders, .tar, .tar.gz/.bz2/.xz/.zst, .zip, .7z, single logs',
      '--case DIR     a new or empty folder for the case',
      '--report FILE  report to write; .html, .md, .json or .csv',
      ZONE_HELP,
      FORMATS_HELP,
      LIMIT_HELP,
      PASSWORD_HELP,
      '--rules PATH   more rules beside those that come with Tidemark; a file or a folder; may be given again',
      '--json         one JSON object on standard output: case, ingest, detect, report, findings',
    ],
  },
  ingest: {
    usage:
      'tidemark ingest DIR PATH... [--timezone [NODE=]ZONE] [--formats PATH] [--limit NAME=VALUE] [--password-file FILE] [--json]',
    about: 'Takes bundles into the case in DIR, which is made when it is not there.',
    options: {
      timezone: MANY,
      formats: MANY,
      limit: MANY,
      'password-file': { type: 'string' },
      json: JSON_OPTION,
    },
    details: [
      ZONE_HELP,
      FORMATS_HELP,
      LIMIT_HELP,
      PASSWORD_HELP,
      '--json  one JSON object: bundles, members by status, records, unparsed_lines, seconds',
    ],
  },
  resume: {
    usage: 'tidemark resume DIR [--bundles PATH...] [--password-file FILE] [--give-up] [--json]',
    about: 'Goes on with an ingest that was broken off by a kill, a power cut, a full disk or a cancel.',
    options: {
      bundles: MANY,
      'password-file': { type: 'string' },
      'give-up': { type: 'boolean' },
      json: JSON_OPTION,
    },
    details: [
      '--bundles PATH        bundles, or a folder of them, that the case names and you never named to this Tidemark',
      '--password-file FILE  passwords of encrypted bundles, a line each: PASSWORD for all, or PATH<tab>PASSWORD for one; never kept',
      '--give-up             keeps what was taken in, forgets bundles not begun, and settles the case',
      '--json                one JSON object, as ingest gives it; pending: false when nothing was broken off',
    ],
  },
  detect: {
    usage: 'tidemark detect DIR [--rules PATH...] [--explain RULE_ID] [--json]',
    about: 'Runs the rules over the case in DIR.',
    options: { rules: MANY, explain: { type: 'string' }, json: JSON_OPTION },
    details: [
      '--rules PATH...    more rules beside those that come with Tidemark and those of the case; files, folders or zips',
      '--explain RULE_ID  says why this rule has its findings, or why it has none, part by part',
      '--json             one JSON object: findings, rules (each with its time), refused, disabled, seconds',
    ],
  },
  rules: {
    usage:
      'tidemark rules check PATH... [--case DIR] [--json]\n       tidemark rules list [--case DIR] [--json]',
    about: 'Validates rules: each is read, compiled and put to the database. Or lists those there are.',
    options: { case: { type: 'string' }, json: JSON_OPTION },
    details: [
      'PATH        rule files, folders of them, zips',
      '--case DIR  a case: check says too whether its logs are in it, list shows its own rules and what they found',
      '--json      an array; check: {path, id, title, ok, applies, reason} for every rule',
    ],
  },
  sql: {
    usage: 'tidemark sql DIR "SELECT ..." [--format table|json|csv|parquet] [--out FILE]',
    about: 'Asks the case in DIR. Reading only, and only the case.',
    options: { format: { type: 'string' }, out: { type: 'string' } },
    details: [
      '--format  table (default, first 1,000 rows), json (an array of row objects), csv, parquet (needs --out)',
      '--out     file to write the whole result to; its ending decides the format when none is given',
    ],
  },
  format: {
    usage: 'tidemark format check FILE [LOG] [--json]',
    about: 'Checks a format file: is it accepted, are its samples as stated, what does it make of LOG.',
    options: { json: JSON_OPTION },
    details: [
      'FILE    a format as data (docs/formats/custom.md)',
      'LOG     a log, or a bundle of logs, read with this format alone',
      '--json  one JSON object: ok, name, problems, samples, log',
    ],
  },
  report: {
    usage: 'tidemark report DIR --out FILE.(html|md|json|csv) [--sign KEY [--passphrase-file FILE]]',
    about: 'Writes the report of the case in DIR.',
    options: { out: { type: 'string' }, sign: { type: 'string' }, 'passphrase-file': { type: 'string' } },
    details: [
      '--out   file to write; its ending decides the format',
      '--sign  a key by its name or fingerprint: signs the report, in it (html, md) or beside it (FILE.sig)',
      '--passphrase-file FILE  the passphrase of the key: the first line of this file; never kept',
    ],
  },
  raw: {
    usage: 'tidemark raw DIR EVENT_ID',
    about: 'Prints the exact bytes of one event, as they were in the bundle.',
    options: {},
    details: ['EVENT_ID  column event_id of the view events'],
  },
  ...PROOF_DESCRIBED,
  ...TRANSFER_DESCRIBED,
  serve: {
    usage: 'tidemark serve [DIR] [--port N] [--sample] [--open]',
    about: 'Serves the application to a browser on this machine only, and prints the address.',
    options: { port: { type: 'string' }, sample: { type: 'boolean' }, open: { type: 'boolean' } },
    details: [
      'DIR       case to open',
      '--port N  port to listen on; any free one by default',
      '--sample  opens the sample case, making it first where it is missing',
      '--open    opens a browser where there is one',
    ],
  },
  isolation: {
    usage: 'tidemark isolation [--json]',
    about: 'Says what keeps the engine from the network and from files on this machine.',
    options: { json: JSON_OPTION },
    details: ['--json  one JSON object: network, files, sentence; docs/security.md says what each means'],
  },
};

export function helpText(of: string | null): string {
  const one = of === null ? undefined : DESCRIBED[of];
  if (one) {
    return [
      `Usage: ${one.usage}`,
      '',
      one.about,
      ...(one.details.length ? ['', ...one.details.map((l) => `  ${l}`)] : []),
      '',
    ].join('\n');
  }
  return [
    'Tidemark: offline log forensics. Reads archived log bundles into a case and answers questions about it.',
    '',
    ...Object.values(DESCRIBED).flatMap(({ usage, about }) => [`  ${usage}`, `      ${about}`]),
    '',
    'Exit codes: 0 done, 1 done with failures recorded, 2 wrong usage, 3 refused, 130 interrupted.',
    'tidemark COMMAND --help says more about a command; --version prints the version.',
    '',
  ].join('\n');
}

/** True when the words ask for JSON, even if they are otherwise wrong. */
export const wantsJson = (words: readonly string[]): boolean => words.includes('--json');

/** Reads the words after `tidemark`; throws UsageError. */
export function readCommand(words: readonly string[]): Command {
  const [first, ...rest] = words;
  if (first === undefined) throw new UsageError('Say what to do.');
  if (first === '--version' || first === '-v') return { name: 'version' };
  if (first === '--help' || first === '-h' || first === 'help')
    return { name: 'help', of: rest.find((word) => word in DESCRIBED) ?? null };
  const described = Object.hasOwn(DESCRIBED, first) ? DESCRIBED[first] : undefined;
  if (!described) throw new UsageError(`There is no command "${first}".`);
  const wrong = (sentence: string) => new UsageError(sentence, first);
  const parsed = parse(rest, described, wrong);
  if (parsed.help) return { name: 'help', of: first };
  const { text, list, flag, positionals } = parsed;
  const dir = () => {
    const [folder] = positionals;
    if (!folder) throw wrong('Name the folder of the case.');
    return folder;
  };
  const only = (count: number) => {
    const extra = positionals[count];
    if (extra !== undefined) throw wrong(`"${extra}" is one word too many.`);
  };

  const proof = readProofCommand(first, { positionals, text, list, flag, wrong });
  if (proof !== null) return proof;
  const transfer = readTransferCommand(first, { positionals, text, list, flag, wrong });
  if (transfer !== null) return transfer;

  switch (first) {
    case 'analyze': {
      if (positionals.length === 0) throw wrong('Name at least one bundle to analyze.');
      const folder = text('case');
      if (!folder) throw wrong('Name the folder of the new case with --case.');
      const file = text('report');
      return {
        name: 'analyze',
        paths: positionals,
        dir: folder,
        report: file ? { file, format: reportFormat(file, wrong) } : null,
        timezones: timezones(list('timezone'), wrong),
        formats: list('formats'),
        limits: readLimits(list('limit'), wrong),
        passwordFile: text('password-file'),
        rules: list('rules'),
        json: flag('json'),
      };
    }
    case 'ingest': {
      const paths = positionals.slice(1);
      dir();
      if (paths.length === 0) throw wrong('Name at least one bundle to ingest.');
      return {
        name: 'ingest',
        dir: dir(),
        paths,
        timezones: timezones(list('timezone'), wrong),
        formats: list('formats'),
        limits: readLimits(list('limit'), wrong),
        passwordFile: text('password-file'),
        json: flag('json'),
      };
    }
    case 'resume':
      dir();
      only(1);
      return {
        name: 'resume',
        dir: dir(),
        bundles: list('bundles'),
        passwordFile: text('password-file'),
        giveUp: flag('give-up'),
        json: flag('json'),
      };
    case 'isolation':
      only(0);
      return { name: 'isolation', json: flag('json') };
    case 'format': {
      const [verb, file, log] = positionals;
      if (verb !== 'check') throw wrong('Say what to do with the format: check.');
      if (!file) throw wrong('Name the format file.');
      only(3);
      return { name: 'format', file, log: log ?? null, json: flag('json') };
    }
    case 'detect': {
      // `--rules a b`: words after the option are rules too; the case comes first, or last when nothing precedes --rules.
      const given = list('rules');
      if (given.length === 0) only(1);
      const folder = parsed.leading > 0 || given.length === 0 ? dir() : positionals.at(-1);
      if (!folder) throw wrong('Name the folder of the case.');
      const more = parsed.leading > 0 ? positionals.slice(1) : positionals.slice(0, -1);
      return {
        name: 'detect',
        dir: folder,
        rules: given.length === 0 ? [] : [...given, ...more],
        explain: text('explain'),
        json: flag('json'),
      };
    }
    case 'rules': {
      const [verb, ...paths] = positionals;
      if (verb !== 'check' && verb !== 'list') throw wrong('Say what to do with the rules: check or list.');
      if (verb === 'list') {
        only(1);
        return { name: 'rules', verb, dir: text('case'), json: flag('json') };
      }
      if (paths.length === 0) throw wrong('Name the rules to check: files, folders or zips.');
      return { name: 'rules', verb, paths, dir: text('case'), json: flag('json') };
    }
    case 'sql': {
      const sql = positionals[1];
      dir();
      if (!sql?.trim()) throw wrong('Give the SQL as one word in quotes.');
      only(2);
      const out = text('out');
      const format = sqlFormat(text('format'), out, wrong);
      if (format === 'parquet' && !out) throw wrong('Parquet is binary: name a file with --out.');
      if (format === 'table' && out)
        throw wrong('A table is for reading here; with --out choose --format json, csv or parquet.');
      return { name: 'sql', dir: dir(), sql, format, out };
    }
    case 'report': {
      dir();
      only(1);
      const out = text('out');
      if (!out) throw wrong('Name the file to write with --out.');
      const key = text('sign');
      const passphraseFile = text('passphrase-file');
      if (passphraseFile && !key) throw wrong('A passphrase is for a key: name the key with --sign.');
      return {
        name: 'report',
        dir: dir(),
        out,
        format: reportFormat(out, wrong),
        sign: key ? { key, passphraseFile } : null,
      };
    }
    case 'raw': {
      dir();
      only(2);
      const eventId = positionals[1];
      if (!eventId || !/^\d{1,19}$/.test(eventId))
        throw wrong('Name the event by its event_id, a whole number.');
      return { name: 'raw', dir: dir(), eventId };
    }
    default: {
      only(1);
      const port = text('port') ?? '0';
      if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
        throw wrong(`"${port}" is no port; use a number up to 65535.`);
      if (flag('sample') && positionals.length > 0) throw wrong('Name a case or --sample, not both.');
      return {
        name: 'serve',
        dir: positionals[0] ?? null,
        port: Number(port),
        sample: flag('sample'),
        open: flag('open'),
      };
    }
  }
}

interface Parsed {
  values: Record<string, unknown>;
  positionals: string[];
  tokens: { kind: string; name?: string }[];
}

function parse(words: string[], described: Described, wrong: (sentence: string) => UsageError) {
  let parsed: Parsed;
  try {
    parsed = parseArgs({
      args: words,
      options: { ...described.options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
  } catch (error) {
    throw wrong((error as Error).message.split('\n')[0]!.replace(/\. To specify .*$/, '.'));
  }
  const values = parsed.values;
  const firstRules = parsed.tokens.findIndex((token) => token.kind === 'option' && token.name === 'rules');
  return {
    positionals: parsed.positionals,
    /** Words before the first --rules. */
    leading: parsed.tokens.slice(0, Math.max(0, firstRules)).filter((token) => token.kind === 'positional')
      .length,
    help: values.help === true,
    text: (name: string) => (values[name] as string | undefined) ?? null,
    list: (name: string) => (values[name] as string[] | undefined) ?? [],
    flag: (name: string) => values[name] === true,
  };
}

const ending = (file: string) => /\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase() ?? '';

function reportFormat(file: string, wrong: (sentence: string) => UsageError): ReportFormat {
  const found = ({ html: 'html', htm: 'html', md: 'md', json: 'json', csv: 'csv' } as const)[ending(file)];
  if (!found) throw wrong(`A report ends in .html, .md, .json or .csv; "${file}" does not.`);
  return found;
}

function sqlFormat(
  given: string | null,
  out: string | null,
  wrong: (sentence: string) => UsageError,
): SqlFormat {
  const formats = ['table', 'json', 'csv', 'parquet'] as const;
  const asked = given ?? (out === null ? 'table' : ending(out));
  const found = formats.find((format) => format === asked);
  if (found && !(given === null && found === 'table')) return found;
  if (given === null && out === null) return 'table';
  throw wrong(
    given === null
      ? `Say with --format what to write to "${out}": json, csv or parquet.`
      : `"${given}" is no format; use table, json, csv or parquet.`,
  );
}

/** `NODE=ZONE` for one node, `ZONE` for all (key `*`). */
function timezones(given: string[], wrong: (sentence: string) => UsageError): Timezones {
  const zones: Timezones = {};
  for (const each of given) {
    const at = each.indexOf('=');
    const zone = each.slice(at + 1);
    if (at === 0 || !isZone(zone)) {
      throw wrong(`"${each}" names no time zone; use e.g. Europe/Berlin, +02:00 or NODE=Europe/Berlin.`);
    }
    zones[at < 0 ? '*' : each.slice(0, at)] = zone;
  }
  return zones;
}

function isZone(text: string): boolean {
  if (/^[+-]\d\d:?\d\d$/.test(text)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text !== '';
  } catch {
    return false;
  }
}
