// Members that are not of one piece: carriers inside carriers, carriers and formats that change on the way, sources side by side.
import { describe, expect, test } from 'vitest';
import { checkTiling, fieldsOf, type Read, read, text } from './reading.ts';
import { INNER, iso, WRAPPERS } from './wrapped.ts';

const MTIME = Date.UTC(2026, 10, 21) * 1000;

function open(content: string, path = 'collected/all.txt'): Read {
  const bytes = new TextEncoder().encode(content);
  const r = read(bytes, { path, mtimeUs: MTIME }, [100, 1000, 10_000]);
  checkTiling(r, bytes.length);
  return r;
}

const wrap = (name: string, lines: readonly string[]): string =>
  (WRAPPERS[name] as (l: readonly string[]) => string)(lines);
const some = (inner: string, n: number, from = 0): string[] =>
  Array.from({ length: n }, (_, i) => (INNER[inner] as (i: number) => string)(from + i));
const trimmed = (content: string): string[] => content.replace(/\n$/, '').split('\n');

describe('three carriers deep', () => {
  test('docker json-file around syslog around Celery', () => {
    const r = open(wrap('docker-json', trimmed(wrap('syslog-3164-pri', some('celery', 5)))));
    expect(r.records.map((d) => [d.system, d.parsed])).toEqual(new Array(5).fill(['celery', true]));
    expect(fieldsOf(r.records[0] as never)).toMatchObject({
      'carrier.stream': 'stderr',
      'carrier.host': 'h',
      'carrier.program': 'app',
    });
  });

  test('a table of Splunk around CRI around the registry', () => {
    const r = open(wrap('splunk-csv', trimmed(wrap('cri', some('registry', 5)))));
    expect(r.records.slice(1).map((d) => [d.system, d.level])).toEqual(new Array(5).fill(['registry', 2]));
    expect(fieldsOf(r.records[1] as never)).toMatchObject({
      'carrier.stream': 'stderr',
      'carrier.host': 'h',
    });
  });

  test('Elasticsearch around what Docker writes around Ray', () => {
    const content = some('ray', 4)
      .map(
        (line, i) =>
          `${JSON.stringify({ _index: 'x', _id: `${i}`, _source: { log: `${line}\n`, stream: 'stdout', time: iso(i), kubernetes: { host: 'n1', pod_name: 'p' } } })}\n`,
      )
      .join('');
    const r = open(content);
    expect(r.records.map((d) => d.system)).toEqual(new Array(4).fill('ray'));
    expect(fieldsOf(r.records[0] as never)).toMatchObject({ 'carrier.tag': 'x', 'carrier.pod': 'p' });
  });

  test('lines of a multi-line event that are in a carrier of their own', () => {
    const cri = trimmed(wrap('cri', some('registry', 3)));
    const r = open(wrap('splunk-json', [cri.join('\n'), ...trimmed(wrap('cri', some('registry', 2, 10)))]));
    expect(r.records.map((d) => [d.system, text(d.message), d.lines])).toEqual([
      ['registry', 'response 0', 0],
      ['registry', 'response 1', 0],
      ['registry', 'response 2', 1],
      ['registry', 'response 10', 1],
      ['registry', 'response 11', 1],
    ]);
  });
});

test.each([
  'cri',
  'docker-json',
  'journal-json',
  'journal-short',
  'syslog-5424',
  'gelf',
  'es-hits',
  'splunk-json',
  'kubectl-prefix',
  'fluentd',
  'fluent-bit',
  'filebeat',
  'loki-jsonl',
  'compose',
  'stern',
  'grep',
  'stamped',
  'journal-short-full',
])('a file that goes on in %s leaves no line unread', (name) => {
  for (const inner of ['registry', 'celery', 'glog']) {
    const r = open(
      some(inner, 600)
        .map((l) => `${l}\n`)
        .join('') +
        wrap(name, some(inner, 50, 700)) +
        some(inner, 10, 800)
          .map((l) => `${l}\n`)
          .join(''),
    );
    expect(r.summary.unparsedLines, inner).toBe(0);
    expect(r.records, inner).toHaveLength(660);
    expect(new Set(r.records.map((d) => d.system)).size).toBe(1);
  }
});

test.each([
  'cri',
  'docker-json',
  'journal-json',
  'journal-short',
  'syslog-5424',
  'gelf',
  'es-hits',
  'filebeat',
  'kubectl-prefix',
  'plain',
])('lines in %s that begin after 600 lines of anything else are read', (name) => {
  for (const inner of ['registry', 'celery', 'glog', 'ray']) {
    const r = open(`${'Unpacking something (1.2.3) ...\n'.repeat(600)}${wrap(name, some(inner, 50))}`);
    const read = r.records.filter((d) => d.level >= 0);
    expect(read, inner).toHaveLength(50);
    expect(r.summary.unparsedLines).toBe(600);
  }
});

test('carriers take turns in one file', () => {
  const names = [
    'cri',
    'docker-json',
    'plain',
    'journal-json',
    'syslog-5424',
    'plain',
    'kubectl-prefix',
    'cri',
  ];
  const r = open(names.map((name, i) => wrap(name, some('registry', 40, i * 100))).join(''));
  expect(r.records.filter((d) => d.system === 'registry' && d.level === 2)).toHaveLength(40 * names.length);
});

