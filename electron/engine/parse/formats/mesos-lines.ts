// Lines of Mesos and of what runs beside it: glog, its file header, crashes, ZooKeeper's C client, Marathon, Chronos.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { isIp, isPlain, pathOf, put, putIf, putJson } from '../text.ts';
import { clockAt, cursor, dateTimeAt, fractionAt, microsOf, monthAt, SECOND_US } from '../time.ts';
import { access, readAccess } from './access.ts';
import { glog, readGlog } from './glog.ts';
import { mesosFinish, mesosMessage } from './mesos-message.ts';
import { levelOf } from './other.ts';

const LEVEL: Record<number, number> = { 73: 2, 87: 4, 69: 5, 70: 6 };
const LEVEL_FIELDS: Record<number, string> = {
  73: '{"level":"I"',
  87: '{"level":"W"',
  69: '{"level":"E"',
  70: '{"level":"F"',
};

/** Component by the source file where the path says nothing, and inside sandboxes. */
const SOURCE_COMPONENT: Record<string, string> = {
  'master.cpp': 'master',
  'slave.cpp': 'agent',
  'containerizer.cpp': 'agent',
  'gc.cpp': 'agent',
  'exec.cpp': 'executor',
  'executor.cpp': 'executor',
  'fetcher.cpp': 'fetcher',
  'sched.cpp': 'framework',
  'scheduler.cpp': 'framework',
  'hierarchical.cpp': 'master',
  'registrar.cpp': 'master',
};

function component(member: Member, source: string): string {
  const hint = member.hint.component;
  if (hint !== '' && hint !== 'sandbox') return hint;
  const file = source.slice(0, source.indexOf(':'));
  return SOURCE_COMPONENT[file] ?? (hint || 'mesos');
}

/** Puts a glog line into the draft. */
function fill(draft: Draft, member: Member, levelAt: number, plain: boolean): void {
  draft.parsed = true;
  draft.system = 'mesos';
  draft.component = component(member, glog.source);
  draft.tsWall = glog.time;
  draft.tsKind = Number.isNaN(glog.time)
    ? TS_KIND.none
    : member.outerYear > 0
      ? TS_KIND.wall
      : TS_KIND.wallYearInferred;
  draft.level = LEVEL[levelAt] ?? -1;
  draft.tid = glog.first;
  draft.logger = glog.source;
  draft.message = glog.message;
  draft.fields = LEVEL_FIELDS[levelAt] as string;
  if (draft.level === 6) means(draft, 'process', 'crash', 'failure');
  mesosMessage(glog.message, draft, member, plain);
  const pid = member.state.pid;
  if (pid !== undefined && glog.first.length >= 5 && glog.first !== pid) draft.pid = pid;
}

