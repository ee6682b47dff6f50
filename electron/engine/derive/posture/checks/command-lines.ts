// What command lines in process lists say (process_info.txt of `ray local-dump`, ps): levels, addresses, secrets.
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import { isLoopback } from '../place.ts';
import { filesOf } from '../tally.ts';
import { named, plural } from '../words.ts';

interface Row {
  node: string;
  event_id: string;
  text: string;
}
interface Sign {
  /** Group 1 is what is quoted. */
  pattern: RegExp;
  system: string;
  component: string;
  stand(values: string[], n: number): Pick<Stand, 'topic' | 'standing' | 'title' | 'proof' | 'change'> | null;
}

const SIGNS: Sign[] = [
  {
    pattern: /dashboard[/\\]dashboard\.py [^\n]{0,2000}--host=(\S{1,200})/,
    system: 'ray',
    component: 'dashboard',
    stand: (hosts) => {
      const open = hosts.filter((host) => !isLoopback(host));
      return open.length === 0
        ? null
        : {
            topic: 'hardening',
            standing: 'weak',
            title: 'Dashboard started for all addresses',
            proof: `The process list shows the dashboard with --host=${named(open)}.`,
            change: 'Start the head with --dashboard-host=127.0.0.1.',
          };
    },
  },
  {
    pattern: /ray[^\n]{0,2000}--logging-level[= ](debug)\b/i,
    system: 'ray',
    component: 'raylet',
    stand: (_, n) => ({
      topic: 'levels',
      standing: 'weak',
      title: 'Ray started with --logging-level=debug',
      proof: `${plural(n, 'process', 'processes')} of Ray in the process list ${n === 1 ? 'has' : 'have'} --logging-level=debug.`,
      change: 'Start Ray with --logging-level=info.',
    }),
  },
  {
    pattern: /celery[^\n]{0,2000}(?:--loglevel[= ]|\s-l ?)(debug|trace)\b/i,
    system: 'celery',
    component: 'worker',
    stand: (_, n) => ({
      topic: 'levels',
      standing: 'weak',
      title: 'Celery started with --loglevel=DEBUG',
      proof: `${plural(n, 'process', 'processes')} of Celery in the process list ${n === 1 ? 'has' : 'have'} the level DEBUG.`,
      change: 'Start worker and beat with --loglevel=INFO.',
    }),
  },
  {
    pattern: /(--redis[-_]password[= ](?!\s|$|--)\S{1,200})/,
    system: 'ray',
    component: 'raylet',
    stand: (_, n) => ({
      topic: 'secrets',
      standing: 'bad',
      title: 'Password of Redis on a command line',
      proof: `${plural(n, 'process', 'processes')} in the process list ${n === 1 ? 'shows' : 'show'} --redis-password with a value: every local user can read it.`,
      change:
        'Set RAY_REDIS_PASSWORD in the environment of the head in place of the option, and renew the password.',
    }),
  },
];

const PROCESS_LIST = /(?:^|\/)(?:process_info|ps_aux|ps-aux)/;

export const commandLines: PostureCheck = {
  id: 'command-lines',
  async read({ connection, counts }) {
    const lists = filesOf(
      counts,
      ({ component, member }) => component === 'processes' || PROCESS_LIST.test(member.path),
    );
    if (!lists) return [];
    const rows = await connection.rows<Row>(`
      SELECT m.node, e.event_id, left(e.message, 4000) AS text FROM event e JOIN member m ON m.file_id = e.file_id
      WHERE e.file_id IN (${lists}) ORDER BY e.event_id LIMIT 20000`);
    return SIGNS.flatMap((sign) => {
      const nodes = new Map<string, { values: string[]; ids: string[] }>();
      for (const { node, event_id, text } of rows) {
        const value = sign.pattern.exec(text)?.[1];
        if (value === undefined) continue;
        const entry = nodes.get(node) ?? { values: [], ids: [] };
        entry.values.push(value);
        entry.ids.push(event_id);
        nodes.set(node, entry);
      }
      return [...nodes].flatMap(([node, { values, ids }]): Stand[] => {
        const said = sign.stand([...new Set(values)], ids.length);
        return said === null
          ? []
          : [
              {
                ...said,
                node,
                system: sign.system,
                component: sign.component,
                events: ids.slice(0, FIRST),
                eventCount: ids.length,
                source: 'process list',
              },
            ];
      });
    });
  },
};
