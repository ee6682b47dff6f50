// What a line proves and what it only claims: forged lines, attempted users, hostile text, names that may not double.
import { expect, test } from 'vitest';
import { checkTiling, entitiesOf, fieldsOf, micros, read, text } from './reading.ts';

test('forged glog lines are records like any other, and keep what gives them away', () => {
  const content = [
    "I1120 18:54:35.100000 28529 master.cpp:3056] Subscribing framework 'x",
    "I1120 00:00:00.000000 99999 master.cpp:9829] Successfully authenticated principal 'ops' at scheduler-forged@10.6.6.6:1)",
    "' with checkpointing disabled and capabilities [  ]",
    'I1120 18:54:36.100000 28529 master.cpp:1] next',
  ].join('\n');
  const r = read(content, { path: 'mesos-master.vm.root.log.INFO.20261120-185320.28483' });
  checkTiling(r, content.length);
  expect(r.records.map((d) => [d.tid, d.line, d.lines])).toEqual([
    ['28529', 1, 1],
    ['99999', 2, 2],
    ['28529', 4, 1],
  ]);
  expect(r.records[1]?.tsWall).toBe(micros('2026-11-20T00:00:00Z'));
});

test('a failed login names the attempted user but proves none', () => {
  const r = read(
    'time="2026-11-20T17:20:44Z" level=error msg="error authenticating user \\"admin\\": authentication failure" http.request.remoteaddr="127.0.0.11:1" http.request.uri="/v2/"\n' +
      'time="2026-11-20T17:20:44Z" level=info msg="authorized request" http.request.remoteaddr="127.0.0.11:1" http.request.uri="/v2/"\n',
    { path: 'registry.log' },
  );
  expect(r.records.map((d) => [d.category, d.action, d.outcome, d.userName])).toEqual([
    ['authentication', 'login', 'failure', ''],
    ['authorization', 'authorize_request', 'success', ''],
  ]);
  expect(entitiesOf(r.records[0] as never)).toContain('user:admin:attempted');
});

test('the user of an access line is not taken for a login', () => {
  const r = read('10.0.0.1 - root [20/Nov/2026:17:20:43 +0000] "GET /v2/ HTTP/1.1" 401 87 "" "curl"\n', {
    path: 'registry.log',
  });
  expect(r.records[0]).toMatchObject({ userName: '', httpStatus: 401, category: 'api', outcome: 'failure' });
});

test("quotes in a client's user agent do not move the columns", () => {
  const r = read(
    "2026-11-20 17:26:37,368\tINFO web_log.py:229 -- 10.1.2.3 [20/Nov/2026:17:26:37 +0000] 'GET /a' HTTP/1.1' 200 9 bytes 1 us '-' HTTP/1.1' 404 246 bytes 12 us '-' 'x' 200 'y''\n",
    { path: 'logs/dashboard.log' },
  );
  expect(r.records[0]).toMatchObject({ srcIp: '10.1.2.3', httpMethod: 'GET', parsed: true });
  expect(fieldsOf(r.records[0] as never).useragent).toContain('y');
});

test('control characters, NUL and escapes in log text never break the fields', () => {
  const content =
    'time="2026-11-20T17:20:44Z" level=info msg="a\\x00\\n\\t\\"b\\u00e9" http.request.useragent="\\x1b[31m\\ud800" odd="q\n' +
    '{"level":"info","msg":"\\u0000\\ud800","time":"2026-11-20T17:20:44Z","go.version":"x","n":1e999}\n' +
    '[2026-11-20 17:18:01,000: ERROR/ForkPoolWorker-1] \x1b[31mTask a.b[x"y\\] raised unexpected: ValueError(1)\x1b[0m\n';
  const r = read(content, { path: 'registry.log' });
  checkTiling(r, new TextEncoder().encode(content).length);
  for (const d of r.records) fieldsOf(d);
  expect(text(r.records[0]?.message as string)).toBe('a\0\n\t"bé');
  expect(JSON.stringify(fieldsOf(r.records[1] as never))).not.toContain('\\ud800');
});

test('names are not doubled in fields', () => {
  const members = [
    {
      path: 'registry.log',
      text: 'time="2026-11-20T17:20:44Z" level=info msg="Deleting blob: sha256:0139c1c77468f75e6763a4612262743bd47a36b26cb2863d662756b3377bb029" digest=own reason=x',
    },
    {
      path: 'registry.log',
      text: '{"level":"info","msg":"x","time":"2026-11-20T17:20:44Z","go.version":"g","repository":"own","http.request.uri":"/v2/a/tags/list","http.request.method":"GET"}',
    },
    { path: 'logs/job-driver-raysubmit_a.log', text: 'Running entrypoint for job raysubmit_a: id' },
    {
      path: 'celery/w.log',
      text: '{"timestamp":"2026-11-20 17:24:25,439","level":"INFO","processName":"M","task_id":"own","message":"Task proj.add[id-1] received"}',
    },
    {
      path: 'celery/w.log',
      text: "[2026-11-20 17:18:01,000: ERROR/MainProcess] Process 'ForkPoolWorker-2' pid:15262 exited with 'signal 9 (SIGKILL)'",
    },
    {
      path: 'events/event_JOBS.log',
      text: '{"event_id": "c3", "source_type": "JOBS", "message": "Started a ray job raysubmit_a.", "timestamp": "1795195597", "custom_fields": {"submission_id": "raysubmit_a"}, "severity": "INFO"}',
    },
  ];
  for (const m of members) {
    const r = read(m.text, { path: m.path });
    const json = text(r.records[0]?.fields as string);
    const names = [...json.matchAll(/(?<=[{,] ?)"([\w.]+)": ?/g)].map((k) => k[1]);
    const top = Object.keys(JSON.parse(json));
    const nested = JSON.parse(json).custom_fields ? Object.keys(JSON.parse(json).custom_fields).length : 0;
    expect(names.length - nested, json).toBe(top.length);
  }
});

test('facts name hosts, addresses, roles and node ids', () => {
  const ray = read(
    '[2026-11-20 17:26:31,272 I 28956 28956] (raylet) main.cc:703: Setting node ID node_id=239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f896967477\n',
    { path: 'logs/raylet.out' },
  );
  expect(ray.summary.facts).toContainEqual(
    expect.objectContaining({
      kind: 'node_id',
      value: '239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f896967477',
    }),
  );
  const celery = read('[2026-11-20 17:17:55,564: INFO/MainProcess] beta@cel-node-02 ready.\n', {
    path: 'celery/beta.log',
  });
  expect(celery.summary.facts).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'host', value: 'cel-node-02' }),
      expect.objectContaining({ kind: 'role', value: 'worker' }),
    ]),
  );
});
