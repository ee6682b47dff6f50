// The words of a case: levels, systems, lens, statuses. Types and constants only; imports nothing of ours.

/** Normalised log levels, weakest first. NULL in the database when the record states none. */
export const LEVELS = ['trace', 'debug', 'info', 'notice', 'warning', 'error', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

/** Systems Tidemark understands by itself; other values (kernel, redis, ...) may occur in `events.system`. */
export const SYSTEMS = ['ray', 'celery', 'mesos', 'registry'] as const;

/** Finding levels of Sigma 2.1, weakest first. */
export const FINDING_LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type FindingLevel = (typeof FINDING_LEVELS)[number];

export const ANNOTATION_KINDS = ['tag', 'comment'] as const;
export type AnnotationKind = (typeof ANNOTATION_KINDS)[number];

export const FINDING_STATES = ['open', 'confirmed', 'dismissed', 'suppressed'] as const;
export type FindingState = (typeof FINDING_STATES)[number];

/** Correlations of Sigma 2.1, and `value_median`, which pySigma adds. */
export const CORRELATION_TYPES = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
] as const;
export type CorrelationType = (typeof CORRELATION_TYPES)[number];

/** What a rule is: one on single events, a correlation, or a check that Sigma can't say. */
export const RULE_TYPES = ['event', ...CORRELATION_TYPES, 'native', 'filter'] as const;
export type RuleType = (typeof RULE_TYPES)[number];

/** Where a rule comes from: shipped with Tidemark, the case's own folder, a path named for one run. */
export const RULE_ORIGINS = ['built-in', 'case', 'file'] as const;
export type RuleOrigin = (typeof RULE_ORIGINS)[number];

/** By what many rules at once are switched on or off. */
export const RULE_DEFAULT_KINDS = ['level', 'status', 'tag'] as const;
export type RuleDefaultKind = (typeof RULE_DEFAULT_KINDS)[number];

/** A number of a rule that a case may set otherwise. */
export interface Threshold {
  name: string;
  value: number;
  unit: 'events' | 'values' | 'rules' | 'seconds' | 'percent' | 'times' | '';
  least: number;
  most: number;
  about: string;
}

/** What became of an archive member at intake. */
export const MEMBER_STATUSES = ['parsed', 'partial', 'skipped', 'failed', 'duplicate'] as const;
export type MemberStatus = (typeof MEMBER_STATUSES)[number];

/** How the time of an event is known; see data-model `ts_basis`. */
export const TS_BASES = ['zone', 'file_zone', 'assumed_zone', 'inferred_year', 'neighbour', 'none'] as const;
export type TsBasis = (typeof TS_BASES)[number];

/** How a node or component stands in one respect of its logging; `unknown`: the evidence does not say. */
export const STANDINGS = ['bad', 'weak', 'unknown', 'ok'] as const;
export type Standing = (typeof STANDINGS)[number];

/** What a line of the logging posture is about, in the order it is shown. */
export const POSTURE_TOPICS = [
  'authentication',
  'secrets',
  'transport',
  'hardening',
  'audit',
  'access',
  'missing',
  'rotation',
  'levels',
  'format',
  'clock',
  'permissions',
] as const;
export type PostureTopic = (typeof POSTURE_TOPICS)[number];

/** Kinds of entities that events mention. */
export const ENTITY_KINDS = [
  'ip',
  'user',
  'host',
  'ray_job',
  'ray_actor',
  'ray_task',
  'ray_node',
  'ray_worker',
  'ray_submission',
  'celery_task',
  'celery_group',
  'mesos_agent',
  'mesos_framework',
  'mesos_executor',
  'mesos_task',
  'mesos_container',
  'mesos_status_update',
  'image_repository',
  'image_tag',
  'image_digest',
  'http_request',
  'registry_upload',
  'registry_instance',
  'url',
  'file_path',
  'process',
] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

/** Kinds of entities whose events make one life cycle. */
export const LIFE_KINDS = [
  'celery_task',
  'mesos_task',
  'mesos_status_update',
  'mesos_container',
  'mesos_executor',
  'http_request',
  'registry_upload',
  'ray_submission',
  'ray_actor',
  'ray_task',
  'ray_job',
] as const satisfies readonly EntityKind[];

/**
 * What joins two events of the view `links`. Exact ones: both lines state the same id (the kind is the entity kind of the
 * id) or one states the id of the other. Inferred ones: times, addresses and names fit.
 */
export const EXACT_LINKS = [
  'celery_task',
  'celery_parent',
  'celery_group',
  'ray_submission',
  'ray_job',
  'ray_actor',
  'ray_task',
  'mesos_task',
  'mesos_container',
  'mesos_status_update',
  'http_request',
  'registry_upload',
  'image_digest',
] as const;
export const INFERRED_LINKS = [
  'access_line',
  'proxy_line',
  'request_answer',
  'upload_start',
  'beat_send',
  'task_output',
  'worker_exit',
  'process_end',
  'job_request',
  'driver_job',
] as const;
export const LINK_KINDS = [...EXACT_LINKS, ...INFERRED_LINKS] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** Fields a lens term may name; all are columns of the view `events`, but `entity` (value `kind:value`), `finding` and `template` (ids). */
export const LENS_FIELDS = [
  'node',
  'system',
  'component',
  'level',
  'category',
  'action',
  'outcome',
  'src_ip',
  'user_name',
  'http_method',
  'http_path',
  'http_status',
  'logger',
  'pid',
  'file_id',
  'ts_basis',
  'entity',
  'finding',
  'template',
] as const;
export type LensField = (typeof LENS_FIELDS)[number];

/** Exit codes of the command line. */
export const EXIT = { done: 0, withFailures: 1, usage: 2, refused: 3 } as const;
