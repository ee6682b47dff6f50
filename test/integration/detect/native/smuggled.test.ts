import { describe, expect, it } from 'vitest';
import { findIn, id, registry, series } from './of-logs.ts';

const CHECKS = ['forged-line', 'smuggled-text'];
const at = (i: number) => new Date(Date.UTC(2026, 10, 20, 12, 0, i)).toISOString();
const json = (i: number, agent: string, uri = '/v2/') =>
  JSON.stringify({
    'go.version': 'go1.19.8',
    'http.request.id': id(i),
    'http.request.method': 'GET',
    'http.request.remoteaddr': '203.0.113.9:4000',
    'http.request.uri': uri,
    'http.request.useragent': agent,
    level: 'info',
    msg: 'response completed',
    time: at(i),
  });
const text = (i: number, agent: string) =>
  registry(
    i,
    'response completed',
    ` http.request.id=${id(i)} http.request.method=GET http.request.remoteaddr="203.0.113.9:4000" http.request.uri=/v2/ http.request.useragent="${agent}"`,
  );
const usual = series(30, (i) => json(i, 'docker/24.0.7 go/go1.20.10 kernel/6.1 os/linux arch/amd64'));

describe('lines forged by injection', () => {
  it('a line of the log in a name that the log writes raw is forged', async () => {
    const glog = (second: number, text: string) =>
      `I1120 12:00:${String(second).padStart(2, '0')}.000000  4321 master.cpp:2900] ${text}`;
    const found = await findIn(
      {
        'mesos-master.master-1.root.log.INFO.20261120-120000.4321': [
          'Log file created at: 2026/11/20 12:00:00',
          'Running on machine: master-1',
          'Log line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg',
          ...series(20, (i) =>
            glog(i, `HTTP GET for /master/state from 10.0.0.1:50${i} with User-Agent='curl/8'`),
          ),
          glog(30, "Received subscription request for HTTP framework 'reports"),
          `I1120 00:00:00.000000 99999 master.cpp:9000] Successfully authenticated principal 'ops' at scheduler-x@10.0.0.9:1'`,
          glog(31, "HTTP GET for /master/state from 10.0.0.1:5022 with User-Agent='curl/8'"),
        ],
      },
      CHECKS,
    );
    expect(found.map((f) => [f.check, f.level, f.event_count, f.first])).toEqual([
      ['forged-line', 'high', 2, 30],
    ]);
    expect(found[0]!.roles.sort()).toEqual(['forged line', 'smuggled text']);
  });

  it('a line end with the head of a log line behind it is a forgery, also where the log keeps it escaped', async () => {
    const found = await findIn(
      {
        'json/registry.log': [
          ...usual,
          json(
            40,
            'curl/8\ntime="2026-11-20T12:00:00Z" level=info msg="response completed" auth.user.name=ops',
          ),
        ],
      },
      CHECKS,
    );
    expect(found.map((f) => [f.check, f.group_values.who])).toEqual([['forged-line', '203.0.113.9']]);
    expect(found[0]!.explanation).toContain('a line end and the beginning of a log line');
  });

  it('attempts, terminal sequences, turned text and fields of log lines are smuggled text', async () => {
    const found = await findIn(
      {
        'attempt/registry.log': [
          ...usual,
          json(40, 'curl/8', '/v2/%0d%0a2026-11-20%2012:00:00%20INFO%20logged%20in'),
        ],
        'terminal/registry.log': [...usual, json(40, 'curl/8\u001b[2K\u001b[1A')],
        'turned/registry.log': [...usual, json(40, 'curl/8 \u202egnp.exe')],
        'fields/registry.log': [
          ...series(30, (i) => text(i, 'docker/24.0')),
          text(40, 'x\\" level=info msg=\\"response completed'),
        ],
        'written/registry.log': [
          ...series(30, (i) => text(i, 'docker/24.0')),
          text(40, 'x\\\\n[2026-11-20 12:00:00,000: INFO/MainProcess] ok'),
        ],
      },
      CHECKS,
    );
    expect(found.map((f) => [f.check, f.level, f.node, f.group_values.sign]).sort()).toEqual(
      [
        ['smuggled-text', 'medium', 'attempt', 'a written-out line end and the beginning of a log line'],
        ['smuggled-text', 'medium', 'fields', 'the fields of a log line'],
        ['smuggled-text', 'medium', 'terminal', 'a terminal escape sequence'],
        ['smuggled-text', 'medium', 'turned', 'a character that turns the direction of text'],
        ['smuggled-text', 'medium', 'written', 'a written-out line end and the beginning of a log line'],
      ].sort(),
    );
  });

  it('tracebacks, escapes that urls need, dates in agents and colours of the log itself are none', async () => {
    expect(
      await findIn(
        {
          'n/registry.log': [
            ...usual,
            json(41, 'build-agent/2026-11-20 (level 3; msg)', '/v2/a%2Fb/tags/list?n=100&last=%20x%25'),
            json(42, 'Mozilla/5.0 (X11; Linux x86_64) "quoted" 200 OK'),
          ],
          'c/worker.log': [
            '[2026-11-20 12:00:00,000: ERROR/ForkPoolWorker-1] Task a.b[0f8fad5b-d9cb-469f-a165-70867728950e] raised unexpected: ValueError("x\\n2026-11-20 12:00:00 y")',
            'Traceback (most recent call last):',
            '  File "/app/a.py", line 1, in b',
            'ValueError: x',
            '2026-11-20 12:00:00 y',
            '\u001b[32m[2026-11-20 12:00:01,000: INFO/MainProcess] Task a.b[0f8fad5b-d9cb-469f-a165-70867728950f] received\u001b[0m',
          ],
        },
        CHECKS,
      ),
    ).toEqual([]);
  });
});
