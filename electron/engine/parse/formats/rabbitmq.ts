// RabbitMQ's broker log in its three shapes: `date time+00:00 [level] <pid> text` (3.9 on), the same without a zone (3.7, 3.8),
// and `=LEVEL REPORT==== date::time ===` above its text (before 3.7). Facts: runs of 3.10.8; docs/formats/brokers.md.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import { between, Lexicon, says } from '../lexicon.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { hostOf, isIp, openObject, parseObject, put, putIf, standsAt, textOf } from '../text.ts';
import { clockAt, cursor, isoAt, microsOf, monthAt, SECOND_US } from '../time.ts';
import { levelOf } from './other.ts';

/** Levels of Erlang's logger; `[none]` is what comes from outside it. lc4 cuts them to four letters. */
function rabbitLevel(word: string): number {
  switch (word.slice(0, 4)) {
    case 'noti':
      return 3;
    case 'warn':
      return 4;
    case 'erro':
      return 5;
    case 'crit':
    case 'aler':
    case 'emer':
      return 6;
    case 'debu':
    case 'dbug':
      return 1;
    default:
      return levelOf(word);
  }
}

/** `(10.0.0.1:51234 -> 10.0.0.2:5672`, with the names a proxy or the client gave between: client and broker. */
const PEERS = /\((\[?[0-9a-fA-F:.]{2,45}\]?:\d{1,5}) -> (\[?[0-9a-fA-F:.]{2,45}\]?:\d{1,5})(?=[),])/;
const CONNECTION = /connection <(\d[\d.]{2,30})>/;

function connection(text: string, draft: Draft): void {
  const head = text.length > 1000 ? text.slice(0, 1000) : text;
  putIf(draft, 'connection', CONNECTION.exec(head)?.[1]);
  const peers = PEERS.exec(head);
  if (peers) {
    const client = hostOf(peers[1] as string);
    put(draft, 'client', peers[1] as string);
    put(draft, 'listener', peers[2] as string);
    if (isIp(client)) {
      draft.srcIp = client;
      draft.entity('ip', client, 'client');
    }
  }
  const vhost = between(head, "vhost: '", "'");
  if (vhost !== 'none') putIf(draft, 'vhost', vhost);
}

/** The broker has let this user in. */
function proven(draft: Draft, user: string): void {
  if (user === '') return;
  put(draft, 'user', user);
  draft.userName = user;
  draft.entity('user', user, 'user');
}

function attempted(draft: Draft, user: string): void {
  if (user === '') return;
  put(draft, 'user', user);
  draft.entity('user', user, 'attempted');
}

const closing = (text: string, draft: Draft): void => {
  connection(text, draft);
  // The state of a connection names its user once they are in.
  proven(draft, between(text.slice(0, 1000), "user: '", "'"));
  if (text.indexOf('unexpectedly closed') !== -1)
    put(draft, 'reason', 'client unexpectedly closed TCP connection');
  else if (text.indexOf('missed heartbeats from client') !== -1) {
    put(draft, 'reason', 'missed heartbeats from client');
    draft.outcome = 'failure';
  } else if (text.indexOf('handshake_timeout') !== -1) {
    put(draft, 'reason', 'handshake_timeout');
    draft.outcome = 'failure';
  } else if (text.indexOf('bad_header') !== -1) {
    put(draft, 'reason', 'bad_header');
    draft.outcome = 'failure';
  }
  failure(text, draft);
};

const LOGIN =
  /([A-Z][\w-]{2,30}) login refused: (?:user )?'?([^'\n]{0,200}?)'?(?: - (invalid credentials)| (can only connect via localhost))?(?:["\n]|$)/;
const VHOST = /access to vhost '([^'\n]{1,200})' refused for user '([^'\n]{1,200})'/;
const NO_VHOST = /vhost '?([^'\n]{1,200}?)'? not found/;
const RESOURCE =
  /(?:(\w+) )?access to ([a-z]+) '([^'\n]{0,300})' in vhost '([^'\n]{0,200})' refused for user '([^'\n]{1,200})'/;
