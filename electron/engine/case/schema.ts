// Tables and the public views of a case. The views are the interface (data model); tables may change with the version.
import { FINDING_LEVELS, LEVELS, LINK_KINDS, STANDINGS } from '../../../shared/model.ts';
import type { Connection } from './database.ts';
import { LINK_COMMENTS, LINK_VIEW } from './link-view.ts';
import { REQUEST_COMMENTS, REQUEST_VIEW } from './request-view.ts';
import { TASK_COMMENTS, TASK_VIEW } from './task-view.ts';

export const SCHEMA_VERSION = 13;

const list = (values: readonly string[]) => values.map((v) => `'${v}'`).join(', ');

const TABLES = `
CREATE TYPE log_level AS ENUM (${list(LEVELS)});
CREATE TYPE finding_level AS ENUM (${list(FINDING_LEVELS)});
CREATE TYPE standing AS ENUM (${list(STANDINGS)});
CREATE TYPE link_kind AS ENUM (${list(LINK_KINDS)});

CREATE TABLE setting (key VARCHAR PRIMARY KEY, value VARCHAR);

CREATE TABLE bundle (
  bundle_id INTEGER PRIMARY KEY, name VARCHAR NOT NULL, path VARCHAR, sha256 VARCHAR, size BIGINT,
  added_at TIMESTAMP, added_by VARCHAR, tool_version VARCHAR, complete BOOLEAN, problem VARCHAR,
  state VARCHAR NOT NULL DEFAULT 'done', -- planned, reading, done, broken off (given up with members in the case)
  first_file_id INTEGER, ordinal INTEGER, mtime TIMESTAMP, options VARCHAR);
-- what was begun and not completed: set before the step, deleted in the transaction that completes it
CREATE TABLE pending (step VARCHAR PRIMARY KEY, since TIMESTAMP NOT NULL, detail VARCHAR);

CREATE TABLE member (
  file_id INTEGER PRIMARY KEY, bundle_id INTEGER NOT NULL, path VARCHAR NOT NULL,
  sha256 VARCHAR, content_sha256 VARCHAR, size BIGINT, content_size BIGINT, mode INTEGER, owner VARCHAR, mtime TIMESTAMP,
  format VARCHAR, system VARCHAR, encoding VARCHAR, compression VARCHAR, status VARCHAR NOT NULL, reason VARCHAR,
  duplicate_of INTEGER, lines BIGINT DEFAULT 0, records BIGINT DEFAULT 0, unparsed_lines BIGINT DEFAULT 0, out_of_order BIGINT DEFAULT 0,
  foreign_records BIGINT DEFAULT 0,
  first_ts TIMESTAMP, last_ts TIMESTAMP, first_wall TIMESTAMP, last_wall TIMESTAMP, year_basis VARCHAR, zone VARCHAR, zone_basis VARCHAR, node VARCHAR,
  applied_zone VARCHAR DEFAULT 'UTC', applied_clock VARCHAR DEFAULT '0');

CREATE TABLE node (
  node VARCHAR PRIMARY KEY, systems VARCHAR[], roles VARCHAR[], addresses VARCHAR[],
  zone VARCHAR, zone_basis VARCHAR, zone_set VARCHAR, zone_found VARCHAR,
  clock_offset_us BIGINT DEFAULT 0, offset_basis VARCHAR, offset_confidence DOUBLE, offset_set BIGINT,
  offset_found_us BIGINT, offset_found_basis VARCHAR, offset_low_us BIGINT, offset_high_us BIGINT, offset_via VARCHAR,
  clock_plan VARCHAR DEFAULT '0');
CREATE TABLE node_clock (
  node VARCHAR, seq INTEGER, from_ts TIMESTAMP, to_ts TIMESTAMP, clock_offset_us BIGINT, low_us BIGINT, high_us BIGINT, pairs INTEGER, agreeing INTEGER);
CREATE TABLE clock_pair (
  node VARCHAR, other VARCHAR, kind VARCHAR, basis VARCHAR, key VARCHAR, from_event BIGINT, to_event BIGINT, low_us BIGINT, high_us BIGINT, agrees BOOLEAN);

CREATE TABLE zone_evidence (
  file_id INTEGER, offset_minutes INTEGER, count BIGINT, first_line INTEGER, last_line INTEGER, first_wall BIGINT, last_wall BIGINT,
  why VARCHAR, writer VARCHAR);
-- which zone each line's local time is in: of a file's rows the first that fits (component, line, local time) holds
CREATE TABLE zone_span (
  file_id INTEGER, seq INTEGER, component VARCHAR, from_line INTEGER, to_line INTEGER, from_wall TIMESTAMP, to_wall TIMESTAMP,
  zone VARCHAR, basis VARCHAR, doubt VARCHAR, why VARCHAR);
CREATE TABLE year_fix (file_id INTEGER, before_line INTEGER, years INTEGER); -- years that turned out wrong while the file was read
-- rotated files of one log; follows: goes on where the file before it ends, with nothing missing between
CREATE TABLE series (series_id INTEGER PRIMARY KEY, node VARCHAR, name VARCHAR NOT NULL, missing VARCHAR[] NOT NULL, contradiction VARCHAR);
CREATE TABLE series_member (
  series_id INTEGER NOT NULL, file_id INTEGER NOT NULL, position INTEGER NOT NULL, why VARCHAR NOT NULL, follows BOOLEAN NOT NULL);
CREATE TABLE fact (file_id INTEGER, kind VARCHAR, value VARCHAR, line BIGINT);

-- the seven words that say what kind of line an event is: few combinations, so each stands once
CREATE TABLE event_kind (
  kind_id INTEGER NOT NULL, system VARCHAR, component VARCHAR, level log_level, level_native VARCHAR,
  category VARCHAR, action VARCHAR, outcome VARCHAR);

CREATE TABLE event_row (
  event_id BIGINT NOT NULL, file_id INTEGER NOT NULL, line INTEGER, lines INTEGER, byte_offset BIGINT, byte_length INTEGER,
  ts TIMESTAMP, ts_logged TIMESTAMP, ts_wall TIMESTAMP, ts_kind UTINYINT, ts_mark UTINYINT, kind_id INTEGER NOT NULL,
  message VARCHAR USING COMPRESSION zstd, fields VARCHAR USING COMPRESSION zstd,
  src_ip VARCHAR, user_name VARCHAR, http_method VARCHAR, http_path VARCHAR, http_status INTEGER,
  pid VARCHAR, tid VARCHAR, logger VARCHAR, parsed BOOLEAN, template_id BIGINT);

-- events of a file counted by kind and basis of their time; rebuilt by derive, so that nothing has to read all events to count them
CREATE TABLE event_tally (
  file_id INTEGER NOT NULL, kind_id INTEGER NOT NULL, ts_kind UTINYINT, ts_mark UTINYINT, events BIGINT NOT NULL, undated BIGINT NOT NULL,
  first_ts TIMESTAMP, last_ts TIMESTAMP);

-- as the workers met them, with repeats; derive makes one row each and says which are one template after merging
CREATE TABLE template_seen (template_id BIGINT NOT NULL, system VARCHAR, component VARCHAR, text VARCHAR);
CREATE TABLE template (template_id BIGINT PRIMARY KEY, merged_id BIGINT NOT NULL, system VARCHAR, component VARCHAR, text VARCHAR);

CREATE TABLE entity (entity_id BIGINT NOT NULL, kind VARCHAR, value VARCHAR, role VARCHAR);
-- back: so many records before is the one that mentions the entity before; 0: none is known; -1: it stands in another file
CREATE TABLE entity_ref (event_id BIGINT NOT NULL, entity_id BIGINT NOT NULL, back INTEGER NOT NULL DEFAULT 0);
-- entities that stand in several rows, or in several files: their chains are in link, those of all others in entity_ref.back
CREATE TABLE link_several (entity_id BIGINT NOT NULL, key BIGINT NOT NULL);
CREATE TABLE link (from_event BIGINT NOT NULL, to_event BIGINT NOT NULL, kind link_kind NOT NULL, entity_id BIGINT, candidates INTEGER, why VARCHAR);

CREATE TABLE posture_row (
  posture_id INTEGER PRIMARY KEY, check_id VARCHAR NOT NULL, topic VARCHAR NOT NULL, node VARCHAR, system VARCHAR, component VARCHAR,
  standing standing NOT NULL, title VARCHAR NOT NULL, proof VARCHAR NOT NULL, change VARCHAR,
  event_ids BIGINT[] NOT NULL, event_count BIGINT NOT NULL, file_ids INTEGER[] NOT NULL, file_count BIGINT NOT NULL,
  source VARCHAR NOT NULL, terms VARCHAR);

CREATE TABLE rule_run (
  rule_id VARCHAR PRIMARY KEY, title VARCHAR, level finding_level, status VARCHAR, type VARCHAR, path VARCHAR, source VARCHAR,
  sql VARCHAR, parameters VARCHAR, error VARCHAR, applies BOOLEAN, events BIGINT, findings BIGINT, millis DOUBLE,
  enabled BOOLEAN DEFAULT true, disabled_why VARCHAR, origin VARCHAR DEFAULT 'built-in', warnings VARCHAR, excluded BIGINT DEFAULT 0,
  note VARCHAR, tuned VARCHAR);
-- the responder's own: a row per rule, per level, status or tag, per placeholder, per suppression
CREATE TABLE rule_tuning (
  rule_id VARCHAR PRIMARY KEY, enabled BOOLEAN, thresholds VARCHAR, reason VARCHAR, author VARCHAR, made_at TIMESTAMP);
CREATE TABLE rule_default (
  kind VARCHAR, value VARCHAR, enabled BOOLEAN NOT NULL, author VARCHAR, made_at TIMESTAMP, PRIMARY KEY (kind, value));
CREATE TABLE placeholder (name VARCHAR PRIMARY KEY, "values" VARCHAR[] NOT NULL, author VARCHAR, made_at TIMESTAMP);
CREATE TABLE suppression (
  suppression_id VARCHAR PRIMARY KEY, rule_id VARCHAR, field_values VARCHAR NOT NULL, from_ts TIMESTAMP, to_ts TIMESTAMP,
  reason VARCHAR NOT NULL, author VARCHAR, made_at TIMESTAMP);
-- which findings the suppressions fit; worked out anew by every detection and every change of a suppression
CREATE TABLE finding_suppressed (finding_id VARCHAR PRIMARY KEY, suppression_id VARCHAR NOT NULL);
CREATE TABLE finding (
  finding_id VARCHAR PRIMARY KEY, rule_id VARCHAR, title VARCHAR, level finding_level, attack VARCHAR[],
  node VARCHAR, nodes VARCHAR[], systems VARCHAR[], first_ts TIMESTAMP, last_ts TIMESTAMP, event_count BIGINT,
  group_values VARCHAR, explanation VARCHAR);
CREATE TABLE finding_event (finding_id VARCHAR, event_id BIGINT, role VARCHAR, seq INTEGER);
CREATE TABLE finding_state (finding_id VARCHAR PRIMARY KEY, state VARCHAR, state_by VARCHAR, state_at TIMESTAMP, state_why VARCHAR);

CREATE TABLE annotation (annotation_id VARCHAR PRIMARY KEY, event_id BIGINT, kind VARCHAR, text VARCHAR, author VARCHAR, made_at TIMESTAMP);
CREATE TABLE saved_query (name VARCHAR PRIMARY KEY, sql VARCHAR, author VARCHAR, made_at TIMESTAMP);
CREATE TABLE custody_log (seq BIGINT PRIMARY KEY, made_at TIMESTAMP, actor VARCHAR, tool VARCHAR, act VARCHAR, detail VARCHAR, previous VARCHAR, hash VARCHAR);
`;

