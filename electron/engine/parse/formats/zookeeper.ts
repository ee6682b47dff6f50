// ZooKeeper: lines of its C client, mixed into the logs of whoever uses it, and of the server and Exhibitor themselves.
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { isIp, put } from '../text.ts';
import { cursor, dateTimeAt } from '../time.ts';
import { levelOf } from './other.ts';

/** The C client: `time:pid(0xtid):ZOO_LEVEL@function@line: message`. */
export const zooClient: LineKind = {
  id: 'mesos.zookeeper',
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (!(c >= 48 && c <= 57) || line.charCodeAt(23) !== 58) return false;
    const zoo = line.indexOf(':ZOO_', 24);
    if (zoo === -1 || zoo > 70) return false;
    const ts = dateTimeAt(line, 0);
    if (Number.isNaN(ts) || cursor.end !== 23) return false;
    const at = line.indexOf('@', zoo);
    const end = line.indexOf(': ', at);
    if (at === -1 || end === -1 || end - at > 120) return false;
    const paren = line.indexOf('(', 24);
    draft.parsed = true;
    draft.system = 'zookeeper';
    draft.component =
      member.hint.component === 'sandbox' || member.hint.component === ''
        ? 'zookeeper_client'
        : `${member.hint.component}`;
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.nativeLevel = line.slice(zoo + 5, at);
    draft.level = levelOf(draft.nativeLevel);
    draft.pid = line.slice(24, paren === -1 ? zoo : paren);
    if (paren !== -1) draft.tid = line.slice(paren + 1, zoo - 1);
    draft.logger = line.slice(at + 1, end).replace('@', ':');
    draft.message = line.slice(end + 2);
    if (draft.message.startsWith('Client environment:host.name='))
      member.fact('host', draft.message.slice(29).trim());
    zooMessage(draft.message, draft);
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'mesos-master.log',
      text: '2016-11-17 16:08:19,967:1(0x7f2fdf7fe700):ZOO_INFO@check_events@1775: session establishment complete on server [127.0.0.1:2181], sessionId=0x75cc58730b98ab19\n2016-11-17 16:09:19,967:1(0x7f2fdf7fe700):ZOO_ERROR@handle_socket_error_msg@1697: Socket [10.0.0.1:2181] zk retcode=-4, errno=112(Host is down): failed while receiving a server response\n2016-11-17 16:09:20,967:1(0x7f2fdf7fe700):ZOO_WARN@zookeeper_interest@1570: Exceeded deadline by 11ms\n2016-11-17 16:09:21,967:1(0x7f2fdf7fe700):ZOO_INFO@auth_completion_func@1286: Authentication scheme digest succeeded',
      gives: [
        {
          system: 'zookeeper',
          level: 'info',
          nativeLevel: 'INFO',
          pid: '1',
          tid: '0x7f2fdf7fe700',
          logger: 'check_events:1775',
          action: 'zookeeper_connect',
          outcome: 'success',
          time: '2016-11-17T16:08:19.967000Z',
          fields: { session_id: '0x75cc58730b98ab19' },
          entities: ['ip:127.0.0.1:server'],
        },
        { level: 'error', action: 'zookeeper_lost', outcome: 'failure', entities: ['ip:10.0.0.1:server'] },
        { level: 'warning', action: 'zookeeper_slow', outcome: 'unknown' },
        { category: 'authentication', action: 'login', outcome: 'success' },
      ],
    },
  ],
};

