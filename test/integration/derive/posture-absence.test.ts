// The logging posture, what is missing: components, machines, parts of rotated logs. Each with a case that must not speak.
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import {
  celery,
  cpp,
  type Files,
  glog,
  lines,
  mesos,
  type Posture,
  postureOf,
  py,
  received,
} from './posture-of.ts';

const made: Posture[] = [];
const posture = async (files: Files): Promise<Posture> => {
  const one = await postureOf(files);
  made.push(one);
  return one;
};
afterEach(async () => {
  for (const one of made.splice(0)) await one.close();
});
const said = (rows: { standing: string; title: string }[]) =>
  rows.map(({ standing, title }) => `${standing}: ${title}`);

const session = (node: string, file: string) =>
  `${node}/tmp/ray/session_2026-11-20_12-00-00_000001_9/logs/${file}`;
const raylet = (seconds: number) => cpp(seconds, 'I', 'raylet', 'main.cc:1', `Raylet says ${seconds}`);
const gcs = (seconds: number) => cpp(seconds, 'I', 'gcs_server', 'gcs_server.cc:1', `GCS says ${seconds}`);
const python = (seconds: number) => py(seconds, 'INFO', 'agent.py:1', `Agent says ${seconds}`);

describe('components that one expects', () => {
  it('are named when a Ray head or an agent of Mesos shows without them, and not when all are there', async () => {
    const { of } = await posture({
      [session('head', 'gcs_server.out')]: lines(3, gcs),
      [session('head', 'raylet.out')]: lines(3, raylet),
      [session('head', 'dashboard.log')]: '',
      [session('head', 'dashboard_agent.log')]: lines(3, python),
      [session('head', 'runtime_env_agent.log')]: lines(3, (i) => python(i + 10)),
      [session('worker', 'raylet.out')]: lines(3, raylet),
      [session('worker', 'dashboard_agent.log')]: lines(3, python),
      [session('worker', 'runtime_env_agent.log')]: lines(3, (i) => python(i + 10)),
      'sandboxes/var/lib/mesos/slaves/a-S1/frameworks/a-0001/executors/e/runs/035f3052-39aa-41e1-af41-01e8e34ff30e/stderr':
        lines(3, (i) => mesos(i, 'I', 'executor.cpp:1', `Executor says ${i}`)),
    });
    expect(said(of('missing-components', 'head'))).toEqual(['weak: No event of dashboard']);
    expect(of('missing-components', 'head')[0]!.proof).toContain('but without a line that was read (empty)');
    expect(of('missing-components', 'head')[0]!.files[0]!.path).toContain('dashboard.log');
    expect(of('missing-components', 'worker')).toEqual([]);
    expect(said(of('missing-components', 'sandboxes'))).toEqual(['weak: No event of agent']);
  });
});

describe('what belongs to Celery', () => {
  it('misses the main file of child files and the workers of a beat', async () => {
    const { of } = await posture({
      'a/var/log/celery/gamma-1.log': lines(2, received),
      'a/var/log/celery/gamma-2.log': lines(2, (i) => received(i + 3)),
      'b/var/log/celery/gamma-1.log': lines(2, received),
      'b/var/log/celery/gamma.log': lines(2, (i) => received(i + 5)),
    });
    expect(said(of('missing-celery', 'a'))).toEqual(['weak: Child files of a worker without the main file']);
    expect(of('missing-celery', 'a')[0]!.proof).toContain('gamma-1.log and gamma-2.log) without gamma.log');
    expect(of('missing-celery', 'b')).toEqual([]);
    const beat = await posture({
      'c/var/log/celery/beat.log': `${celery(0, 'INFO', 'beat: Starting...')}\n${celery(1, 'INFO', 'Scheduler: Sending due task add-every (proj.add)')}\n`,
    });
    expect(said(beat.of('missing-celery', 'c'))).toEqual(['weak: Beat without a worker']);
  });
});

