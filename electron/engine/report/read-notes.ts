// The responder's own tags and comments, beside the lines they are on.
import { type Asker, type Numeric, numberOrNull } from './asker.ts';
import type { Note } from './model.ts';
import { nameOnly } from './paths.ts';

export async function readNotes(ask: Asker): Promise<Note[]> {
  const rows = await ask.rows<Omit<Note, 'ts'> & { ts_us: Numeric }>(
    'Tags and comments of the responder',
    `
    SELECT a.kind, a.text, e.node, epoch_us(e.ts) AS ts_us, b.name AS bundle, m.path, e.line
    FROM annotations a
    LEFT JOIN events e ON e.event_id = a.event_id
    LEFT JOIN member m ON m.file_id = e.file_id
    LEFT JOIN bundle b ON b.bundle_id = m.bundle_id
    ORDER BY e.ts NULLS LAST, b.name NULLS LAST, m.path NULLS LAST, e.line NULLS LAST, a.kind, a.text`,
  );
  return rows.map((row) => ({
    kind: row.kind ?? 'note',
    text: row.text ?? '',
    node: row.node,
    ts: numberOrNull(row.ts_us),
    bundle: row.bundle === null ? null : nameOnly(row.bundle),
    path: row.path,
    line: row.line,
  }));
}
