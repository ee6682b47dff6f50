// Which levels a component logs: DEBUG in production, or so little that normal acts leave no line.
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import { count, plural, share } from '../words.ts';

/** Fewer lines of warnings alone say nothing of the level that is set. */
const ENOUGH = 10;

/** Programs that log their normal acts at INFO, so that none of it means a higher level (references, line kinds). */
const DAEMONS = new Set([
  'ray/raylet',
  'ray/gcs_server',
  'ray/dashboard',
  'ray/dashboard_agent',
  'ray/runtime_env_agent',
  'ray/monitor',
  'ray/core_worker',
  'celery/worker',
  'celery/beat',
  'mesos/master',
  'mesos/agent',
  'registry/app',
]);

const CHANGE: Record<string, string> = {
  registry: 'Set log.level: info in config.yml (or REGISTRY_LOG_LEVEL=info).',
  celery: 'Start worker and beat with --loglevel=INFO.',
  ray: 'Leave RAY_BACKEND_LOG_LEVEL at info for the C++ programs; set log_level="INFO" in ray.LoggingConfig for drivers and workers.',
  mesos: 'Set --logging_level=INFO and leave --quiet and GLOG_v unset.',
};

interface Row {
  node: string;
  system: string;
  component: string;
  debug: string;
  info: string;
  above: string;
  low_ids: string[];
  all_ids: string[];
}

export const levels: PostureCheck = {
  id: 'levels',
  async read(connection) {
    const rows = await connection.rows<Row>(`
      SELECT node, system, component,
        coalesce(sum(n) FILTER (level <= 'debug'::log_level), 0)::BIGINT AS debug,
        coalesce(sum(n) FILTER (level IN ('info', 'notice')), 0)::BIGINT AS info,
        coalesce(sum(n) FILTER (level >= 'warning'::log_level), 0)::BIGINT AS above,
        coalesce(list(first_id ORDER BY first_id) FILTER (level <= 'debug'::log_level), [])[1:${FIRST}] AS low_ids,
        list(first_id ORDER BY first_id)[1:${FIRST}] AS all_ids
      FROM posture_seen
      WHERE level IS NOT NULL AND system IN ('ray', 'celery', 'mesos', 'registry') AND component IS NOT NULL
      GROUP BY ALL ORDER BY node, system, component`);
    const verbose = await connection.rows<{
      node: string;
      component: string;
      event_id: string;
      message: string;
    }>(
      `SELECT node, component, event_id, message FROM posture_said
       WHERE action = 'log_level' AND regexp_matches(message, '^Setting verbose logging level to [1-9]') ORDER BY event_id`,
    );
    return [
      ...rows.map(stand),
      ...verbose.slice(0, 20).map(
        ({ node, component, event_id, message }): Stand => ({
          node,
          system: 'mesos',
          component,
          topic: 'levels',
          standing: 'weak',
          title: 'Verbose logging was switched on while running',
          proof: `A line says "${message.slice(0, 60)}": from there on verbose lines (VLOG) stand among the INFO lines, until the level is set back.`,
          change:
            'Ask who called /logging/toggle, and let --authenticate_http_readwrite and ACLs guard that endpoint.',
          events: [event_id],
          eventCount: 1,
          source: 'log lines',
        }),
      ),
    ];
  },
};

function stand(row: Row): Stand {
  const [debug, info, above] = [Number(row.debug), Number(row.info), Number(row.above)];
  const lines = debug + info + above;
  const { node, system, component } = row;
  const about = { node, system, component, topic: 'levels', source: 'log lines' } as const;
  const terms = [
    { field: 'node' as const, values: [node], not: false },
    { field: 'system' as const, values: [system], not: false },
    { field: 'component' as const, values: [component], not: false },
  ];
  if (debug > 0)
    return {
      ...about,
      standing: 'weak',
      title: 'DEBUG lines in production',
      proof: `${count(debug)} of ${plural(lines, 'line')} that state a level are DEBUG or TRACE (${share(debug, lines)}). They print more of what programs handle, and let files rotate sooner.`,
      change: CHANGE[system] ?? null,
      events: row.low_ids,
      eventCount: debug,
      terms: [...terms, { field: 'level', values: ['trace', 'debug'], not: false }],
    };
  if (info > 0)
    return {
      ...about,
      standing: 'ok',
      title: 'INFO and above, no DEBUG',
      proof: `${plural(lines, 'line')} state a level: ${count(info)} INFO, ${count(above)} warnings or worse, no DEBUG.${system === 'mesos' ? ' glog has no DEBUG level: verbose lines (GLOG_v) would stand as INFO.' : ''}`,
      change: null,
      events: row.all_ids,
      eventCount: lines,
      terms,
    };
  const expected = DAEMONS.has(`${system}/${component}`);
  if (expected && above >= ENOUGH)
    return {
      ...about,
      standing: 'weak',
      title: 'Only warnings and worse: normal acts leave no line',
      proof: `All ${plural(above, 'line')} that state a level are warnings or worse. ${component} writes its normal acts at INFO, so its level is set higher, or its INFO lines were not collected.`,
      change: CHANGE[system] ?? null,
      events: row.all_ids,
      eventCount: above,
      terms,
    };
  return {
    ...about,
    standing: 'unknown',
    title: 'Too few lines to tell the level',
    proof: `${above === 1 ? 'The only line that states a level is a warning or worse' : `All ${plural(above, 'line')} that state a level are warnings or worse`}: too little to say which level is set.`,
    change: null,
    events: row.all_ids,
    eventCount: above,
    terms,
  };
}
