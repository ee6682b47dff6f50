// Cuts an editor's text into SQL statements, so that the one under the cursor can be run.
// Knows what hides a semicolon: strings, quoted names, dollar quotes, line and (nested) block comments.

export interface Statement {
  /** Without surrounding blanks and without the semicolon. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Index just after what starts at `i` and may hide a semicolon, or `i` when nothing does. */
function skipHidden(sql: string, i: number): number {
  const c = sql[i];
  const after = (found: number, length: number) => (found < 0 ? sql.length : found + length);
  if (c === "'" || c === '"') {
    let at = i + 1;
    while (at < sql.length) {
      if (sql[at] !== c) at++;
      else if (sql[at + 1] === c) at += 2;
      else return at + 1;
    }
    return sql.length;
  }
  if (c === '-' && sql[i + 1] === '-') return after(sql.indexOf('\n', i), 1);
  if (c === '/' && sql[i + 1] === '*') {
    let depth = 1;
    let at = i + 2;
    while (at < sql.length && depth > 0) {
      if (sql.startsWith('/*', at)) {
        depth++;
        at += 2;
      } else if (sql.startsWith('*/', at)) {
        depth--;
        at += 2;
      } else at++;
    }
    return at;
  }
  if (c === '$') {
    const tag = /^\$(?:[A-Za-z_]\w*)?\$/.exec(sql.slice(i, i + 64))?.[0];
    if (tag) return after(sql.indexOf(tag, i + tag.length), tag.length);
  }
  return i;
}

const onlyComments = (text: string): boolean => text.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim() === '';

/** All statements with their places; pieces of nothing but blanks and comments are left out. */
export function statements(sql: string): Statement[] {
  const out: Statement[] = [];
  let start = 0;
  const take = (end: number) => {
    const raw = sql.slice(start, end);
    const text = raw.trim();
    if (text && !onlyComments(text)) {
      const from = start + raw.indexOf(text);
      out.push({ text, start: from, end: from + text.length });
    }
    start = end + 1;
  };
  for (let i = 0; i < sql.length; ) {
    const next = skipHidden(sql, i);
    if (next > i) {
      i = next;
      continue;
    }
    if (sql[i] === ';') take(i);
    i++;
  }
  take(sql.length);
  return out;
}

/** The statement the cursor is in or just behind; between two, the one before; before all, the first. */
export function statementAt(sql: string, cursor: number): Statement | null {
  const all = statements(sql);
  let found: Statement | null = all[0] ?? null;
  for (const statement of all) if (statement.start <= cursor) found = statement;
  return found;
}
