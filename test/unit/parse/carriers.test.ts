// Carriers around lines: CRI, docker json-file, journald, syslog and the rest; the time inside and the time outside.
import { expect, test } from 'vitest';
import { TS_KIND } from '../../../electron/engine/parse/record.ts';
import { checkTiling, entitiesOf, fieldsOf, micros, read, text } from './reading.ts';

test('CRI parts are joined into one record that spans their lines', () => {
  const content =
    '2026-11-20T17:17:54.5Z stderr P time="2026-11-20T17:17:54Z" level=info msg="on\n' +
    '2026-11-20T17:17:54.5Z stderr P e two thr\n' +
    '2026-11-20T17:17:54.5Z stderr F ee"\n' +
    '2026-11-20T17:17:55.5Z stdout F 127.0.0.1 - - [20/Nov/2026:17:17:55 +0000] "GET /v2/ HTTP/1.1" 200 2 "" "curl"\n';
  const r = read(content, { path: 'pods/registry/0.log' });
  checkTiling(r, content.length);
  expect(r.records.map((d) => [d.message.slice(0, 13), d.lines, d.parsed])).toEqual([
    ['one two three', 3, true],
    ['127.0.0.1 - -', 1, true],
  ]);
  expect(fieldsOf(r.records[1] as never)).toMatchObject({ 'carrier.stream': 'stdout' });
});

test('parts of two streams that cross each other are joined; the bytes of a last part are a record that says so', () => {
  const content =
    '2026-11-20T17:17:54.5Z stderr P time="2026-11-20T17:17:54Z" level=info msg=lo\n' +
    '2026-11-20T17:17:54.6Z stdout F 127.0.0.1 - - [20/Nov/2026:17:17:55 +0000] "GET /v2/ HTTP/1.1" 200 2 "" "curl"\n' +
    '2026-11-20T17:17:54.7Z stderr F ng\n' +
    '2026-11-20T17:17:54.8Z stderr F time="2026-11-20T17:17:56Z" level=info msg=next\n';
  const r = read(content, { path: 'pods/registry/0.log' });
  checkTiling(r, content.length);
  expect(r.records.map((d) => d.message.slice(0, 9))).toEqual(['long', '127.0.0.1', 'ng', 'next']);
  expect(r.records.map((d) => [d.line, d.lines])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 1],
  ]);
  expect(r.records.map((d) => fieldsOf(d)['tidemark.partial'])).toEqual([
    undefined,
    undefined,
    'last part of a line',
    undefined,
  ]);
  expect(fieldsOf(r.records[2] as never)['tidemark.continues']).toBe(1);
  expect(r.records[2]).toMatchObject({ tsKind: TS_KIND.absolute, parsed: true });
});

test('tracebacks are joined after the carrier has been taken off', () => {
  const content = [
    '[2026-11-20 17:18:01,000: ERROR/ForkPoolWorker-1] Task a.b[id] raised unexpected: ValueError(1)',
    'Traceback (most recent call last):',
    '  File "x.py", line 1',
    'ValueError: 1',
    '',
  ]
    .map((l) => `2026-11-20T17:18:01.000000000Z stderr F${l === '' ? ' ' : ` ${l}`}\n`)
    .join('');
  const r = read(content, { path: 'pods/celery/0.log' });
  checkTiling(r, content.length);
  expect(r.records).toHaveLength(1);
  expect(r.records[0]).toMatchObject({ lines: 5, action: 'task_failed' });
  expect(r.summary.zoneEvidence[0]).toMatchObject({ offsetMinutes: 0, count: 1 });
});

