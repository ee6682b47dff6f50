// The logging posture: each check with evidence that must speak and evidence that must not.
import { afterEach, describe, expect, it } from 'vitest';
import {
  access,
  celery,
  type Files,
  lines,
  mesos,
  type Posture,
  postureOf,
  received,
  registryRequest,
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

describe('levels', () => {
  it('says the share of DEBUG lines, and ok where there is none', async () => {
    const { of, engine } = await posture({
      'cel-a/var/log/celery/worker.log': lines(10, (i) =>
        i < 3 ? celery(i, 'DEBUG', `TaskPool: Apply ${i}`) : received(i),
      ),
      'cel-b/var/log/celery/worker.log': lines(10, received),
    });
    const [debug] = of('levels', 'cel-a');
    expect(debug).toMatchObject({
      standing: 'weak',
      topic: 'levels',
      system: 'celery',
      component: 'worker',
      title: 'DEBUG lines in production',
      eventCount: 3,
    });
    expect(debug!.proof).toContain('3 of 10 lines that state a level are DEBUG or TRACE (30 %)');
    expect(debug!.change).toContain('--loglevel=INFO');
    const shown = await engine.api['events.count']({ lens: { terms: debug!.terms! } });
    expect(shown.events, 'the lens shows exactly the lines that prove it').toBe(3);
    expect(of('levels', 'cel-b')).toMatchObject([{ standing: 'ok', change: null }]);
  });

  it('says when no INFO line shows that normal acts are logged, and not of a few lines', async () => {
    const { of } = await posture({
      'mesos-a/mesos-agent.log': lines(12, (i) => mesos(i, 'W', 'slave.cpp:1', `Failed to do thing ${i}`)),
      'mesos-b/mesos-agent.log': lines(3, (i) => mesos(i, 'W', 'slave.cpp:1', `Failed to do thing ${i}`)),
      'mesos-c/mesos-agent.log': lines(12, (i) => mesos(i, 'I', 'slave.cpp:1', `Did thing ${i}`)),
    });
    expect(of('levels', 'mesos-a')).toMatchObject([{ standing: 'weak', eventCount: 12 }]);
    expect(of('levels', 'mesos-a')[0]!.change).toContain('--logging_level=INFO');
    expect(of('levels', 'mesos-b')).toMatchObject([{ standing: 'unknown' }]);
    expect(of('levels', 'mesos-c')).toMatchObject([{ standing: 'ok' }]);
  });
});

describe('formats', () => {
  it('says which times leave their zone or year open, and which are whole seconds', async () => {
    const { of } = await posture({
      'cel-a/var/log/celery/worker.log': lines(5, received),
      'mesos-a/mesos-agent.log': lines(5, (i) => mesos(i, 'I', 'slave.cpp:1', `Did thing ${i}`)),
      'reg-a/var/log/registry/registry.log': lines(5, (i) => registryRequest(i + 0.5, 'GET', '/v2/', 200)),
      'reg-a/var/log/registry/access.log': lines(25, (i) => access(i, 'GET', '/v2/', 200)),
    });
    expect(of('formats', 'cel-a')).toMatchObject([
      { standing: 'weak', title: 'Text, no zone in its times', eventCount: 5 },
    ]);
    expect(of('formats', 'mesos-a')).toMatchObject([
      { standing: 'weak', title: 'Text, no zone and no year in its times' },
    ]);
    const [accessRow, app] = of('formats', 'reg-a');
    expect(accessRow).toMatchObject({
      component: 'access',
      standing: 'weak',
      title: 'Text, times of whole seconds',
    });
    expect(app).toMatchObject({ component: 'app', standing: 'ok', title: 'Text' });
  });
});

describe('permissions', () => {
  it('judges modes as archived: readable, writable, neither, and names of keys', async () => {
    const content = lines(2, received);
    const { of } = await posture({
      'a/celery.log': { content, mode: 0o644 },
      'b/celery.log': { content, mode: 0o666 },
      'c/celery.log': { content, mode: 0o640 },
      'd/celery.log': { content, mode: 0o640 },
      'd/etc/registry.key': { content: 'x', mode: 0o644 },
    });
    expect(of('permissions', 'a')).toMatchObject([{ standing: 'weak', fileCount: 1 }]);
    expect(of('permissions', 'a')[0]!.proof).toMatch(/1 of 1 file \(100 %\).*0644.*as archived/);
    expect(of('permissions', 'b')).toMatchObject([{ standing: 'bad' }]);
    expect(of('permissions', 'c')).toMatchObject([{ standing: 'ok' }]);
    expect(of('permissions', 'd')[0]).toMatchObject({
      standing: 'bad',
      title: 'Key or password files open to everybody',
      files: [{ path: expect.stringContaining('d/etc/registry.key') }],
    });
  });
});

describe('clock', () => {
  it('tells a drift in the log from a difference of zones, and says when nothing compares a clock', async () => {
    const drift = (seconds: number) =>
      celery(
        1,
        'WARNING',
        `Substantial drift from beta@cel-b may mean clocks are out of sync.  Current drift is ${seconds} seconds.  [orig: 2026-11-20 12:00:01 recv: 2026-11-20 12:00:00]`,
      );
    const { of } = await posture({
      'cel-a/celery.log': `${received(0)}\n${drift(420)}\n`,
      'cel-c/celery.log': `${received(0)}\n${drift(18000)}\n`,
    });
    const drifts = (node: string) => of('clock', node).filter((row) => row.system === 'celery');
    expect(drifts('cel-a')).toMatchObject([{ standing: 'bad', title: 'Drift to beta@cel-b of 420 s' }]);
    expect(drifts('cel-c')).toMatchObject([
      { standing: 'weak', title: 'Drift to beta@cel-b that looks like a zone' },
    ]);
    expect(of('clock', 'cel-a').find((row) => row.system === null)).toMatchObject({ standing: 'unknown' });
  });
});
