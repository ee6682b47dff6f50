// Methods of the contract that ask the evidence about a rule: try a text, why it found nothing, why a finding is one.
import type { ApiImplementation, Output } from '../../shared/api.ts';
import type { Connection, Json } from './case/database.ts';
import { CaseError } from './case/errors.ts';
import { refusedRegex } from './detect/accepts.ts';
import { caseSources } from './detect/case-sources.ts';
import { checkRuleText, type LoadedRule } from './detect/load-rules.ts';
import { NATIVE_CHECKS } from './detect/native/checks.ts';
import { dropPrepared, prepareCheck } from './detect/native/native-check.ts';
import { matchedIn } from './detect/parts/matched.ts';
import { reasonsOf } from './detect/parts/reasons.ts';
import { whyNot } from './detect/parts/why-not.ts';
import { readTuning, verdict } from './detect/tuning/tuning.ts';
import { eventsById } from './query/events.ts';
import { getFinding } from './review/findings.ts';
import { loadOptions, type RuleHost, rulesOf } from './rule-methods.ts';

export type TryingMethod = 'rules.try' | 'rules.whyNot' | 'findings.explain';
type Tried = Output<'rules.try'>;

const NOTHING = { applies: false, findings: 0, events: 0, millis: 0, rows: [], sentence: null, parts: null };

export function tryingMethods(host: RuleHost): Pick<ApiImplementation, TryingMethod> {
  /** Ends the run of the text before. */
  let endOlder: () => void = () => {};
  return {
    'rules.try': async ({ text, limit }) => {
      endOlder();
      let ended = false;
      endOlder = () => {
        ended = true;
      };
      const open = host.need();
      const began = performance.now();
      try {
        return await open.read(async (connection) => {
          const tuning = await readTuning(connection);
          const { ok, problems, warnings, rules } = checkRuleText(text, loadOptions(tuning));
          if (!ok) return { ok, problems, warnings, ...NOTHING };
          if (ended) throw cancelled();
          endOlder = () => {
            ended = true;
            connection.interrupt();
          };
          const tried = await tryRules(
            connection,
            rules.filter((rule) => rule.reported),
            limit,
          );
          return { ...tried, warnings, millis: performance.now() - began };
        });
      } catch (error) {
        if (ended) throw cancelled();
        throw error;
      }
    },
    'rules.whyNot': async ({ ruleId }) => {
      const open = host.need();
      const { rules, tuning } = await rulesOf(host, open);
      const rule = rules.find((r) => r.ruleId === ruleId);
      if (!rule)
        throw new CaseError(
          'no_rule',
          `The rule ${ruleId} is not loaded: it was brought for one run alone, or its file is gone. Reload the list.`,
          { refusal: 'usage' },
        );
      return open.read(async (connection) => {
        const found = await connection.row<{ n: string }>(
          'SELECT count(*) AS n FROM finding WHERE rule_id = $1',
          [ruleId],
        );
        return whyNot(connection, rule, await caseSources(connection), {
          disabledWhy: verdict(rule, tuning).why,
          findings: Number(found?.n ?? 0),
        });
      });
    },
    'findings.explain': async ({ findingId, offset, limit }) => {
      const open = host.need();
      const { rules } = await rulesOf(host, open);
      return open.read((connection) => explainFinding(connection, rules, findingId, offset, limit));
    },
  };
}

const cancelled = () => new CaseError('cancelled', 'A newer text is being run in place of this one.');