test('docker json-file: the line inside decides, the time outside dates what has none', () => {
  const long = 'x'.repeat(16_384);
  const content =
    '{"log":"{\\"level\\":\\"info\\",\\"msg\\":\\"response completed\\",\\"go.version\\":\\"go1\\",\\"time\\":\\"2026-11-20T17:17:54Z\\"}\\n","stream":"stderr","time":"2026-11-20T17:17:54.6Z"}\n' +
    '{"log":"team/app: marking blob sha256:aa\\n","stream":"stdout","time":"2026-11-20T17:17:55.6Z"}\n' +
    `{"log":"time=\\"2026-11-20T17:17:56Z\\" level=info msg=\\"${long}","stream":"stderr","time":"2026-11-20T17:17:56.6Z"}\n` +
    '{"log":"tail\\"\\n","stream":"stderr","time":"2026-11-20T17:17:56.6Z"}\n' +
    '{"log":"caf\\u00e9 \\ud83d\\ude00 \\ud800\\n","stream":"stderr","time":"2026-11-20T17:17:57Z"}\n';
  const r = read(content, { path: 'containers/registry-json.log' });
  checkTiling(r, content.length);
  expect(r.records[0]).toMatchObject({
    message: 'response completed',
    tsWall: micros('2026-11-20T17:17:54Z'),
  });
  expect(r.records[1]).toMatchObject({
    component: 'gc',
    tsKind: TS_KIND.absolute,
    tsWall: micros('2026-11-20T17:17:55.6Z'),
  });
  expect(r.records[2]).toMatchObject({ lines: 2 });
  expect(r.records[2]?.message.endsWith('xtail')).toBe(true);
  expect(text(r.records[3]?.message as string)).toBe('café 😀 \ufffd');
});

test('journald and syslog prefixes come off and name the host', () => {
  const content =
    'Jul 27 12:24:40 node7 mesos-slave[733]: I0727 12:24:40.159279 11884 slave.cpp:2709] Shutting down framework 20150727-115610-2703018762-5050-13855-0007\n' +
    'Jul 27 12:24:41 node7 mesos-slave[733]: *** Aborted at 1437999881 (unix time) try "date -d @1437999881" if you are using GNU date ***\n' +
    'Jul 27 12:24:41 node7 mesos-slave[733]: PC: @     0x7f5180a0f5f7 __GI_raise\n' +
    'Jul 27 12:24:42 node7 kernel: Memory cgroup out of memory: Kill process 16883 (oomApp)\n';
  const r = read(content, { path: 'mesos-slave.log', mtimeUs: micros('2015-07-28T00:00:00Z') });
  checkTiling(r, content.length);
  expect(r.records[0]).toMatchObject({
    system: 'mesos',
    logger: 'slave.cpp:2709',
    tsWall: micros('2015-07-27T12:24:40.159279Z'),
  });
  expect(r.records[1]).toMatchObject({ lines: 2, level: 6 });
  expect(r.records[2]).toMatchObject({ system: 'kernel', parsed: true });
  expect(r.summary.facts).toContainEqual(expect.objectContaining({ kind: 'host', value: 'node7' }));
  expect(entitiesOf(r.records[0] as never)).toContain('host:node7:origin');
});

test('a syslog of other programs is parsed text with its host', () => {
  const content =
    'Mar 27 01:15:36 ip-10-0-1-103 kernel: Killed process 16883 (oomApp)\nMar 27 01:15:37 ip-10-0-1-103 sshd[77]: Accepted publickey for root\n';
  const r = read(content, { path: 'var/log/syslog', mtimeUs: micros('2018-03-28T00:00:00Z') });
  expect(r.records.map((d) => [d.system, d.component, d.pid, d.parsed, d.message])).toEqual([
    ['kernel', 'kernel', '', true, 'Killed process 16883 (oomApp)'],
    ['other', 'sshd', '77', true, 'Accepted publickey for root'],
  ]);
  expect(r.records[0]).toMatchObject({
    tsKind: TS_KIND.wallYearInferred,
    tsWall: micros('2018-03-27T01:15:36Z'),
  });
});

