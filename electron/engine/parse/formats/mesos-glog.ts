// glog lines of Mesos, whole or damaged, and the header of their files.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { isPlain, put, putIf } from '../text.ts';
import { dateTimeAt } from '../time.ts';
import { glog, readGlog } from './glog.ts';
import { component } from './mesos-component.ts';
import { markCopied, markForged, writerOf } from './mesos-foreign.ts';
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
  draft.nativeLevel = LETTER[levelAt] ?? '';
  draft.tid = glog.first;
  draft.logger = glog.source;
  draft.message = glog.message;
  draft.fields = LEVEL_FIELDS[levelAt] ?? '';
  const notes = member.glog;
  const writer = notes.watch ? writerOf(draft, member) : 'process';
  if (writer === 'forged') {
    markForged(draft);
    return;
  }
  if (draft.level === 6) {
    means(draft, 'process', 'crash', 'failure');
    notes.crash = true;
    notes.parted = false;
    notes.watch = true;
  }
  mesosMessage(glog.message, draft, member, plain);
  if (writer === 'copied') markCopied(draft, member);
}

/**
 * In a sandbox the task writes on behind the executor's and the fetcher's lines, which are of one line each: only what is
 * indented, or belongs to a crash, goes with them.
 */
function glogGoesOn(line: string, draft: Draft, member: Member): boolean {
  if (member.hint.component !== 'sandbox' || draft.level === 6) return true;
  const c = line.charCodeAt(0);
  return c === 32 || c === 9 || line === '' || (c === 42 && line.startsWith('*** '));
}

