// config.yml of a registry, as documented in "Configuring a registry" of CNCF Distribution: what it lets in, logs and shows.
import { parseDocument } from 'yaml';
import type { PostureCheck, Stand } from '../check.ts';
import { aboutFile, type ConfigurationFile } from '../configuration.ts';
import { isLoopback, withoutUser } from '../place.ts';
import { baseName, named } from '../words.ts';

type Settings = Record<string, unknown>;

/** A configuration needs no more; a file that unfolds into thousands is an attack on its reader. */
const MOST_ALIASES = 50;

export const configurationRegistry: PostureCheck = {
  id: 'configuration-registry',
  read({ configuration }) {
    return configuration.filter(isOurs).flatMap(ofFile);
  },
};

/** By its name and first keys, before any YAML is read. */
const isOurs = ({ member: { path }, text }: ConfigurationFile): boolean =>
  /\.ya?ml$/i.test(path) &&
  /^(?:storage|["']storage["']) *:/m.test(text) &&
  /^(?:version|http|log) *:/m.test(text);

function ofFile(file: ConfigurationFile): Stand[] {
  const about = aboutFile(file, 'registry');
  const settings = read(file);
  if (typeof settings === 'string')
    return [
      {
        ...about,
        topic: 'hardening',
        standing: 'unknown',
        title: 'Configuration file could not be read',
        proof: `${baseName(file.member.path)} looks like a registry's configuration and is no YAML that can be read: ${settings}. Nothing is said of its settings.`,
        change: null,
      },
    ];
  return [
    ...logging(settings),
    ...authentication(settings),
    ...http(settings),
    ...storage(settings),
    ...notifications(settings),
  ].map((stand) => ({ ...about, ...stand }));
}

function read({ text, cut }: ConfigurationFile): Settings | string {
  if (cut) return 'it is longer than 64 KiB';
  try {
    const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: false });
    const [problem] = document.errors;
    if (problem) return problem.message.split('\n')[0]!.replace(/:$/, '').slice(0, 160);
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    return part(value) ?? 'it holds no settings';
  } catch (error) {
    // aliases that unfold without end, nesting without end
    return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 160);
  }
}

type Said = Pick<Stand, 'topic' | 'standing' | 'title' | 'proof' | 'change'>;

function logging(settings: Settings): Said[] {
  const log = part(settings.log);
  const level = text(log?.level ?? settings.loglevel) || 'info';
  const said: Said[] = [];
  if (level === 'debug')
    said.push({
      topic: 'levels',
      standing: 'weak',
      title: 'log.level: debug',
      proof: 'The configuration sets log.level: debug.',
      change: 'Set log.level: info.',
    });
  else if (level === 'warn' || level === 'error')
    said.push({
      topic: 'levels',
      standing: 'weak',
      title: `log.level: ${level}`,
      proof: `The configuration sets log.level: ${level}: requests that succeed leave no application line.`,
      change: 'Set log.level: info.',
    });
  if (part(log?.accesslog)?.disabled === true)
    said.push({
      topic: 'access',
      standing: 'bad',
      title: 'Access log switched off',
      proof:
        'The configuration sets log.accesslog.disabled: true: addresses of sockets and refused logins are not logged.',
      change: 'Set log.accesslog.disabled: false.',
    });
  return said;
}

function authentication(settings: Settings): Said[] {
  const auth = part(settings.auth);
  const schemes = Object.keys(auth ?? {}).filter((name) => name !== 'none');
  if (schemes.length === 0)
    return [
      {
        topic: 'authentication',
        standing: 'bad',
        title: 'No auth in the configuration',
        proof:
          'The configuration has no auth section: whoever reaches the registry may push and pull, and delete where that is enabled.',
        change: 'Set auth.htpasswd or auth.token.',
      },
    ];
  if (schemes.includes('silly'))
    return [
      {
        topic: 'authentication',
        standing: 'bad',
        title: 'auth.silly accepts everybody',
        proof:
          'The configuration sets auth.silly, which is meant for development and accepts any Authorization header.',
        change: 'Set auth.htpasswd or auth.token.',
      },
    ];
  return [
    {
      topic: 'authentication',
      standing: 'ok',
      title: `auth.${schemes[0]!.slice(0, 40)} is set`,
      proof: `The configuration sets ${named(schemes.map((name) => `auth.${name.slice(0, 40)}`))}.`,
      change: null,
    },
  ];
}

