// Crashes of Mesos: what stands in no glog line.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import { TS_KIND } from '../record.ts';
import { put, putJson } from '../text.ts';
import { SECOND_US } from '../time.ts';

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

export function component(member: Member, source: string): string {
  const hint = member.hint.component;
  if (hint !== '' && hint !== 'sandbox') return hint;
  const file = source.slice(0, source.indexOf(':'));
  return SOURCE_COMPONENT[file] ?? (hint || 'mesos');
}

export const BARE =
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
      member.crashedAt(draft.tsWall);
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