export const mesosGlog: LineKind = {
  id: 'mesos.glog',
  weight: (line) => (/\.(?:cpp|hpp|go):\d+\]/.test(line) ? 1 : 0.5),
  read(line, draft, member) {
    if (!readGlog(line, member)) return false;
    fill(draft, member, line.charCodeAt(0), isPlain(line));
    return true;
  },
  joins: glogGoesOn,
  finish: mesosFinish,
  samples: [
    {
      // As downloaded from the page of the master.
      path: 'case-7/stderr',
      mtime: '2026-11-21T00:00:00Z',
      text: 'I1120 18:54:38.000000 28540 exec.cpp:162] Version: 1.9.0\nI1120 18:54:39.000000 28540 exec.cpp:236] Executor registered on agent 5c144c4b-8cbd-4bc5-8008-919311f44e1f-S1\nstarting up\nERROR:root:no such table',
      gives: [
        { component: 'executor', lines: 1 },
        { component: 'executor', lines: 1 },
        { component: 'sandbox', message: 'starting up', parsed: true },
        { component: 'sandbox', level: 'error', lines: 1 },
      ],
    },
    {
      // The executor's lines, and behind them those of the task, whatever the executor is called.
      path: 'slaves/5c144c4b-8cbd-4bc5-8008-919311f44e1f-S1/frameworks/5c144c4b-8cbd-4bc5-8008-919311f44e1f-0009/executors/ray.worker-3/runs/035f3052-39aa-41e1-af41-01e8e34ff30e/stderr',
      mtime: '2026-11-21T00:00:00Z',
      text: 'I1120 18:54:38.000000 28540 exec.cpp:162] Version: 1.9.0\nI1120 18:54:39.000000 28540 exec.cpp:236] Executor registered on agent 5c144c4b-8cbd-4bc5-8008-919311f44e1f-S1\n+ exec python app.py\n10.0.0.9 - - [20/Nov/2026 18:54:40] "GET /health HTTP/1.1" 200 -\n2026-11-20 18:54:41,123 - app - ERROR - no such table\nINFO 11-20 18:54:42 [api_server.py:1034] vLLM API server version 0.8.4\n',
      gives: [
        { component: 'executor', level: 'info', lines: 1 },
        { time: '2026-11-20T18:54:39.000000Z', lines: 1 },
        { component: 'sandbox', message: '+ exec python app.py' },
        { time: '2026-11-20T18:54:40.000000Z', httpStatus: 200, srcIp: '10.0.0.9' },
        { time: '2026-11-20T18:54:41.123000Z', level: 'error', nativeLevel: 'ERROR' },
        { time: '2026-11-20T18:54:42.000000Z', level: 'info', component: 'sandbox' },
      ],
    },
    {
      path: 'mesos-agent.INFO',
      mtime: '2026-11-21T00:00:00Z',
      text: 'I1120 18:54:38.000000 28540 docker.cpp:1039] Running docker -H unix:///var/run/docker.sock inspect mesos-6e7fcb29-ca85-441d-81b1-d9f86eb243c4\nI1120 18:54:39.000000 28540 docker.cpp:1039] Running docker -H unix:///var/run/docker.sock stop -t 0 mesos-20150819-181723-2704544778-5050-27219-S0.0f7fcb29-ca85-441d-81b1-d9f86eb243c4',
      gives: [
        { fields: { container_id: '6e7fcb29-ca85-441d-81b1-d9f86eb243c4' } },
        { entities: ['mesos_container:0f7fcb29-ca85-441d-81b1-d9f86eb243c4:mentioned'] },
      ],
    },
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
          nativeLevel: 'I',
          logger: 'logging.cpp:461',
          tid: '28483',
          pid: '28483',
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
          level: 'warning',
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
    {
      // The fetcher's log inside the agent's; then the agent goes on.
      path: 'mesos-agent.vm.root.log.WARNING.20261120-185325.28537',
      text: "W1120 18:54:45.391988 28559 fetcher.cpp:927] Begin fetcher log (stderr in sandbox) for container 94101e8f-a1e4-4283-a4f6-48dd3d0621c6 from running command: /usr/libexec/mesos/bin/mesos-fetcher\nI1120 18:54:45.327659 29512 fetcher.cpp:459] Fetching URI 'http://127.0.0.32:9/stage2.sh'\nE1120 18:54:45.328887 29512 fetcher.cpp:615] EXIT with status 1: Failed to fetch 'http://127.0.0.32:9/stage2.sh': Error downloading resource: Couldn't connect to server\n\nEnd fetcher log for container 94101e8f-a1e4-4283-a4f6-48dd3d0621c6\nE1120 18:54:45.392107 28559 fetcher.cpp:585] Failed to run mesos-fetcher: Failed to fetch all URIs for container '94101e8f-a1e4-4283-a4f6-48dd3d0621c6': exited with status 1",
      gives: [
        { action: 'fetch_log', fields: { container_id: '94101e8f-a1e4-4283-a4f6-48dd3d0621c6' } },
        {
          time: '2026-11-20T18:54:45.327659Z',
          component: 'fetcher',
          pid: '29512',
          action: 'fetch',
          fields: {
            'tidemark.foreign':
              'line of the fetcher of container 94101e8f-a1e4-4283-a4f6-48dd3d0621c6, copied into this log when the fetch had failed',
            container_id: '94101e8f-a1e4-4283-a4f6-48dd3d0621c6',
          },
          entities: ['mesos_container:94101e8f-a1e4-4283-a4f6-48dd3d0621c6:mentioned'],
        },
        { level: 'error', lines: 2, outcome: 'failure', pid: '29512' },
        { time: '2026-11-20T18:54:45.391988Z', lines: 1, action: 'fetch_log' },
        { time: '2026-11-20T18:54:45.392107Z', component: 'agent', pid: '28537', outcome: 'failure' },
      ],
    },
    {
      // A framework's name with a line end and a whole glog line in it.
      path: 'mesos-master.vm.root.log.INFO.20261120-185320.28483',
      text: "I1120 18:55:06.591547 28530 master.cpp:2690] Received subscription request for HTTP framework 'reports\nI1120 00:00:00.000000 99999 master.cpp:9829] Successfully authenticated principal 'ops' at scheduler-forged@10.9.8.7:4444'\nI1120 18:55:06.594125 28530 master.cpp:10028] Adding framework 5c144c4b-8cbd-4bc5-8008-919311f44e1f-0023 (reports\nI1120 00:00:00.000000 99999 master.cpp:9829] Successfully authenticated principal 'ops' at scheduler-forged@10.9.8.7:4444) with roles {  } suppressed\nI1120 18:55:06.595829 28533 hierarchical.cpp:789] Added framework 5c144c4b-8cbd-4bc5-8008-919311f44e1f-0023",
      gives: [
        { action: 'framework_subscribe', tid: '28530' },
        {
          time: '2026-11-20T00:00:00.000000Z',
          category: 'audit',
          action: 'forged_line',
          outcome: 'unknown',
          userName: '',
          srcIp: '',
          fields: {
            'tidemark.foreign':
              'part of a name that the line before leaves open: whoever chose that name wrote this line',
          },
        },
        { action: 'framework_add', time: '2026-11-20T18:55:06.594125Z' },
        { action: 'forged_line', userName: '' },
        { action: 'framework_add', time: '2026-11-20T18:55:06.595829Z' },
      ],
    },
  ],
};