const SERVER = /^(?: \[myid:([^\]]{0,40})\])? -? ?(TRACE|DEBUG|INFO|WARN|ERROR|FATAL) {1,2}\[/;

/** The server: `time [myid:n] - LEVEL  [thread:Class@line] - message`; versions before 3.4 leave myid out. */
export const zooServer: LineKind = {
  id: 'zookeeper.server',
  read(line, draft) {
    const c = line.charCodeAt(0);
    if (c !== 49 && c !== 50) return false;
    if (line.charCodeAt(19) !== 44 || line.charCodeAt(23) !== 32) return false;
    const m = SERVER.exec(line.slice(23, 100));
    if (!m) return false;
    const ts = dateTimeAt(line, 0);
    if (Number.isNaN(ts) || cursor.end !== 23) return false;
    const open = 23 + m[0].length;
    const at = line.indexOf('@', open);
    const close = at === -1 ? -1 : line.indexOf('] -', at);
    if (close === -1 || close - open > 400 || close - at > 12) return false;
    const colon = line.lastIndexOf(':', at);
    draft.parsed = true;
    draft.system = 'zookeeper';
    draft.component = 'zookeeper';
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.nativeLevel = m[2] as string;
    draft.level = levelOf(draft.nativeLevel);
    draft.tid = colon > open ? line.slice(open, colon) : '';
    draft.logger = `${line.slice(colon > open ? colon + 1 : open, at)}:${line.slice(at + 1, close)}`;
    draft.message = line.slice(line.charCodeAt(close + 3) === 32 ? close + 4 : close + 3);
    if (m[1]) put(draft, 'myid', m[1]);
    zooMessage(draft.message, draft);
    return true;
  },
  joins: () => true,
  samples: [
    {
      path: 'zookeeper.out',
      text: '2014-05-06 13:35:32,859 [myid:1] - INFO  [QuorumPeer[myid=1]/0.0.0.0:2181:Follower@63] - FOLLOWING - LEADER ELECTION TOOK - 645\n2014-05-06 13:35:34,262 [myid:1] - INFO  [NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:NIOServerCnxnFactory@197] - Accepted socket connection from /172.17.42.1:43461\n2019-07-31 00:57:31,852 [myid:1] - WARN [QuorumPeer[myid=1](plain=/0.0.0.0:2791)(secure=disabled):QuorumPeer@1318] - PeerState set to LOOKING\n2013-02-01 10:00:00,001 - ERROR [main:QuorumPeerMain@89] - Unexpected exception, exiting abnormally\njava.net.BindException: Address already in use\n\tat sun.nio.ch.Net.bind(Native Method)\n2023-09-19 19:10:14,349 [myid:] - INFO  [SessionTracker:o.a.z.s.ZooKeeperServer@906] - Expiring session 0x100000000000000, timeout of 10000ms exceeded',
      gives: [
        {
          system: 'zookeeper',
          component: 'zookeeper',
          level: 'info',
          nativeLevel: 'INFO',
          time: '2014-05-06T13:35:32.859000Z',
          tid: 'QuorumPeer[myid=1]/0.0.0.0:2181',
          logger: 'Follower:63',
          category: 'node',
          action: 'leader_change',
          message: 'FOLLOWING - LEADER ELECTION TOOK - 645',
          fields: { myid: '1' },
        },
        {
          srcIp: '172.17.42.1',
          action: 'connect',
          entities: ['ip:172.17.42.1:client'],
          fields: { peer: '172.17.42.1:43461' },
        },
        { level: 'warning', action: 'leader_election' },
        { level: 'error', lines: 3, logger: 'QuorumPeerMain:89', action: 'crash' },
        {
          action: 'zookeeper_lost',
          outcome: 'failure',
          logger: 'o.a.z.s.ZooKeeperServer:906',
          fields: { session_id: '0x100000000000000' },
        },
      ],
    },
  ],
};

const LOG4J =
  /^ (TRACE|DEBUG|INFO|WARN|ERROR|FATAL) {1,2}(?:(org\.apache\.zookeeper\.[\w.$]{1,120}): |(?=.))/;
const LOG4J_TAIL = / \((org\.apache\.zookeeper\.[\w.$]{1,120})\) \[([^\]]{1,120})\]$/;

