// Lines of the systems put into every carrier, as its writer would: for property tests and the fuzz runner.
import { Buffer } from 'node:buffer';

/** One line of each of the four systems. `i` counts seconds. */
export const INNER: Readonly<Record<string, (i: number) => string>> = {
  registry: (i) =>
    `time="${iso(i)}" level=info msg="response ${i}" http.request.id=r${i} go.version=go1.19.8`,
  celery: (i) =>
    `[${iso(i).slice(0, 19).replace('T', ' ')},582: INFO/MainProcess] Task proj.add[id-${i}] received`,
  glog: (i) => `I1120 ${iso(i).slice(11, 19)}.159279 11884 slave.cpp:2709] Shutting down framework ${i}`,
  ray: (i) =>
    `[${iso(i).slice(0, 19).replace('T', ' ')},272 I 28956 28957] (raylet) node_manager.cc:1: node ${i}`,
};

export function iso(i: number): string {
  return new Date(Date.UTC(2026, 10, 20, 17, 17, 0) + i * 1000).toISOString();
}

const micros = (i: number): string => String(Date.parse(iso(i)) * 1000);
const bsd = (i: number): string => `Nov 20 ${iso(i).slice(11, 19)}`;
const csvCell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const json = (value: unknown): string => JSON.stringify(value);
const each =
  (line: (text: string, i: number) => string) =>
  (lines: readonly string[]): string =>
    lines.map((text, i) => `${line(text, i)}\n`).join('');

