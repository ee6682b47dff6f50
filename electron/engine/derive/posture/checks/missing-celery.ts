// What is missing around Celery: the main file beside child files (%n%I), workers beside beat, the broker's own log.
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import { brokerUrl } from '../place.ts';
import type { Count, Member, Said } from '../seen.ts';
import { baseName, named, plural } from '../words.ts';
import { urlOf } from './celery-broker.ts';

/** `gamma-1.log`: pool slot 1 of the worker gamma, whose main process writes gamma.log (reference on Celery, section 2). */
const CHILD = /^(.+)-(\d{1,3})(\.log)(?:\.\d+)?(?:\.gz)?$/;

export const missingCelery: PostureCheck = {
  id: 'missing-celery',
  system: 'celery',
  read({ members, counts, said }) {
    const workers = new Set(
      counts
        .filter(({ system, component }) => system === 'celery' && component === 'worker')
        .map(({ member }) => member),
    );
    return [
      ...mainFiles(
        members.filter((member) => workers.has(member)),
        new Set(members.filter(({ content }) => content).map(({ path }) => path)),
      ),
      ...beatAlone(counts),
      ...brokers(
        counts,
        said.filter((line) => line.system === 'celery' && urlOf(line) !== ''),
      ),
    ];
  },
};

function mainFiles(files: readonly Member[], paths: Set<string>): Stand[] {
  const groups = new Map<string, { node: string; main: string; files: Member[] }>();
  for (const file of files) {
    const folder = file.path.slice(0, file.path.length - baseName(file.path).length);
    const child = CHILD.exec(baseName(file.path));
    if (!child) continue;
    const main = `${folder}${child[1]}${child[3]}`;
    const group = groups.get(`${file.node}\n${main}`) ?? { node: file.node, main, files: [] };
    group.files.push(file);
    groups.set(`${file.node}\n${main}`, group);
  }
  return [...groups.values()]
    .filter(({ main }) => ![main, `${main}.gz`, `${main}.1`, `${main}.1.gz`].some((path) => paths.has(path)))
    .map(({ node, main, files }) => ({
      node,
      system: 'celery',
      component: 'worker',
      topic: 'missing',
      standing: 'weak',
      title: 'Child files of a worker without the main file',
      proof: `${plural(files.length, 'file')} of pool processes (${named(files.map((file) => baseName(file.path)))}) without ${baseName(main)}: the main process writes which tasks were received, lost or revoked there.`,
      change: `Collect ${baseName(main)} of this node (--logfile with %I makes a file per pool process).`,
      files: files.slice(0, FIRST).map((file) => file.fileId),
      fileCount: files.length,
      source: 'ledger',
    }));
}

function beatAlone(counts: readonly Count[]): Stand[] {
  const of = (name: string) =>
    counts.filter(({ system, component }) => system === 'celery' && component === name);
  if (of('worker').length > 0) return [];
  const beats = [...new Set(of('beat').map(({ node }) => node))].sort();
  return beats.map((node) => ({
    node,
    system: 'celery',
    component: 'worker',
    topic: 'missing',
    standing: 'weak',
    title: 'Beat without a worker',
    proof: `Beat of ${node} sends tasks, but no worker's log is in the case: what became of them is not known.`,
    change: 'Collect the logs of the workers that consume its queues.',
    source: 'log lines',
  }));
}

/** One stand a broker, for the whole case: which machine it ran on is not always known. */
function brokers(counts: readonly Count[], said: readonly Said[]): Stand[] {
  const hosts = new Map<string, { name: string; host: string; ids: string[]; lines: number }>();
  for (const line of said) {
    const broker = brokerUrl(urlOf(line));
    if (!broker) continue;
    const name = /^(?:rediss?|sentinel|valkey)/.test(broker.scheme)
      ? 'redis'
      : /^(?:py)?amqps?$/.test(broker.scheme)
        ? 'rabbitmq'
        : '';
    if (name === '') continue;
    const key = `${name}\n${broker.host}`;
    const known = hosts.get(key) ?? { name, host: broker.host, ids: [], lines: 0 };
    hosts.set(key, {
      ...known,
      ids: [...known.ids, line.eventId].slice(0, FIRST),
      lines: known.lines + 1,
    });
  }
  return [...hosts.values()]
    .filter(({ name }) => !counts.some(({ system, component }) => system === name || component === name))
    .map(({ name, host, ids, lines }) => ({
      node: null,
      system: name,
      component: name,
      topic: 'missing',
      standing: 'weak',
      title: `No log of the broker on ${host || 'an unnamed host'}`,
      proof: `Celery connects to ${name === 'redis' ? 'Redis' : 'RabbitMQ'} on ${host || 'an unnamed host'}, and no log of it is in the case. Refused logins, new clients and restarts of the broker stand only there.`,
      change:
        name === 'redis'
          ? 'Collect the file of the logfile setting of redis.conf; set loglevel verbose to see clients.'
          : 'Collect /var/log/rabbitmq of that host.',
      events: ids,
      eventCount: lines,
      source: 'log lines',
    }));
}
