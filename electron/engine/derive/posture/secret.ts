// What a secret in clear looks like in a line of text, and how it is shown: its first two characters and its length.

export type SecretKind =
  | 'bearer'
  | 'basic'
  | 'url'
  | 'aws'
  | 'private_key'
  | 'jwt'
  | 'github'
  | 'gitlab'
  | 'slack'
  | 'google'
  | 'stripe'
  | 'npm'
  | 'docker'
  | 'hugging_face'
  | 'assignment'
  | 'option';

interface Kind {
  id: SecretKind;
  title: string;
  words: string;
  change: string;
  /** RE2: does a text hold one? Wider than `pattern`, which is asked afterwards. */
  sql: string;
  /** Group 1 is the secret. Bounded, so that no text takes long. */
  pattern: RegExp;
}

const RENEW = 'Renew it, and keep it out of the log:';
const WORD =
  '(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key(?:[_-]?id)?|secret[_-]?key|private[_-]?key)';

export const SECRET_KINDS: readonly Kind[] = [
  {
    id: 'bearer',
    title: 'Bearer token',
    words: 'a bearer token',
    change: `${RENEW} the registry prints the headers of notification endpoints at start; give the endpoint another way to know the sender, or restrict the log.`,
    sql: '(?i:bearer) +[A-Za-z0-9._~+/=-]{8,}',
    pattern: /\bbearer {1,4}([A-Za-z0-9._~+/=-]{8,4000})/gi,
  },
  {
    id: 'basic',
    title: 'Basic authorization header',
    words: 'a user and password as a basic authorization header',
    change: `${RENEW} don't log request headers.`,
    sql: '(?i:basic) +[A-Za-z0-9+/]{8,}=*',
    pattern: /\bauthorization["'\]]{0,2} {0,2}[:=] {0,2}[["']{0,3}basic {1,4}([A-Za-z0-9+/]{8,2000}={0,2})/gi,
  },
  {
    id: 'url',
    title: 'Password in a URL',
    words: 'a URL with a password',
    change: `${RENEW} take passwords from a file or the environment, and mask URLs before they are logged (kombu: maybe_sanitize_url).`,
    sql: '://[^/@ \\t\'"<>]*:[^@/ \\t\'"<>]+@',
    pattern: /:\/\/[^/\s:@'"<>]{0,200}:([^@\s/'"<>]{1,500})@/g,
  },
  {
    id: 'aws',
    title: 'AWS access key id',
    words: 'the id of an AWS access key',
    change: `${RENEW} use roles of the instance or of the pod in place of keys.`,
    sql: '(?:AKIA|ASIA)[0-9A-Z]{16}',
    pattern: /\b((?:AKIA|ASIA)[0-9A-Z]{16})\b/g,
  },
  {
    id: 'private_key',
    title: 'Private key',
    words: 'a private key',
    change: `${RENEW} and every certificate made with it.`,
    sql: '-----BEGIN [A-Z ]*PRIVATE KEY-----',
    pattern: /-----BEGIN (?:[A-Z]{2,12} ){0,3}PRIVATE KEY-----((?:[^-]{0,4000}))/g,
  },
  {
    id: 'jwt',
    title: 'Signed token (JWT)',
    words: 'a signed token (JWT)',
    change: `${RENEW} log the id of a token (jti) in place of the token.`,
    sql: 'eyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}',
    pattern: /\b(eyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,4000}(?:\.[A-Za-z0-9_-]{0,2000})?)/g,
  },
  {
    id: 'github',
    title: 'GitHub token',
    words: 'a GitHub token',
    change: `${RENEW} hand it to the program as a secret of the runner.`,
    sql: 'gh[pousr]_[A-Za-z0-9]{36}',
    pattern: /\b(gh[pousr]_[A-Za-z0-9]{36,255})/g,
  },
  {
    id: 'gitlab',
    title: 'GitLab token',
    words: 'a GitLab token',
    change: `${RENEW} hand it to the program as a masked variable of the pipeline.`,
    sql: 'gl(?:pat|dt|rt|cbt|ptt|soat)-[A-Za-z0-9_-]{20}',
    pattern: /\b(gl(?:pat|dt|rt|cbt|ptt|soat)-[A-Za-z0-9_-]{20,200})/g,
  },
  {
    id: 'slack',
    title: 'Slack token or webhook',
    words: 'a Slack token or webhook',
    change: `${RENEW} whoever has it can read or write in the workspace.`,
    sql: 'xox[abeprs]-[0-9A-Za-z-]{10}|hooks\\.slack\\.com/(?:services|workflows)/[A-Za-z0-9+/]{20}',
    pattern:
      /(\bxox[abeprs]-[0-9A-Za-z-]{10,250}|hooks\.slack\.com\/(?:services|workflows)\/[A-Za-z0-9+/]{20,100})/g,
  },
  {
    id: 'google',
    title: 'Google API key',
    words: 'a Google API key',
    change: `${RENEW} bind keys to addresses and services.`,
    sql: 'AIza[0-9A-Za-z_-]{35}',
    pattern: /\b(AIza[0-9A-Za-z_-]{35})(?![0-9A-Za-z_-])/g,
  },
  {
    id: 'stripe',
    title: 'Stripe key',
    words: 'a Stripe key',
    change: `${RENEW} it can move money.`,
    sql: '[sr]k_live_[0-9A-Za-z]{10}',
    pattern: /\b([sr]k_live_[0-9A-Za-z]{10,200})/g,
  },
  {
    id: 'npm',
    title: 'npm token',
    words: 'an npm token',
    change: `${RENEW} whoever has it can publish packages.`,
    sql: 'npm_[A-Za-z0-9]{36}',
    pattern: /\b(npm_[A-Za-z0-9]{36})(?![A-Za-z0-9])/g,
  },
  {
    id: 'docker',
    title: 'Docker Hub token',
    words: 'a Docker Hub token',
    change: `${RENEW} whoever has it can push images.`,
    sql: 'dckr_(?:pat|oat)_[A-Za-z0-9_-]{20}',
    pattern: /\b(dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,100})/g,
  },
  {
    id: 'hugging_face',
    title: 'Hugging Face token',
    words: 'a Hugging Face token',
    change: `${RENEW} hand it over in a secret of the cluster, not in the runtime environment of a job.`,
    sql: 'hf_[A-Za-z]{34}',
    pattern: /\b(hf_[A-Za-z]{34})(?![A-Za-z0-9])/g,
  },
  {
    id: 'assignment',
    title: 'Password, key or token',
    words: 'a password, key or token by its name',
    change: `${RENEW} mask arguments before they are logged (Celery: argsrepr and kwargsrepr; Ray: no secrets in env_vars of a runtime_env).`,
    sql: `(?i:${WORD})(?:\\\\?["'])? ?(?:=|: ?\\\\?["'])`,
    pattern: new RegExp(
      `${WORD}(?:(?:\\\\?["'])? ?= ?(?:\\\\?["'])?([^\\s"'\\\\,;&)}\\]]{3,500})|\\\\?["'] ?: ?\\\\?["']([^"'\\\\]{3,500})["'\\\\])`,
      'gi',
    ),
  },
  {
    id: 'option',
    title: 'Secret on a command line',
    words: 'a secret as an option of a command',
    change: `${RENEW} hand it over in a file or the environment: command lines are seen by every local user.`,
    sql: `--[A-Za-z0-9-]*(?i:${WORD})[ ]`,
    pattern: new RegExp(`--[A-Za-z0-9-]{0,40}?${WORD} {1,4}["']?([^\\s"'-][^\\s"']{2,500})`, 'gi'),
  },
];