/** Runs rules of a text one after the other and keeps nothing. */
async function tryRules(
  connection: Connection,
  rules: LoadedRule[],
  limit: number,
): Promise<Omit<Tried, 'warnings' | 'millis'>> {
  const sources = await caseSources(connection);
  const tried: Omit<Tried, 'warnings' | 'millis'> = { ...NOTHING, ok: true, problems: [], rows: [] };
  try {
    for (const rule of rules) {
      const { query } = rule;
      if (!query) continue;
      const refused = await refusedRegex(connection, query.regexes);
      if (refused !== null) {
        const line = Number(/^line (\d+)/.exec(refused)?.[1] ?? rule.line);
        return { ...tried, ok: false, problems: [{ line, column: null, message: refused }] };
      }
      if (!rule.applies(sources)) continue;
      tried.applies = true;
      const native = rule.native === null ? undefined : NATIVE_CHECKS.get(rule.native);
      if (native) await prepareCheck(connection, native, rule.thresholdsInForce);
      const { findings, events, rows } = await runOnce(
        connection,
        rule,
        Math.max(0, limit - tried.rows.length),
      );
      tried.findings += findings;
      tried.events += events;
      tried.rows.push(...rows);
    }
    const [first] = rules;
    if (tried.findings === 0 && first) {
      const answer = await whyNot(connection, first, sources, { disabledWhy: null, findings: 0 });
      Object.assign(tried, answer);
    }
    return tried;
  } finally {
    await dropPrepared(connection).catch(() => 0);
  }
}

async function runOnce(
  connection: Connection,
  rule: LoadedRule,
  limit: number,
): Promise<Pick<Tried, 'findings' | 'events' | 'rows'>> {
  const { sql, values } = rule.query!;
  const rows = await connection.rows<Record<string, Json>>(
    `WITH hit AS (SELECT * FROM (${sql}) WHERE island IS NOT NULL),
    one AS (SELECT event_id, any_value(ts) AS ts, string_agg(DISTINCT role, ', ' ORDER BY role) AS role FROM hit GROUP BY event_id)
    SELECT (SELECT count(DISTINCT (g, island, ts IS NULL)) FROM hit) AS findings, (SELECT count(*) FROM one) AS events,
      event_id::VARCHAR AS id, role FROM one ORDER BY ts NULLS LAST, event_id LIMIT ${Math.max(1, limit)}`,
    values,
  );
  const ids = rows.slice(0, limit).map((row) => String(row.id));
  const [events, matched] = [await eventsById(connection, ids), await matchedIn(connection, rule, ids)];
  const byId = new Map(events.map((event) => [event.eventId, event]));
  return {
    findings: Number(rows[0]?.findings ?? 0),
    events: Number(rows[0]?.events ?? 0),
    rows: rows.slice(0, limit).flatMap((row) => {
      const event = byId.get(String(row.id));
      return event
        ? [{ ...event, role: String(row.role ?? ''), matched: matched.get(event.eventId) ?? [] }]
        : [];
    }),
  };
}

async function explainFinding(
  connection: Connection,
  rules: LoadedRule[],
  findingId: string,
  offset: number,
  limit: number,
): Promise<Output<'findings.explain'>> {
  const finding = await getFinding(connection, findingId);
  const rule = rules.find((r) => r.ruleId === finding.ruleId);
  const total = await connection.row<{ n: string }>(
    'SELECT count(*) AS n FROM finding_event WHERE finding_id = $1',
    [findingId],
  );
  const refs = await connection.rows<{ id: string; role: string }>(
    `SELECT event_id::VARCHAR AS id, role FROM finding_event WHERE finding_id = $1 ORDER BY seq, event_id LIMIT ${limit} OFFSET ${offset}`,
    [findingId],
  );
  const run = await connection.row<{ path: string; source: string }>(
    'SELECT path, source FROM rule_run WHERE rule_id = $1',
    [finding.ruleId],
  );
  const matched = rule
    ? await matchedIn(
        connection,
        rule,
        refs.map((ref) => ref.id),
      )
    : new Map<string, never[]>();
  return {
    rule: {
      ruleId: finding.ruleId,
      title: rule?.title ?? finding.title,
      path: rule?.path ?? run?.path ?? '',
      line: rule?.line ?? 1,
      source: rule?.source ?? run?.source ?? '',
      falsePositives: rule?.falsePositives ?? [],
    },
    events: refs.map(({ id, role }) => ({ eventId: id, role, matched: matched.get(id) ?? [] })),
    total: Number(total?.n ?? 0),
    groups: finding.groupValues,
    ...(await reasonsOf(connection, finding, rule)),
  };
}