const AMQP_ERROR =
  /amqp_error,\s*([a-z_]{3,40})|operation ([a-z_.]{3,40}) caused a (?:channel|connection) exception ([a-z_]{3,40})/;

/** What a refused login, a refused resource or a protocol error says on its further lines. */
function failure(text: string, draft: Draft): void {
  const all = text.length > 8000 ? text.slice(0, 8000) : text;
  const login = all.indexOf('login refused') === -1 ? null : LOGIN.exec(all);
  if (login) {
    means(draft, 'authentication', 'broker_login', 'failure');
    put(draft, 'mechanism', login[1] as string);
    attempted(draft, login[2] as string);
    putIf(draft, 'reason', login[3] ?? login[4]);
    return;
  }
  const vhost = VHOST.exec(all);
  if (vhost) {
    means(draft, 'authorization', 'broker_access', 'failure');
    if (draft.fields.indexOf('"vhost":') === -1) put(draft, 'vhost', vhost[1] as string);
    // Its password was right: only the virtual host was refused.
    if (draft.userName === '') proven(draft, vhost[2] as string);
    return;
  }
  const resource = RESOURCE.exec(all);
  if (resource) {
    means(draft, 'authorization', 'broker_access', 'failure');
    putIf(draft, 'access', resource[1]);
    put(draft, 'resource', `${resource[2]} ${resource[3]}`);
    if (draft.userName === '') proven(draft, resource[5] as string);
  }
  const missing = resource ? null : NO_VHOST.exec(all);
  if (missing) {
    means(draft, 'authorization', 'broker_access', 'failure');
    if (draft.fields.indexOf('"vhost":') === -1) put(draft, 'vhost', missing[1] as string);
  }
  const error = AMQP_ERROR.exec(all);
  if (error) {
    putIf(draft, 'amqp_error', error[1] ?? error[3]);
    putIf(draft, 'operation', error[2]);
  }
}

const failing = (text: string, draft: Draft): void => {
  connection(text, draft);
  const user = between(text.slice(0, 1000), "user: '", "'");
  if (user !== '') proven(draft, user);
  failure(text, draft);
};

