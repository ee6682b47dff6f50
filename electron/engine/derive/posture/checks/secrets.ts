// Secrets that stand in clear in log lines: which kind, where, how often; never the secret itself.
//
// One pass over all messages with a few literals that every kind must hold, then the patterns on what is left. The pass is
// the dearest part of the posture (docs/posture.md gives figures), so lines that can't hold one are left out of it.
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import { kindsOf, mask, SECRET_KINDS, type SecretKind } from '../secret.ts';
import type { Seen } from '../seen.ts';
import { filesOf } from '../tally.ts';
import { baseName, plural } from '../words.ts';

/** Each secret that is looked for holds one of these. Letters that are rare in logs come first: the search goes by them. */
const LITERALS = ['ken', 'key', 'KE', 'cret', 'CRET', 'word', 'wd', 'SSW', 'Bearer ', 'AKIA', 'yJ', '@'];

/** Lines made of ids, names and figures alone; and whole configuration files, which configuration-secrets.ts reads. */
const LEFT_OUT = ['task_received', 'authorize_request', 'status_update', 'file'];

/** Tokens that show by their beginning, with no word beside them; one pattern costs less than so many literals. */
const TOKENS =
  'gh[pousr]_[A-Za-z0-9]|gl[a-z]{2,4}-[A-Za-z0-9_-]{20}|xox[abeprs]-|hooks[.]slack|AIza[0-9A-Za-z_-]|[sr]k_live_|npm_[A-Za-z0-9]{36}|dckr_[po]at_|hf_[A-Za-z]{34}|ASIA[0-9A-Z]{16}';

const holds = (column: string): string =>
  `(${LITERALS.map((literal) => `contains(${column}, '${literal}')`).join(' OR ')} OR regexp_matches(${column}, '${TOKENS}'))`;

/** Files whose lines keep members of their own in `fields` that the message does not show. */
const WITH_MEMBERS = /json|event/;

interface HitRow {
  node: string;
  system: string | null;
  component: string | null;
  path: string;
  event_id: string;
  line: number;
  text: string;
}

/** So many lines are looked into; with more of them the sentence says that it counts the first. */
const MOST_LINES = 10_000;
/** Of each so many characters, and so many in all. */
const MOST_OF_LINE = 20_000;
const MOST_CHARACTERS = 40_000_000;

export const secrets: PostureCheck = {
  id: 'secrets',
  async read(seen) {
    const hits = await candidates(seen);
    const found = new Map<string, Found>();
    let characters = 0;
    for (const hit of hits.slice(0, MOST_LINES)) {
      characters += hit.text.length;
      if (characters > MOST_CHARACTERS) break;
      for (const { kind, value } of kindsOf(hit.text)) {
        const key = JSON.stringify([hit.node, hit.system, hit.component, kind]);
        const entry = found.get(key) ?? { hit, kind, sample: mask(value), events: [], files: new Set() };
        if (entry.events.at(-1) !== hit.event_id) entry.events.push(hit.event_id);
        entry.files.add(fileOf(hit.event_id));
        found.set(key, entry);
      }
    }
    return [...found.values()].map((entry) =>
      stand(entry, hits.length > MOST_LINES || characters > MOST_CHARACTERS),
    );
  },
};

interface Found {
  hit: HitRow;
  kind: SecretKind;
  sample: string;
  events: string[];
  files: Set<number>;
}

async function candidates({ connection, counts }: Seen): Promise<HitRow[]> {
  const members = filesOf(
    counts,
    ({ member: { format } }) => format !== null && format !== 'registry.json' && WITH_MEMBERS.test(format),
  );
  const closed = await connection.rows<{ id: number }>(
    `SELECT kind_id AS id FROM event_kind WHERE action IN (${LEFT_OUT.map((action) => `'${action}'`).join(', ')})
       OR (system = 'registry' AND component = 'app' AND action = 'http_request' AND outcome = 'success') ORDER BY id`,
  );
  const pattern = SECRET_KINDS.map((kind) => `(?:${kind.sql})`).join('|');
  return connection.rows<HitRow>(
    `WITH hit AS (
       SELECT event_id, message AS text FROM event_row
       WHERE kind_id NOT IN (${closed.length > 0 ? closed.map(({ id }) => id).join(', ') : -1})
         AND ${holds('message')} AND regexp_matches(message, $1)
       ${
         members === ''
           ? ''
           : `UNION ALL SELECT event_id, fields FROM event_row
              WHERE file_id IN (${members}) AND ${holds('fields')} AND regexp_matches(fields, $1)`
       }
       ORDER BY event_id LIMIT ${MOST_LINES + 1})
     SELECT m.node, e.system, e.component, m.path, e.event_id, e.line, left(hit.text, ${MOST_OF_LINE}) AS text
     FROM hit JOIN event e ON e.event_id = hit.event_id JOIN member m ON m.file_id = e.file_id ORDER BY e.event_id, text`,
    [pattern],
  );
}

const fileOf = (eventId: string): number => Number(BigInt(eventId) >> 32n);

function stand({ hit, kind, sample, events, files }: Found, more: boolean): Stand {
  const what = SECRET_KINDS.find(({ id }) => id === kind)!;
  return {
    node: hit.node,
    system: hit.system,
    component: hit.component,
    topic: 'secrets',
    standing: 'bad',
    title: `${what.title} in clear`,
    proof: `${plural(events.length, 'line holds', 'lines hold')} ${what.words}, first in ${baseName(hit.path)}, line ${hit.line}: ${sample}.${more ? ' The case holds more such lines than are counted here.' : ''} Whoever can read the log or this case has ${events.length === 1 ? 'it' : 'them'}.`,
    change: what.change,
    events: events.slice(0, FIRST),
    eventCount: events.length,
    files: [...files].slice(0, FIRST),
    fileCount: files.size,
    source: 'log lines',
  };
}
