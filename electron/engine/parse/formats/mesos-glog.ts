// glog lines of Mesos, and the header of their files.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { isPlain, put, putIf } from '../text.ts';
import { dateTimeAt } from '../time.ts';
import { glog, readGlog } from './glog.ts';
import { BARE, component } from './mesos-crash.ts';
import { mesosFinish, mesosMessage } from './mesos-message.ts';
import { zooClient } from './zookeeper.ts';

const LEVEL: Record<number, number> = { 73: 2, 87: 4, 69: 5, 70: 6 };
const LETTER: Record<number, string> = { 73: 'I', 87: 'W', 69: 'E', 70: 'F' };
const LEVEL_FIELDS: Record<number, string> = {
  73: '{"level":"I"',
  87: '{"level":"W"',
  69: '{"level":"E"',
  70: '{"level":"F"',
};

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
  draft.nativeLevel = LETTER[levelAt] as string;
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
