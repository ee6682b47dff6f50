// The posture of a bundle that a test writes: real files, a real ingest, the rows as the page gets them.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Engine } from '../../../electron/engine/engine.ts';
import type { PostureRow } from '../../../shared/api.ts';

/** Path below the bundle (its first folder is the node) to content, or content and mode. */
export type Files = Record<string, string | Buffer | { content: string | Buffer; mode: number }>;

export interface Posture {
  rows: PostureRow[];
  /** Rows of one check, of one node when it is named. */
  of(check: string, node?: string | null): PostureRow[];
  engine: Engine;
  close(): Promise<void>;
}

export async function postureOf(files: Files): Promise<Posture> {
  const dir = mkdtempSync(join(tmpdir(), 'tidemark-posture-'));
  const bundle = join(dir, 'bundle');
  for (const [path, given] of Object.entries(files)) {
    const { content, mode } =
      typeof given === 'string' || Buffer.isBuffer(given) ? { content: given, mode: 0o640 } : given;
    const full = join(bundle, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
    chmodSync(full, mode);
  }
  const engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: dir });
  await engine.api['case.create']({ dir: join(dir, 'case') });
  const { jobId } = await engine.api['ingest.start']({ paths: [bundle], detect: false });
  const job = await engine.job(jobId);
  if (job.state !== 'done') throw new Error(`${job.error}`);
  const problems = (job.result as { problems: string[] }).problems;
  if (problems.length > 0) throw new Error(problems.join(' '));
  const { rows } = await engine.api['posture.list']({});
  return {
    rows,
    of: (check, node) =>
      rows.filter((row) => row.checkId === check && (node === undefined || row.node === node)),
    engine,
    close: async () => {
      await engine.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A time of a test, so many seconds after 2026-11-20T12:00:00Z. */
export const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 20, 12) + seconds * 1000);
export const iso = (seconds: number): string => at(seconds).toISOString();
/** `2026-11-20 12:00:01,000`, as Celery and Ray write it. */
export const comma = (seconds: number): string =>
  iso(seconds).slice(0, 23).replace('T', ' ').replace('.', ',');
/** `1120 12:00:01.000000`, as glog writes it. */
export const glog = (seconds: number): string => {
  const text = iso(seconds);
  return `${text.slice(5, 7)}${text.slice(8, 10)} ${text.slice(11, 23)}000`;
};
export const lines = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => `${line(i)}\n`).join('');

export const celery = (seconds: number, level: string, text: string): string =>
  `[${comma(seconds)}: ${level}/MainProcess] ${text}`;
export const received = (seconds: number): string =>
  celery(
    seconds,
    'INFO',
    `Task shop.charge[00000000-0000-4000-8000-${String(seconds).padStart(12, '0')}] received`,
  );
export const registry = (seconds: number, level: string, msg: string, rest = ''): string =>
  `time="${iso(seconds)}" level=${level} msg=${JSON.stringify(msg)} go.version=go1.19.8${rest}`;
export const registryRequest = (
  seconds: number,
  method: string,
  uri: string,
  status: number,
  msg = 'response completed',
): string =>
  registry(
    seconds,
    status < 400 ? 'info' : 'error',
    msg,
    ` http.request.host="registry:5000" http.request.id=r${seconds} http.request.method=${method} http.request.remoteaddr="10.0.0.9:4000" http.request.uri="${uri}"${msg === 'response completed' ? ` http.response.status=${status}` : ''}`,
  );
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
export const access = (seconds: number, method: string, uri: string, status: number): string => {
  const time = at(seconds);
  const day = `${String(time.getUTCDate()).padStart(2, '0')}/${MONTHS[time.getUTCMonth()]}/${time.getUTCFullYear()}`;
  return `10.0.0.9 - - [${day}:${iso(seconds).slice(11, 19)} +0000] "${method} ${uri} HTTP/1.1" ${status} 20 "" "docker/24.0.7"`;
};
export const mesos = (seconds: number, level: string, where: string, text: string): string =>
  `${level}${glog(seconds)} 28483 ${where}] ${text}`;
export const cpp = (seconds: number, level: string, component: string, where: string, text: string): string =>
  `[${comma(seconds)} ${level} 101 101] (${component}) ${where}: ${text}`;
export const py = (seconds: number, level: string, where: string, text: string): string =>
  `${comma(seconds)}\t${level} ${where} -- ${text}`;
