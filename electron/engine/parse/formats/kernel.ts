// Kernel messages, from dmesg or syslog: who was killed for memory is the other half of many a worker's end.
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { put, putIf, putJson } from '../text.ts';
import { clockAt, microsOf, monthAt, SECOND_US } from '../time.ts';

const KILLED = /(?:Killed process|Kill process|reaped process) (\d{1,10}) \(([^)]{1,100})\)/;
const CGROUP =
  /Task in (\/\S{1,400}) killed as a result of limit|task_memcg=([^,\s]{1,400})|Memory cgroup stats for (\/[^\s:]{1,400})/;
const OF_TASK = /\btask=([^,]{1,100}),pid=(\d{1,10}),uid=(\d{1,10})/;
const INVOKED = /^(\S{1,100}) invoked oom-killer/;
/** Under any root (`--cgroups_root`) that is named after mesos; nested containers lie below their parent. */
const MESOS = /\/[\w-]{0,40}mesos[\w-]{0,40}\/([0-9a-f]{8}-[0-9a-f-]{27})((?:\/mesos\/[\w-]{1,80}){0,8})/;
const DOCKER = /\/(?:docker|system\.slice|kubepods\S{0,200})\/(?:docker-|cri-containerd-)?([0-9a-f]{64})/;
const SEGFAULT = /^(\S{1,100})\[(\d{1,10})\]: segfault at /;
const UPTIME = /^\[ {0,6}(\d{1,9}\.\d{6})\] /;

/** Sets meaning, fields and entities of a kernel message. */
export function kernelMessage(message: string, draft: Draft): void {
  draft.system = 'kernel';
  draft.component = 'kernel';
  let head = message.length > 2000 ? message.slice(0, 2000) : message;
  const uptime = head.charCodeAt(0) === 91 ? UPTIME.exec(head) : null;
  if (uptime) {
    putJson(draft, 'seconds_since_boot', String(Number(uptime[1])));
    draft.message = message.slice(uptime[0].length);
    head = head.slice(uptime[0].length);
  }
  const killed = KILLED.exec(head);
  const group = CGROUP.exec(head);
  if (killed || group || /oom-kill|Out of memory|invoked oom-killer|Memory cgroup out of memory/.test(head)) {
    means(draft, 'resource', 'out_of_memory', 'failure');
    if (killed) victim(draft, killed[1] as string, killed[2] as string);
    putIf(draft, 'invoked_by', INVOKED.exec(head)?.[1]);
    const path = group?.[1] ?? group?.[2] ?? group?.[3];
    if (path) cgroup(draft, path);
    const task = OF_TASK.exec(head);
    if (task && !killed) {
      victim(draft, task[2] as string, task[1] as string);
      put(draft, 'killed_uid', task[3] as string);
    }
    return;
  }
  const fault = SEGFAULT.exec(head);
  if (!fault) return;
  means(draft, 'process', 'crash', 'failure');
  put(draft, 'signal', 'SIGSEGV');
  put(draft, 'process', fault[1] as string);
  draft.entity('process', fault[2] as string, 'crashed');
}

function victim(draft: Draft, pid: string, name: string): void {
  put(draft, 'killed_pid', pid);
  put(draft, 'killed_name', name);
  draft.entity('process', pid, 'killed');
}

/** `/mesos/<container>`, `/mesos/<container>/mesos/<nested>`, `/docker/<id>`. */
function cgroup(draft: Draft, path: string): void {
  put(draft, 'cgroup', path);
  const mesos = MESOS.exec(path);
  if (mesos) {
    const container = `${mesos[1]}${(mesos[2] ?? '').replaceAll('/mesos/', '.')}`;
    put(draft, 'container_id', container);
    draft.entity('mesos_container', container, 'mentioned');
  }
  putIf(draft, 'docker_id', DOCKER.exec(path)?.[1]);
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
        {
          fields: { container_id: '3587cd29-87e5-48ea-a971-ea43d63131eb', seconds_since_boot: 12.345678 },
          entities: ['mesos_container:3587cd29-87e5-48ea-a971-ea43d63131eb:mentioned'],
        },
      ],
    },
    {
      path: 'dmesg',
      text: '[  100.000001] python3 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n[  100.000002] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=3587cd29-87e5-48ea-a971-ea43d63131eb,mems_allowed=0,oom_memcg=/mesos_a1/3587cd29-87e5-48ea-a971-ea43d63131eb,task_memcg=/mesos_a1/3587cd29-87e5-48ea-a971-ea43d63131eb/mesos/dbg-1,task=python3,pid=4711,uid=0\n[  100.000003] Task in /docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef killed as a result of limit of /docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n[  100.000004] oom_reaper: reaped process 4711 (python3), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB\n[  100.000005] eth0: link up',
      gives: [
        { action: 'out_of_memory', fields: { invoked_by: 'python3' } },
        {
          fields: {
            container_id: '3587cd29-87e5-48ea-a971-ea43d63131eb.dbg-1',
            killed_pid: '4711',
            killed_name: 'python3',
            killed_uid: '0',
          },
        },
        { fields: { docker_id: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef' } },
        { fields: { killed_pid: '4711' } },
        { system: 'kernel', action: '', message: 'eth0: link up' },
      ],
    },
  ],
};