export const mesosGlog: LineKind = {
  id: 'mesos.glog',
  weight: (line) => (/\.(?:cpp|hpp|go):\d+\]/.test(line) ? 1 : 0.5),
  read(line, draft, member) {
    if (!readGlog(line, member)) return false;
    fill(draft, member, line.charCodeAt(0), isPlain(line));
    return true;
  },
  joins: (line) => !BARE.test(line),
  finish: mesosFinish,
  samples: [
    {
      path: 'mesos/log/mesos-master.vm.root.log.INFO.20261231-185320.28483',
      text: "Log file created at: 2026/12/31 18:53:20\nRunning on machine: vm\nLog line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg\nI1231 18:53:20.865043 28483 logging.cpp:461] INFO level logging started!\nI1231 23:59:59.000001 28529 master.cpp:9834] Authentication of scheduler-1@10.0.0.7:3344 was unsuccessful: Invalid credentials\nI0101 00:00:01.000000 28529 master.cpp:9829] Successfully authenticated principal 'ops' at scheduler-1@10.0.0.7:3344)\nW0000 00:00:00.000000 28529 logging.cpp:102] RAW: Received signal SIGTERM from process 77 of user 0; exiting",
      gives: [
        {
          time: '2026-12-31T18:53:20.000000Z',
          lines: 3,
          component: 'master',
          fields: { 'file.host': 'vm' },
          entities: ['host:vm:origin'],
        },
        {
          time: '2026-12-31T18:53:20.865043Z',
          level: 'info',
          logger: 'logging.cpp:461',
          tid: '28483',
          system: 'mesos',
        },
        {
          time: '2026-12-31T23:59:59.000001Z',
          category: 'authentication',
          action: 'login',
          outcome: 'failure',
          srcIp: '10.0.0.7',
          fields: { peer: '10.0.0.7:3344', reason: 'Invalid credentials' },
        },
        {
          time: '2027-01-01T00:00:01.000000Z',
          outcome: 'success',
          userName: 'ops',
          fields: { principal: 'ops' },
        },
        {
          time: '2027-01-01T00:00:01.000000Z',
          action: 'stop',
          fields: { signal: 'SIGTERM', sender_uid: '0' },
        },
      ],
    },
    {
      path: 'mesos-master.INFO',
      mtime: '2026-03-24T00:00:00Z',
      text: "I0323 22:34:06.612828  6195 master.cpp:4763] Status update TASK_FAILED (UUID: d40de225-5659-4175-9921-8eb66559c9f0) for task test-python.63fe2bf4 of framework 6710a3d5-1047-43e0-b9fd-79a3028b9683-0007 from slave c7ecb89b-691a-458b-8bd6-b7e3a1a1a1a1-S1 at slave(1)@192.168.0.5:5051 (node5)\nI0323 22:34:06.963693  6196 http.cpp:312] HTTP GET for /master/state?jsonp=x from 192.168.0.23:51209 with User-Agent='X' with X-Forwarded-For='10.9.8.7'\nI0323 22:34:07.963693  6196 http.cpp:312] HTTP GET for /master/state from 127.0.0.10:4: '200 OK' after 12.3ms",
      gives: [
        {
          time: '2026-03-23T22:34:06.612828Z',
          category: 'task',
          action: 'status_update',
          outcome: 'failure',
          fields: {
            task_state: 'TASK_FAILED',
            task_id: 'test-python.63fe2bf4',
            framework_id: '6710a3d5-1047-43e0-b9fd-79a3028b9683-0007',
            agent_id: 'c7ecb89b-691a-458b-8bd6-b7e3a1a1a1a1-S1',
            status_uuid: 'd40de225-5659-4175-9921-8eb66559c9f0',
            agent_host: 'node5',
          },
        },
        {
          category: 'api',
          httpMethod: 'GET',
          httpPath: '/master/state',
          httpStatus: -1,
          outcome: 'unknown',
          srcIp: '192.168.0.23',
          fields: {
            uri: '/master/state?jsonp=x',
            'http.useragent': 'X',
            'http.xff': '10.9.8.7',
            peer: '192.168.0.23:51209',
          },
        },
        { httpStatus: 200, outcome: 'success', fields: { duration: '12.3ms' } },
      ],
    },
  ],
};

/** Prefixes that pasting tools glue on: `file:I0320 …`, `5/19/2016 12:09:46 PMW0519 …`. */
export const mesosGlued: LineKind = {
  id: 'mesos.glued',
  weight: () => 0.5,
  read(line, draft, member) {
    const m =
      /^(?:(\d{1,2})\/(\d{1,2})\/(\d{4}) \d{1,2}:\d\d:\d\d [AP]M|[\w./-]{3,300}:)(?=[IWEF]\d{4} \d\d:|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}:\d)/.exec(
        line.length > 400 ? line.slice(0, 400) : line,
      );
    if (!m) return false;
    const rest = line.slice(m[0].length);
    if (m[3]) member.outerYear = Number(m[3]);
    const file = m[3] ? null : /\.(\d{4})(\d\d)\d\d-\d{6}\.\d+:$/.exec(m[0]);
    if (file) member.outerYear = Number(file[1]);
    const done = mesosGlog.read(rest, draft, member) || zooClient.read(rest, draft, member);
    member.outerYear = 0;
    if (done) putIf(draft, 'prefix', m[0].replace(/:$/, ''));
    return done;
  },
  joins: () => true,
  samples: [
    {
      path: 'mesos-master.log',
      text: 'mesos-master.dev5.invalid-user.log.INFO.20141028-061840.28180:I1030 11:19:45.004689 28203 master.cpp:3175] Sending status update TASK_LOST (UUID: 44d26830-4865-49e1-ba0b-0a06b5d5865f) for task a.b\n5/19/2016 12:09:46 PMI0519 19:09:46.026700    36 group.cpp:519] ZooKeeper session expired',
      gives: [
        { time: '2014-10-30T11:19:45.004689Z', fields: { task_state: 'TASK_LOST', task_id: 'a.b' } },
        { time: '2016-05-19T19:09:46.026700Z', action: 'zookeeper_lost' },
      ],
    },
  ],
};

