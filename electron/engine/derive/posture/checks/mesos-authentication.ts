// Whom Mesos lets in: what master and agents say at start, their flags, and acts of the principal ANY.
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import { lens } from '../place.ts';
import type { Said } from '../seen.ts';
import { fieldText, grouped } from '../tally.ts';
import { named, plural } from '../words.ts';

/** Flags that must be true (docs/configuration/master.md, agent.md of Mesos). */
const ASKING: Record<string, string> = {
  authenticate_frameworks: 'frameworks over the scheduler driver',
  authenticate_agents: 'agents',
  authenticate_slaves: 'agents',
  authenticate: 'frameworks',
  authenticate_http_frameworks: 'frameworks over HTTP',
  authenticate_http_readonly: 'reading HTTP endpoints',
  authenticate_http_readwrite: 'changing HTTP endpoints',
  authenticate_http_executors: 'executors over HTTP',
};
/** Where they matter: an agent has no frameworks to ask. */
const OF_MASTER = ['authenticate_frameworks', 'authenticate_agents', 'authenticate_http_frameworks'];

export const mesosAuthentication: PostureCheck = {
  id: 'mesos-authentication',
  system: 'mesos',
  read({ said }) {
    const mesos = said.filter(({ system, component }) => system === 'mesos' && component !== '');
    const flags = mesos.filter(
      ({ action, component }) => action === 'flags' && (component === 'master' || component === 'agent'),
    );
    return [
      ...grouped(mesos.filter(isTelling), ({ node, component, action }) =>
        JSON.stringify([node, component, action]),
      ).map(([, of]) => stated(of)),
      ...grouped(flags, ({ node, component }) => JSON.stringify([node, component])).flatMap(
        ([, of]) => ofFlags(of.at(-1)!), // of the last start
      ),
    ];
  },
};

const SAYS = new Set(['weak_authentication', 'weak_permissions', 'tls_downgrade', 'authentication']);
const isTelling = ({ action, message }: Said): boolean =>
  SAYS.has(action) || ((action === 'authorize' || action === 'quota') && message.includes("rincipal 'ANY'"));

function stated(said: Said[]): Stand {
  const { node, component, action } = said[0]!;
  const lines = said.length;
  const texts = [...new Set(said.map(({ message }) => message.split('\n')[0]!.slice(0, 120)))];
  const about = {
    node,
    system: 'mesos',
    component,
    topic: 'authentication',
    source: 'log lines',
    events: said.slice(0, FIRST).map(({ eventId }) => eventId),
    eventCount: lines,
  } as const;
  const quoted = named(
    texts.map((text) => `"${text}"`),
    4,
  );
  if (action === 'authentication')
    return {
      ...about,
      standing: 'ok',
      title: 'Asks for authentication at start',
      proof: `${plural(lines, 'line')} at start: ${quoted}.`,
      change: null,
      terms: lens({ node, system: 'mesos', component, action: 'authentication' }),
    };
  const terms = lens({ node, system: 'mesos', component, action: action });
  if (action === 'tls_downgrade')
    return {
      ...about,
      topic: 'transport',
      standing: 'bad',
      title: 'Falls back to connections without TLS',
      proof: `${plural(lines, 'line')}: ${quoted}. A peer that fails the handshake is spoken to in clear.`,
      change:
        'Unset LIBPROCESS_SSL_SUPPORT_DOWNGRADE and set LIBPROCESS_SSL_ENABLED=true on all masters and agents.',
      terms,
    };
  if (action === 'weak_permissions')
    return {
      ...about,
      topic: 'permissions',
      standing: 'bad',
      title: 'Secret file open to others',
      proof: `${plural(lines, 'line')}: ${quoted}.`,
      change: 'Set the file to 0600 for the user of the daemon.',
      terms,
    };
  if (action === 'weak_authentication' && texts.every((text) => /Attempting to register without/.test(text)))
    return {
      ...about,
      standing: 'weak',
      title: 'Registers without credentials',
      proof: `${plural(lines, 'line')}: ${quoted}. A master that lets it in does not know who it is.`,
      change:
        'Give it a principal and secret (--credential, or MESOS_PRINCIPAL and the like of the framework).',
      terms,
    };
  if (action === 'weak_authentication')
    return {
      ...about,
      standing: 'bad',
      title: 'Lets in who does not authenticate',
      proof: `${plural(lines, 'line')}: ${quoted}.`,
      change:
        'Start the master with --authenticate_frameworks, --authenticate_agents and --authenticate_http_frameworks, with --credentials, and agents and frameworks with --credential.',
      terms: lens({ node, system: 'mesos', component, action: 'weak_authentication' }),
    };
  return {
    ...about,
    standing: 'bad',
    title: "Acts of the principal 'ANY'",
    proof: `${plural(lines, 'line')} of an authorization ${lines === 1 ? 'names' : 'name'} the principal 'ANY', which stands for nobody: the caller had not authenticated. ${quoted}.`,
    change:
      'Set --authenticate_http_readwrite and --authenticate_http_readonly on master and agents, and ACLs with permissive: false.',
    terms: lens({ node, system: 'mesos', component, action: action }),
  };
}