/** The server under other log4j layouts: `time LEVEL class: message`, `time LEVEL message (class) [thread]`. */
export const zooLog4j: LineKind = {
  id: 'zookeeper.log4j',
  read(line, draft) {
    const c = line.charCodeAt(0);
    if (c !== 49 && c !== 50) return false;
    if (line.charCodeAt(19) !== 44 || line.charCodeAt(23) !== 32) return false;
    if (line.indexOf('org.apache.zookeeper.') === -1) return false;
    const m = LOG4J.exec(line.slice(23, 200));
    if (!m) return false;
    const tail = m[2] ? null : LOG4J_TAIL.exec(line.length > 400 ? line.slice(-400) : line);
    if (!m[2] && !tail) return false;
    const ts = dateTimeAt(line, 0);
    if (Number.isNaN(ts) || cursor.end !== 23) return false;
    draft.parsed = true;
    draft.system = 'zookeeper';
    draft.component = 'zookeeper';
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.nativeLevel = m[1] as string;
    draft.level = levelOf(draft.nativeLevel);
    draft.logger = (m[2] ?? tail?.[1]) as string;
    draft.tid = tail?.[2] ?? '';
    draft.message = line.slice(23 + m[0].length, tail ? line.length - tail[0].length : undefined);
    zooMessage(draft.message, draft);
    return true;
  },
  joins: () => true,
  samples: [
    {
      path: 'zookeeper.log',
      text: '2018-06-14 17:56:14,922 INFO org.apache.zookeeper.server.PrepRequestProcessor: Got user-level KeeperException when processing sessionid:0x263fda6a699002f type:create cxid:0x3 zxid:0x1a300000217 txntype:-1 reqpath:n/a Error Path:/mesos Error:KeeperErrorCode = NodeExists for /mesos\n2019-08-06 20:51:08,588 INFO Processing ruok command from /127.0.0.1:47102 (org.apache.zookeeper.server.NIOServerCnxn) [NIOServerCxn.Factory:0.0.0.0/0.0.0.0:21810]',
      gives: [
        {
          system: 'zookeeper',
          level: 'info',
          logger: 'org.apache.zookeeper.server.PrepRequestProcessor',
          action: 'zookeeper_error',
          fields: { session_id: '0x263fda6a699002f' },
        },
        {
          action: 'four_letter_word',
          srcIp: '127.0.0.1',
          tid: 'NIOServerCxn.Factory:0.0.0.0/0.0.0.0:21810',
          message: 'Processing ruok command from /127.0.0.1:47102',
        },
      ],
    },
  ],
};

const EXHIBITOR = /^(?:,\d{3})? {1,2}(TRACE|DEBUG|INFO|WARN|ERROR|FATAL) {1,3}([\w.$]{1,120}:\d{1,6}) - /;

/** Exhibitor's log4j lines: `2016-11-03 19:17:12 INFO  ActivityLog:128 - State: not serving`. */
export const exhibitor: LineKind = {
  id: 'zookeeper.exhibitor',
  read(line, draft) {
    const c = line.charCodeAt(0);
    if (c !== 49 && c !== 50) return false;
    const next = line.charCodeAt(19);
    if (next !== 32 && next !== 44) return false;
    const m = EXHIBITOR.exec(line.slice(19, 180));
    if (!m) return false;
    const ts = dateTimeAt(line, 0);
    if (Number.isNaN(ts)) return false;
    draft.parsed = true;
    draft.system = 'zookeeper';
    draft.component = 'exhibitor';
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.nativeLevel = m[1] as string;
    draft.level = levelOf(draft.nativeLevel);
    draft.logger = m[2] as string;
    draft.message = line.slice(19 + m[0].length);
    if (draft.message.startsWith('State: ')) means(draft, 'node', 'state_change', 'unknown');
    else if (/^(?:Attempting to (?:start|stop)|Process started via|Kill attempted)/.test(draft.message))
      means(draft, 'process', draft.message.indexOf('start') !== -1 ? 'start' : 'stop', 'unknown');
    return true;
  },
  joins: () => true,
  samples: [
    {
      path: 'exhibitor.log',
      text: '2016-11-03 19:17:12 INFO  ActivityLog:128 - State: not serving\n2016-11-03 19:17:13 ERROR ActivityLog:106 - ZooKeeper Server: JMX enabled by default',
      gives: [
        {
          component: 'exhibitor',
          level: 'info',
          logger: 'ActivityLog:128',
          time: '2016-11-03T19:17:12.000000Z',
          action: 'state_change',
        },
        { level: 'error', nativeLevel: 'ERROR' },
      ],
    },
  ],
};