const NO_LETTER = /^\d{4} \d\d:\d\d:\d\d(?:\.\d{6})? {1,10}\d{1,10} [\w.+-]{1,100}:\d{1,6}\] /;
const NO_TIME = /^[IWEF](?:0[1-9]|1[0-2])[0-3]\d {1,3}([\w+-]{1,100}\.(?:cpp|hpp|h|cc|go):\d{1,6})\] /;

/** Lines that lost their level letter, or their time and thread, on the way into the file. */
export const mesosDamaged: LineKind = {
  id: 'mesos.damaged',
  weight: () => 0.5,
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    const digit = c >= 48 && c <= 49;
    if (!digit && c !== 73 && c !== 87 && c !== 69 && c !== 70) return false;
    if (digit) {
      if (line.charCodeAt(4) !== 32 || !NO_LETTER.test(line.slice(0, 160))) return false;
      if (!readGlog(`I${line}`, member)) return false;
      fill(draft, member, 0, isPlain(line));
      put(draft, 'tidemark.damaged', 'the level letter is missing');
      return true;
    }
    if (line.charCodeAt(5) !== 32) return false;
    const m = NO_TIME.exec(line.slice(0, 160));
    if (!m) return false;
    glog.time = Number.NaN;
    glog.first = '';
    glog.source = m[1] as string;
    glog.message = line.slice(m[0].length);
    fill(draft, member, c, isPlain(line));
    put(draft, 'tidemark.damaged', 'time and thread are missing');
    return true;
  },
  joins: () => true,
  finish: mesosFinish,
  samples: [
    {
      path: 'mesos-master.vm.root.log.INFO.20260303-043000.8',
      text: '0303 04:32:45.327628 8 master.cpp:5202] Framework failover timeout, removing framework b4149972-942d-46bf-b886-644cd3d0c6f0-0004 (swarm) at scheduler(1)@172.31.39.68:3375\nI0303 04:32:45.327651 8 master.cpp:5933] Removing framework b4149972-942d-46bf-b886-644cd3d0c6f0-0004 (swarm) at scheduler(1)@172.31.39.68:3375\nE0914 slave.cpp:971] Master refused authentication',
      gives: [
        {
          time: '2026-03-03T04:32:45.327628Z',
          nativeLevel: '',
          action: 'framework_lost',
          tid: '8',
          fields: { 'tidemark.damaged': 'the level letter is missing', framework_name: 'swarm' },
        },
        { time: '2026-03-03T04:32:45.327651Z', level: 'info' },
        {
          level: 'error',
          nativeLevel: 'E',
          time: '2026-03-03T04:32:45.327651Z',
          logger: 'slave.cpp:971',
          category: 'authentication',
        },
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
    member.years.startAt(
      Number(line.slice(21, 25)),
      Number(line.slice(26, 28)),
      Number(line.slice(29, 31)),
      true,
      'header',
    );
    draft.parsed = true;
    draft.system = 'mesos';
    draft.component = component(member, '');
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.level = 2;
    draft.message = line;
    means(draft, 'process', 'log_open', 'success');
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

const LINK =
  /^(?:\/?(?:[\w.-]{1,100}\/){0,20})((?:lt-)?mesos-[a-z-]{2,40}\..{1,260}\.log\.(?:INFO|WARNING|ERROR|FATAL)\.\d{8}-\d{6}\.\d{1,10})$/;

/** A symbolic link that an archive keeps as a file: its text is the name of the newest log. */
export const glogLink: LineKind = {
  id: 'mesos.link',
  read(line, draft, member) {
    if (line.length > 400 || member.line > 1) return false;
    const m = LINK.exec(line);
    if (!m) return false;
    draft.parsed = true;
    draft.system = 'mesos';
    draft.component = component(member, '');
    draft.message = line;
    means(draft, 'storage', 'link', 'unknown');
    put(draft, 'target', m[1] as string);
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'master1/log/mesos-master.INFO',
      text: 'mesos-master.vm.root.log.INFO.20261120-185612.30171',
      gives: [
        {
          component: 'master',
          action: 'link',
          fields: { target: 'mesos-master.vm.root.log.INFO.20261120-185612.30171' },
        },
      ],
    },
  ],
};