const LEXICON = new Lexicon([
  says('accepting AMQP connection', 'network/connection_open/success', connection),
  says('accepting MQTT connection', 'network/connection_open/success', connection),
  says('accepting STOMP connection', 'network/connection_open/success', connection),
  says('accepting …connection', 'network/connection_open/success', connection),
  says(
    'connection <…authenticated and granted access',
    'authentication/broker_login/success',
    (text, draft) => {
      connection(text, draft);
      const from = text.indexOf('): user ');
      proven(draft, between(text, "user '", "'", Math.max(from, 0)));
      putIf(draft, 'vhost', between(text, "access to vhost '", "'"));
    },
  ),
  says('connection <', 'network/connection/unknown', connection),
  says('closing AMQP connection', 'network/connection_close/unknown', closing),
  says('closing …connection', 'network/connection_close/unknown', closing),
  says('Error on AMQP connection', 'network/connection/failure', failing),
  says('Error on …connection', 'network/connection/failure', failing),
  says('Channel error on connection', 'network/channel_error/failure', failing),
  says('AMQP connection …failed', 'network/connection/failure', failing),
  says('connection closed with pending', 'network/connection_close/failure', connection),
  says('HTTP access denied: ', 'authentication/login/failure', (text, draft) => {
    attempted(draft, between(text, "user '", "'"));
    put(draft, 'reason', text.slice(20, 420));
  }),
  says("User '…' created", 'configuration/user_create/success', (t, d) =>
    putIf(d, 'target_user', between(t, "'", "'")),
  ),
  says('Created user ', 'configuration/user_create/success', (t, d) =>
    putIf(d, 'target_user', between(t, "'", "'")),
  ),
  says('Creating user ', 'configuration/user_create/unknown', (t, d) =>
    putIf(d, 'target_user', between(t, "'", "'")),
  ),
  says('Deleted user ', 'configuration/user_delete/success', (t, d) =>
    putIf(d, 'target_user', between(t, "'", "'")),
  ),
  says('Deleting user ', 'configuration/user_delete/unknown', (t, d) =>
    putIf(d, 'target_user', between(t, "'", "'")),
  ),
  says('Changing password for ', 'configuration/password_change/unknown', (t, d) =>
    putIf(d, 'target_user', between(t, "'", "'")),
  ),
  says('Successfully changed password for user ', 'configuration/password_change/success', (t, d) =>
    putIf(d, 'target_user', between(t, "'", "'")),
  ),
  says('Clearing password for ', 'configuration/password_change/unknown', (t, d) =>
    putIf(d, 'target_user', between(t, "'", "'")),
  ),
  says('Setting user tags for ', 'configuration/user_tags/unknown', (t, d) =>
    putIf(d, 'target_user', between(t, "'", "'")),
  ),
  says('Successfully set user tags for user ', 'configuration/user_tags/success', (t, d) =>
    putIf(d, 'target_user', between(t, "'", "'")),
  ),
  says('Setting permissions for ', 'configuration/permissions/unknown', (t, d) =>
    putIf(d, 'target_user', between(t, "'", "'")),
  ),
  says('Successfully set permissions for ', 'configuration/permissions/success', (t, d) =>
    putIf(d, 'target_user', between(t, "'", "'")),
  ),
  says('Adding vhost ', 'configuration/vhost_create/success', (t, d) =>
    putIf(d, 'vhost', between(t, "vhost '", "'")),
  ),
  says('Deleting vhost ', 'configuration/vhost_delete/success', (t, d) =>
    putIf(d, 'vhost', between(t, "vhost '", "'")),
  ),
  says('memory resource limit alarm set', 'resource/alarm_set/failure', (_t, d) => put(d, 'alarm', 'memory')),
  says('memory resource limit alarm cleared', 'resource/alarm_clear/success', (_t, d) =>
    put(d, 'alarm', 'memory'),
  ),
  says('disk resource limit alarm set', 'resource/alarm_set/failure', (_t, d) => put(d, 'alarm', 'disk')),
  says('disk resource limit alarm cleared', 'resource/alarm_clear/success', (_t, d) =>
    put(d, 'alarm', 'disk'),
  ),
  says('file descriptor limit alarm set', 'resource/alarm_set/failure', (_t, d) =>
    put(d, 'alarm', 'file descriptors'),
  ),
  says('file descriptor limit alarm cleared', 'resource/alarm_clear/success', (_t, d) =>
    put(d, 'alarm', 'file descriptors'),
  ),
  says('alarm_handler: {set,', 'resource/alarm_set/failure', (t, d) =>
    putIf(d, 'alarm', /(memory|disk|file_descriptor)/.exec(t.slice(0, 200))?.[1]),
  ),
  says('alarm_handler: {clear,', 'resource/alarm_clear/success', (t, d) =>
    putIf(d, 'alarm', /(memory|disk|file_descriptor)/.exec(t.slice(0, 200))?.[1]),
  ),
  says('vm_memory_high_watermark set', 'resource/alarm_set/failure', (_t, d) => put(d, 'alarm', 'memory')),
  says('vm_memory_high_watermark clear', 'resource/alarm_clear/success', (_t, d) =>
    put(d, 'alarm', 'memory'),
  ),
  says('Disk free space is insufficient', 'resource/alarm_set/failure', (_t, d) => put(d, 'alarm', 'disk')),
  says('Free disk space is insufficient', 'resource/alarm_set/failure', (_t, d) => put(d, 'alarm', 'disk')),
  says('Server startup complete', 'process/start/success'),
  says('Starting RabbitMQ ', 'process/start/unknown', (t, d, m) => {
    const version = /^Starting RabbitMQ (\d\S{0,40})/.exec(t.slice(0, 80))?.[1];
    putIf(d, 'version', version);
    if (version) m.fact('version', `rabbitmq ${version}`);
  }),
  says('started TCP listener on ', 'network/listen/success', (t, d) => put(d, 'listener', t.slice(24, 124))),
  says('started TLS (SSL) listener on ', 'network/listen/success', (t, d) =>
    put(d, 'listener', t.slice(30, 130)),
  ),
  says('stopped TCP listener on ', 'network/listen/unknown', (t, d) => put(d, 'listener', t.slice(24, 124))),
  says('RabbitMQ is asked to stop', 'process/stop/unknown'),
  says('Stopping RabbitMQ', 'process/stop/unknown'),
  says('Stopped RabbitMQ', 'process/stop/success'),
  says('Halting Erlang VM', 'process/stop/unknown'),
  says('SIGTERM received - shutting down', 'process/stop/unknown'),
  says('Successfully stopped RabbitMQ', 'process/stop/success'),
  says('rabbit on node …down', 'node/node_leave/unknown'),
  says('rabbit on node …up', 'node/node_join/success'),
  says('node …down: ', 'node/node_leave/failure'),
  says('Mnesia(…inconsistent_database', 'node/partition/failure'),
  says('Partial partition detected', 'node/partition/failure'),
  says('Autoheal', 'node/partition/unknown'),
  says('BOOT FAILED', 'process/start/failure'),
  says('node           : ', 'configuration/node_info/unknown', (t, d, m) => {
    const node = /^node {2,20}: (\S{1,200}@(\S{1,200}))/.exec(t.slice(0, 300));
    if (!node) return;
    put(d, 'node_name', node[1] as string);
    m.fact('host', node[2] as string);
    d.entity('host', node[2] as string, 'origin');
  }),
  says('Running boot step ', 'process/boot_step/unknown'),
  says('Feature flags: ', 'configuration/feature_flag/unknown'),
  says('Application …exited with reason', 'process/stop/unknown'),
  says('Message store …rebuilding indices', 'storage/rebuild/unknown'),
  says('Waiting for Mnesia tables', 'storage/load/unknown'),
  says('Will seed default virtual host and user', 'configuration/default_user/unknown'),
  says('Peer discovery', 'node/peer_discovery/unknown'),
  says('supervisor: …start_error', 'process/supervisor/failure'),
  says('supervisor: …child_terminated', 'process/supervisor/failure'),
  says('Protocol …register/listen error', 'network/listen/failure'),
  says('** Generic server ', 'process/crash/failure'),
  says('CRASH REPORT ', 'process/crash/failure'),
  says('crasher:', 'process/crash/failure'),
  says('Supervisor ', 'process/supervisor/unknown'),
  says('Connection attempt from disallowed node ', 'authentication/cluster_join/failure'),
  says('…Connection attempt from disallowed node', 'authentication/cluster_join/failure'),
]);