function http(settings: Settings): Said[] {
  const http = part(settings.http);
  const addr = text(http?.addr);
  const tls = part(http?.tls);
  const encrypted = tls !== null && (text(tls.certificate) !== '' || part(tls.letsencrypt) !== null);
  const said: Said[] = [];
  if (!encrypted && addr !== '' && !isLoopback(addr))
    said.push({
      topic: 'transport',
      standing: 'weak',
      title: 'No http.tls in the configuration',
      proof: `The configuration listens on ${addr} and sets no http.tls.certificate: passwords and images cross the network in clear unless a proxy in front is the only way to it.`,
      change: 'Set http.tls, or bind http.addr to 127.0.0.1 behind a proxy with TLS.',
    });
  const least = text(tls?.minimumtls);
  if (least === 'tls1.0' || least === 'tls1.1')
    said.push({
      topic: 'transport',
      standing: 'weak',
      title: `http.tls.minimumtls: ${least}`,
      proof: `The configuration accepts ${least}, which is no longer safe.`,
      change: 'Set http.tls.minimumtls: tls1.2.',
    });
  if (http && text(http.secret) === '')
    said.push({
      topic: 'hardening',
      standing: 'weak',
      title: 'No http.secret in the configuration',
      proof:
        'The configuration sets no http.secret, so each start makes up its own: uploads behind a load balancer fail, and forged states look the same.',
      change: 'Set the same http.secret on all registries of one service.',
    });
  const debug = text(part(http?.debug)?.addr);
  if (debug !== '')
    said.push({
      topic: 'hardening',
      standing: isLoopback(debug) ? 'ok' : 'bad',
      title: isLoopback(debug) ? 'http.debug on the loopback address' : 'http.debug open to the network',
      proof: `The configuration sets http.debug.addr: ${debug}.`,
      change: isLoopback(debug) ? null : 'Set http.debug.addr to localhost:5001, or take http.debug out.',
    });
  if (part(part(settings.health)?.storagedriver)?.enabled === false)
    said.push({
      topic: 'hardening',
      standing: 'weak',
      title: 'Health check of the storage switched off',
      proof:
        'The configuration sets health.storagedriver.enabled: false: a storage that fails shows only in failing requests.',
      change: 'Set health.storagedriver.enabled: true.',
    });
  return said;
}

function storage(settings: Settings): Said[] {
  const storage = part(settings.storage);
  const open = Object.keys(part(settings.auth) ?? {}).filter((name) => name !== 'none').length === 0;
  if (part(storage?.delete)?.enabled !== true) return [];
  return [
    {
      topic: 'hardening',
      standing: open ? 'bad' : 'weak',
      title: 'Deletion through the API is enabled',
      proof: `The configuration sets storage.delete.enabled: true${open ? ' and no auth: whoever reaches the registry may delete images' : ': whoever may push may delete images'}.`,
      change: 'Set storage.delete.enabled: false outside of clean-ups.',
    },
  ];
}

function notifications(settings: Settings): Said[] {
  const list = part(settings.notifications)?.endpoints;
  const endpoints = (Array.isArray(list) ? list : []).map(part).filter((one) => one !== null);
  const active = endpoints.filter((one) => one.disabled !== true);
  if (active.length === 0)
    return [
      {
        topic: 'audit',
        standing: 'weak',
        title: 'No notification endpoint in the configuration',
        proof: `The configuration sets no ${endpoints.length > 0 ? 'active ' : ''}notifications.endpoints: who pushed, pulled and deleted is recorded nowhere.`,
        change: 'Set notifications.endpoints and keep what they receive.',
      },
    ];
  const clear = active.map((one) => text(one.url)).filter((url) => url.startsWith('http://'));
  return clear.length === 0
    ? []
    : [
        {
          topic: 'transport',
          standing: 'weak',
          title: 'Notifications cross the network in clear',
          proof: `The configuration sends notifications to ${named(clear.map(withoutUser))} without TLS, with any token that stands in its headers.`,
          change: 'Use https:// in notifications.endpoints[].url.',
        },
      ];
}

const part = (value: unknown): Settings | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Settings) : null;
const text = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, 200) : typeof value === 'number' ? String(value) : '';