function ofFlags({ node, component, eventId, fields }: Said): Stand[] {
  const flag = flagsOf(fields);
  const about = {
    node,
    system: 'mesos',
    component,
    source: 'flags at startup',
    events: [eventId],
    eventCount: 1,
  } as const;
  const stands: Stand[] = [];
  const asked = Object.entries(ASKING).filter(
    ([name]) => component === 'master' || !OF_MASTER.includes(name),
  );
  const off = asked.filter(([name]) => flag[name] === 'false');
  const on = asked.filter(([name]) => flag[name] === 'true');
  if (off.length > 0)
    stands.push({
      ...about,
      topic: 'authentication',
      standing: off.some(([name]) => name !== 'authenticate_http_readonly') ? 'bad' : 'weak',
      title: 'Authentication switched off by flags',
      proof: `Flags at startup: ${named(
        off.map(([name, what]) => `--${name}=false (${what})`),
        8,
      )}.`,
      change: `Set ${named(
        off.map(([name]) => `--${name}=true`),
        8,
      )} with credentials.`,
    });
  else if (on.length > 0)
    stands.push({
      ...about,
      topic: 'authentication',
      standing: 'ok',
      title: 'Authentication switched on by flags',
      proof: `Flags at startup: ${named(
        on.map(([name]) => `--${name}=true`),
        8,
      )}.`,
      change: null,
    });
  const permissive = flag['acls.permissive'];
  const acls = flag.acls;
  if (acls === undefined && component === 'master' && Object.keys(flag).length > 5)
    stands.push({
      ...about,
      topic: 'authentication',
      standing: 'weak',
      title: 'No ACLs: every principal may do everything',
      proof: 'The flags at startup hold no --acls: the local authorizer permits every act then.',
      change: 'Set --acls with permissive: false and a rule for each principal.',
    });
  else if (permissive === 'true')
    stands.push({
      ...about,
      topic: 'authentication',
      standing: 'weak',
      title: 'ACLs that permit what they do not name',
      proof: 'The ACLs of the flags at startup say permissive: true: acts without a rule are allowed.',
      change: 'Set permissive: false in --acls.',
    });
  if (flag.quiet === 'true' || /^(?:WARNING|ERROR)$/.test(flag.logging_level ?? ''))
    stands.push({
      ...about,
      topic: 'levels',
      standing: 'weak',
      title: 'Flags that keep INFO lines away',
      proof: `Flags at startup: ${[flag.quiet === 'true' ? '--quiet=true' : '', flag.logging_level && flag.logging_level !== 'INFO' ? `--logging_level=${flag.logging_level}` : ''].filter(Boolean).join(', ')}. Refused logins, lost agents and failed tasks are INFO lines in Mesos.`,
      change: 'Set --logging_level=INFO and leave --quiet unset.',
    });
  if (Object.keys(flag).length > 5 && flag.log_dir === undefined)
    stands.push({
      ...about,
      topic: 'rotation',
      standing: 'weak',
      title: 'No log files of its own',
      proof:
        'The flags at startup hold no --log_dir: lines go to standard error only, so how long they stay is up to journald or the container runtime.',
      change: 'Set --log_dir, or keep the journal (Storage=persistent) and ship it.',
    });
  return stands;
}

/** Fields `flag.*` of a line, and `acls.permissive`, by their name without the prefix. */
function flagsOf(fields: Record<string, unknown>): Record<string, string> {
  const flags: Record<string, string> = Object.create(null);
  for (const name of Object.keys(fields)) {
    if (name.startsWith('flag.')) flags[name.slice(5)] = fieldText(fields, name);
    else if (name === 'acls.permissive') flags[name] = fieldText(fields, name);
  }
  return flags;
}