/** The three lines at the start of a glog file: one record, and the year of the rest. */
export const glogHeader: LineKind = {
  id: 'mesos.header',
  read(line, draft, member) {
    if (!line.startsWith('Log file created at: ')) return false;
    const ts = dateTimeAt(line, 21);
    if (Number.isNaN(ts)) return false;
    member.years.startAt(Number(line.slice(21, 25)), Number(line.slice(26, 28)));
    draft.parsed = true;
    draft.system = 'mesos';
    draft.component = component(member, '');
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.level = 2;
    draft.message = line;
    means(draft, 'process', 'log_open', 'success');
    if (member.hint.pid !== '') member.state.pid = member.hint.pid;
    return true;
  },
  joins(line, draft, member) {
    if (line.startsWith('Running on machine: ')) {
      const host = line.slice(20).trim();
      member.fact('host', host);
      put(draft, 'machine', host);
      draft.entity('host', host, 'origin');
      return true;
    }
    return line.startsWith('Log line format: ') || line.startsWith('Running duration ');
  },
  samples: [],
};

const BARE =
  /^(?:ABORT: \(|\*\*\* Aborted at \d|\*\*\* SIG[A-Z]|Lost leadership|No longer (?:active|elected) master)/;

/** Crash output without a glog head: ABORT, signal handlers, and what old masters said before they died. */
export const mesosCrash: LineKind = {
  id: 'mesos.crash',
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (c !== 65 && c !== 42 && c !== 76 && c !== 78) return false;
    if (!BARE.test(line)) return false;
    draft.parsed = true;
    draft.system = 'mesos';
    draft.component = component(member, '');
    draft.level = 6;
    draft.message = line;
    means(draft, 'process', 'crash', 'failure');
    const unix = /^\*\*\* Aborted at (\d{9,11}) /.exec(line)?.[1];
    if (unix) {
      draft.tsWall = Number(unix) * SECOND_US;
      draft.tsKind = TS_KIND.absolute;
      putJson(draft, 'unix_time', unix);
    }
    const signal = /^\*\*\* (SIG[A-Z]{2,8}) \(@.{0,40}\) received by PID (\d{1,10})/.exec(line);
    if (signal) {
      put(draft, 'signal', signal[1] as string);
      draft.pid = signal[2] as string;
    }
    return true;
  },
  joins: (line) => /^(?:PC: @|\s+@|\*\*\* SIG|\s)/.test(line),
  samples: [
    {
      path: 'mesos-agent.log',
      text: 'ABORT: (../../x.hpp:114): Result::get() but state == NONE\n*** Aborted at 1465845433 (unix time) try "date -d @1465845433" if you are using GNU date ***\nPC: @     0x7f5180a0f5f7 __GI_raise\n    @     0x7f51812c8100 (unknown)',
      gives: [
        { level: 'critical', action: 'crash' },
        { time: '2016-06-13T19:17:13.000000Z', lines: 3, fields: { unix_time: 1465845433 } },
      ],
    },
  ],
};

