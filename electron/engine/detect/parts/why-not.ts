// Why a rule found nothing: how many events of its log source each of its parts alone is true for.
import type { WhyNot } from '../../../../shared/api.ts';
import type { Connection } from '../../case/database.ts';
import { CaseError } from '../../case/errors.ts';
import { refusedRegex } from '../accepts.ts';
import type { CaseSources, LoadedRule } from '../load-rules.ts';
import { type Base, measureQuery } from '../sigma/correlation-query.ts';
import type { EventRule } from '../sigma/document.ts';
import { fieldSql } from '../sigma/fields.ts';
import type { Asked } from '../sigma/leaf.ts';
import { logSourceSql } from '../sigma/logsource.ts';
import { problemsText } from '../sigma/problem.ts';
import { Binder } from '../sigma/sql.ts';
import { type Part, partsOf } from './part.ts';

export interface WhyNotAnswer {
  sentence: string;
  parts: WhyNot | null;
}

/** Parts beyond these are not counted one by one. */
const MOST_PARTS = 250;

/** `disabledWhy`: why the case does not run it; null: it does. `findings`: of the last run or trial. */
export async function whyNot(
  connection: Connection,
  rule: LoadedRule,
  sources: CaseSources,
  { disabledWhy, findings }: { disabledWhy: string | null; findings: number },
): Promise<WhyNotAnswer> {
  if (rule.problems.length > 0)
    return { sentence: `It is refused: ${problemsText(rule.problems)}.`, parts: null };
  const refused = await refusedRegex(connection, rule.query?.regexes ?? []);
  if (refused !== null) return { sentence: `It is refused: ${refused}.`, parts: null };
  const { body } = rule.document;
  if (body?.kind === 'filter')
    return {
      sentence: `It is a filter, put beside other rules: ${rule.note ?? 'of none that is loaded'}.`,
      parts: null,
    };
  const away = rule.appliesNot(sources);
  if (away !== null) return { sentence: `It does not apply here: ${away}.`, parts: null };
  const off = disabledWhy === null ? '' : `It is not run here: ${disabledWhy}. `;
  if (body?.kind === 'event') {
    const { part, total } = await counted(connection, body);
    return { sentence: off + eventSentence(part, total, findings), parts: part };
  }
  if (rule.type === 'native')
    return {
      sentence: `${off}It is a built-in check that looks at logs as a whole; it has no parts to count. ${
        findings > 0 ? 'It found what its findings say.' : 'It looked and found nothing.'
      }`,
      parts: null,
    };
  const bases = eventBases(rule);
  const children: WhyNot[] = [];
  for (const base of bases) {
    const { part } = await counted(connection, base.document.body as EventRule);
    children.push({ ...part, text: `${base.document.metadata.name ?? base.title}: ${part.text}` });
  }
  const parts: WhyNot = {
    text: rule.type.replaceAll('_', ' '),
    line: rule.line,
    events: children.reduce((sum, child) => sum + child.events, 0),
    missing: null,
    children,
  };
  const near = findings > 0 ? '' : await nearest(connection, rule);
  return { sentence: off + correlationSentence(rule, children, findings) + near, parts };
}

/** How near the windows of a correlation came to its condition, and what took no part in them. */
async function nearest(connection: Connection, rule: LoadedRule): Promise<string> {
  const { body } = rule.document;
  if (body?.kind !== 'correlation') return '';
  const binder = new Binder();
  const asked: Asked = { regexes: [] };
  const row = await connection.row<{ hits: string; kept: string; least: number | null; most: number | null }>(
    measureQuery(body, rule.bases.map(asBase), binder, asked),
    binder.values,
  );
  const left = Number(row?.hits ?? 0) - Number(row?.kept ?? 0);
  const excluded =
    left > 0
      ? ` ${s(left, 'row')} without a time or a value to group or count by took part in no window.`
      : '';
  if (!row || row.most === null) return excluded;
  const wants = body.condition.map((c) => `${c.operator} ${c.value}`).join(' and ');
  const what = body.type === 'temporal' ? 'different rules' : body.type.replaceAll('_', ' ');
  const asks = wants === '' ? '' : `; it asks for ${wants}`;
  return ` Its windows of ${body.timespan / 1e6} s reach at most ${rounded(row.most)} (${what})${asks}.${excluded}`;
}

const rounded = (n: number): string => String(Math.round(n * 1000) / 1000);

