// What the SQL editor completes: the public views with their comments, functions, keywords.
import type { Catalog } from '../../../shared/api.ts';
import type { Connection } from '../case/database.ts';
import { COMMENTS } from '../case/schema.ts';

export async function catalog(connection: Connection): Promise<Catalog> {
  const columns = await connection.rows<{ view: string; name: string; type: string; comment: string | null }>(
    `SELECT table_name AS view, column_name AS name, data_type AS type, comment FROM duckdb_columns()
     WHERE NOT internal AND schema_name = 'main' ORDER BY table_name, column_index`,
  );
  const functions = await connection.rows<{ name: string; description: string | null }>(
    `SELECT function_name AS name, any_value(description ORDER BY description) AS description FROM duckdb_functions()
     WHERE function_type IN ('scalar', 'aggregate') AND regexp_matches(function_name, '^[a-z][a-z0-9_]*$')
     GROUP BY function_name ORDER BY function_name`,
  );
  const keywords = await connection.rows<{ word: string }>(
    `SELECT keyword_name AS word FROM duckdb_keywords() WHERE keyword_category = 'reserved' ORDER BY keyword_name`,
  );
  return {
    views: Object.keys(COMMENTS).map((name) => ({
      name,
      comment: COMMENTS[name]?.[''] ?? null,
      columns: columns
        .filter((c) => c.view === name)
        .map(({ name: column, type, comment }) => ({
          name: column,
          type: type.startsWith('ENUM') ? 'ENUM' : type,
          comment,
        })),
    })),
    functions,
    keywords: keywords.map(({ word }) => word.toUpperCase()),
  };
}
