// Files of settings that lie beside a registry: config.yml, htpasswd, a client's config.json. Each is one record, its text kept whole.
// What the settings mean for safety is judged by the posture checks, which read the text; here stands which secrets it holds.
import type { Format, LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { parseObject, put, putJson, quote } from '../text.ts';
import { secretKinds } from './registry-lexicon.ts';

const ACCOUNT =
  /^([^:\s#][^:\r\n]{0,254}):(\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}|\$apr1\$\S{10,80}|\$[156]\$\S{10,200}|\{SHA\}\S{20,40}|[./A-Za-z0-9]{13})\s*$/;
const MOST_ACCOUNTS = 1000;

/** Settings of config.yml whose value is a secret, by the last part of their name. */
const SECRET_KEY =
  /^\s*(?:-\s*)?["']?(secret|secretkey|accesskey|accountkey|password|privatekey|token|authorization|key|credentials|apikey)["']?\s*:\s*(?:["'[]?\s*\S|$)/i;
const SECRET_VARIABLE =
  /^\s*(?:-\s*|export\s+)?["']?(REGISTRY_\w{0,100}(?:SECRET|SECRETKEY|ACCESSKEY|ACCOUNTKEY|PASSWORD|TOKEN|AUTHORIZATION))["']?\s*[=:]\s*\S/;
const USER_IN_URL = /:\/\/[^\s/@:]{1,200}:[^\s/@]{1,200}@/;

export const registryFile: LineKind = {
  id: 'config',
  read(line, draft, member) {
    if (member.state.whole === 'open') return false;
    member.state.whole = 'open';
    draft.parsed = true;
    draft.system = member.hint.family || 'registry';
    draft.component = 'configuration';
    means(draft, 'configuration', 'file', 'unknown');
    draft.message = line;
    if (ACCOUNT.test(line.slice(0, 600))) accounts(draft, line);
    return true;
  },
  joins: () => true,
  finish(draft) {
    const fields = draft.fields;
    const entities = draft.entityCount;
    draft.fields = '';
    draft.entityCount = 0;
    const text = draft.message;
    if (accounts(draft, text) || clientConfig(draft, text) || settings(draft, text)) return;
    draft.fields = fields;
    draft.entityCount = entities;
  },
  samples: [
    {
      path: 'etc/docker/registry/config.yml',
      text: 'version: 0.1\nlog:\n  level: debug\nstorage:\n  s3:\n    accesskey: AKIAFAKE\n    secretkey: FAKE\nhttp:\n  addr: :5000\n  secret: asecretforlocaldevelopment\n  tls:\n    key: /certs/registry.key\nauth:\n  htpasswd:\n    realm: r\n    path: /auth/htpasswd\nnotifications:\n  endpoints:\n    - name: alistener\n      url: https://me:pw@my.listener.com/event\n      headers:\n        Authorization: [Bearer FAKE]\n',
      gives: [
        {
          system: 'registry',
          component: 'configuration',
          category: 'configuration',
          action: 'file',
          lines: 22,
          fields: {
            'configuration.kind': 'registry config.yml',
            secret_kinds: ['accesskey', 'secretkey', 'secret', 'authorization', 'password in URL'],
          },
        },
      ],
    },
    {
      path: 'registry/auth/htpasswd',
      text: 'ci:$2y$05$abcdefghijklmnopqrstuuJ0n3mJ0n3mJ0n3mJ0n3mJ0n3mJ0n3mA\nold:$apr1$abcdefgh$0123456789012345678901\n',
      gives: [
        {
          system: 'registry',
          component: 'configuration',
          lines: 2,
          fields: {
            'configuration.kind': 'htpasswd',
            users: ['ci', 'old'],
            secret_kinds: ['password hash (bcrypt)', 'password hash (apr1)'],
          },
          entities: ['user:ci:listed', 'user:old:listed'],
        },
      ],
    },
    {
      path: 'registry/htpasswd',
      text: 'ci:$2y$05$abcdefghijklmnopqrstuuJ0n3mJ0n3mJ0n3mJ0n3mJ0n3mJ0n3mA',
      gives: [{ fields: { users: ['ci'] }, entities: ['user:ci:listed'] }],
    },
  ],
};

/** An htpasswd file: users, and how their passwords are hashed (the registry takes bcrypt alone). */
function accounts(draft: Draft, text: string): boolean {
  const users: string[] = [];
  const hashes = new Set<string>();
  let others = 0;
  for (const line of text.slice(0, 400_000).split('\n', 5000)) {
    if (line === '' || line.startsWith('#')) continue;
    const account = line.length > 600 ? null : ACCOUNT.exec(line);
    if (!account) {
      if (++others > 3) return false;
      continue;
    }
    if (users.length < MOST_ACCOUNTS) users.push(account[1] as string);
    hashes.add(hashName(account[2] as string));
  }
  if (users.length === 0) return false;
  put(draft, 'configuration.kind', 'htpasswd');
  putJson(draft, 'users', `[${users.map((user) => quote(user)).join(',')}]`);
  for (const user of users) draft.entity('user', user, 'listed');
  secretKinds(
    draft,
    [...hashes].map((name) => `password hash (${name})`),
  );
  return true;
}

function hashName(hash: string): string {
  if (hash.startsWith('$2')) return 'bcrypt';
  if (hash.startsWith('$apr1')) return 'apr1';
  if (hash.startsWith('{SHA}')) return 'sha1';
  if (hash.startsWith('$')) return 'crypt';
  return 'des';
}

/** `~/.docker/config.json` of a client: the registries it has credentials for. */
function clientConfig(draft: Draft, text: string): boolean {
  if (text.charCodeAt(0) !== 123 || text.length > 400_000 || text.indexOf('"auths"') === -1) return false;
  const auths = parseObject(text)?.auths;
  if (auths === null || typeof auths !== 'object' || Array.isArray(auths)) return false;
  put(draft, 'configuration.kind', 'docker config.json');
  let secret = false;
  for (const [host, entry] of Object.entries(auths).slice(0, 100)) {
    draft.entity('url', host, 'mentioned');
    secret ||= entry !== null && typeof entry === 'object' && Object.keys(entry).length > 0;
  }
  if (secret) secretKinds(draft, ['registry login']);
  return true;
}

function settings(draft: Draft, text: string): boolean {
  const ours = /^(?:storage|["']storage["']) *:/m.test(text) && /^(?:version|http|log) *:/m.test(text);
  const kinds = new Set<string>();
  let variables = false;
  let userInUrl = false;
  for (const line of text.slice(0, 400_000).split('\n', 10_000)) {
    if (line.length > 4000 || line.trimStart().startsWith('#')) continue;
    const variable = SECRET_VARIABLE.exec(line);
    if (variable) {
      kinds.add(variable[1] as string);
      variables = true;
      continue;
    }
    if (!ours) continue;
    const key = SECRET_KEY.exec(line);
    // `key` under `tls` is the path of a file.
    if (key && !/:\s*["']?\.?\//.test(line)) kinds.add((key[1] as string).toLowerCase());
    userInUrl ||= USER_IN_URL.test(line);
  }
  if (!ours && !variables) return false;
  if (ours) put(draft, 'configuration.kind', 'registry config.yml');
  if (userInUrl) kinds.add('password in URL');
  secretKinds(draft, [...kinds]);
  return true;
}

export const registryConfiguration: Format = {
  id: 'config',
  system: 'registry',
  kinds: [registryFile],
};