function place(draft: Draft): void {
  draft.parsed = true;
  draft.system = 'rabbitmq';
  draft.component = 'broker';
}

const PID = /^<(\d[\d.]{2,30})>$/;

/** Where the text of a line starts whose prefix ends with `[level] <pid> `; -1 when it has no such prefix. */
function textAt(line: string): number {
  if (line.charCodeAt(4) !== 45 || line.charCodeAt(10) !== 32) return -1;
  const open = line.indexOf(' [', 19);
  if (open === -1 || open > 33) return -1;
  const close = line.indexOf('] <', open);
  if (close === -1 || close - open > 12) return -1;
  const end = line.indexOf('>', close);
  return end === -1 || end - close > 40 ? -1 : end + 1;
}

const REPEATED =
  /\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,9}(?:[+-]\d\d:\d\d)? \[\w{1,12}\] <\d[\d.]{2,30}> ?/g;

export const rabbitLine: LineKind = {
  id: 'rabbitmq',
  read(line, draft, member) {
    const at = textAt(line);
    if (at === -1) return false;
    // From 3.9 on every line of a text carries the prefix of its first one.
    const prefix = line.slice(0, at);
    const state = member.state;
    if (prefix === state.rabbit && state.rabbitLine === String(member.line - 1)) return false;
    const ts = isoAt(line, 0);
    if (Number.isNaN(ts)) return false;
    const open = line.indexOf(' [', 19);
    const close = line.indexOf(']', open);
    const pid = PID.exec(line.slice(close + 2, at));
    if (!pid) return false;
    state.rabbit = prefix;
    state.rabbitLine = String(member.line);
    const word = line.slice(open + 2, close);
    place(draft);
    draft.tsWall = ts;
    draft.tsKind = cursor.zoned ? TS_KIND.absolute : TS_KIND.wall;
    draft.level = rabbitLevel(word);
    draft.nativeLevel = word;
    draft.tid = pid[1] as string;
    draft.message = line.slice(at + 1);
    meaning(draft, member);
    return true;
  },
  joins(line, _draft, member) {
    const state = member.state;
    if (textAt(line) === -1) return true;
    if (!standsAt(line, state.rabbit ?? '\0', 0)) return false;
    state.rabbitLine = String(member.line);
    return true;
  },
  finish(draft, member) {
    draft.message = draft.message.replace(REPEATED, '\n');
    again(draft, member);
  },
  samples: [
    {
      path: 'log/rabbit@node-1.log',
      text: "2026-11-20 17:17:54.582123+00:00 [info] <0.674.0> accepting AMQP connection <0.674.0> (10.0.0.7:54522 -> 10.0.0.9:5672)\n2026-11-20 17:17:54.599095+00:00 [info] <0.674.0> connection <0.674.0> (10.0.0.7:54522 -> 10.0.0.9:5672): user 'celery' authenticated and granted access to vhost '/'\n2026-11-20 17:17:55.138625+00:00 [warning] <0.674.0> closing AMQP connection <0.674.0> (10.0.0.7:54522 -> 10.0.0.9:5672, vhost: '/', user: 'celery'):\n2026-11-20 17:17:55.138625+00:00 [warning] <0.674.0> client unexpectedly closed TCP connection\n2026-11-20 17:17:56.902866+00:00 [error] <0.1008.0> Error on AMQP connection <0.1008.0> (10.0.0.66:37962 -> 10.0.0.9:5672, state: starting):\n2026-11-20 17:17:56.902866+00:00 [error] <0.1008.0> PLAIN login refused: user 'guest' - invalid credentials\n2026-11-20 17:18:00.407854+00:00 [error] <0.1013.0> Error on AMQP connection <0.1013.0> (10.0.0.7:49484 -> 10.0.0.9:5672, user: 'celery', state: opening):\n2026-11-20 17:18:00.407854+00:00 [error] <0.1013.0> vhost nosuch not found\n2026-11-20 17:18:01.000000+00:00 [error] <0.1020.0> Channel error on connection <0.1013.0> (10.0.0.7:49484 -> 10.0.0.9:5672, vhost: '/', user: 'celery'), channel 1:\n2026-11-20 17:18:01.000000+00:00 [error] <0.1020.0> operation queue.declare caused a channel exception precondition_failed: inequivalent arg 'durable' for queue 'celery' in vhost '/': received 'false' but current is 'true'",
      gives: [
        {
          system: 'rabbitmq',
          component: 'broker',
          category: 'network',
          action: 'connection_open',
          level: 'info',
          nativeLevel: 'info',
          tid: '0.674.0',
          srcIp: '10.0.0.7',
          time: '2026-11-20T17:17:54.582123Z',
          fields: { connection: '0.674.0', client: '10.0.0.7:54522', listener: '10.0.0.9:5672' },
          entities: ['ip:10.0.0.7:client'],
        },
        {
          category: 'authentication',
          action: 'broker_login',
          outcome: 'success',
          userName: 'celery',
          srcIp: '10.0.0.7',
          fields: { vhost: '/' },
        },
        {
          action: 'connection_close',
          lines: 2,
          message:
            "closing AMQP connection <0.674.0> (10.0.0.7:54522 -> 10.0.0.9:5672, vhost: '/', user: 'celery'):\nclient unexpectedly closed TCP connection",
          userName: 'celery',
          fields: { reason: 'client unexpectedly closed TCP connection' },
        },
        {
          category: 'authentication',
          action: 'broker_login',
          outcome: 'failure',
          lines: 2,
          userName: '',
          srcIp: '10.0.0.66',
          fields: { user: 'guest', mechanism: 'PLAIN', reason: 'invalid credentials' },
          entities: ['user:guest:attempted', 'ip:10.0.0.66:client'],
        },
        {
          category: 'authorization',
          action: 'broker_access',
          outcome: 'failure',
          userName: 'celery',
          fields: { vhost: 'nosuch' },
        },
        {
          action: 'channel_error',
          lines: 2,
          fields: { operation: 'queue.declare', amqp_error: 'precondition_failed' },
        },
      ],
    },
    {
      path: 'rabbitmq/rabbit@node-1.log',
      text: "2026-11-20 17:17:54.749 [info] <0.670.0> accepting AMQP connection <0.670.0> ([::1]:52364 -> [::1]:5672)\n2026-11-20 17:17:54.792 [error] <0.889.0> Error on AMQP connection <0.889.0> (127.0.0.1:53666 -> 127.0.0.1:5672, user: 'app', state: opening):\naccess to vhost 'app_vhost' refused for user 'app'\n2026-11-20 17:17:55.000 [warning] <0.677.0> memory resource limit alarm set on node rabbit@node-1.\n\n**********************************************************\n*** Publishers will be blocked until this alarm clears ***\n**********************************************************",
      gives: [
        { action: 'connection_open', srcIp: '::1', time: '2026-11-20T17:17:54.749000Z' },
        {
          category: 'authorization',
          action: 'broker_access',
          lines: 2,
          userName: 'app',
          fields: { vhost: 'app_vhost' },
        },
        { category: 'resource', action: 'alarm_set', lines: 5, fields: { alarm: 'memory' } },
      ],
    },
  ],
};

