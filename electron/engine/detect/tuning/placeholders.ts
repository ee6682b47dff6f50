// Values of placeholders (`%name%` with the modifier `expand`), as the responder gives them for a case.
import type { PlaceholderRow } from '../../../../shared/api.ts';
import { type Connection, timestamp } from '../../case/database.ts';

export async function listPlaceholders(connection: Connection): Promise<PlaceholderRow[]> {
  const rows = await connection.rows<{
    name: string;
    values: string[];
    author: string | null;
    made: string | null;
  }>('SELECT name, "values", author, epoch_us(made_at) AS made FROM placeholder ORDER BY name');
  return rows.map(({ name, values, author, made }) => ({
    name,
    values,
    author,
    madeAt: made === null ? null : Number(made),
  }));
}

export async function setPlaceholder(
  connection: Connection,
  name: string,
  values: string[],
  author: string,
): Promise<void> {
  if (values.length === 0) {
    await connection.run('DELETE FROM placeholder WHERE name = $1', [name]);
    return;
  }
  await connection.run(
    `INSERT OR REPLACE INTO placeholder VALUES ($1, from_json($2::VARCHAR, '["VARCHAR"]'), $3, $4)`,
    [name, JSON.stringify(values), author, timestamp(Date.now() * 1000)],
  );
}