/** ZooKeeper's C client: `time:pid(0xtid):ZOO_LEVEL@function@line: message`. */
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
    draft.level = levelOf(line.slice(zoo + 5, at));
    draft.pid = line.slice(24, paren === -1 ? zoo : paren);
    if (paren !== -1) draft.tid = line.slice(paren + 1, zoo - 1);
    draft.logger = line.slice(at + 1, end).replace('@', ':');
    draft.message = line.slice(end + 2);
    const m = draft.message;
    if (/expired|Exceeded deadline|failed while|timed out|refused/i.test(m.slice(0, 300))) {
      means(draft, 'network', 'zookeeper_lost', 'failure');
    } else if (m.startsWith('session establishment complete'))
      means(draft, 'network', 'zookeeper_connect', 'success');
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'mesos-master.log',
      text: '2016-11-17 16:08:19,967:1(0x7f2fdf7fe700):ZOO_INFO@check_events@1775: session establishment complete on server [127.0.0.1:2181], sessionId=0x75cc58730b98ab19',
      gives: [
        {
          system: 'zookeeper',
          level: 'info',
          pid: '1',
          tid: '0x7f2fdf7fe700',
          logger: 'check_events:1775',
          action: 'zookeeper_connect',
          time: '2016-11-17T16:08:19.967000Z',
        },
      ],
    },
  ],
};

const MARATHON_TAIL = / \(([\w.$]{3,200}):([^()]{1,200})\)$/;

/** Marathon: `[time] LEVEL message (logger:thread)`, and the akka form `[LEVEL] [time] [thread] [path] message`. */
export const marathon: LineKind = {
  id: 'mesos.marathon',
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 91) return false;
    let message: string;
    let ts: number;
    let level: number;
    const plainForm = line.charCodeAt(24) === 93 && line.charCodeAt(20) === 44;
    if (plainForm) {
      ts = dateTimeAt(line, 1);
      if (Number.isNaN(ts) || cursor.end !== 24) return false;
      const m = /^ {1,2}(TRACE|DEBUG|INFO|WARN|ERROR) {1,3}/.exec(line.slice(25, 40));
      if (!m) return false;
      level = levelOf(m[1] as string);
      message = line.slice(25 + m[0].length);
    } else {
      const m =
        /^\[(TRACE|DEBUG|INFO|WARN|ERROR)\] \[(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d:\d\d\.\d{3})\] \[([^\]]{0,200})\] \[([^\]]{0,300})\] /.exec(
          line.slice(0, 800),
        );
      if (!m) return false;
      const day = microsOf(Number(m[4]), Number(m[2]), Number(m[3]), 0, 0, 0, 0);
      ts = day + clockAt(m[5] as string, 0) * SECOND_US + fractionAt(m[5] as string, 8);
      if (Number.isNaN(ts)) return false;
      level = levelOf(m[1] as string);
      message = line.slice(m[0].length);
      draft.tid = m[6] as string;
      draft.logger = m[7] as string;
    }
    draft.parsed = true;
    draft.system = 'marathon';
    draft.component = 'marathon';
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.level = level;
    const tail = MARATHON_TAIL.exec(message.length > 500 ? message.slice(-500) : message);
    if (tail) {
      draft.logger = tail[1] as string;
      if (!/^\d+$/.test(tail[2] as string)) draft.tid = tail[2] as string;
      else draft.logger += `:${tail[2]}`;
      message = message.slice(0, message.length - tail[0].length);
    }
    draft.message = message;
    marathonMessage(message, draft, member);
    return true;
  },
  joins: () => true,
  samples: [
    {
      path: 'marathon.log',
      text: '[2015-01-20 20:44:36,827] INFO Received status update for task web.c080c0b6: TASK_LOST (Reconciliation: Task is unknown) (mesosphere.marathon.MarathonScheduler:148)\n[INFO] [03/11/2016 11:58:20.031] [thread-1] [akka://x] hello',
      gives: [
        {
          system: 'marathon',
          action: 'status_update',
          outcome: 'failure',
          logger: 'mesosphere.marathon.MarathonScheduler:148',
          fields: { task_id: 'web.c080c0b6', task_state: 'TASK_LOST' },
        },
        { time: '2016-03-11T11:58:20.031000Z', tid: 'thread-1', message: 'hello' },
      ],
    },
  ],
};

