import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { celery, findIn, id, registry, series } from './of-logs.ts';

const HEAD = [
  'Log file created at: 2026/11/20 12:00:00',
  'Running on machine: agent-1',
  'Log line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg',
];
const glog = (n: number) =>
  series(
    n,
    (i) =>
      `I1120 12:${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}.000000  4321 slave.cpp:${100 + i}] Received ping from slave-observer(${i})@10.0.0.1:5050`,
  );
const GLOG = 'mesos-agent.agent-1.root.log.INFO.20261120-120000.4321';
const request = (at: number, n: number) =>
  registry(
    at,
    'response completed',
    ` http.request.id=${id(n)} http.request.method=GET http.request.uri=/v2/app/manifests/v${n} http.request.remoteaddr="10.0.0.9:4000" http.response.status=200`,
  );
const access = (at: number) =>
  `10.0.0.9 - - [20/Nov/2026:12:${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')} +0000] "GET /v2/app/manifests/v1 HTTP/1.1" 200 1200 "" "docker/24.0"`;

describe('logs that are cut', () => {
  it('a missing head is found', async () => {
    const found = await findIn(
      {
        [`cut/${GLOG}`]: glog(30),
        [`${GLOG.replace('agent-1', 'agent-2')}`]: [...HEAD, ...glog(30)],
        'hole/registry.log': `${'\0'.repeat(4000)}${series(30, (i) => request(i, i)).join('\n')}\n`,
        'middle/access.log': ['ests/v1 HTTP/1.1" 200 1200 "" "docker/24.0"', ...series(30, access)],
        'middle-rotated/access.log': [
          'ests/v1 HTTP/1.1" 200 1200 "" "docker/24.0"',
          ...series(30, (i) => access(i + 60)),
        ],
        'middle-rotated/access.log.1': series(30, access),
        'plain/access.log': series(30, access),
      },
      ['log-head-missing'],
    );
    expect(found.map((f) => [f.node, f.group_values.sign]).sort()).toEqual([
      ['agent-1', 'glog begins every file with a header, and this one has none'],
      ['hole', 'it begins with NUL bytes: the file was emptied while its writer went on at the old place'],
      ['middle', 'it begins in the middle of a record, and no file was before it'],
    ]);
  });

  it('a cut tail is found', async () => {
    const json = (i: number) =>
      JSON.stringify({
        level: 'info',
        msg: 'response completed',
        'http.request.id': id(i),
        'go.version': 'go1.19.8',
        time: new Date(Date.UTC(2026, 10, 20, 12, 0, i)).toISOString(),
      });
    const whole = series(30, json).join('\n');
    const packed = gzipSync(series(3000, (i) => request(i, i)).join('\n'));
    const found = await findIn(
      {
        'json/registry.log': whole.slice(0, -30),
        'json-whole/registry.log': whole,
        'access/access.log': `${series(30, access).join('\n').slice(0, -60)}`,
        'finished/access.log.1': series(30, access).join('\n'),
        'finished/access.log': series(30, (i) => access(i + 60)),
        'plain/access.log': series(30, access),
      },
      ['log-cut'],
    );
    expect(found.map((f) => [f.node, String(f.group_values.sign).replace(/ \(.*/, '')]).sort()).toEqual([
      ['access', 'its last line breaks off'],
      ['finished', 'it ends without a line end, although another file follows it'],
      ['json', 'its last line is an open JSON object'],
    ]);
    for (const finding of found) expect(finding.level).toBe('low');
    const [part, ...more] = await findIn(
      {
        'archive/registry.log.gz': packed.subarray(0, packed.length / 2),
        'archive/access.log': series(30, access),
      },
      ['log-cut'],
    );
    expect(more).toEqual([]);
    expect(part!.explanation).toContain('only a part of it could be read (');
  });

  it('a log that ends while its process goes on is found; one that was rotated or whose process ended is not', async () => {
    const app = series(360, (i) => request(i * 10, i));
    const found = await findIn(
      {
        'ends/registry.log': app,
        'ends/access.log': series(120, (i) => access(i * 10)),
        'rotated/registry.log': app,
        'rotated/access.log.1': series(120, (i) => access(i * 10)),
        'rotated/access.log': series(240, (i) => access(1200 + i * 10)),
        'both/registry.log': app.slice(0, 120),
        'both/access.log': series(120, (i) => access(i * 10)),
        'both/worker.log': series(360, (i) => celery(i * 10, `Task app.work[${id(i)}] received`)),
      },
      ['log-ends-early'],
    );
    expect(found.map((f) => [f.node, f.first, f.last, f.group_values.records_elsewhere])).toEqual([
      ['ends', 1190, 3590, '240'],
    ]);
    expect(found[0]!.explanation).toContain('although it never paused for more than 10.0 s');
  });
});
