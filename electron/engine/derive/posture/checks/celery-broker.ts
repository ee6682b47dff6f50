// The broker of Celery workers, as banner and "Connected to" lines name it: password, encryption; and worker set-up that
// lets a message run code.
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import { brokerUrl, isLoopback, lens } from '../place.ts';
import type { Said } from '../seen.ts';
import { fieldText, grouped } from '../tally.ts';
import { named, plural } from '../words.ts';

const ENCRYPTED = new Set(['rediss', 'amqps', 'sqs', 'https', 'rediss+sentinel', 'pyamqps']);
const PASSWORDLESS = new Set([
  'sqs',
  'memory',
  'filesystem',
  'sqlalchemy',
  'sqla',
  'gcpubsub',
  'azurestoragequeues',
]);

export const celeryBroker: PostureCheck = {
  id: 'celery-broker',
  system: 'celery',
  read({ said }) {
    const celery = said.filter(({ system, component }) => system === 'celery' && component !== '');
    const by = (fits: (line: Said) => boolean) =>
      grouped(celery.filter(fits), ({ node, component }) => JSON.stringify([node, component])).map(
        ([, lines]) => lines,
      );
    const urls = grouped(
      celery.filter((line) => urlOf(line) !== ''),
      (line) => JSON.stringify([line.node, line.component, urlOf(line)]),
    );
    const root = ({ action }: Said) => action === 'superuser_worker';
    const pickle = ({ message }: Said) => message.includes('serialized with pickle');
    return [
      ...urls.flatMap(([, lines]) => ofUrl(lines)),
      ...by((line) => root(line) && !pickle(line)).map(superuser),
      ...by((line) => root(line) && pickle(line)).map(accepted),
      ...by(({ action }) => action === 'untrusted_content').map(refused),
    ];
  },
};

/** The broker's address on a banner or a line of a connection; '' on every other line. */
export const urlOf = ({ action, fields }: Said): string =>
  action === 'broker_connect' || action === 'start'
    ? fieldText(fields, 'broker_url') || fieldText(fields, 'transport')
    : '';

const proof = (lines: Said[]) =>
  ({
    node: lines[0]!.node,
    system: 'celery',
    component: lines[0]!.component,
    source: 'log lines',
    events: lines.slice(0, FIRST).map(({ eventId }) => eventId),
    eventCount: lines.length,
  }) as const;

function ofUrl(lines: Said[]): Stand[] {
  const { node, component } = lines[0]!;
  const broker = brokerUrl(urlOf(lines[0]!));
  if (!broker) return [];
  const about = {
    ...proof(lines),
    terms: lens({ node, system: 'celery', component, action: ['broker_connect', 'start'] }),
  };
  const where = `${broker.scheme}://…@${broker.host || '(no host)'}`;
  const local = isLoopback(broker.host);
  const stands: Stand[] = [];
  if (!PASSWORDLESS.has(broker.scheme)) {
    const guest = broker.user === 'guest';
    if (!broker.password)
      stands.push({
        ...about,
        topic: 'authentication',
        standing: local ? 'weak' : 'bad',
        title: 'Broker without a password',
        proof: `The broker URL of ${broker.scheme} on ${broker.host || 'an unnamed host'} holds no password (Celery would show it as **). Whoever reaches the broker can send tasks. ${local ? 'It is on the loopback address.' : 'Its address can be reached from other machines.'} A client certificate would not show here.`,
        change:
          'Give the broker a user and a password (Redis: requirepass or ACLs; RabbitMQ: a user per application) and put them into broker_url.',
      });
    else if (guest)
      stands.push({
        ...about,
        topic: 'authentication',
        standing: 'weak',
        title: "Broker user 'guest'",
        proof: `The broker URL (${where}) uses RabbitMQ's built-in user guest, whose password is guest unless it was changed.`,
        change: 'Delete the user guest and make a user per application.',
      });
    else
      stands.push({
        ...about,
        topic: 'authentication',
        standing: 'ok',
        title: 'Broker asks for a password',
        proof: `The broker URL holds a password (shown as ** by Celery): ${where}.`,
        change: null,
      });
  }
  if (!ENCRYPTED.has(broker.scheme) && !PASSWORDLESS.has(broker.scheme) && !local)
    stands.push({
      ...about,
      topic: 'transport',
      standing: 'weak',
      title: 'Broker connection not encrypted by its URL',
      proof: `The broker URL begins with ${broker.scheme}://, and ${broker.host || 'its host'} is another machine: tasks, arguments and the password cross the network in clear, unless broker_use_ssl is set, which no line shows.`,
      change: 'Use rediss:// or amqps://, or set broker_use_ssl.',
    });
  return stands;
}

const superuser = (lines: Said[]): Stand => ({
  ...proof(lines),
  topic: 'hardening',
  standing: 'weak',
  title: 'Worker runs as root',
  proof: `${plural(lines.length, 'line')} ${lines.length === 1 ? 'warns' : 'warn'} that the worker runs with superuser privileges: every task is root.`,
  change: 'Start workers with --uid and --gid of a user of their own, or User= in the unit.',
  terms: lens({ node: lines[0]!.node, system: 'celery', action: 'superuser_worker' }),
});

const accepted = (lines: Said[]): Stand => ({
  ...proof(lines),
  topic: 'hardening',
  standing: 'bad',
  title: 'Worker accepts pickle',
  proof: `${plural(lines.length, 'line')} of the worker ${lines.length === 1 ? 'says' : 'say'} that it accepts messages serialized with pickle while running as root: whoever can send a message runs code.`,
  change: "Set accept_content = ['json'] and task_serializer = 'json', and don't run workers as root.",
  terms: lens({ node: lines[0]!.node, system: 'celery', action: 'superuser_worker' }),
});

const refused = (lines: Said[]): Stand => ({
  ...proof(lines),
  topic: 'hardening',
  standing: 'ok',
  title: 'Worker refuses untrusted content',
  proof: `${plural(lines.length, 'message')} with content that accept_content does not name ${lines.length === 1 ? 'was' : 'were'} refused (${named(['pickle and the like'])}). Who sent ${lines.length === 1 ? 'it' : 'them'} is a question of its own.`,
  change: null,
  terms: lens({ node: lines[0]!.node, system: 'celery', action: 'untrusted_content' }),
});
