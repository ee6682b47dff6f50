// Crashes of Mesos and other output without a glog head: ABORT, signal handlers, stack traces, last words, glog's own warnings.
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { put, putIf, putJson } from '../text.ts';
import { SECOND_US } from '../time.ts';
import { component } from './mesos-component.ts';

const ABORTED = '*** Aborted at ';
const SIGNAL =
  /^\*\*\* (SIG[A-Z]{2,8}) \(@.{0,40}\) received by PID (\d{1,10})(?: \(TID \S{1,30}\) from PID (\d{1,10}))?/;
const FRAME = /^(?:PC: @ |\s{1,12}@\s{1,24}(?:0x[0-9a-f]|\(nil\)))/;

/** `*** Aborted at`, `PC:`, `*** SIG…` and their frames; `ABORT:`; and the rest of a trace that other lines had parted. */
export const mesosCrash: LineKind = {
  id: 'mesos.crash',
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (c !== 65 && c !== 42 && c !== 32 && c !== 80) return false;
    const notes = member.glog;
    const aborted = c === 42 && line.startsWith(ABORTED);
    const rest =
      !aborted && notes.parted && (FRAME.test(line.slice(0, 60)) || line.startsWith('*** Check failure'));
    // The signal belongs to the record that says when it came, unless that has ended.
    const signal = c === 42 && line.startsWith('*** SIG') && (!notes.crash || notes.parted || !notes.aborted);
    if (!aborted && !rest && !signal && !(c === 65 && line.startsWith('ABORT: ('))) return false;
    draft.parsed = true;
    draft.system = 'mesos';
    draft.component = component(member, '');
    draft.level = 6;
    draft.message = line;
    means(draft, 'process', rest ? 'stack_trace' : 'crash', 'failure');
    if (aborted) {
      const unix = /^\*\*\* Aborted at (\d{9,11}) /.exec(line)?.[1];
      if (unix) {
        draft.tsWall = Number(unix) * SECOND_US;
        draft.tsKind = TS_KIND.absolute;
        member.crashedAt(draft.tsWall);
        putJson(draft, 'unix_time', unix);
      }
    }
    takeSignal(line, draft);
    notes.crash = true;
    notes.parted = false;
    notes.aborted = aborted;
    notes.watch = true;
    return true;
  },
  joins: (line) => /^(?:PC: @|\*\*\* SIG|\*\*\* Check failure|\s)/.test(line),
  finish(draft) {
    if (draft.fields.indexOf('"signal":') !== -1) return;
    const at = draft.message.indexOf('\n*** SIG');
    if (at !== -1) takeSignal(draft.message.slice(at + 1, at + 300), draft);
  },
  samples: [
    {
      path: 'mesos-agent.log',
      text: 'ABORT: (../../x.hpp:114): Result::get() but state == NONE\n*** Aborted at 1465845433 (unix time) try "date -d @1465845433" if you are using GNU date ***\nPC: @     0x7f5180a0f5f7 __GI_raise\n*** SIGABRT (@0x57f8) received by PID 22520 (TID 0x7f517a2dd700) from PID 22520; stack trace: ***\n    @     0x7f51812c8100 (unknown)',
      gives: [
        { level: 'critical', action: 'crash' },
        {
          time: '2016-06-13T19:17:13.000000Z',
          lines: 4,
          pid: '22520',
          fields: { unix_time: 1465845433, signal: 'SIGABRT', sender_pid: '22520' },
        },
      ],
    },
    {
      path: 'mesos-master.vm.root.log.INFO.20161117-160800.1',
      text: "F1117 16:08:19.983996     8 group.cpp:636] CHECK_SOME(sequence): Failed to convert '' to number \n*** Check failure stack trace: ***\nI1117 16:08:19.988173    13 detector.cpp:152] Detected a new leader: (id='0')\n    @     0x7fcd9e73c4bd  google::LogMessage::Fail()\n    @     0x7fcd9e73e2fd  google::LogMessage::SendToLog()\nI1117 16:08:19.989000    13 detector.cpp:152] Detected a new leader: (id='1')",
      gives: [
        { level: 'critical', lines: 2, action: 'crash', outcome: 'failure' },
        { level: 'info', lines: 1, action: 'leader_change' },
        { level: 'critical', lines: 2, action: 'stack_trace', time: '2016-11-17T16:08:19.988173Z' },
        { level: 'info', lines: 1 },
      ],
    },
  ],
};

