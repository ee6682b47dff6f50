// Registry files as they are found: merged streams, stacks, several envelopes, files of settings.
import { expect, test } from 'vitest';
import { goSeconds } from '../../../electron/engine/parse/formats/registry-message.ts';
import { checkTiling, entitiesOf, fieldsOf, read, text } from './reading.ts';

const bytes = (s: string) => new TextEncoder().encode(s);

function readAll(content: string, path: string) {
  const b = bytes(content);
  const r = read(b, { path });
  checkTiling(r, b.length);
  return r;
}

test('a panic of a request, its stack with blank lines, and what follows are three records', () => {
  const r = readAll(
    [
      'time="2026-11-20T18:24:41.5+01:00" level=panic msg="runtime error: invalid memory address" go.version=go1.19.8',
      '2026/11/20 18:24:41 http: panic serving 10.0.0.9:4711: runtime error: invalid memory address',
      'goroutine 31 [running]:',
      'net/http.(*conn).serve.func1()',
      '\t/usr/local/go/src/net/http/server.go:1850 +0xbf',
      'panic({0xd3b3c0, 0xc0004f1d28})',
      '',
      'goroutine 1 [IO wait]:',
      'github.com/docker/distribution/registry.(*Registry).ListenAndServe(0xc0000b4000)',
      '\t/go/src/github.com/docker/distribution/registry/registry.go:290 +0xc5d',
      '10.0.0.9 - - [20/Nov/2026:18:24:42 +0100] "GET /v2/ HTTP/1.1" 200 2 "" "curl/8"',
    ].join('\n'),
    'registry/registry.log',
  );
  expect(r.records.map((d) => [d.component, d.action, d.lines])).toEqual([
    ['app', '', 1],
    ['go', 'crash', 9],
    ['access', 'http_request', 1],
  ]);
  expect(r.summary.unparsedLines).toBe(0);
  // The Go line is local time; the lines beside it tell the zone.
  expect(r.summary.zoneEvidence.every((z) => z.offsetMinutes === 60)).toBe(true);
});

test('a stack whose head is missing is a record of its own, not part of a request', () => {
  const r = readAll(
    [
      '10.0.0.9 - - [20/Nov/2026:18:24:42 +0100] "GET /v2/ HTTP/1.1" 200 2 "" "curl/8"',
      'goroutine 7 [chan receive]:',
      'main.main()',
      '\t/go/src/main.go:12 +0x1d',
    ].join('\n'),
    'registry/registry.log',
  );
  expect(r.records.map((d) => [d.component, d.action, d.lines])).toEqual([
    ['access', 'http_request', 1],
    ['app', 'stack_dump', 3],
  ]);
});

test('every event of concatenated envelopes is a record, however the bodies are joined and cut', () => {
  const event = (id: string) =>
    `{\n   "events": [\n      {\n         "id": "${id}",\n         "timestamp": "2026-11-20T17:20:48Z",\n         "action": "push",\n         "target": {\n            "repository": "a/b",\n            "tag": "t"\n         }\n      },\n      {\n         "id": "${id}x",\n         "timestamp": "2026-11-20T17:20:49Z",\n         "action": "delete",\n         "target": {\n            "repository": "a/b"\n         }\n      }\n   ]\n}`;
  const content = `${event('1')}${event('2')}\n${event('1')}`;
  const whole = readAll(content, 'registry/notifications.txt');
  expect(whole.records.map((d) => fieldsOf(d).id)).toEqual(['1', '1x', '2', '2x', '1', '1x']);
  expect(whole.records.map((d) => fieldsOf(d)['registry.repeated_event'] === true)).toEqual([
    false,
    false,
    false,
    false,
    true,
    true,
  ]);
  const pieces = read(bytes(content), { path: 'registry/notifications.txt' }, new Array(40).fill(37));
  expect(pieces.records.map((d) => text(d.message))).toEqual(whole.records.map((d) => text(d.message)));
});

test('an address without a port came from a header, one with a port from the socket', () => {
  const line = (remote: string) =>
    `time="2026-11-20T17:20:44Z" level=info msg="response completed" http.request.method=GET http.request.remoteaddr="${remote}" http.request.uri="/v2/"`;
  const r = readAll(
    ['203.0.113.7', '203.0.113.7:1', '2001:db8::1', '[2001:db8::1]:5'].map(line).join('\n'),
    'registry/registry.log',
  );
  expect(r.records.map((d) => [d.srcIp, fieldsOf(d).src_ip_basis])).toEqual([
    ['203.0.113.7', 'header'],
    ['203.0.113.7', undefined],
    ['2001:db8::1', 'header'],
    ['2001:db8::1', undefined],
  ]);
});

test('a mount names its source, an upload its id, also in long URIs and under a prefix', () => {
  const upload = '83d46525-9e35-42e8-beed-ebc300a73452';
  const line = (method: string, uri: string) =>
    `10.0.0.9 - - [20/Nov/2026:18:24:42 +0100] "${method} ${uri} HTTP/1.1" 202 0 "" "docker/24"`;
  const r = readAll(
    [
      line('POST', '/v2/team/copy/blobs/uploads/?mount=sha256%3Aaa&from=team%2Fapp'),
      line('PUT', `/v2/team/app/blobs/uploads/${upload}?_state=${'x'.repeat(900)}&digest=sha256%3Abb`),
      line('PATCH', `/registry/v2/team/app/blobs/uploads/${upload}?_state=y`),
    ].join('\n'),
    'registry/access.log',
  );
  expect(r.records.map((d) => fieldsOf(d))).toMatchObject([
    { 'registry.operation': 'blob_mount', source_repository: 'team/app', digest: 'sha256:aa' },
    { 'registry.operation': 'upload_commit', upload, digest: 'sha256:bb', digest_kind: 'blob' },
    { 'registry.operation': 'upload_chunk', upload, repository: 'team/app' },
  ]);
  expect(entitiesOf(r.records[1] as never)).toContain(`registry_upload:${upload}:target`);
});

test('access lines that carriers have stamped or named are read without their heads', () => {
  const access = '192.168.254.129 - - [16/Jul/2015:12:24:29 +0000] "GET /v2/ HTTP/1.0" 401 114 "" ""';
  const app =
    'time="2015-07-16T12:24:32.203963203Z" level=debug msg="authorizing request" http.request.method=GET http.request.remoteaddr="192.168.254.129:51133" http.request.uri="/v2/" http.request.useragent= version=v2.0.1 ';
  const stamped = `2015-07-16T12:24:29.911922605Z ${access}\n2015-07-16T12:24:32.204073168Z ${app}`;
  const named = `registry_1              | ${app}\nregistry_1              | ${access}`;
  for (const content of [stamped, named]) {
    const r = readAll(content, 'registry/registry.log');
    expect(r.records.map((d) => d.srcIp)).toEqual(['192.168.254.129', '192.168.254.129']);
    expect(r.summary.unparsedLines).toBe(0);
  }
});

test('Go durations become seconds, whatever their unit', () => {
  const micro = Buffer.from('55.565µs', 'utf8').toString('latin1');
  expect(goSeconds(micro)).toBe(0.000055565);
  expect(goSeconds('55.565us')).toBe(0.000055565);
  expect(goSeconds('4.62ms')).toBe(0.00462);
  expect(goSeconds('1m2.5s')).toBe(62.5);
  expect(goSeconds('1h0m0.5s')).toBe(3600.5);
  expect(goSeconds('fast')).toBeNaN();
});
