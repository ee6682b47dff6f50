// Kernel messages, from dmesg or syslog: who was killed for memory is the other half of many a worker's end.
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { put, putIf, putJson } from '../text.ts';
import { clockAt, microsOf, monthAt, SECOND_US } from '../time.ts';

const KILLED = /(?:Killed process|Kill process) (\d{1,10}) \(([^)]{1,100})\)/;
const CGROUP = /Task in (\/\S{1,400}) killed as a result of limit|task_memcg=([^,]{1,400})/;
const CONTAINER = /\/mesos\/([0-9a-f]{8}-[0-9a-f-]{27,120})/;
const SEGFAULT = /^(\S{1,100})\[(\d{1,10})\]: segfault at /;

/** Sets meaning, fields and entities of a kernel message. */
export function kernelMessage(message: string, draft: Draft): void {
  draft.system = 'kernel';
  draft.component = 'kernel';
  const head = message.length > 2000 ? message.slice(0, 2000) : message;
  const killed = KILLED.exec(head);
  const group = killed ? null : CGROUP.exec(head);
  if (killed) {
    means(draft, 'resource', 'out_of_memory', 'failure');
    put(draft, 'killed_pid', killed[1] as string);
    put(draft, 'killed_name', killed[2] as string);
    draft.entity('process', killed[1] as string, 'killed');
  } else if (group || /oom-kill|Out of memory|invoked oom-killer/.test(head)) {
    means(draft, 'resource', 'out_of_memory', 'failure');
    const path = group?.[1] ?? group?.[2];
    putIf(draft, 'cgroup', path);
    const container = path ? CONTAINER.exec(path)?.[1] : undefined;
    if (container) {
      put(draft, 'container_id', container);
      draft.entity('mesos_container', container, 'mentioned');
    }
  } else {
    const fault = SEGFAULT.exec(head);
    if (!fault) return;
    means(draft, 'process', 'crash', 'failure');
    put(draft, 'signal', 'SIGSEGV');
    put(draft, 'process', fault[1] as string);
    draft.entity('process', fault[2] as string, 'crashed');
  }
}

const SINCE_BOOT = /^\[ {0,6}(\d{1,9}\.\d{6})\] /;
const CTIME = /^\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})\] /;

/** `dmesg` (seconds since boot, undated) and `dmesg -T` (local time). */
export const dmesg: LineKind = {
  id: 'kernel.dmesg',
  weight: () => 0.5,
  read(line, draft) {
    if (line.charCodeAt(0) !== 91) return false;
    const head = line.slice(0, 40);
    const boot = SINCE_BOOT.exec(head);
    const ctime = boot ? null : CTIME.exec(head);
    if (boot) {
      putJson(draft, 'seconds_since_boot', String(Number(boot[1])));
    } else if (ctime) {
      const day = microsOf(Number(ctime[4]), monthAt(ctime[1] as string, 0), Number(ctime[2]), 0, 0, 0, 0);
      const us = day + clockAt(ctime[3] as string, 0) * SECOND_US;
      if (Number.isNaN(us)) return false;
      draft.tsWall = us;
      draft.tsKind = TS_KIND.wall;
    } else return false;
    draft.parsed = true;
    draft.message = line.slice(((boot ?? ctime) as RegExpExecArray)[0].length);
    kernelMessage(draft.message, draft);
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'dmesg_-T.output',
      text: '[Fri Nov 20 17:18:00 2026] Memory cgroup out of memory: Killed process 16883 (oomApp) total-vm:4575664kB\n[   12.345678] Task in /mesos/3587cd29-87e5-48ea-a971-ea43d63131eb killed as a result of limit of /mesos/3587cd29-87e5-48ea-a971-ea43d63131eb',
      gives: [
        {
          system: 'kernel',
          category: 'resource',
          action: 'out_of_memory',
          time: '2026-11-20T17:18:00.000000Z',
          fields: { killed_pid: '16883', killed_name: 'oomApp' },
          entities: ['process:16883:killed'],
        },
        { fields: { container_id: '3587cd29-87e5-48ea-a971-ea43d63131eb', seconds_since_boot: 12.345678 } },
      ],
    },
  ],
};
