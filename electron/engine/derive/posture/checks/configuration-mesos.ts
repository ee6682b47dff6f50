// JSON files of Mesos that came with the evidence: ACLs that permit what they do not name, credentials in clear.
import type { PostureCheck, Stand } from '../check.ts';
import { aboutFile, type ConfigurationFile } from '../configuration.ts';
import { baseName, named, plural } from '../words.ts';

/** Acts of ACLs.acls (docs/authorization.md of Mesos), enough to know such a file. */
const ACT =
  /^(?:permissive|register_(?:frameworks|agents)|run_tasks|teardown_frameworks|get_endpoints|view_\w+|access_\w+|launch_\w+|create_volumes|reserve_resources|update_\w+|set_log_level)$/;

export const configurationMesos: PostureCheck = {
  id: 'configuration-mesos',
  read({ configuration }) {
    return configuration.filter(({ member: { path }, cut }) => /\.json$/i.test(path) && !cut).flatMap(ofFile);
  },
};

function ofFile(file: ConfigurationFile): Stand[] {
  const { text } = file;
  const { path } = file.member;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return []; // a JSON file that is none is no configuration of Mesos
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const settings = value as Record<string, unknown>;
  const about = aboutFile(file, 'mesos');
  const acts = Object.keys(settings).filter((name) => ACT.test(name));
  const stands: Stand[] = [];
  if (acts.length > 0 && settings.permissive !== false && acts.some((name) => name !== 'permissive'))
    stands.push({
      ...about,
      topic: 'authentication',
      standing: 'weak',
      title: 'ACLs that permit what they do not name',
      proof: `${baseName(path)} ${settings.permissive === true ? 'says permissive: true' : 'does not say permissive: false, and true is the default'}: acts without a rule are allowed.`,
      change: 'Set "permissive": false.',
    });
  const credentials = Array.isArray(settings.credentials)
    ? settings.credentials
    : typeof settings.principal === 'string' && typeof settings.secret === 'string'
      ? [settings]
      : [];
  const principals = credentials.flatMap((one: unknown) => {
    const principal = (one as { principal?: unknown } | null)?.principal;
    return typeof principal === 'string' ? [principal.slice(0, 60)] : [];
  });
  if (principals.length > 0)
    stands.push({
      ...about,
      topic: 'secrets',
      standing: 'bad',
      title: 'Credentials of Mesos in clear',
      proof: `${baseName(path)} holds the ${principals.length === 1 ? 'secret' : 'secrets'} of ${plural(principals.length, 'principal')} (${named(principals)}) in clear: whoever has the bundle can register with them.`,
      change: 'Renew the secrets, and keep the files of --credentials and --credential out of bundles.',
    });
  return stands;
}