/** Values that are masked, empty, a place, a word of a program, or a figure: no secret. */
const NO_SECRET =
  /^(?:[*•.x#-]+|none|null|nil|true|false|undefined|required|missing|str|string|bytes|redacted|masked|hidden|\d{1,7}|.{0,3}\*\*+.{0,4}|[<[({$%].*|\/.*|file:.*|(?:self|cls|os|cfg|conf|config|settings|args|kwargs|request|env|environ|None)\b.*|[a-z_]{1,40}(?:\.[a-z_]{1,40}){1,6}\(?.*|.*\(|(?:password|passwd|passphrase|pwd|secret|token|key|api_?key|access_?key|secret_?key|private_?key|value|auth|authorization|bearer|basic))$/i;
/** A word of prose after "Bearer" or "token": a secret has a figure, a capital or a sign in it. */
const LOOKS_MADE = /[0-9A-Z._~+/=-]/;

/** What begins a secret whose kind shows by itself. */
const KIND_OF_ITS_OWN =
  /^(?:eyJ|gh[pousr]_|AKIA|ASIA|gl(?:pat|dt|rt|cbt|ptt|soat)-|xox[abeprs]-|AIza|[sr]k_live_|npm_|dckr_[po]at_|hf_)/;

/** Secrets of a text, at most one a kind. */
export function kindsOf(text: string): { kind: SecretKind; value: string }[] {
  const found: { kind: SecretKind; value: string }[] = [];
  for (const { id, pattern } of SECRET_KINDS) {
    let tried = 0;
    for (const match of text.matchAll(pattern)) {
      const value = match[1] ?? match[2] ?? '';
      if (++tried > 200) break;
      if (id !== 'private_key' && NO_SECRET.test(value)) continue;
      if (id === 'bearer' && !LOOKS_MADE.test(value.slice(0, -1))) continue;
      if ((id === 'assignment' || id === 'bearer' || id === 'option') && KIND_OF_ITS_OWN.test(value))
        continue;
      found.push({ kind: id, value: value.trim() });
      break;
    }
  }
  return found;
}

/** `ab… (12 characters)`; a short secret shows nothing of itself. */
export function mask(secret: string): string {
  const characters = [...secret];
  const shown = characters.length >= 8 ? characters.slice(0, 2).join('') : '';
  return `${/^[\x20-\x7e]*$/.test(shown) ? shown : ''}… (${characters.length} characters)`;
}

/** `password: x` of YAML, `password = x` of INI and Python, a line of htpasswd; for configuration files. */
const SETTING = new RegExp(
  `^[ \\t-]{0,80}["']?([\\w.-]{0,60}?${WORD})["']?[ \\t]{0,4}[:=][ \\t]{0,4}["']?([^\\s"'#,][^\\s"',]{2,500})`,
  'gim',
);
const HTPASSWD = /^([^\s:#]{1,100}):(\$(?:2[aby]|apr1|5|6)\$\S{10,200}|\{SHA\}\S{10,100})$/gm;

/** Names of the settings of a configuration file that hold a secret, and a masked one. */
export function settingsOf(text: string): { name: string; value: string }[] {
  const found = new Map<string, string>();
  for (const match of text.matchAll(SETTING)) {
    if (found.size >= 50) break;
    if (!NO_SECRET.test(match[2]!)) found.set(match[1]!, match[2]!);
  }
  for (const match of text.matchAll(HTPASSWD)) {
    if (found.size >= 50) break;
    found.set(`hash of ${match[1]}`, match[2]!);
  }
  for (const { kind, value } of kindsOf(text))
    if (![...found.values()].some((known) => known.includes(value) || value.includes(known)))
      found.set(SECRET_KINDS.find(({ id }) => id === kind)!.words, value);
  return [...found].map(([name, value]) => ({ name, value }));
}