const VIEWS = `
CREATE VIEW event AS
SELECT r.event_id, r.file_id, r.line, r.lines, r.byte_offset, r.byte_length, r.ts, r.ts_logged, r.ts_wall, r.ts_kind, r.ts_mark,
  k.system, k.component, k.level, k.level_native, k.category, k.action, k.outcome, r.message, r.fields,
  r.src_ip, r.user_name, r.http_method, r.http_path, r.http_status, r.pid, r.tid, r.logger, r.parsed, r.template_id
FROM event_row r JOIN event_kind k ON k.kind_id = r.kind_id;

CREATE VIEW events AS
SELECT e.event_id, e.ts, e.ts_logged,
  CASE e.ts_kind WHEN 1 THEN 'zone' WHEN 2 THEN CASE coalesce(e.ts_mark, CASE WHEN m.zone_basis = 'file_zone' THEN 1 ELSE 2 END) WHEN 1 THEN 'file_zone' ELSE 'assumed_zone' END
    WHEN 3 THEN 'inferred_year' WHEN 4 THEN 'neighbour' WHEN 5 THEN 'neighbour' ELSE 'none' END AS ts_basis,
  m.node, e.system, e.component, e.level, e.level_native, e.category, e.action, e.outcome, e.message, e.fields,
  e.src_ip, e.user_name, e.http_method, e.http_path, e.http_status, e.pid, e.tid, e.logger,
  e.file_id, e.line, e.byte_offset, e.byte_length
FROM event e JOIN member m ON m.file_id = e.file_id;

CREATE VIEW evidence_files AS
SELECT m.file_id, b.name AS bundle, m.path, m.sha256, m.size, m.mode, m.owner, m.mtime, m.format, m.encoding, m.compression,
  m.status, m.reason, m.lines, m.records, m.unparsed_lines, m.first_ts, m.last_ts, m.zone, m.zone_basis, m.node,
  m.out_of_order, m.foreign_records
FROM member m JOIN bundle b ON b.bundle_id = m.bundle_id;

CREATE VIEW zone_spans AS
SELECT s.file_id, m.node, m.path, s.seq, s.component, s.from_line, s.to_line, s.from_wall, s.to_wall, s.zone, s.basis, s.doubt, s.why
FROM zone_span s JOIN member m ON m.file_id = s.file_id;

CREATE VIEW log_series AS
SELECT p.series_id, s.node, s.name, p.position, p.file_id, m.path, m.first_ts, m.last_ts, p.follows, p.why, s.missing, s.contradiction
FROM series_member p JOIN series s ON s.series_id = p.series_id JOIN member m ON m.file_id = p.file_id;

CREATE VIEW bundles AS
SELECT bundle_id, name, sha256, size, added_at, added_by, tool_version FROM bundle b
WHERE EXISTS (SELECT 1 FROM member m WHERE m.bundle_id = b.bundle_id);

CREATE VIEW nodes AS
SELECT node, systems, roles, addresses, zone, zone_basis, clock_offset_us, offset_basis, offset_confidence, offset_low_us, offset_high_us FROM node;

CREATE VIEW clock_pairs AS SELECT node, other, kind, basis, key, from_event, to_event, low_us, high_us, agrees FROM clock_pair;
CREATE VIEW clock_stretches AS SELECT node, from_ts, to_ts, clock_offset_us, low_us, high_us, pairs, agreeing FROM node_clock;

CREATE VIEW entities AS
SELECT n.kind, n.value, r.event_id, e.ts, n.role
FROM entity_ref r JOIN entity n ON n.entity_id = r.entity_id JOIN event e ON e.event_id = r.event_id;

CREATE VIEW templates AS
SELECT t.merged_id AS template_id, t.system, t.component, any_value(t.text) AS template, max(e.level) AS level, count(*) AS events,
  list_sort(list(DISTINCT m.node)) AS nodes, min(e.ts) AS first_ts, max(e.ts) AS last_ts
FROM event e JOIN template t ON t.template_id = e.template_id JOIN member m ON m.file_id = e.file_id
GROUP BY t.merged_id, t.system, t.component;

CREATE VIEW event_templates AS
SELECT e.event_id, t.merged_id AS template_id FROM event e JOIN template t ON t.template_id = e.template_id;

CREATE VIEW posture AS
SELECT posture_id, check_id, topic, node, system, component, standing, title, proof, change, event_ids, event_count, file_ids, file_count, source
FROM posture_row;

${LINK_VIEW}
${TASK_VIEW}
${REQUEST_VIEW}
CREATE VIEW findings AS
SELECT f.finding_id, f.rule_id, f.title, f.level, f.attack, f.node, f.nodes, f.systems, f.first_ts, f.last_ts, f.event_count,
  f.group_values, f.explanation,
  CASE WHEN s.state IS NOT NULL THEN s.state WHEN u.suppression_id IS NOT NULL THEN 'suppressed' ELSE 'open' END AS state,
  CASE WHEN s.state IS NOT NULL THEN s.state_by ELSE u.author END AS state_by,
  CASE WHEN s.state IS NOT NULL THEN s.state_at ELSE u.made_at END AS state_at,
  CASE WHEN s.state IS NOT NULL THEN s.state_why ELSE u.reason END AS state_why
FROM finding f
  LEFT JOIN finding_state s ON s.finding_id = f.finding_id
  LEFT JOIN (finding_suppressed fs JOIN suppression u ON u.suppression_id = fs.suppression_id) ON fs.finding_id = f.finding_id;
CREATE VIEW suppressions AS
SELECT suppression_id, rule_id, field_values, from_ts, to_ts, reason, author, made_at FROM suppression;

CREATE VIEW finding_events AS SELECT finding_id, event_id, role, seq FROM finding_event;
CREATE VIEW annotations AS SELECT annotation_id, event_id, kind, text, author, made_at FROM annotation;
CREATE VIEW saved_queries AS SELECT name, sql, author, made_at FROM saved_query;
CREATE VIEW custody AS SELECT seq, made_at, actor, tool, act, detail, previous, hash FROM custody_log;
`;

