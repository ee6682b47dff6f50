// Numbers of payment cards and e-mail addresses in log lines. One pass over the messages; what it finds is checked here.
import type { Connection } from '../../case/database.ts';
import type { NativeCheck } from './native-check.ts';

/** So many lines are looked into, and so many characters of each. */
const MOST_LINES = 20_000;
const MOST_OF_LINE = 20_000;
/** So many lines of a kind and place stand in the finding. */
const SHOWN = 20;

/** RE2: four to nineteen digits that may be a card's, with nothing of a longer word or number around them. */
const CARD_SQL =
  '(?:^|[^0-9A-Za-z._/:#-])(?:[3-6][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{1,7}|3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5})(?:[^0-9A-Za-z_-]|$)';
const MAIL_SQL = '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:[.][A-Za-z0-9-]+)*[.][A-Za-z]{2,}';

const CARD =
  /(?<![0-9A-Za-z._/:#-])([3-6]\d{3}[ -]?(?:\d{4}[ -]?\d{4}[ -]?\d{1,7}|\d{6}[ -]?\d{5}))(?![0-9A-Za-z_-])/g;
const MAIL =
  /(?<![\w.%+/:-])([A-Za-z0-9._%+-]{1,64})@((?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})(?![\w-]|\.\w)/g;

/** Numbers of the card companies: by their beginning and length (ISO/IEC 7812), in groups of one kind of separator. */
const ISSUED =
  /^(?:4\d{12}|4\d{15}|4\d{18}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|5\d\d|4[4-9]\d)\d{12})$/;

/** The check digit of ISO/IEC 7812-1, annex B. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (const [i, digit] of [...digits].reverse().entries()) {
    const doubled = i % 2 === 1 ? Number(digit) * 2 : Number(digit);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Names before an @ that are programs' and not people's: nodes of Celery, Erlang, Mesos; the user of Git; services. */
const PROGRAM =
  /^(?:celery|worker|gen|git|rabbit|slave|agent|master|scheduler|executor|beat|flower|root|nobody|noreply|no-reply)[\w.%+-]*$/i;

export interface Personal {
  kind: 'card number' | 'e-mail address';
  /** Masked. */
  sample: string;
}

/** Personal data of a text, at most one of each kind; masked. */
export function personalIn(text: string): Personal[] {
  const out: Personal[] = [];
  for (const [, number] of text.matchAll(CARD)) {
    const digits = number!.replace(/[ -]/g, '');
    const even = /^\d+$/.test(number!) || new Set(number!.match(/[ -]/g)).size === 1;
    if (!even || !ISSUED.test(digits) || !luhn(digits) || /^(\d)\1+$/.test(digits)) continue;
    out.push({ kind: 'card number', sample: `… ${digits.slice(-4)} (${digits.length} digits)` });
    break;
  }
  for (const [, name, domain] of text.matchAll(MAIL)) {
    if (PROGRAM.test(name!)) continue;
    out.push({ kind: 'e-mail address', sample: `${name!.slice(0, 1)}…@${domain}` });
    break;
  }
  return out;
}

async function prepare(connection: Connection): Promise<void> {
  const lines = await connection.rows<{ event_id: string; text: string }>(
    `SELECT event_id::VARCHAR AS event_id, left(message, ${MOST_OF_LINE}) AS text FROM event_row
     WHERE (contains(message, '@') AND regexp_matches(message, $1)) OR regexp_matches(message, $2)
     ORDER BY event_id LIMIT ${MOST_LINES}`,
    [MAIL_SQL, CARD_SQL],
  );
  const found = lines.flatMap(({ event_id, text }) =>
    personalIn(text).map(({ kind, sample }) => ({ event_id, kind, sample })),
  );
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE native_personal AS SELECT r.event_id::BIGINT AS event_id, r.kind AS kind, r.sample AS sample
     FROM (SELECT unnest(from_json($1::VARCHAR, '[{"event_id":"VARCHAR","kind":"VARCHAR","sample":"VARCHAR"}]')) AS r)`,
    [JSON.stringify(found)],
  );
}

export const personalData: NativeCheck = {
  thresholds: [],
  groupNames: ['kind', 'component', 'sample'],
  prepare,
  query: () => ({
    sql: `WITH line AS (
  SELECT p.kind, p.sample, e.event_id, e.ts, e.node, e.system, coalesce(e.component, e.system) AS component,
    row_number() OVER w AS number, first_value(p.sample) OVER w AS first_sample
  FROM native_personal AS p JOIN events AS e ON e.event_id = p.event_id
  WINDOW w AS (PARTITION BY p.kind, e.node, e.system, coalesce(e.component, e.system) ORDER BY e.event_id)
)
SELECT [kind, component, first_sample] AS g, dense_rank() OVER (ORDER BY node, system) AS island, event_id, ts, node, system, 'line with personal data' AS role
FROM line WHERE number <= ${SHOWN}`,
    values: [],
  }),
};