/** Text of a member whose lines are in the carrier. */
export const WRAPPERS: Readonly<Record<string, (lines: readonly string[]) => string>> = {
  plain: each((text) => text),
  cri: each((text, i) => `${iso(i)} stderr F ${text}`),
  'cri-parts': each(
    (text, i) => `${iso(i)} stderr P ${text.slice(0, 20)}\n${iso(i)} stderr F ${text.slice(20)}`,
  ),
  'docker-json': each((text, i) => json({ log: `${text}\n`, stream: 'stderr', time: iso(i) })),
  'fluent-bit-k8s': each((text, i) =>
    json({
      date: Date.parse(iso(i)) / 1000,
      log: text,
      stream: 'stdout',
      kubernetes: { pod_name: 'p-0', host: 'n1' },
    }),
  ),
  'journal-json': each((text, i) =>
    json({ __REALTIME_TIMESTAMP: micros(i), _HOSTNAME: 'h', SYSLOG_IDENTIFIER: 'app', MESSAGE: text }),
  ),
  'journal-pretty': each((text, i) =>
    JSON.stringify(
      { __REALTIME_TIMESTAMP: micros(i), _HOSTNAME: 'h', SYSLOG_IDENTIFIER: 'app', MESSAGE: text },
      null,
      '\t',
    ),
  ),
  'journal-bytes': each((text, i) =>
    json({ __REALTIME_TIMESTAMP: micros(i), MESSAGE: [...Buffer.from(text)] }),
  ),
  'journal-export': each(
    (text, i) =>
      `__CURSOR=c${i}\n__REALTIME_TIMESTAMP=${micros(i)}\n_HOSTNAME=h\nSYSLOG_IDENTIFIER=app\nMESSAGE=${text}\n`,
  ),
  'journal-export-sized': each((text, i) => {
    const size = Buffer.alloc(8);
    size.writeUInt32LE(Buffer.byteLength(text));
    return `__REALTIME_TIMESTAMP=${micros(i)}\n_HOSTNAME=h\nMESSAGE\n${size.toString('latin1')}${text}\n`;
  }),
  'journal-verbose': each(
    (text, i) =>
      `Fri 2026-11-20 ${iso(i).slice(11, 19)}.582000 UTC [s=1;i=${i};b=2;m=3;t=4;x=5]\n    _HOSTNAME=h\n    SYSLOG_IDENTIFIER=app\n    MESSAGE=${text}`,
  ),
  'journal-short': each((text, i) => `${bsd(i)} h app[7]: ${text}`),
  'journal-short-full': each((text, i) => `Fri 2026-11-20 ${iso(i).slice(11, 19)} UTC h app[7]: ${text}`),
  'journal-short-unix': each((text, i) => `${Date.parse(iso(i)) / 1000}.582000 h app[7]: ${text}`),
  'journal-short-iso': each((text, i) => `${iso(i).slice(0, 19)}+0000 h app[7]: ${text}`),
  'syslog-3164-pri': each((text, i) => `<14>${bsd(i)} h app[7]: ${text}`),
  'syslog-5424': each((text, i) => `<14>1 ${iso(i)} h app 7 - [x@1 a="b\\]"] ${text}`),
  'syslog-counted': (lines) =>
    lines
      .map((text, i) => {
        const message = `<14>1 ${iso(i)} h app 7 - - ${text}`;
        return `${Buffer.byteLength(message)} ${message}`;
      })
      .join(''),
  compose: each((text) => `app-1  | ${text}`),
  'service-logs': each((text) => `app.1.x3k9q2m1z8vb@node-2    | ${text}`),
  'kubectl-prefix': each((text) => `[pod/app-0/app] ${text}`),
  'kubectl-both': each((text, i) => `[pod/app-0/app] ${iso(i)} ${text}`),
  stamped: each((text, i) => `${iso(i)} ${text}`),
  stern: each((text) => `app-5d4f9c-x2x2x app ${text}`),
  grep: each((text, i) => `logs/app.log:${i + 1}:${text}`),
  fluentd: each((text, i) => `${iso(i)}\tapp.tag\t${json({ message: text })}`),
  'fluentd-stdout': each(
    (text, i) => `${iso(i).slice(0, 19).replace('T', ' ')}.000000000 +0000 app.tag: ${json({ log: text })}`,
  ),
  'fluent-bit': each(
    (text, i) => `[${i}] app.tag: [${Date.parse(iso(i)) / 1000}.000000000, {"log"=>${json(text)}}]`,
  ),
  'fluent-bit-2': each(
    (text, i) => `[${i}] app.tag: [[${Date.parse(iso(i)) / 1000}.000000000, {}], {"log"=>${json(text)}}]`,
  ),
  vector: each((text, i) =>
    json({ file: '/var/log/x/y.out', host: 'h', message: text, source_type: 'file', timestamp: iso(i) }),
  ),
  gelf: each((text, i) =>
    json({ version: '1.1', host: 'h', short_message: text, timestamp: Date.parse(iso(i)) / 1000 }),
  ),
  'gelf-nul': (lines) =>
    lines
      .map(
        (text, i) =>
          `${json({ version: '1.1', host: 'h', short_message: text, timestamp: Date.parse(iso(i)) / 1000 })}\0`,
      )
      .join(''),
  filebeat: each((text, i) =>
    json({
      '@timestamp': iso(i),
      message: text,
      log: { file: { path: '/var/log/x/y.out' } },
      host: { name: 'h' },
    }),
  ),
  'es-hits': each((text, i) =>
    json({ _index: 'x', _id: `${i}`, _source: { '@timestamp': iso(i), message: text, host: 'h' } }),
  ),
  'es-bulk': each(
    (text, i) => `{"index":{"_index":"x"}}\n${json({ '@timestamp': iso(i), message: text, host: 'h' })}`,
  ),
  'es-search': (lines) =>
    json({
      took: 1,
      _shards: { total: 1, failures: [{}] },
      hits: {
        total: { value: lines.length },
        hits: lines.map((text, i) => ({
          _index: 'x',
          _id: `${i}`,
          _source: { '@timestamp': iso(i), message: text, host: 'h' },
        })),
      },
    }),
  'splunk-json': each((text, i) =>
    json({
      preview: false,
      offset: i,
      result: { _raw: text, _time: iso(i), host: 'h', source: '/var/log/x/y.out' },
    }),
  ),
  'splunk-results': (lines) =>
    `${JSON.stringify({ preview: false, fields: [{ name: '_raw' }], results: lines.map((text, i) => ({ _raw: text, _time: iso(i), host: 'h' })) }, null, 1)}\n`,
  'splunk-csv': (lines) =>
    `"_time",host,"_raw"\r\n${lines.map((text, i) => `${csvCell(iso(i))},h,${csvCell(text)}\r\n`).join('')}`,
  'cloudwatch-events': (lines) =>
    `${JSON.stringify({ events: lines.map((text, i) => ({ timestamp: Date.parse(iso(i)), message: text, ingestionTime: 1 })), nextForwardToken: 'f/1' }, null, 4)}\n`,
  'cloudwatch-subscription': (lines) =>
    [lines.slice(0, 3), lines.slice(3)]
      .filter((part) => part.length > 0)
      .map((part) =>
        json({
          messageType: 'DATA_MESSAGE',
          logGroup: '/x/y',
          logStream: 's',
          logEvents: part.map((text, i) => ({ id: `${i}`, timestamp: Date.parse(iso(i)), message: text })),
        }),
      )
      .join(''),
  'cloudwatch-insights': (lines) =>
    `@timestamp,@message\n${lines.map((text, i) => `${iso(i).slice(0, 23).replace('T', ' ')},${csvCell(text)}\n`).join('')}`,
  'loki-jsonl': each((text, i) => json({ labels: { host: 'h' }, line: text, timestamp: iso(i) })),
  'loki-default': each((text, i) => `${iso(i).slice(0, 19)}Z {host="h", job="x"} ${text}`),
  'loki-query': (lines) =>
    json({
      status: 'success',
      data: {
        resultType: 'streams',
        result: [{ stream: { host: 'h' }, values: lines.map((text, i) => [`${micros(i)}000`, text]) }],
      },
    }),
  array: (lines) =>
    `${JSON.stringify(
      lines.map((text, i) => ({ '@timestamp': iso(i), message: text, host: 'h' })),
      null,
      2,
    )}\n`,
};
