// Ray's C++ lines: `[time L pid tid] (component) file:line: message`, and the glog lines of 1.0 and before and of its gRPC library.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { digitsEnd, put, standsAt } from '../text.ts';
import { cursor, dateTimeAt, fractionAt, SECOND_US } from '../time.ts';
import { glog, readGlog } from './glog.ts';
import { rayMessage } from './ray-message.ts';
import { putWorkerState } from './ray-worker-state.ts';

/** Component of a line: what the line states, else what the path says. Windows writes `gcs_server.exe`. */
export function rayComponent(member: Member, stated: string): string {
  if (stated === '') return member.hint.component || 'worker';
  return stated.charCodeAt(stated.length - 4) === 46 ? stated.slice(0, -4) : stated;
}

const LETTER = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
const LETTERS = Array.from({ length: 26 }, (_, i) => `{"level":"${String.fromCharCode(65 + i)}"`);

/** Fields that begin with the letter of a level. */
function letterField(c: number): string {
  return LETTERS[c - 65] as string;
}

/** Index into LEVELS of the one-letter levels of Ray's C++ logs. */
export function cppLevel(c: number): number {
  switch (c) {
    case 73:
      return 2;
    case 87:
      return 4;
    case 69:
      return 5;
    case 68:
      return 1;
    case 67:
    case 70:
      return 6;
    case 84:
      return 0;
    default:
      return -1;
  }
}

const DUMPED =
  /^(?:\s|\[state-dump\]|\[runtime env manager\]|\*\*\* (?!SIG)|PC: @|@ +0x|- |Stack trace|Traceback )/;

/** All that has no head of its own goes with a C++ record; in files that programs print to, only what dumps and traces look like. */
function joinsCpp(line: string, draft: Draft, member: Member): boolean {
  if (line.charCodeAt(0) === 42 && standsAt(line, '*** SIG', 0)) return false;
  return member.hint.strays !== 'text' || DUMPED.test(line) || draft.level === 6;
}

export const rayCpp: LineKind = {
  id: 'ray.cpp',
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 91 || line.charCodeAt(24) !== 32) return false;
    const ts = dateTimeAt(line, 1);
    if (Number.isNaN(ts) || cursor.end !== 24) return false;
    const level = cppLevel(line.charCodeAt(25));
    if (level === -1 || line.charCodeAt(26) !== 32) return false;
    const blank = line.indexOf(' ', 27);
    const close = line.indexOf('] ', blank);
    if (blank === -1 || close === -1 || close - 27 > 30) return false;
    let at = close + 2;
    let stated = '';
    if (line.charCodeAt(at) === 40) {
      const end = line.indexOf(') ', at);
      if (end !== -1 && end - at < 80) {
        stated = line.slice(at + 1, end);
        at = end + 2;
      }
    }
    const colon = line.indexOf(':', at);
    if (colon === -1 || colon - at > 100) return false;
    const second = line.indexOf(':', colon + 1);
    if (second === -1 || second - colon > 9 || second === colon + 1) return false;
    if (digitsEnd(line, colon + 1) !== second) return false;
    const dot = line.indexOf('.', at);
    if (dot === -1 || dot > colon) return false;
    const message = line.slice(line.charCodeAt(second + 1) === 32 ? second + 2 : second + 1);
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = rayComponent(member, stated);
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.level = level;
    draft.nativeLevel = LETTER[line.charCodeAt(25) - 65] as string;
    draft.pid = line.slice(27, blank);
    draft.tid = line.slice(blank + 1, close);
    draft.logger = line.slice(at, second);
    draft.message = message;
    draft.fields = letterField(line.charCodeAt(25));
    if (level === 6) means(draft, 'process', 'crash', 'failure');
    rayMessage(message, draft, member);
    if (member.hint.component === 'worker') putWorkerState(draft, member);
    return true;
  },
  joins: joinsCpp,
  samples: [
    {
      path: 'session_2026-11-20_17-26-14_617841_28470/logs/raylet.out',
      text: '[2026-11-20 17:26:31,272 I 28956 28957] (raylet) main.cc:703: Setting node ID node_id=239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f896967477\n[state-dump] NodeManager:\n[state-dump] Node ID: x\n[2026-11-20 17:26:32,000 C 28956 28956] node_manager.cc:170:  Check failed: x == y \n*** StackTrace Information ***\n    ray::RayLog::~RayLog()',
      gives: [
        {
          time: '2026-11-20T17:26:31.272000Z',
          level: 'info',
          system: 'ray',
          component: 'raylet',
          pid: '28956',
          tid: '28957',
          logger: 'main.cc:703',
          lines: 3,
          fields: {
            node_id: '239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f896967477',
            session: 'session_2026-11-20_17-26-14_617841_28470',
          },
          entities: ['ray_node:239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f896967477:mentioned'],
        },
        { level: 'critical', category: 'process', action: 'crash', lines: 3, component: 'raylet' },
      ],
    },
    {
      path: 'raylet.out',
      text: '[2023-07-23 15:21:29,851 E 9751 9751] (raylet) node_manager.cc:3084: 4 Workers (tasks / actors) killed due to memory pressure (OOM), 0 Workers crashed due to other reasons at node (ID: b287aac2de42bef55d13e884c4bdb6cffb2d81d1dc96aa08c4633a43, IP: 172.28.0.12) over the last time period.\n[2023-07-23 15:21:30,000 I 9 9] (gcs_server) gcs_worker_manager.cc:55: Reporting worker exit, worker id = be18a379cc5c2e4ddb7fb6370efca60be18a379cc5c2e4ddb7fb6370, node id = b287aac2de42bef55d13e884c4bdb6cffb2d81d1dc96aa08c4633a43, address = 10.0.0.1, exit_type = SYSTEM_ERROR, exit_detail = Worker unexpectedly exits.',
      gives: [
        {
          category: 'resource',
          action: 'out_of_memory',
          fields: {
            killed_workers: 4,
            node_ip: '172.28.0.12',
            node_id: 'b287aac2de42bef55d13e884c4bdb6cffb2d81d1dc96aa08c4633a43',
          },
        },
        {
          component: 'gcs_server',
          action: 'worker_exit',
          fields: {
            exit_type: 'SYSTEM_ERROR',
            worker_id: 'be18a379cc5c2e4ddb7fb6370efca60be18a379cc5c2e4ddb7fb6370',
          },
        },
      ],
    },
  ],
};

