// Secrets in clear in log lines, as findings. The search itself is the posture's: one pass over the texts serves both.
import { SECRET_KINDS, type SecretKind } from '../../derive/posture/secret.ts';
import type { NativeCheck } from './native-check.ts';

/** What whoever reads it can use at once: keys and tokens of services, passwords of servers. */
const KEYS: ReadonlySet<SecretKind> = new Set([
  'aws',
  'private_key',
  'url',
  'github',
  'gitlab',
  'slack',
  'google',
  'stripe',
  'npm',
  'docker',
  'hugging_face',
]);

/** The posture says `Kind in clear`, the first place and the masked secret; the secret itself is nowhere in the case's tables. */
const found = (of: (kind: SecretKind) => boolean): NativeCheck => ({
  thresholds: [],
  groupNames: ['kind', 'component', 'place', 'secret'],
  query: () => {
    const titles = SECRET_KINDS.filter(({ id }) => of(id)).map(({ title }) => `${title} in clear`);
    return {
      sql: `WITH seen AS (
  SELECT left(title, -9) AS kind, coalesce(component, system, 'a log') AS component, event_ids,
    regexp_extract(proof, 'first in (.*?, line [0-9]+): ', 1) AS place,
    regexp_extract(proof, ', line [0-9]+: ([^(]*[(][0-9]+ characters[)])', 1) AS secret
  FROM posture_row
  WHERE check_id = 'secrets' AND source = 'log lines' AND title IN (${titles.map((_, i) => `$${i + 1}`).join(', ')})
)
SELECT [s.kind, s.component, s.place, s.secret] AS g, 0 AS island, e.event_id, e.ts, e.node, e.system, 'line with a secret' AS role
FROM (SELECT * EXCLUDE (event_ids), unnest(event_ids) AS event_id FROM seen) AS s JOIN events AS e ON e.event_id = s.event_id`,
      values: titles,
    };
  },
});

export const secretInLog = found((kind) => KEYS.has(kind));
export const passwordInLog = found((kind) => !KEYS.has(kind));