/** Reports of Erlang are indented, and may begin with an empty line. */
function meaning(draft: Draft, member: Member): void {
  const c = draft.message.charCodeAt(0);
  LEXICON.apply(
    c === 10 || c === 32 ? draft.message.trimStart() : draft.message,
    draft,
    member,
    draft.level >= 4,
  );
}

/** The further lines are there now: they may say why. */
function again(draft: Draft, member: Member): void {
  const text = draft.message;
  if (draft.action === '') {
    meaning(draft, member);
  } else if (
    draft.action === 'connection_close' ||
    draft.action === 'connection' ||
    draft.action === 'channel_error'
  ) {
    const lines = text.indexOf('\n');
    if (lines !== -1) {
      const rest = text.slice(lines + 1);
      failure(rest, draft);
      reasonOf(rest, draft);
    }
  }
}

function reasonOf(rest: string, draft: Draft): void {
  if (draft.fields.indexOf('"reason":') !== -1) return;
  const end = rest.indexOf('\n');
  putIf(draft, 'reason', rest.slice(0, end === -1 ? 400 : Math.min(end, 400)));
}

const REPORT =
  /^=(INFO|WARNING|ERROR|CRASH|SUPERVISOR|PROGRESS) REPORT==== {1,2}(\d{1,2})-([A-Z][a-z]{2})-(\d{4})::(\d\d:\d\d:\d\d)(?:\.(\d{1,6}))? ===\s*$/;

