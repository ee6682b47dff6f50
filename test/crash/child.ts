// One run of the job that the crash test kills: opens the case, or makes it, goes on with what is pending, and says how far it is.
// node test/crash/child.ts CASE '{"paths": [...], "batchRows": 500}'
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Engine } from '../../electron/engine/engine.ts';

const [dir, text] = process.argv.slice(2) as [string, string];
const { paths, load } = JSON.parse(text) as {
  paths: string[];
  load: { workers?: number; batchRows?: number };
};
const say = (line: string) => process.stdout.write(`${line}\n`);
const engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: join(dir, '..'), load });

const info = existsSync(join(dir, 'case.json'))
  ? await engine.api['case.open']({ dir })
  : await engine.api['case.create']({ dir, name: 'crash' });
say(
  `open ${info.bundles} bundles, ${info.members} members${info.pending ? `: ${info.pending.sentence}` : ''}`,
);
if (!info.pending && info.bundles > 0) {
  await engine.close();
  say('done');
  process.exit(0);
}
engine.subscribe((event, data) => {
  if (event === 'job' && data && 'phase' in data) say(`phase ${data.phase}`);
});
const { jobId } = info.pending
  ? await engine.api['ingest.resume']({})
  : await engine.api['ingest.start']({ paths });
const job = await engine.job(jobId);
if (job.state !== 'done') {
  say(`failed ${job.error}`);
  process.exit(3);
}
await engine.close();
say('done');
process.exit(0);
