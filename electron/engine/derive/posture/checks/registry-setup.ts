// What a registry says of itself at start: TLS, the debug server, a secret made up on the spot.
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import { isLoopback, lens } from '../place.ts';
import type { Said } from '../seen.ts';
import { grouped } from '../tally.ts';
import { named, plural } from '../words.ts';

export const registrySetup: PostureCheck = {
  id: 'registry-setup',
  system: 'registry',
  read({ said }) {
    const registry = said.filter(({ system }) => system === 'registry');
    const listening = (start: string) =>
      grouped(
        registry.filter(({ message }) => message.startsWith(start)),
        ({ node, message }) => JSON.stringify([node, message]),
      ).map(([, lines]): [string, Said[]] => [lines[0]!.message.slice(start.length, 300).trim(), lines]);
    const secrets = grouped(
      registry.filter(({ action }) => action === 'weak_secret'),
      ({ node }) => node,
    );
    const nodes = secrets.map(([node]) => node);
    return [
      ...listening('listening on ').map(served),
      ...listening('debug server listening ').map(debugServer),
      ...secrets.map(([, lines]) => secret(lines, nodes)),
    ];
  },
};

const about = (lines: Said[]) =>
  ({
    node: lines[0]!.node,
    system: 'registry',
    component: 'app',
    source: 'log lines',
    events: lines.slice(0, FIRST).map(({ eventId }) => eventId),
    eventCount: lines.length,
  }) as const;

function served([listen, lines]: [string, Said[]]): Stand {
  const tls = listen.endsWith(', tls');
  const address = tls ? listen.slice(0, -5) : listen;
  const local = isLoopback(address);
  const what = { ...about(lines), topic: 'transport' } as const;
  if (tls)
    return {
      ...what,
      standing: 'ok',
      title: 'Serves over TLS',
      proof: `It says at start: listening on ${address}, tls.`,
      change: null,
    };
  if (local)
    return {
      ...what,
      standing: 'ok',
      title: 'Serves without TLS on the loopback address',
      proof: `It says at start: listening on ${address}, without TLS; only programs of this node reach it. What a proxy in front does is not logged here.`,
      change: null,
    };
  return {
    ...what,
    standing: 'weak',
    title: 'Serves without TLS',
    proof: `It says at start: listening on ${address}, without TLS: passwords (basic authentication), tokens and images cross the network in clear, unless a proxy in front is the only way to it.`,
    change:
      'Set http.tls.certificate and http.tls.key in config.yml, or bind http.addr to 127.0.0.1 behind a proxy with TLS.',
  };
}

function debugServer([listen, lines]: [string, Said[]]): Stand {
  const local = isLoopback(listen);
  return {
    ...about(lines),
    topic: 'hardening',
    standing: local ? 'ok' : 'bad',
    title: local ? 'Debug server on the loopback address' : 'Debug server open to the network',
    proof: local
      ? `It says at start: debug server listening ${listen}; only programs of this node reach it.`
      : `It says at start: debug server listening ${listen}: it serves profiles and variables of the process (pprof, expvar) without a login.`,
    change: local ? null : 'Set http.debug.addr to localhost:5001, or take http.debug out.',
    terms: lens({ node: lines[0]!.node, system: 'registry', action: 'debug_server' }),
  };
}

function secret(lines: Said[], nodes: string[]): Stand {
  const { node } = lines[0]!;
  const others = nodes.filter((other) => other !== node);
  return {
    ...about(lines),
    topic: 'hardening',
    standing: others.length > 0 ? 'bad' : 'weak',
    title:
      others.length > 0
        ? 'HTTP secret made up on each of several registries'
        : 'HTTP secret made up at start',
    proof: `${plural(lines.length, 'start')} without http.secret: the registry made up a random one.${others.length > 0 ? ` So did ${named(others)}: behind one load balancer an upload that begins on one fails on the other (invalid secret), and forged upload states can't be told from that.` : ' Uploads in progress are lost at each restart.'}`,
    change:
      'Set the same http.secret in config.yml (or REGISTRY_HTTP_SECRET) on all registries of one service.',
    terms: lens({ node, system: 'registry', action: 'weak_secret' }),
  };
}
