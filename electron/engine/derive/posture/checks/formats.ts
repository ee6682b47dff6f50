// Text or JSON, and what its times leave open: no zone, no year, whole seconds.
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import { lens } from '../place.ts';
import type { Count } from '../seen.ts';
import { grouped, tally } from '../tally.ts';
import { count, named, plural, share } from '../words.ts';

/** Fewer times may all fall on whole seconds by chance. */
const ENOUGH_TIMES = 20;

const SYSTEMS = new Set(['ray', 'celery', 'mesos', 'registry']);
/** Lines that stay plain text in a file of JSON lines (reference on the registry, section 1). */
const ALWAYS_TEXT = new Set(['access', 'go', 'gc']);

const isJson = ({ member, component }: Count): boolean =>
  !ALWAYS_TEXT.has(component) &&
  (/json$/.test(member.format ?? '') ||
    member.format === 'ray.event' ||
    member.format === 'registry.notification');
const isDated = ({ tsKind }: Count): boolean => tsKind === 1 || tsKind === 2 || tsKind === 3;

export const formats: PostureCheck = {
  id: 'formats',
  read({ counts }) {
    const dated = counts.filter(
      (count) => SYSTEMS.has(count.system) && count.component !== '' && isDated(count),
    );
    return grouped(dated, ({ node, system, component }) => JSON.stringify([node, system, component])).map(
      ([, of]) => stand(of),
    );
  },
};

function stand(counts: Count[]): Stand {
  const { node, system, component } = counts[0]!;
  const all = tally(counts, () => true);
  const noZone = tally(counts, ({ tsKind }) => tsKind !== 1);
  const yearless = tally(counts, ({ tsKind }) => tsKind === 3).n;
  const [dated, zoneless] = [all.n, noZone.n];
  const members = [...new Set(counts.map(({ member }) => member))];
  const jsonMembers = new Set(counts.filter(isJson).map(({ member }) => member));
  const [json, text] = [jsonMembers.size, members.length - jsonMembers.size];
  const form = json > 0 && text > 0 ? 'JSON and text mixed' : json > 0 ? 'JSON' : 'Text';
  const seconds = dated >= ENOUGH_TIMES && counts.every(({ fine }) => fine === 0);
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
    `Read as ${named([...new Set(members.map(({ format }) => format ?? 'no format'))].sort())}.`,
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
    events: zoneless > 0 ? noZone.ids : all.ids,
    eventCount: zoneless > 0 ? zoneless : dated,
    files: members.slice(0, FIRST).map(({ fileId }) => fileId),
    fileCount: members.length,
    source: 'log lines',
    terms: lens({ node, system, component }),
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
