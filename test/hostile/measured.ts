// Takes one bundle into a new case in a process of its own and prints what came of it and the most memory that process held.
// node test/hostile/measured.ts BUNDLE CASE
import { join } from 'node:path';
import { Engine } from '../../electron/engine/engine.ts';

const [bundle, dir] = process.argv.slice(2) as [string, string];
const engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: join(dir, '..', 'state') });
await engine.api['case.create']({ dir });
const { jobId } = await engine.api['ingest.start']({ paths: [bundle], detect: false });
const job = await engine.job(jobId);
const { rows } = await engine.api['sql.run']({
  sql: `SELECT (SELECT count(*) FROM evidence_files)::DOUBLE, (SELECT count(*) FROM evidence_files WHERE status = 'parsed')::DOUBLE,
    count(*)::DOUBLE, sum(byte_length)::DOUBLE, count(*) FILTER (byte_offset <> expected)::DOUBLE, max(line)::DOUBLE
    FROM (SELECT *, coalesce(lag(byte_offset + byte_length) OVER (PARTITION BY file_id ORDER BY event_id), 0) AS expected FROM events)`,
  limit: 1,
});
const [files, parsed, events, bytes, holes, lastLine] = rows[0] as number[];
const first = (
  await engine.api['sql.run']({
    sql: 'SELECT content_sha256, lines::DOUBLE FROM member ORDER BY file_id LIMIT 1',
    limit: 1,
  })
).rows[0];
const maxRss = process.resourceUsage().maxRSS * 1024;
console.log(
  JSON.stringify({
    state: job.state,
    problems: (job.result as { problems?: string[] } | null)?.problems,
    files,
    parsed,
    events,
    bytes,
    holes,
    lastLine,
    first,
    maxRss,
  }),
);
await engine.close();