const CLIENT = /(?:from|at|client:?|\[Socket) \/?((?:\d{1,3}\.){3}\d{1,3}|\[?[0-9a-f:]{3,45}\]?):(\d{1,5})\b/;
const ENSEMBLE = /(?:[Ss]erver|Socket) \[?((?:\d{1,3}\.){3}\d{1,3}):(\d{1,5})\]?/;
const SESSION = /[Ss]ession(?: ?[iI]d)?[ =:]{0,2}(0x[0-9a-f]{1,16})\b/;

/** First fit decides. */
const MEANINGS: readonly (readonly [RegExp, string, string, string])[] = [
  [/^(?:Accepted socket connection|accepted connection)/, 'network', 'connect', 'unknown'],
  [
    /^(?:Established session|session establishment complete|Session establishment complete)/,
    'network',
    'zookeeper_connect',
    'success',
  ],
  [/^Client attempting to (?:establish|renew)/, 'network', 'zookeeper_connect', 'unknown'],
  [
    /^(?:initiated connection|Initiating client connection|Opening socket connection|Socket connection established)/,
    'network',
    'zookeeper_connect',
    'unknown',
  ],
  [
    /[Aa]uthentication (?:scheme \S{1,40} )?succeeded|^(?:auth success|adding SASL authorization|Successfully authenticated client)/,
    'authentication',
    'login',
    'success',
  ],
  [
    /[Aa]uthentication (?:scheme \S{1,40} )?failed|^auth failed|AuthFailed|Failed to authenticate/,
    'authentication',
    'login',
    'failure',
  ],
  [/^got auth packet/, 'authentication', 'login', 'unknown'],
  [
    /^(?:Expiring session|Invalid session)|[Ss]ession .{0,60}has expired|session has expired|expired/,
    'network',
    'zookeeper_lost',
    'failure',
  ],
  [/^Exceeded deadline|^fsync-ing the write ahead log/, 'network', 'zookeeper_slow', 'unknown'],
  [
    /failed while|timed out|refused|Connection broken|Unable to read additional data|Cannot open channel/,
    'network',
    'zookeeper_lost',
    'failure',
  ],
  [
    /^(?:Closed socket connection|Processed session termination|Freeing zookeeper resources|Closing zookeeper sessionId)/,
    'network',
    'disconnect',
    'unknown',
  ],
  [/^Too many connections from/, 'network', 'connect', 'failure'],
  [/^Got user-level KeeperException/, 'storage', 'zookeeper_error', 'failure'],
  [/LEADER ELECTION TOOK|^(?:LEADING|FOLLOWING)$/, 'node', 'leader_change', 'success'],
  [/LOOKING|^New election|^Notification: |^Peer state changed/, 'node', 'leader_election', 'unknown'],
  [/^Processing \w{4} command from/, 'api', 'four_letter_word', 'unknown'],
  [/^(?:Unexpected exception|Severe unrecoverable|Exiting JVM|Fatal)/, 'process', 'crash', 'failure'],
  [/^(?:binding to port|Starting (?:quorum peer|server)|Server environment:)/, 'process', 'start', 'success'],
  [/^(?:Shutting down|shutdown called|shutdown of)/, 'process', 'stop', 'unknown'],
  [/^Reading configuration from/, 'configuration', 'file', 'success'],
];

/** Meaning, client, ensemble member and session of a message of the server or of a client, C or Java. */
export function zooMessage(message: string, draft: Draft): void {
  const head = message.length > 500 ? message.slice(0, 500) : message;
  const found = MEANINGS.find(([pattern]) => pattern.test(head));
  if (found) means(draft, found[1], found[2], found[3]);
  const session = SESSION.exec(head)?.[1];
  if (session && session !== '0x0') put(draft, 'session_id', session);
  const client = CLIENT.exec(head);
  const ip = client?.[1]?.replace(/^\[|\]$/g, '');
  if (client && ip && isIp(ip)) {
    put(draft, 'peer', `${client[1]}:${client[2]}`);
    draft.srcIp = ip;
    draft.entity('ip', ip, 'client');
    return;
  }
  const server = ENSEMBLE.exec(head)?.[1];
  if (server && server !== '0.0.0.0') draft.entity('ip', server, 'server');
}