const EPOCH_LINE =
  /^[IWEF]0000 00:00:(\d{10}\.\d{6}) +(\d{1,10})(?: (\d{1,10}))? ([\w./+-]{1,120}:\d{1,7})\] ?/;

/** Lines of a library whose log was not set up yet: the clock counts from 1970, so that its seconds are those of the epoch. */
function readEpoch(line: string): boolean {
  const m = EPOCH_LINE.exec(line.length > 300 ? line.slice(0, 300) : line);
  if (!m) return false;
  const stamp = m[1] as string;
  glog.time = Number(stamp.slice(0, 10)) * SECOND_US + fractionAt(stamp, 10);
  glog.first = m[2] as string;
  glog.second = m[3] ?? '';
  glog.source = m[4] as string;
  glog.message = line.slice(m[0].length);
  return true;
}

/** Ray up to 1.0 and its gRPC library: glog lines without a year, one or two thread ids, six or nine digits of a second. */
export const rayGlog: LineKind = {
  id: 'ray.glog',
  weight: (line) => (/\.(?:cc|h):\d+\]/.test(line) ? 1 : 0.3),
  read(line, draft, member) {
    const epoch = standsAt(line, '0000 00:00:1', 1);
    if (epoch ? !readEpoch(line) : !readGlog(line, member)) return false;
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = rayComponent(member, '');
    draft.tsWall = glog.time;
    draft.tsKind = epoch
      ? TS_KIND.absolute
      : !Number.isNaN(glog.time)
        ? TS_KIND.wallYearInferred
        : TS_KIND.none;
    draft.level = cppLevel(line.charCodeAt(0));
    draft.nativeLevel = line.charAt(0);
    draft.tid = glog.second !== '' ? glog.second : glog.first;
    draft.pid = glog.first;
    draft.logger = glog.source;
    draft.message = glog.message;
    draft.fields = `{"level":"${line.charAt(0)}"`;
    if (draft.level === 6) means(draft, 'process', 'crash', 'failure');
    rayMessage(glog.message, draft, member);
    return true;
  },
  joins: joinsCpp,
  samples: [
    {
      path: 'session_2020-10-09_07-00-00_000001_77/logs/worker-0123456789abcdef-01000000-136534.err',
      text: "F1009 07:02:26.344231 136534 136535 service_based_gcs_client.cc:207] Couldn't reconnect to GCS server. The last attempted GCS server address was 192.168.1.98:39953\n*** Check failure stack trace: ***\n    @     0x7f56afdb7f5d  google::LogMessage::Fail()\nE1009 08:34:14.326870515     253 chttp2_transport.cc:2846]   keepalive_ping_end state error: 0",
      gives: [
        {
          time: '2020-10-09T07:02:26.344231Z',
          level: 'critical',
          pid: '136534',
          tid: '136535',
          lines: 3,
          action: 'gcs_connect',
        },
        { time: '2020-10-09T08:34:14.326870Z', level: 'error', logger: 'chttp2_transport.cc:2846' },
      ],
    },
  ],
};

/** A rotated file may begin inside a dump or a stack: those lines are the rest of a record of the file before it. */
export const rayRest: LineKind = {
  id: 'ray.rest',
  weight: () => 0,
  read(line, draft, member) {
    if (
      member.line !== 1 ||
      member.hint.family !== 'ray' ||
      member.hint.strays === 'text' ||
      !DUMPED.test(line)
    )
      return false;
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = rayComponent(member, '');
    draft.message = line;
    put(draft, 'tidemark.partial', 'last part of a record');
    if (standsAt(line, '[state-dump]', 0)) means(draft, 'node', 'state_dump', 'unknown');
    return true;
  },
  joins: () => true,
  samples: [
    {
      path: 'session_2026-11-20_17-26-14_617841_28470/logs/raylet.out.2',
      text: '[state-dump] - num bytes spilled: 0\n\tNodeManager.CheckGC - 11 total\n[2026-11-20 17:26:31,272 I 28956 28957] (raylet) main.cc:703: next',
      gives: [
        {
          lines: 2,
          component: 'raylet',
          action: 'state_dump',
          fields: { 'tidemark.partial': 'last part of a record' },
        },
        { lines: 1, message: 'next' },
      ],
    },
  ],
};
