// Which statement is under the cursor, and what the editor offers.
import { describe, expect, test } from 'vitest';
import { cellText, columnWidths, isNumber } from '../../../renderer/src/views/sql/cells.ts';
import { namedViews, offers } from '../../../renderer/src/views/sql/completion.ts';
import { statementAt, statements } from '../../../renderer/src/views/sql/statements.ts';

const texts = (sql: string) => statements(sql).map((s) => s.text);

describe('statements', () => {
  test('are cut at semicolons, blanks around them are not theirs', () => {
    expect(texts(' select 1 ;\n\nselect 2;')).toEqual(['select 1', 'select 2']);
  });
  test('a semicolon in a string, a name, a comment or dollar quotes cuts nothing', () => {
    for (const sql of [
      "select ';' || 'it''s; fine'",
      'select "a;b""c;d" from t',
      'select 1 -- no; not here\n+ 1',
      'select /* a; /* nested; */ b; */ 1',
      'select $$ a; b $$, $x$ ; $$ ; $x$',
    ]) {
      expect(texts(`${sql};`)).toEqual([sql]);
    }
  });
  test('an open string runs to the end', () => {
    expect(texts("select 'a; b")).toEqual(["select 'a; b"]);
  });
  test('pieces of nothing but comments are no statements', () => {
    expect(texts('-- a note;\n; /* x */ ;')).toEqual([]);
  });
});

describe('the statement under the cursor', () => {
  const sql = 'select 1;\n\nselect 2;\n';
  test('is the one the cursor is in', () => {
    expect(statementAt(sql, 3)?.text).toBe('select 1');
    expect(statementAt(sql, 14)?.text).toBe('select 2');
  });
  test('just behind its semicolon is still that statement', () => {
    expect(statementAt(sql, 9)?.text).toBe('select 1');
    expect(statementAt(sql, sql.length)?.text).toBe('select 2');
  });
  test('before the first it is the first', () => {
    expect(statementAt('\n\nselect 1', 0)?.text).toBe('select 1');
  });
  test('there is none in an empty text', () => {
    expect(statementAt(' \n', 1)).toBeNull();
  });
});

describe('completion', () => {
  const catalog = {
    views: [
      { name: 'events', comment: null, columns: [{ name: 'node', type: 'VARCHAR', comment: 'node name' }] },
      { name: 'findings', comment: null, columns: [{ name: 'title', type: 'VARCHAR', comment: null }] },
    ],
    functions: [{ name: 'count', description: null }],
    keywords: ['select'],
  };
  test('after FROM only views are offered', () => {
    expect(offers(catalog, 'select * from ev', 'select * from ev').map((o) => o.label)).toEqual([
      'events',
      'findings',
    ]);
  });
  test('columns of the views that the statement names come first', () => {
    const all = offers(catalog, 'select ', 'select  from events e');
    expect(all.filter((o) => o.kind === 'column').map((o) => o.label)).toEqual(['node']);
  });
  test('after an alias and a dot its columns are offered', () => {
    expect(offers(catalog, 'select e.', 'select e. from events as e').map((o) => o.label)).toEqual(['node']);
  });
  test('a keyword after a view is no alias', () => {
    expect([...namedViews('select 1 from events where x', catalog).keys()]).toEqual(['events']);
  });
});

describe('cells', () => {
  test('values are text, objects as JSON', () => {
    expect(cellText({ a: 1 })).toBe('{"a":1}');
    expect(cellText(null)).toBe('');
  });
  test('numbers are told by their type', () => {
    expect(isNumber('DECIMAL(18,3)')).toBe(true);
    expect(isNumber('INTERVAL')).toBe(false);
    expect(isNumber('VARCHAR')).toBe(false);
  });
  test('a column is as wide as its content, within bounds', () => {
    const [narrow, wide] = columnWidths(
      [
        { name: 'n', type: 'INT' },
        { name: 'message', type: 'VARCHAR' },
      ],
      [[1, 'x'.repeat(5000)]],
    );
    expect(narrow).toBeLessThan(wide!);
    expect(wide).toBeLessThanOrEqual(640);
  });
});
