// Text or JSON, and what its times leave open: no zone, no year, whole seconds.
import type { PostureCheck, Stand } from '../check.ts';
import { FIRST } from '../check.ts';
import { count, named, plural, share } from '../words.ts';

/** Fewer times may all fall on whole seconds by chance. */
const ENOUGH_TIMES = 20;

interface Row {
  node: string;
  system: string;
  component: string;
  dated: string;
  zoneless: string;
  yearless: string;
  fine: string;
  undated: string;
  formats: string[];
  json_files: string;
  text_files: string;
  files: number[];
  zoneless_ids: string[];
  ids: string[];
}

export const formats: PostureCheck = {
  id: 'formats',
  async read(connection) {
    const rows = await connection.rows<Row>(`
      WITH of_file AS (
        SELECT node, system, component, file_id, format,
          -- lines that stay plain text beside JSON lines (reference on the registry, section 1)
          (format LIKE '%.json' OR format IN ('ray.event', 'registry.notification')) AND component NOT IN ('access', 'go', 'gc') AS json,
          sum(n) FILTER (ts_kind IN (1, 2, 3)) AS dated, sum(n) FILTER (ts_kind IN (2, 3)) AS zoneless,
          sum(n) FILTER (ts_kind = 3) AS yearless, sum(fine) FILTER (ts_kind IN (1, 2, 3)) AS fine,
          sum(n) FILTER (ts_kind NOT IN (1, 2, 3)) AS undated,
          min(first_id) FILTER (ts_kind IN (2, 3)) AS zoneless_id, min(first_id) AS id
        FROM posture_seen WHERE system IN ('ray', 'celery', 'mesos', 'registry') AND component IS NOT NULL
        GROUP BY ALL)
      SELECT node, system, component, coalesce(sum(dated), 0)::BIGINT AS dated, coalesce(sum(zoneless), 0)::BIGINT AS zoneless,
        coalesce(sum(yearless), 0)::BIGINT AS yearless, coalesce(sum(fine), 0)::BIGINT AS fine,
        coalesce(sum(undated), 0)::BIGINT AS undated, list_sort(list(DISTINCT format)) AS formats,
        count(*) FILTER (json AND dated > 0) AS json_files, count(*) FILTER (NOT json AND dated > 0) AS text_files,
        list(file_id ORDER BY file_id)[1:${FIRST}] AS files,
        coalesce(list(zoneless_id ORDER BY zoneless_id) FILTER (zoneless_id IS NOT NULL), [])[1:${FIRST}] AS zoneless_ids,
        list(id ORDER BY id)[1:${FIRST}] AS ids
      FROM of_file GROUP BY node, system, component HAVING sum(dated) > 0 ORDER BY node, system, component`);
    return rows.map(stand);
  },
};

function stand(row: Row): Stand {
  const { node, system, component } = row;
  const [dated, zoneless, yearless, fine, json, text] = [
    row.dated,
    row.zoneless,
    row.yearless,
    row.fine,
    row.json_files,
    row.text_files,
  ].map(Number) as [number, number, number, number, number, number];
  const form = json > 0 && text > 0 ? 'JSON and text mixed' : json > 0 ? 'JSON' : 'Text';
  const seconds = fine === 0 && dated >= ENOUGH_TIMES;
  const weak = [
    ...(json > 0 && text > 0 ? [''] : []),
    ...(zoneless > 0 ? [yearless > 0 ? 'no zone and no year in its times' : 'no zone in its times'] : []),
    ...(seconds ? ['times of whole seconds'] : []),
  ];
  const facts = [
    json > 0 && text > 0 ? `${plural(json, 'file')} in JSON, ${count(text)} in text.` : '',
    zoneless > 0
      ? `${count(zoneless)} of ${plural(dated, 'dated record')} (${share(zoneless, dated)}) state no zone${yearless > 0 ? `, ${count(yearless)} of them no year` : ''}; the order between nodes rests on what other lines say of the zone.`
      : `All ${plural(dated, 'dated record')} state their zone.`,
    seconds
      ? `All of these times are whole seconds: the order within a second is that of the file alone.`
      : '',
    `Read as ${named(row.formats)}.`,
  ];
  return {
    node,
    system,
    component,
    topic: 'format',
    standing: weak.length > 0 ? 'weak' : 'ok',
    title: [form, ...weak.filter((word) => word !== '')].join(', '),
    proof: facts.filter((sentence) => sentence !== '').join(' '),
    change:
      weak.length > 0
        ? changeOf(system, component, { zoneless: zoneless > 0, seconds, mixed: json > 0 && text > 0 })
        : null,
    events: zoneless > 0 ? row.zoneless_ids : row.ids,
    eventCount: zoneless > 0 ? zoneless : dated,
    files: row.files,
    fileCount: json + text,
    source: 'log lines',
    terms: [
      { field: 'node', values: [node], not: false },
      { field: 'system', values: [system], not: false },
      { field: 'component', values: [component], not: false },
    ],
  };
}

function changeOf(
  system: string,
  component: string,
  is: { zoneless: boolean; seconds: boolean; mixed: boolean },
): string | null {
  if (system === 'registry') {
    if (component === 'access')
      return 'Distribution has no option for finer access times: log them in the proxy in front, or join them to the application lines.';
    if (component === 'go')
      return 'Lines of the Go server have no option: run the registry with TZ=UTC and let the runtime or journald stamp them.';
    return 'Set log.formatter: json in config.yml for all instances.';
  }
  if (system === 'celery')
    return is.zoneless
      ? 'Run workers with TZ=UTC and set worker_log_format and worker_task_log_format to a format that states the offset, or log JSON with an RFC 3339 time.'
      : 'Use one worker_log_format for all workers.';
  if (system === 'ray')
    return is.zoneless
      ? 'Set RAY_BACKEND_LOG_JSON=1 for the C++ programs and ray.LoggingConfig(encoding="JSON") for drivers and workers (timestamp_ns is free of zones), and run all nodes with TZ=UTC.'
      : 'Set RAY_BACKEND_LOG_JSON and RAY_LOGGING_CONFIG_ENCODING alike on all nodes.';
  if (system === 'mesos')
    return 'glog has no option for a zone or a year: run the daemons with TZ=UTC, keep the header lines and file names, and collect through journald or syslog with RFC 3339 times.';
  return null;
}