function takeSignal(line: string, draft: Draft): void {
  const m = SIGNAL.exec(line);
  if (!m) return;
  put(draft, 'signal', m[1] as string);
  putIf(draft, 'sender_pid', m[3]);
  draft.pid = m[2] as string;
  draft.entity('process', m[2] as string, 'crashed');
}

/** Lines that stand alone: what they begin with, level, meaning. */
const BARE: readonly (readonly [string, number, string, string, string])[] = [
  ['End fetcher log for container ', -1, 'network', 'fetch_log', 'failure'],
  ['WARNING: Logging before ', 4, 'configuration', 'log_open', 'unknown'],
  ['Could not create log', 5, 'configuration', 'log_open', 'failure'],
  ['COULD NOT CREATE ', 5, 'configuration', 'log_open', 'failure'],
  ['Lost leadership', 6, 'node', 'leader_lost', 'failure'],
  ['Lost candidacy', 6, 'node', 'leader_lost', 'failure'],
  ['Conceded leadership', 6, 'node', 'leader_lost', 'failure'],
  ['No longer active master', 6, 'node', 'leader_lost', 'failure'],
  ['No longer elected master', 6, 'node', 'leader_lost', 'failure'],
  ['Failed to create ', 6, 'process', 'start', 'failure'],
  ['Failed to initialize', 6, 'process', 'start', 'failure'],
  ['Failed to load ', 6, 'process', 'start', 'failure'],
  ['Failed to parse ', 6, 'process', 'start', 'failure'],
  ['Failed to detect a master', 6, 'node', 'leader_lost', 'failure'],
  ['Missing required option', 6, 'process', 'start', 'failure'],
];

/** What is printed without a glog head and is a record of its own, not more of the record before it. */
export const mesosBare: LineKind = {
  id: 'mesos.bare',
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (c !== 69 && c !== 87 && c !== 67 && c !== 76 && c !== 78 && c !== 70 && c !== 77) return false;
    const found = BARE.find(([start]) => line.startsWith(start));
    if (!found) return false;
    const notes = member.glog;
    // Inside a copied log the text is that of the other process.
    if (c === 70 && notes.container !== '') return false;
    draft.parsed = true;
    draft.system = 'mesos';
    draft.component = component(member, '');
    draft.level = found[1];
    draft.message = line;
    means(draft, found[2], found[3], found[4]);
    if (c === 87) draft.nativeLevel = 'WARNING';
    if (c === 69) {
      notes.container = '';
      const container = line.slice(30).trim();
      put(draft, 'container_id', container);
      draft.entity('mesos_container', container, 'mentioned');
    }
    return true;
  },
  joins: () => true,
  samples: [
    {
      path: 'capture/mesos-master.stderr',
      text: 'WARNING: Logging before InitGoogleLogging() is written to STDERR\nI0512 12:05:36.977052 29938 master.cpp:2030] The newly elected leader is None\nLost leadership... committing suicide!\n',
      mtime: '2016-05-13T00:00:00Z',
      gives: [
        { level: 'warning', nativeLevel: 'WARNING', component: 'master' },
        { action: 'leader_lost' },
        { level: 'critical', action: 'leader_lost', time: '2016-05-12T12:05:36.977052Z' },
      ],
    },
    {
      path: 'mesos-slave.log',
      text: "I0215 11:10:06.104027     1 main.cpp:232] Git SHA: 961edbd82e691a619a4c171a7aadc9c32957fa73\nFailed to create a containerizer: Could not create DockerContainerizer: Failed to create docker: Failed to get docker version: Failed to execute 'docker -H unix:///var/run/docker.sock --version': exited with status 127\n",
      mtime: '2018-02-16T00:00:00Z',
      gives: [{ lines: 1 }, { level: 'critical', category: 'process', action: 'start', outcome: 'failure' }],
    },
  ],
};