/** `=ERROR REPORT==== 20-Nov-2026::17:17:54 ===`, its text on the lines below, in local time. */
export const rabbitReport: LineKind = {
  id: 'rabbitmq.report',
  read(line, draft) {
    if (line.charCodeAt(0) !== 61 || line.length > 120) return false;
    const m = REPORT.exec(line);
    if (!m) return false;
    const day = microsOf(Number(m[4]), monthAt(m[3] as string, 0), Number(m[2]), 0, 0, 0, 0);
    const clock = clockAt(m[5] as string, 0);
    if (Number.isNaN(day) || Number.isNaN(clock)) return false;
    place(draft);
    const word = m[1] as string;
    draft.tsWall = day + clock * SECOND_US + Number((m[6] ?? '').padEnd(6, '0'));
    draft.tsKind = TS_KIND.wall;
    draft.level =
      word === 'CRASH' || word === 'SUPERVISOR'
        ? 5
        : word === 'PROGRESS'
          ? 2
          : rabbitLevel(word.toLowerCase());
    draft.nativeLevel = word;
    draft.message = line;
    return true;
  },
  joins: () => true,
  finish(draft, member) {
    const end = draft.message.indexOf('\n');
    draft.message = draft.message.slice(end + 1);
    LEXICON.apply(draft.message, draft, member, draft.level >= 4);
  },
  samples: [
    {
      path: 'rabbitmq/rabbit@node-1.log',
      text: "=INFO REPORT==== 9-Nov-2026::10:16:51 ===\naccepting AMQP connection <0.582.0> (10.0.0.7:24272 -> 10.0.0.9:5672)\n\n=ERROR REPORT==== 20-Nov-2026::17:17:54 ===\nclosing AMQP connection <0.306.0> (10.0.0.66:55301 -> 10.0.0.9:5672):\n{handshake_error,starting,0,\n                 {amqp_error,access_refused,\n                             \"AMQPLAIN login refused: user 'admin' - invalid credentials\",\n                             'connection.start_ok'}}\n\n=ERROR REPORT==== 20-Nov-2026::17:17:55 ===\nclosing AMQP connection <0.307.0> (10.0.0.7:55301 -> 10.0.0.9:5672):\n{handshake_error,opening,0,\n                 {amqp_error,access_refused,\n                             \"access to vhost 'x' refused for user 'guest'\",\n                             'connection.open'}}",
      gives: [
        {
          system: 'rabbitmq',
          component: 'broker',
          action: 'connection_open',
          level: 'info',
          nativeLevel: 'INFO',
          time: '2026-11-09T10:16:51.000000Z',
          srcIp: '10.0.0.7',
          lines: 3,
        },
        {
          category: 'authentication',
          action: 'broker_login',
          outcome: 'failure',
          level: 'error',
          time: '2026-11-20T17:17:54.000000Z',
          srcIp: '10.0.0.66',
          userName: '',
          fields: { user: 'admin', mechanism: 'AMQPLAIN', reason: 'invalid credentials' },
          entities: ['user:admin:attempted'],
        },
        { category: 'authorization', action: 'broker_access', userName: 'guest', fields: { vhost: 'x' } },
      ],
    },
  ],
};