test('journalctl -o json, with MESSAGE as text or as bytes', () => {
  const content =
    '{"__REALTIME_TIMESTAMP":"1795195074582000","_HOSTNAME":"h1","SYSLOG_IDENTIFIER":"celery","_PID":"12","PRIORITY":"6","MESSAGE":"[2026-11-20 17:17:54,582: INFO/MainProcess] hi"}\n' +
    '{"__REALTIME_TIMESTAMP":"1795195074582000","_HOSTNAME":"h1","SYSLOG_IDENTIFIER":"celery","_PID":"12","PRIORITY":"3","MESSAGE":[91,50,48,50,54,45,49,49,45,50,48,32,49,55,58,49,55,58,53,52,44,53,56,50,58,32,73,78,70,79,47,77,97,105,110,80,114,111,99,101,115,115,93,32,120]}\n';
  const r = read(content, { path: 'journal.jsonl' });
  expect(r.records.map((d) => [d.system, d.message, d.pid])).toEqual([
    ['celery', 'hi', '12'],
    ['celery', 'x', '12'],
  ]);
  expect(r.summary.zoneEvidence[0]).toMatchObject({ offsetMinutes: 0, count: 2 });
});

test('docker compose and kubectl prefixes', () => {
  const r = read(
    'registry-1  | time="2026-11-20T17:17:54Z" level=info msg=one\nregistry-1  | time="2026-11-20T17:17:55Z" level=info msg=two\n',
    { path: 'compose.log' },
  );
  expect(r.records.map((d) => d.message)).toEqual(['one', 'two']);
  expect(fieldsOf(r.records[0] as never)).toMatchObject({ 'carrier.program': 'registry-1' });
});

test('the journal of DC/OS states two clocks; the one inside counts, the year comes from outside', () => {
  const r = read(
    "2018-04-09 19:04:22: I0410 02:38:22.711650  3709 http.cpp:1185] HTTP GET for /slave(1)/state from 10.0.3.81:56595 with User-Agent='navstar@10.0.3.81 (pid 3168)'\nThu Dec 15 00:46:18 2016 ip-10-0-1-175 mesos-agent [3284] I1215 00:46:18.794333  3315 http.cpp:288] HTTP GET for /x\n",
    { path: 'dcos-mesos-slave.service' },
  );
  expect(r.records[0]).toMatchObject({
    tsWall: micros('2018-04-10T02:38:22.71165Z'),
    tsKind: TS_KIND.wall,
    srcIp: '10.0.3.81',
  });
  expect(fieldsOf(r.records[0] as never)).toMatchObject({ 'http.useragent': 'navstar@10.0.3.81 (pid 3168)' });
  expect(r.records[1]).toMatchObject({ tsWall: micros('2016-12-15T00:46:18.794333Z') });
});

test('state dumps in brackets are no carrier', () => {
  const head = '[2026-11-20 17:26:31,272 I 28956 28957] (raylet) node_manager.cc:1: state:\n';
  const content = `${head}${'[state-dump] NodeManager:\n[state-dump] - 1 x\n'.repeat(40)}`.repeat(3);
  const r = read(content, { path: 'logs/raylet.out' });
  checkTiling(r, content.length);
  expect(r.records.map((d) => d.lines)).toEqual([81, 81, 81]);
});

test('a value cut inside a character is mended, also when JSON escapes or parts brought the character', () => {
  // 0xA0, the second byte of "à", is a blank to regular expressions.
  const line =
    "[2026-11-20 17:17:54,582: ERROR/MainProcess] Process 'Poolà 1' pid:7 exited with 'exitcode 3'";
  const docker = `${JSON.stringify({ log: `${line}\n`, stream: 'stderr', time: '2026-11-20T17:17:54Z' }).replaceAll('à', '\\u00e0')}\n`;
  const cri = `2026-11-20T17:17:54.5Z stderr P ${line.slice(0, 70)}\n2026-11-20T17:17:54.5Z stderr F ${line.slice(70)}\n`;
  for (const content of [line, docker, cri]) {
    const r = read(`${content}\n`, { path: 'pods/celery/0.log' });
    for (const d of r.records) {
      fieldsOf(d);
      for (const value of [d.message, d.fields, ...d.entityValues]) {
        expect(Buffer.from(text(value), 'utf8').toString('latin1')).toBe(value);
      }
    }
    expect(fieldsOf(r.records[0] as never)).toMatchObject({ process: 'Poolà 1', exitcode: 3 });
  }
});