function marathonMessage(message: string, draft: Draft, member: Member): void {
  if (
    /^(?:Received status update|Acknowledge status update|Task .{1,200} expunged|Expunging|Killing task|Launched task)/.test(
      message.slice(0, 300),
    )
  ) {
    mesosMessage(
      message.startsWith('Received status update for') ? message.replace(/: TASK_/, ' TASK_') : message,
      draft,
      member,
    );
    if (draft.category === '') means(draft, 'task', 'task_message', 'unknown');
    return;
  }
  if (/Defeated|Defeat leadership|Lost leadership/.test(message.slice(0, 200)))
    means(draft, 'node', 'leader_lost', 'failure');
  else if (/Elected \(Leader/.test(message.slice(0, 200))) means(draft, 'node', 'leader_change', 'success');
}

const JUL = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}) (\d{1,2}):(\d\d):(\d\d) (AM|PM) (\S{1,200} \S{1,200})$/;
const DROPWIZARD =
  /^(TRACE|DEBUG|INFO|WARN|ERROR) {1,3}\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})\] ([\w.$]{1,200}): (.*)$/;
const CLOCK_ONLY =
  /^(\d\d:\d\d:\d\d\.\d{3}) \[([^\]]{1,100})\] (TRACE|DEBUG|INFO|WARN|ERROR) {1,2}([\w.$]{1,200}) - (.*)$/;
const JUL_ACCESS = /^(?:INFO|WARNING): (?=\S{1,100} -{1,2} )/;

/** Chronos: java.util.logging in two lines, dropwizard, logback without a date. */
export const chronos: LineKind = {
  id: 'mesos.chronos',
  read(line, draft, member) {
    const head = line.length > 4000 ? line.slice(0, 4000) : line;
    const c = line.charCodeAt(0);
    if (!((c >= 65 && c <= 90) || (c >= 48 && c <= 57))) return false;
    const jul = JUL.exec(head);
    const wizard = jul ? null : DROPWIZARD.exec(head);
    const clockOnly = jul || wizard ? null : CLOCK_ONLY.exec(head);
    if (jul) {
      const hour = (Number(jul[4]) % 12) + (jul[7] === 'PM' ? 12 : 0);
      draft.tsWall = microsOf(
        Number(jul[3]),
        monthAt(jul[1] as string, 0),
        Number(jul[2]),
        hour,
        Number(jul[5]),
        Number(jul[6]),
        0,
      );
      if (Number.isNaN(draft.tsWall)) return false;
      draft.tsKind = TS_KIND.wall;
      draft.logger = jul[8] as string;
      draft.message = '';
    } else if (wizard) {
      draft.tsWall = dateTimeAt(wizard[2] as string, 0);
      draft.tsKind = TS_KIND.wall;
      draft.level = levelOf(wizard[1] as string);
      draft.logger = wizard[3] as string;
      draft.message = wizard[4] as string;
    } else if (clockOnly) {
      draft.level = levelOf(clockOnly[3] as string);
      draft.tid = clockOnly[2] as string;
      draft.logger = clockOnly[4] as string;
      draft.message = clockOnly[5] as string;
    } else if (JUL_ACCESS.test(head) && member.hint.component !== 'sandbox') {
      const from = line.indexOf(': ') + 2;
      const text = line.slice(from).replace(/ - {1,3}- {1,3}/, ' - - ');
      if (!readAccess(text, 0)) return false;
      draft.httpMethod = access.method;
      draft.httpPath = pathOf(access.uri);
      draft.httpStatus = access.status;
      draft.tsWall = access.time;
      draft.tsKind = access.zoned ? TS_KIND.absolute : TS_KIND.wall;
      draft.message = line.slice(from);
      draft.level = 2;
      means(draft, 'api', 'http_request', access.status < 400 ? 'success' : 'failure');
      put(draft, 'http.request.uri', access.uri);
      put(draft, 'http.useragent', access.agent);
      if (isIp(access.ip)) {
        draft.srcIp = access.ip;
        draft.entity('ip', access.ip, 'client');
      }
    } else return false;
    draft.parsed = true;
    draft.system = 'chronos';
    draft.component = 'chronos';
    return true;
  },
  joins: () => true,
  finish(draft) {
    if (draft.message.charCodeAt(0) !== 10) return;
    const m = /^\n(SEVERE|WARNING|INFO|CONFIG|FINE\w*): /.exec(draft.message);
    if (!m) return;
    draft.level = levelOf(m[1] as string);
    draft.message = draft.message.slice(m[0].length);
    const task = /[Tt]ask(?: with id)? '([^']{1,200})'/.exec(draft.message)?.[1];
    if (task) {
      put(draft, 'task_id', task);
      draft.entity('mesos_task', task, 'mentioned');
    }
  },
  samples: [
    {
      path: 'chronos.log',
      text: "Oct 01, 2014 11:44:44 AM com.airbnb.scheduler.mesos.MesosJobFramework statusUpdate\nWARNING: Task with id 'ct:1412178282735:0:2' LOST\nWARN  [2013-10-08 16:00:19,658] com.airbnb.x: Ignoring\n14:49:20.646 [Thread-150] WARN org.apache.x.JobUtils$ - Filtered",
      gives: [
        {
          system: 'chronos',
          level: 'warning',
          lines: 2,
          time: '2014-10-01T11:44:44.000000Z',
          fields: { task_id: 'ct:1412178282735:0:2' },
        },
        { level: 'warning', time: '2013-10-08T16:00:19.658000Z', message: 'Ignoring' },
        { message: 'Filtered', tid: 'Thread-150' },
      ],
    },
  ],
};