/** Comments of the public views: what the SQL editor and the report show. `''` is the view itself. */
export const COMMENTS: Record<string, Record<string, string>> = {
  events: {
    '': 'One row per log record (a multi-line traceback is one record)',
    event_id: 'Stable id: member number << 32 + record number',
    ts: 'Best time, UTC: logged time moved to UTC and by the clock offset of the node; NULL only if nothing can be said',
    ts_logged: 'The time as written, moved to UTC, before the clock offset',
    ts_basis: 'How we know: zone, file_zone, assumed_zone, inferred_year, neighbour, none',
    node: 'Node name; see nodes',
    system: 'ray, celery, mesos, registry, or another',
    component: 'raylet, gcs_server, dashboard, worker, beat, master, agent, access, ...',
    level:
      "trace, debug, info, notice, warning, error, critical, or NULL; in this order when compared as level >= 'error'::log_level",
    level_native: 'The level word as the line writes it, before it was normalised',
    category:
      'authentication, authorization, api, task, resource, node, configuration, audit, storage, network, process',
    action: 'A verb, e.g. login, push, pull, delete, submit',
    outcome: 'success, failure, unknown',
    message: 'Text without prefix, colour and wrapper',
    fields: 'JSON object of all parsed fields, native names kept; read with fields->>\'$."task_id"\'',
    src_ip: 'Client address as the log states it',
    user_name: 'User, only where the log proves it',
    http_method: 'Request method',
    http_path: 'Request path without its query; the whole URI is in fields',
    http_status: 'Response status',
    pid: 'Process',
    tid: 'Thread',
    logger: 'Source location or logger name',
    file_id: 'Evidence file; see evidence_files',
    line: 'First line in the file, from 1',
    byte_offset: 'Where the exact bytes begin in the file content',
    byte_length: 'How many bytes the record has',
  },
  evidence_files: {
    '': 'One row per archive member, whatever became of it',
    status: 'parsed, partial, skipped, failed, duplicate',
    reason: 'Why it is not parsed, or what was repaired',
    lines: 'Lines of the content',
    unparsed_lines: 'Lines that belong to no parsed record; kept as events',
    out_of_order: 'Records whose time runs backwards in the file; marked tidemark.out_of_order in fields',
    foreign_records:
      "Records that are not the file's own; marked tidemark.foreign in fields, with the reason",
    zone: 'Zone used for times that state none; of several stretches all, in order (see zone_spans)',
    zone_basis: 'file_zone (learned from evidence), assumed_zone (case setting)',
  },
  zone_spans: {
    '': 'Which zone the times without one are in, per stretch of a file; of the rows of a file the first that fits a line holds',
    component: 'Only lines of this component; NULL: all',
    from_line: 'First and last line of the stretch; NULL: unbounded',
    from_wall: 'Local times from (inclusive) and to (exclusive); NULL: unbounded',
    zone: 'Offset from UTC, or the zone the responder named',
    basis: 'file_zone, assumed_zone, set by hand',
    doubt: 'What remains open, NULL for nothing',
    why: 'What showed it',
  },
  log_series: {
    '': 'Rotated files of one log, in order: one row per file; see docs/evidence.md',
    name: 'Folder and name of the log, without what rotation put on it',
    position: '1 is the oldest',
    follows:
      'The log goes on from the file before it: no number or day is missing between, no time contradicts it',
    why: 'What of the name or the times put the file there',
    missing: 'Files or days of the series that are not in the case',
    contradiction: 'What of the times contradicts the order of the names; NULL: nothing',
  },
  bundles: { '': 'One row per bundle handed to the case' },
  nodes: {
    '': 'One row per node',
    clock_offset_us: 'Microseconds added to logged times',
    offset_basis: 'What the offset rests on',
    offset_confidence: 'Share of the pairs that agree, 0 to 1',
    offset_low_us: 'Bounds of the offset that the pairs prove; NULL: that side is not bounded',
  },
  clock_pairs: {
    '': 'Pairs of events on two nodes that bound the difference of their clocks: what proves the offsets',
    kind: 'What joins the two events, e.g. celery_request, mesos_status, registry_proxy',
    basis: 'exact (an id that both name) or inferred (matched by content and order)',
    key: 'The id, or the content, that both share',
    from_event: 'The event on `node`',
    to_event: 'The event on `other`',
    low_us: 'The offset of `node` less that of `other` is at least this, microseconds; NULL: not bounded',
    high_us: 'and at most this',
    agrees: 'Holds the estimate that most pairs agree on',
  },
  clock_stretches: {
    '': 'Offsets that the pairs prove, over the time of the node; more than one row where its clock was stepped or drifts',
    from_ts: 'Logged time from which on it holds; NULL: from the beginning',
    to_ts: 'and up to which; NULL: to the end',
  },
  entities: {
    '': 'Addresses, users, tasks, images, ... by the events that mention them',
    role: 'client, user, attempted, target, mentioned',
  },
  templates: {
    '': 'Message templates by component: what varies is <*>; rare and new ones stand out by events and first_ts',
    template_id: 'Stable id, made of system, component and text; see event_templates',
    template: 'The words that the messages share',
    level: 'Highest level of its events',
    events: 'Events of this template in the case',
    nodes: 'Nodes that wrote it',
    first_ts: 'When it was first seen, UTC',
    last_ts: 'When it was last seen, UTC',
  },
  event_templates: { '': 'Which template the message of an event is of' },
  posture: {
    '': 'How each node and component logs and is set up: one row per check and what it concerns',
    check_id: 'Which check says so; see docs/posture.md',
    topic:
      'authentication, secrets, transport, hardening, audit, access, missing, rotation, levels, format, clock, permissions',
    node: 'Node it concerns; NULL when it concerns the whole case',
    standing: 'bad, weak, unknown (the evidence does not say), ok; in this order',
    proof: 'What the evidence proves, with figures',
    change: 'What to change, by the documented name of the option',
    event_ids: 'The first events that prove it',
    event_count: 'How many events prove it',
    file_ids: 'The first files that prove it; see evidence_files',
    file_count: 'How many files prove it',
    source: 'Where the fact was read: log lines, the ledger, a configuration file',
  },
  links: LINK_COMMENTS,
  tasks: TASK_COMMENTS,
  requests: REQUEST_COMMENTS,
  findings: {
    '': 'One row per finding of the last detection',
    group_values: 'JSON object of the group-by values',
    state: 'open, confirmed, dismissed, suppressed; what was set by hand holds, then what a suppression says',
    state_why: 'The reason that was given for the state, or the reason of the suppression',
  },
  suppressions: {
    '': 'Findings that the responder knows and does not want to see: by rule, field values, time',
    rule_id: 'NULL: every rule',
    field_values: 'JSON object: a field fits when the finding has this value of it and no other',
  },
  finding_events: { '': 'Which events a finding rests on, in order, and their role in the match' },
  annotations: { '': "The responder's tags and comments" },
  saved_queries: { '': 'Named SQL' },
  custody: {
    '': 'Append-only, hash-chained log of acts: a copy of custody.jsonl, which tidemark custody verify compares',
    actor: 'user@host, as the system of the responder named them',
    tool: 'Version of Tidemark',
    detail: 'JSON object: settings, counts, hashes',
    previous: 'Hash of the entry before',
    hash: 'SHA-256 of the line without its hash',
  },
};

/** Makes the tables, views and comments of an empty database. */
export async function createSchema(connection: Connection): Promise<void> {
  const comments = Object.entries(COMMENTS).flatMap(([view, columns]) =>
    Object.entries(columns).map(([column, comment]) => {
      const text = `'${comment.replaceAll("'", "''")}'`;
      return column
        ? `COMMENT ON COLUMN ${view}.${column} IS ${text};`
        : `COMMENT ON VIEW ${view} IS ${text};`;
    }),
  );
  // in one transaction: each statement alone would wait for the disk
  await connection.run('BEGIN');
  await connection.run(TABLES);
  await connection.run(VIEWS);
  await connection.run(comments.join('\n'));
  await connection.run(`INSERT INTO setting VALUES ('schema_version', $1)`, [String(SCHEMA_VERSION)]);
  await connection.run('COMMIT');
}