function asBase(rule: LoadedRule): Base {
  const { metadata, body } = rule.document;
  const names = [metadata.name, metadata.id].filter((name) => name !== null);
  const role = metadata.name ?? metadata.title;
  return body?.kind === 'correlation'
    ? { role, names, body: { correlation: body, bases: rule.bases.map(asBase) } }
    : { role, names, body: body as EventRule };
}

/** The event rules a correlation rests on, however deep, each once. */
export function eventBases(rule: LoadedRule): LoadedRule[] {
  const found = new Set<LoadedRule>();
  const walk = (of: LoadedRule) => {
    for (const base of of.bases) {
      if (base.document.body?.kind === 'event') found.add(base);
      else walk(base);
    }
  };
  walk(rule);
  return [...found];
}

/** One scan over the log source counts all parts. */
async function counted(connection: Connection, rule: EventRule): Promise<{ part: WhyNot; total: number }> {
  const binder = new Binder();
  const asked: Asked = { regexes: [] };
  const columns: string[] = [];
  const column = (condition: string): number => columns.push(`count(*) FILTER (${condition})`) - 1;
  interface Counted {
    part: Part;
    at: number;
    missing: number | null;
    children: Counted[];
  }
  let parts = 0;
  const prepare = (part: Part): Counted => {
    parts++;
    return {
      part,
      at: column(part.sql(binder, asked)),
      missing: part.field === null ? null : column(`NOT ${fieldSql(part.field, binder).exists}`),
      children: parts > MOST_PARTS ? [] : part.children.map(prepare),
    };
  };
  const root = prepare(partsOf(rule));
  const row = await connection.row<Record<string, string>>(
    `SELECT count(*) AS total, ${columns.map((sql, i) => `${sql} AS c${i}`).join(',\n  ')}
    FROM events AS e WHERE ${logSourceSql(rule.logSource, binder)}`,
    binder.values,
  );
  if (!row) throw new CaseError('no_count', 'The database counted nothing. Try again.');
  const tree = ({ part, at, missing, children }: Counted): WhyNot => ({
    text: part.text,
    line: part.line,
    events: Number(row[`c${at}`]),
    missing: missing === null ? null : Number(row[`c${missing}`]),
    children: children.map(tree),
  });
  return { part: tree(root), total: Number(row.total) };
}

const s = (n: number, word: string): string => `${n.toLocaleString('en-US')} ${word}${n === 1 ? '' : 's'}`;

function eventSentence(part: WhyNot, total: number, findings: number): string {
  if (part.events > 0) {
    const then =
      findings > 0 ? '' : ' The last run was before that, or on other evidence: run detection again.';
    return `The whole rule is true for ${s(part.events, 'event')} of the ${s(total, 'event')} of its log source.${then}`;
  }
  const without = firstWithout(part);
  if (without === null)
    return `Each part alone is true for some of the ${s(total, 'event')} of its log source, but no event fulfils them together.`;
  const where = without.line === null ? '' : ` (line ${without.line})`;
  const lacks =
    without.missing !== null && without.missing === total
      ? ' No event of its log source has that field.'
      : '';
  return `None of the ${s(total, 'event')} of its log source fulfils '${without.text}'${where}.${lacks}`;
}

/** The deepest part without events that others depend on; of alternatives only when none has any. */
function firstWithout(part: WhyNot): WhyNot | null {
  if (part.text.startsWith('not ')) return part.events === 0 ? part : null;
  for (const child of part.children) {
    if (child.events > 0) continue;
    const deeper = firstWithout(child);
    if (deeper !== null) return deeper;
  }
  return part.events === 0 && part.children.every((child) => child.events === 0) ? part : null;
}

function correlationSentence(rule: LoadedRule, bases: WhyNot[], findings: number): string {
  const each = bases.map((base) => `'${base.text.split(':')[0]}' ${s(base.events, 'event')}`).join(', ');
  if (findings > 0) return `It rests on rules that match: ${each}.`;
  const none = bases.filter((base) => base.events === 0);
  const all = rule.type === 'temporal' || rule.type === 'temporal_ordered';
  if (none.length === bases.length || (all && none.length > 0))
    return `It rests on rules of which ${none.map((base) => `'${base.text.split(':')[0]}'`).join(', ')} ${
      none.length === 1 ? 'matches' : 'match'
    } no event${none.length === bases.length ? '' : ` (${each})`}.`;
  return `The rules it rests on match (${each}), but never as its window, its groups and its condition ask.`;
}