const SIMPLE =
  /^Received status update (TASK_[A-Z_]{1,30}) for task '([^']{1,300})'$|^Submitted task '([^']{1,300})' to agent '([^']{1,100})'$|^Subscribed with ID '?([0-9a-f-]{40,60})'?$/;

/** What mesos-execute prints on stdout. */
export const mesosExecute: LineKind = {
  id: 'mesos.execute',
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 82 && line.charCodeAt(0) !== 83) return false;
    const m = SIMPLE.exec(line.length > 1000 ? '' : line);
    if (!m) return false;
    draft.parsed = true;
    draft.system = 'mesos';
    draft.component = 'framework';
    draft.message = line;
    if (m[1]) {
      put(draft, 'task_state', m[1]);
      put(draft, 'task_id', m[2] as string);
      draft.entity('mesos_task', m[2] as string, 'mentioned');
      const bad = /FAILED|ERROR|LOST|DROPPED|UNREACHABLE|GONE|KILLED/.test(m[1]);
      means(
        draft,
        'task',
        'status_update',
        bad ? 'failure' : m[1] === 'TASK_FINISHED' ? 'success' : 'unknown',
      );
    } else if (m[3]) {
      put(draft, 'task_id', m[3]);
      put(draft, 'agent_id', m[4] as string);
      draft.entity('mesos_task', m[3], 'mentioned');
      draft.entity('mesos_agent', m[4] as string, 'mentioned');
      means(draft, 'task', 'task_submit', 'success');
    } else {
      put(draft, 'framework_id', m[5] as string);
      draft.entity('mesos_framework', m[5] as string, 'self');
      means(draft, 'node', 'framework_subscribe', 'success');
    }
    void member;
    return true;
  },
  joins: () => true,
  samples: [
    {
      path: 'mesos/frameworks/capture/x.stdout',
      text: "Subscribed with ID 5c144c4b-8cbd-4bc5-8008-919311f44e1f-0001\nReceived status update TASK_FAILED for task 'a'\n  message: 'Memory'",
      gives: [
        { action: 'framework_subscribe' },
        { outcome: 'failure', lines: 2, fields: { task_id: 'a', task_state: 'TASK_FAILED' } },
      ],
    },
  ],
};
