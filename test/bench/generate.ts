// Seeded logs of the four systems in the shapes their documentation gives: the same seed and size, the same bytes.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ATTACKS } from './attacks.ts';
import { comma, hex, ip, iso, pick, random, uuid, type Writer } from './writing.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const apache = (now: number) => {
  const d = new Date(now);
  return `${String(d.getUTCDate()).padStart(2, '0')}/${MONTHS[d.getUTCMonth()]}/${d.getUTCFullYear()}:${iso(now).slice(11, 19)} +0000`;
};
const DIGESTS = Array.from(
  { length: 400 },
  (
    (r) => () =>
      hex(r, 64)
  )(random(1)),
);
const WORKERS = Array.from(
  { length: 2000 },
  (
    (r) => () =>
      hex(r, 56)
  )(random(2)),
);
const NODES = Array.from(
  { length: 20 },
  (
    (r) => () =>
      hex(r, 56)
  )(random(3)),
);
const REPOS = ['team/app', 'team/db', 'library/alpine', 'ml/train', 'ops/agent'];

/** One request as a registry logs it: authorized, completed, and the access line, with one request id. */
const registryText: Writer = (now, r) => {
  const client = ip(r);
  const repo = pick(r, REPOS);
  const uri = r() < 0.6 ? `/v2/${repo}/manifests/latest` : `/v2/${repo}/blobs/sha256:${pick(r, DIGESTS)}`;
  const time = (ms: number) =>
    `${iso(now + ms).slice(0, 23)}${String(Math.floor(r() * 1e6)).padStart(6, '0')}Z`;
  const request = `go.version=go1.19.8 http.request.host="registry:5000" http.request.id=${uuid(r)} http.request.method=GET http.request.remoteaddr="${client}:${30000 + Math.floor(r() * 30000)}" http.request.uri="${uri}" http.request.useragent="docker/20.10.24 go/go1.19.8"`;
  return (
    `time="${time(0)}" level=info msg="authorized request" ${request} vars.name="${repo}"\n` +
    `time="${time(3)}" level=info msg="response completed" ${request} http.response.contenttype="application/octet-stream" http.response.duration=${(r() * 20).toFixed(6)}ms http.response.status=200 http.response.written=${Math.floor(r() * 90000)}\n` +
    `${client} - - [${apache(now)}] "GET ${uri} HTTP/1.1" 200 ${Math.floor(r() * 9000)} "" "docker/20.10.24 go/go1.19.8"\n`
  );
};
const registryJson: Writer = (now, r) => {
  const request = `"go.version":"go1.19.8","http.request.host":"registry:5000","http.request.id":"${uuid(r)}","http.request.method":"GET","http.request.remoteaddr":"${ip(r)}:${30000 + Math.floor(r() * 30000)}","http.request.uri":"/v2/${pick(r, REPOS)}/manifests/v${Math.floor(r() * 50)}","http.request.useragent":"containerd/1.7.2"`;
  return (
    `{${request},"level":"info","msg":"authorized request","time":"${iso(now)}"}\n` +
    `{${request},"http.response.duration":"${(r() * 9).toFixed(5)}ms","http.response.status":200,"http.response.written":${Math.floor(r() * 9000)},"level":"info","msg":"response completed","time":"${iso(now + 4)}"}\n`
  );
};
/** One task as a worker logs it: received, at times a line of its own, and its end, with one task id. */
const celery: Writer = (now, r) => {
  const task = `${pick(r, ['shop.tasks.charge', 'shop.tasks.mail', 'ml.features.build', 'deploy.tasks.check_image'])}[${uuid(r)}]`;
  const child = `ForkPoolWorker-${1 + Math.floor(r() * 8)}`;
  const received = `[${comma(now)}: INFO/MainProcess] Task ${task} received\n`;
  const word =
    r() < 0.3
      ? `[${comma(now + 5)}: WARNING/${child}] ${task}: slow upstream, waited ${Math.floor(r() * 900)} ms\n`
      : '';
  if (r() < 0.95)
    return `${received}${word}[${comma(now + 9)}: INFO/${child}] Task ${task} succeeded in ${(r() * 3).toFixed(15)}s: {'ok': True, 'rows': ${Math.floor(r() * 900)}}\n`;
  return `${received}${word}[${comma(now + 9)}: ERROR/${child}] Task ${task} raised unexpected: ValueError('bad row ${Math.floor(r() * 999)}')\nTraceback (most recent call last):\n  File "/srv/app/tasks.py", line 42, in charge\n    raise ValueError(row)\nValueError: bad row\n`;
};
const mesos: Writer = (now, r) => {
  const d = iso(now);
  const head = `I${d.slice(5, 7)}${d.slice(8, 10)} ${d.slice(11, 23)}${String(Math.floor(r() * 1000)).padStart(3, '0')} ${10000 + Math.floor(r() * 40)} `;
  const framework = `${'5c144c4b-8cbd-4bc5-8008-919311f44e1f'}-000${Math.floor(r() * 9)}`;
  const u = r();
  if (u < 0.4)
    return `${head}slave.cpp:5823] Handling status update TASK_RUNNING (Status UUID: ${uuid(r)}) for task web-frontend-${Math.floor(r() * 900)} of framework ${framework} from executor(1)@10.20.0.31:${30000 + Math.floor(r() * 9000)}\n`;
  if (u < 0.7)
    return `${head}http.cpp:1177] HTTP GET for /slave(1)/state from ${ip(r)}:${30000 + Math.floor(r() * 9000)} with User-Agent='python-requests/2.31.0'\n`;
  return `${head}containerizer.cpp:1411] Transitioning the state of container ${uuid(r)} from PREPARING to ISOLATING after ${(r() * 90).toFixed(5)}ms\n`;
};
const ray: Writer = (now, r) => {
  const u = r();
  if (u < 0.5)
    return `[${comma(now)} I ${4000 + Math.floor(r() * 20)} ${4000 + Math.floor(r() * 90)}] (raylet) node_manager.cc:${600 + Math.floor(r() * 900)}: Leased worker for task worker_id=${pick(r, WORKERS)} job_id=0${Math.floor(r() * 9)}000000 node_id=${pick(r, NODES)}\n`;
  if (u < 0.8)
    return `[${comma(now)} W 4021 4021] (gcs_server) gcs_actor_manager.cc:1405: Actor is failed on worker ${pick(r, WORKERS)} at node ${pick(r, NODES)}, need_reschedule = 1, remaining_restarts = ${Math.floor(r() * 4)}, num_restarts = ${Math.floor(r() * 4)}\n`;
  return `${comma(now)}\tINFO web_log.py:233 -- ${ip(r)} [${apache(now)}] 'GET /api/jobs/ HTTP/1.1' 200 ${Math.floor(r() * 4000)} bytes ${Math.floor(r() * 90000)} us '-' 'python-requests/2.31.0'\n`;
};

