// Which levels a component logs: DEBUG in production, or so little that normal acts leave no line.
import type { PostureCheck, Stand } from '../check.ts';
import { lens } from '../place.ts';
import type { Count, Said } from '../seen.ts';
import { grouped, tally } from '../tally.ts';
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
const GLOG = new Set(['master', 'agent', 'executor', 'fetcher', 'framework', 'sandbox']);

export const levels: PostureCheck = {
  id: 'levels',
  read({ counts, said }) {
    const stated = counts.filter(
      ({ level, system, component }) => level !== null && system in CHANGE && component !== '',
    );
    return [
      ...grouped(stated, ({ node, system, component }) => JSON.stringify([node, system, component])).map(
        ([, of]) => stand(of),
      ),
      ...said.filter((line) => line.action === 'log_level' && VERBOSE.test(line.message)).map(verbose),
    ];
  },
};

const VERBOSE = /^Setting verbose logging level to [1-9]/;

const verbose = ({ node, component, eventId, message }: Said): Stand => ({
  node,
  system: 'mesos',
  component,
  topic: 'levels',
  standing: 'weak',
  title: 'Verbose logging was switched on while running',
  proof: `A line says "${message.slice(0, 60)}": from there on verbose lines (VLOG) stand among the INFO lines, until the level is set back.`,
  change:
    'Ask who called /logging/toggle, and let --authenticate_http_readwrite and ACLs guard that endpoint.',
  events: [eventId],
  source: 'log lines',
});

const changeOf = (system: string, component: string): string | null =>
  system === 'mesos' && !GLOG.has(component)
    ? `Set the level of ${component} to info.`
    : (CHANGE[system] ?? null);

function stand(counts: Count[]): Stand {
  const { node, system, component } = counts[0]!;
  const low = tally(counts, ({ level }) => level === 'trace' || level === 'debug');
  const all = tally(counts, () => true);
  const info = tally(counts, ({ level }) => level === 'info' || level === 'notice').n;
  const [debug, lines] = [low.n, all.n];
  const above = lines - debug - info;
  const about = { node, system, component, topic: 'levels', source: 'log lines' } as const;
  const terms = lens({ node, system, component });
  if (debug > 0)
    return {
      ...about,
      standing: 'weak',
      title: 'DEBUG lines in production',
      proof: `${count(debug)} of ${plural(lines, 'line')} that state a level are DEBUG or TRACE (${share(debug, lines)}). They print more of what programs handle, and let files rotate sooner.`,
      change: changeOf(system, component),
      events: low.ids,
      eventCount: debug,
      terms: [...terms, { field: 'level', values: ['trace', 'debug'], not: false }],
    };
  if (info > 0)
    return {
      ...about,
      standing: 'ok',
      title: 'INFO and above, no DEBUG',
      proof: `${plural(lines, 'line states', 'lines state')} a level: ${count(info)} INFO, ${count(above)} WARNING or worse, no DEBUG.${system === 'mesos' && GLOG.has(component) ? ' glog has no DEBUG level: verbose lines (GLOG_v) would stand as INFO.' : ''}`,
      change: null,
      events: all.ids,
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
      change: changeOf(system, component),
      events: all.ids,
      eventCount: above,
      terms,
    };
  return {
    ...about,
    standing: 'unknown',
    title: 'Too few lines to tell the level',
    proof: `${above === 1 ? 'The only line that states a level is a warning or worse' : `All ${plural(above, 'line')} that state a level are warnings or worse`}: too little to say which level is set.`,
    change: null,
    events: all.ids,
    eventCount: above,
    terms,
  };
}