/** `log.file.formatter = json`: `{"time":"…","level":"info","msg":"…","pid":"<0.1.0>",…}`. */
export const rabbitJson: LineKind = {
  id: 'rabbitmq.json',
  native: true,
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 123 || line.indexOf('"msg"') === -1 || line.indexOf('"pid"') === -1)
      return false;
    const object = parseObject(line);
    if (!object || !PID.test(textOf(object.pid))) return false;
    const ts = isoAt(textOf(object.time), 0);
    if (Number.isNaN(ts)) return false;
    place(draft);
    draft.fields = openObject(line, object);
    draft.tsWall = ts;
    draft.tsKind = cursor.zoned ? TS_KIND.absolute : TS_KIND.wall;
    draft.nativeLevel = textOf(object.level);
    draft.level = rabbitLevel(draft.nativeLevel);
    draft.tid = textOf(object.pid).slice(1, -1);
    draft.message = textOf(object.msg);
    LEXICON.apply(draft.message, draft, member, draft.level >= 4);
    again(draft, member);
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'rabbitmq/rabbit.json.log',
      text: '{"time":"2026-11-20 17:17:56.902866+00:00","level":"error","msg":"Error on AMQP connection <0.1008.0> (10.0.0.66:37962 -> 10.0.0.9:5672, state: starting):\\nPLAIN login refused: user \'guest\' - invalid credentials","line":1124,"pid":"<0.1008.0>","file":"rabbit_reader.erl","mfa":["rabbit_reader","log_connection_exception_with_severity",3]}',
      gives: [
        {
          category: 'authentication',
          action: 'broker_login',
          outcome: 'failure',
          level: 'error',
          time: '2026-11-20T17:17:56.902866Z',
          srcIp: '10.0.0.66',
        },
      ],
    },
  ],
};