/** Files of a made-up cluster; a path names the node, the system and the kind as the real one would. */
export const FILES: { path: string; write: Writer; head?: string }[] = [
  { path: 'registry-1/registry.log', write: registryText },
  { path: 'registry-2/registry.log', write: registryJson },
  { path: 'celery-1/worker.log', write: celery },
  { path: 'celery-2/worker.log', write: celery },
  {
    path: 'mesos-agent-1/mesos-agent.mesos-agent-1.root.log.INFO.20260301-000000.4242',
    write: mesos,
    head: 'Log file created at: 2026/03/01 00:00:00\nRunning on machine: mesos-agent-1\nLog line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg\n',
  },
  { path: 'ray-head/logs/raylet.out', write: ray },
];

const PART = 8_000_000; // bytes of one file, as rotation would leave it

export interface Generated {
  bytes: number;
  lines: number;
}

/**
 * Writes about `megabytes` MB under `dir`, spread over the systems and rotated into parts. `attacks`: how many acts of an
 * intruder among a thousand ordinary ones; none leaves the bytes as they are without.
 */
export function generate(dir: string, megabytes: number, seed: number, attacks = 0): Generated {
  const total = { bytes: 0, lines: 0 };
  const each = (megabytes * 1e6) / FILES.length;
  for (const [i, file] of FILES.entries()) {
    const r = random(seed * 1000 + i);
    const chance = random(seed * 1000 + 500 + i);
    const acts = ATTACKS[file.path.split('-')[0]!] ?? [];
    let left = each;
    let now = Date.UTC(2026, 2, 1);
    for (let part = 0; left > 0; part++) {
      const path = join(dir, part === 0 ? file.path : `${file.path}.${part}`);
      mkdirSync(join(path, '..'), { recursive: true });
      const out = openSync(path, 'w');
      let text = file.head ?? '';
      const want = Math.min(PART, left);
      let written = 0;
      while (written + text.length < want) {
        now += Math.floor(r() * 20);
        text += file.write(now, r);
        if (attacks > 0 && chance() < attacks / 1000) text += pick(chance, acts)(now, chance);
        if (text.length > 1 << 20) {
          written += writeSync(out, text);
          total.lines += text.split('\n').length - 1;
          text = '';
        }
      }
      written += writeSync(out, text);
      total.lines += text.split('\n').length - 1;
      closeSync(out);
      total.bytes += written;
      left -= want;
    }
  }
  return total;
}
