// The logging posture: every row of the view, with the paths of its first files.
import type { PostureTopic, Standing } from '../../../shared/model.ts';
import { STANDINGS } from '../../../shared/model.ts';
import { type Asker, type Numeric, number } from './asker.ts';
import type { Posture } from './model.ts';

interface Row {
  topic: PostureTopic;
  standing: Standing;
  node: string | null;
  system: string | null;
  component: string | null;
  title: string;
  proof: string;
  change: string | null;
  event_count: Numeric;
  event_ids: string[];
  file_count: Numeric;
  files: string[] | null;
  source: string;
}

export async function readPosture(ask: Asker): Promise<Posture> {
  const rows = await ask.rows<Row>(
    'Logging posture, worst first',
    `
    SELECT p.topic, p.standing, p.node, p.system, p.component, p.title, p.proof, p.change, p.event_count, p.event_ids, p.file_count,
      (SELECT list(f.path ORDER BY f.path) FROM evidence_files f WHERE list_contains(p.file_ids, f.file_id)) AS files, p.source
    FROM posture p
    ORDER BY p.posture_id`,
  );
  return {
    standings: STANDINGS.map((standing) => ({
      standing,
      rows: rows.filter((row) => row.standing === standing).length,
    })),
    entries: rows.map((row) => ({
      topic: row.topic,
      standing: row.standing,
      node: row.node,
      system: row.system,
      component: row.component,
      title: row.title,
      proof: row.proof,
      change: row.change,
      eventCount: number(row.event_count),
      eventIds: row.event_ids,
      fileCount: number(row.file_count),
      files: row.files ?? [],
      source: row.source,
    })),
  };
}