test('a file that becomes one of another system is read as that; its first lines say that they are foreign', () => {
  const r = open(
    `${[...some('celery', 100), ...some('registry', 100, 200), ...some('glog', 100, 400)].join('\n')}\n`,
    'celery/w.log',
  );
  expect(r.records.map((d) => d.system)).toEqual([
    ...new Array(100).fill('celery'),
    ...new Array(100).fill('registry'),
    ...new Array(100).fill('mesos'),
  ]);
  const foreign = r.records.filter((d) => fieldsOf(d)['tidemark.foreign'] !== undefined).map((d) => d.record);
  expect(foreign).toEqual([
    ...Array.from({ length: 8 }, (_, i) => 100 + i),
    ...Array.from({ length: 8 }, (_, i) => 200 + i),
  ]);
});

test('a forged line of another system in a message that holds a line end is a record that says so', () => {
  const lines = some('celery', 3);
  lines.splice(2, 0, (INNER.registry as (i: number) => string)(5));
  const r = open(`${lines.join('\n')}\n`, 'celery/w.log');
  expect(r.records.map((d) => fieldsOf(d)['tidemark.foreign'] ?? '')).toEqual([
    '',
    '',
    'a line of registry in a file of celery',
    '',
  ]);
});

test('what an application prints in free text is its own, whatever it looks like', () => {
  const path = 'logs/worker-1ed85cfa6142b23490b8319571986ab537923c5180b6761b4ddad469-02000000-29630.out';
  const r = open(`hello\n${(INNER.registry as (i: number) => string)(1)}\nworld\n`, path);
  expect(r.records.every((d) => d.system === 'ray')).toBe(true);
});

test('files and containers side by side in an export are each read by their own format', () => {
  const files: [string, string][] = [
    ['/var/log/mesos/mesos-agent.INFO', 'glog'],
    ['/var/log/celery/w1.log', 'celery'],
    ['/tmp/ray/session_2026-11-20_17-26-14_617841_28470/logs/raylet.out', 'ray'],
    ['/var/log/registry/registry.log', 'registry'],
  ];
  const content = Array.from({ length: 40 }, (_, i) => {
    const [file, inner] = files[i % 4] as [string, string];
    return `${JSON.stringify({ file, host: 'h', message: (INNER[inner] as (n: number) => string)(i), source_type: 'file', timestamp: iso(i) })}\n`;
  }).join('');
  const r = open(content);
  expect(r.records.slice(0, 4).map((d) => [d.system, d.component])).toEqual([
    ['mesos', 'agent'],
    ['celery', 'worker'],
    ['ray', 'raylet'],
    ['registry', 'app'],
  ]);
  expect(r.records.some((d) => d.fields.includes('tidemark.foreign'))).toBe(false);
  expect(fieldsOf(r.records[2] as never)).toMatchObject({
    session: 'session_2026-11-20_17-26-14_617841_28470',
  });
});

test('a traceback whose lines stderr writes between lines of stdout does not join those', () => {
  const lines = [
    '2026-11-20T17:18:01Z stderr F [2026-11-20 17:18:01,000: ERROR/ForkPoolWorker-1] Task a.b[id-1] raised unexpected: ValueError(1)',
    '2026-11-20T17:18:01Z stdout F [2026-11-20 17:18:01,001: INFO/MainProcess] Task a.c[id-2] received',
    '2026-11-20T17:18:01Z stderr F Traceback (most recent call last):',
    '2026-11-20T17:18:01Z stderr F   File "x.py", line 1',
    '2026-11-20T17:18:01Z stderr F ValueError: 1',
  ];
  const r = open(`${lines.join('\n')}\n`, 'pods/celery/0.log');
  expect(r.records.map((d) => [d.line, d.lines, d.parsed])).toEqual([
    [1, 1, true],
    [2, 1, true],
    [3, 3, true],
  ]);
  expect(text((r.records[1] as { message: string }).message)).toBe('Task a.c[id-2] received');
  expect(fieldsOf(r.records[2] as never)['tidemark.continues']).toBe(1);
});

test('colours that lost their escape character come off; text that only looks like it stays', () => {
  for (const [on, off] of [
    ['[33m', '[0m'],
    ['^[[33m', '^[[0m'],
    ['#033[33m', '#033[0m'],
    ['\\u001b[33m', '\\u001b[0m'],
    ['\x1b[33m', '\x1b[0m'],
  ]) {
    const r = open(
      some('celery', 5)
        .map((l) => `${on}${l}${off}\n`)
        .join(''),
      'w.log',
    );
    expect(
      r.records.map((d) => [d.system, text(d.message)]),
      on,
    ).toEqual(Array.from({ length: 5 }, (_, i) => ['celery', `Task proj.add[id-${i}] received`]));
  }
  const kept = open('[2026-11-20 17:17:00,582: INFO/MainProcess] a[0m] b\n', 'celery/w.log');
  expect(kept.records[0]?.message).toBe('a[0m] b');
});

test('Windows line ends come off in every carrier', () => {
  for (const name of ['cri', 'docker-json', 'syslog-5424', 'filebeat', 'kubectl-prefix', 'plain']) {
    const r = open(wrap(name, some('celery', 3)).replaceAll('\n', '\r\n'));
    expect(
      r.records.map((d) => text(d.message)),
      name,
    ).toEqual([0, 1, 2].map((i) => `Task proj.add[id-${i}] received`));
  }
});