describe('machines that logs name', () => {
  it('are missing when no node has their name, address or id', async () => {
    const registered = (id: number, host: string, address: string) =>
      mesos(
        id,
        'I',
        'master.cpp:6536',
        `Registered agent 5c144c4b-8cbd-4bc5-8008-919311f44e1f-S${id} at slave(1)@${address}:5051 (${host}) with cpus:4; mem:4096`,
      );
    const { of } = await posture({
      'mesos-m/mesos-master.log': `${registered(0, 'mesos-a.dc.example', '10.0.0.5')}\n${registered(1, 'mesos-b.dc.example', '10.0.0.6')}\n${mesos(2, 'W', 'master.cpp:6315', "Refusing registration of agent at slave(1)@10.0.0.66:5051 (rogue): Not authorized to register agent providing resources 'cpus:64' with principal 'mallory'")}\n`,
      'mesos-a/mesos-agent.log': lines(2, (i) => mesos(i, 'I', 'slave.cpp:1', `Agent says ${i}`)),
      'cel-a/celery/worker.log': `${celery(0, 'INFO', 'missed heartbeat from beta@cel-b')}\n${celery(1, 'INFO', 'missed heartbeat from gamma@cel-c.dc.example')}\n`,
      'cel-c/celery/worker.log': lines(2, received),
    });
    expect(said(of('missing-nodes', null))).toEqual([
      'weak: No log of cel-b',
      'weak: No log of mesos-b.dc.example',
    ]);
  });
});

describe('rotation', () => {
  it('misses numbers, the current file, days; and knows an index of Ray from a number', async () => {
    const part = (from: number) => lines(2, (i) => received(from + i));
    const { of } = await posture({
      'numbers/celery/worker.log': part(90),
      'numbers/celery/worker.log.1': part(60),
      'numbers/celery/worker.log.3.gz': gzipSync(part(0)),
      'current/celery/worker.log.1': part(60),
      'whole/celery/worker.log': part(90),
      'whole/celery/worker.log.1': part(60),
      'days/celery/worker.log-20261117': part(0),
      'days/celery/worker.log-20261118': part(10),
      'days/celery/worker.log-20261120': part(20),
      'weeks/celery/worker.log-20261101': part(0),
      'weeks/celery/worker.log-20261108': part(10),
      'weeks/celery/worker.log-20261115': part(20),
      [session('ray-a', 'raylet.out')]: lines(2, raylet),
      [session('ray-a', 'raylet.1.out')]: lines(2, (i) => raylet(i + 10)),
      [session('ray-b', 'raylet.2.out')]: lines(2, raylet),
    });
    const gaps = (node: string) =>
      of('rotation', node).filter(({ title }) => title !== 'The log begins in the middle');
    expect(gaps('numbers')).toMatchObject([
      { standing: 'bad', title: 'Parts of a rotated log are missing', fileCount: 3 },
    ]);
    expect(gaps('numbers')[0]!.proof).toContain('1 part is not in the bundle: .2');
    expect(gaps('current')[0]!.proof).toContain('worker.log itself');
    expect(said(gaps('whole'))).toEqual(['ok: Rotated parts follow each other']);
    expect(gaps('days')[0]!.proof).toContain(
      '1 day between 2026-11-17 and 2026-11-20 has no file: 2026-11-19',
    );
    expect(said(gaps('weeks'))).toEqual(['ok: Rotated parts follow each other']);
    expect(gaps('ray-a')).toEqual([]);
    expect(said(gaps('ray-b'))).toEqual(['weak: Files of another process are missing']);
    expect(gaps('ray-b')[0]!.proof).toContain('raylet.out and raylet.1.out are not in the bundle');
  });

  it('says of a log that begins in the middle, and of a glog file without its head', async () => {
    const started = celery(0, 'INFO', 'alpha@cel ready.');
    const head = `Log file created at: 2026/11/20 12:00:00\nRunning on machine: vm\nLog line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg\n`;
    const line = `I${glog(1)} 28537 slave.cpp:1] Agent says hello\n`;
    // the host that the name states is the node
    const name = (host: string) => `log/mesos-agent.${host}.root.log.INFO.20261120-120000.28537`;
    const { of } = await posture({
      'late/celery/worker.log': lines(2, (i) => received(20_000 + i)),
      'late/celery/other.log': `${started}\n${received(1)}\n`,
      'begins/celery/worker.log': `${celery(20_000, 'INFO', 'beta@cel ready.')}\n${received(20_001)}\n`,
      'begins/celery/other.log': `${started}\n${received(1)}\n`,
      [name('cut')]: line,
      [name('kept')]: head + line,
    });
    expect(said(of('rotation', 'late'))).toEqual(['weak: The log begins in the middle']);
    expect(of('rotation', 'late')[0]!.proof).toContain('5 h 33 min after the first line of this node');
    expect(of('rotation', 'begins')).toEqual([]);
    expect(said(of('rotation', 'cut'))).toEqual(['bad: Log files without their head']);
    expect(of('rotation', 'kept')).toEqual([]);
  });
});
