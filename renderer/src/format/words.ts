// The words for the names of the model: fields, statuses, time bases.
import type {
  EntityKind,
  LensField,
  MemberStatus,
  PostureTopic,
  Standing,
  TsBasis,
} from '../../../shared/model.ts';

const FIELD: Partial<Record<LensField, string>> = {
  src_ip: 'source address',
  user_name: 'user',
  http_method: 'HTTP method',
  http_path: 'HTTP path',
  http_status: 'HTTP status',
  file_id: 'file',
  ts_basis: 'time basis',
};
export const fieldWord = (field: LensField): string => FIELD[field] ?? field;

export const BASIS_WORDS: Record<TsBasis, { word: string; sentence: string }> = {
  zone: { word: 'zone in the line', sentence: 'The line states its own offset from UTC.' },
  file_zone: {
    word: 'zone of the file',
    sentence: 'Other lines or metadata of the file or node state the zone.',
  },
  assumed_zone: { word: 'assumed zone', sentence: 'The case setting says which zone to assume.' },
  inferred_year: {
    word: 'year inferred',
    sentence: 'The line has no year; it was inferred from its surroundings.',
  },
  neighbour: { word: 'from neighbours', sentence: 'The line has no time; it stands between dated lines.' },
  none: { word: 'no time', sentence: 'Nothing can be said about the time.' },
};

/** How a zone or offset is known; other words of the engine stay as they are. */
export const basisWord = (basis: string | null): string =>
  basis === null
    ? '–'
    : basis in BASIS_WORDS
      ? BASIS_WORDS[basis as TsBasis].word
      : basis.replaceAll('_', ' ');

export const STATUS_WORDS: Record<MemberStatus, string> = {
  parsed: 'parsed',
  partial: 'partly parsed',
  skipped: 'skipped',
  failed: 'failed',
  duplicate: 'duplicate',
};

export const TOPIC_WORDS: Record<PostureTopic, string> = {
  authentication: 'Authentication',
  secrets: 'Secrets in clear',
  transport: 'Encryption in transit',
  hardening: 'Hardening',
  audit: 'Audit trail',
  access: 'Access log',
  missing: 'Missing logs',
  rotation: 'Rotation and gaps',
  levels: 'Log levels',
  format: 'Format and times',
  clock: 'Clocks',
  permissions: 'File permissions',
};

export const STANDING_SENTENCES: Record<Standing, string> = {
  bad: 'A fault: it lets somebody in, hides acts, gives secrets away or misleads.',
  weak: 'A weakness.',
  unknown: 'The evidence does not say.',
  ok: 'Well set up, as far as the evidence tells.',
};

export const entityWord = (kind: EntityKind | string): string => kind.replaceAll('_', ' ');

const THING: Partial<Record<string, string>> = {
  celery_task: 'Task',
  mesos_task: 'Task',
  ray_task: 'Task',
  ray_actor: 'Actor',
  ray_job: 'Job',
  ray_submission: 'Job',
  http_request: 'Request',
  registry_upload: 'Upload',
};
/** What the details of an entity are headed with. */
export const thingWord = (kind: EntityKind | string): string => THING[kind] ?? 'Entity';

/** What a missing value is called. */
export const NONE = '(none)';
export const valueWord = (value: string | null): string =>
  value === null ? NONE : value === '' ? '(empty)' : value;
