// npm run bench [-- --mb 200] [--detect-mb 460] [--only ingest|detect] [--seed 7] [--runs 1] [--keep]: ingest, search and
// detection against peers in the same run, as ratios. --only large [--gb 5] [--members 20000] [--dir DIR]: one big bundle of
// many members, memory over time, and how long the case takes to open again.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { benchDetect } from './detect.ts';
import { generate } from './generate.ts';
import { benchLarge } from './large.ts';
import { type Measured, measure } from './measure.ts';

const { values } = parseArgs({
  options: {
    mb: { type: 'string', default: '200' },
    'detect-mb': { type: 'string', default: '460' },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: '7' },
    runs: { type: 'string', default: '3' },
    keep: { type: 'boolean', default: false },
    gb: { type: 'string', default: '5' },
    members: { type: 'string', default: '20000' },
    dir: { type: 'string', default: tmpdir() },
  },
});
const root = resolve(import.meta.dirname, '../..');
const dir = mkdtempSync(join(resolve(values.dir), 'tidemark-bench-'));
const logs = join(dir, 'logs');
const runs = Number(values.runs);

const best = (list: Measured[]): Measured => list.reduce((a, b) => (b.seconds < a.seconds ? b : a));
const has = (program: string): boolean => {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const folderBytes = (path: string): number =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

try {
  if (values.only === 'large') {
    const met = await benchLarge(dir, Number(values.gb), Number(values.members), Number(values.seed));
    process.exitCode = met ? 0 : 1;
  }
  if (values.only === '' || values.only === 'ingest') await benchIngest();
  if (values.only === '' || values.only === 'detect')
    await benchDetect(dir, Number(values['detect-mb']), Number(values.seed));
} finally {
  if (values.keep) console.log(`kept in ${dir}`);
  else rmSync(dir, { recursive: true, force: true });
}

async function repeat(work: () => Promise<Measured>): Promise<Measured[]> {
  const list: Measured[] = [];
  for (let run = 0; run < runs; run++) list.push(await work());
  return list;
}

async function benchIngest(): Promise<void> {
  const made = generate(logs, Number(values.mb), Number(values.seed));
  const archive = join(dir, 'cluster.tar.gz');
  execFileSync('tar', ['-czf', archive, '-C', logs, '.']);
  const mb = made.bytes / 1e6;
  console.log(
    `${mb.toFixed(1)} MB, ${made.lines.toLocaleString('en-US')} lines, tar.gz ${(statSync(archive).size / 1e6).toFixed(1)} MB, seed ${values.seed}; ${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.version}; best of ${runs}`,
  );

  const gzip: Measured[] = [];
  const ingest: Measured[] = [];
  const appender: Measured[] = [];
  let records = 0;
  for (let run = 0; run < runs; run++) {
    gzip.push(await measure('gzip', ['-dc', archive], { discard: true }));
    const one = await measure(process.execPath, [
      join(root, 'electron/tidemark.mjs'),
      'ingest',
      join(dir, `case-${run}`),
      archive,
      '--json',
    ]);
    if (one.code !== 0) throw new Error(`ingest ended with ${one.code}: ${one.stdout}`);
    const said = JSON.parse(one.stdout) as { records: number; lines: number; unparsed_lines: number };
    if (said.lines !== made.lines)
      throw new Error(`ingest counted ${said.lines} lines of ${made.lines}: the speed is void`);
    if (said.unparsed_lines > made.lines * 0.001)
      throw new Error(`${said.unparsed_lines} lines were not parsed: the speed is void`);
    records = said.records;
    ingest.push(one);
    const peer = await measure(process.execPath, [
      join(import.meta.dirname, 'appender-peer.ts'),
      logs,
      join(dir, `peer-${run}.duckdb`),
    ]);
    if (Number(peer.stdout) < records * 0.99)
      throw new Error(
        `the appender peer stored ${peer.stdout.trim()} rows of ${records}: the comparison is void`,
      );
    appender.push(peer);
  }
  const [g, i, a] = [best(gzip), best(ingest), best(appender)];
  const caseDir = join(dir, `case-${runs - 1}`);
  const evidence = folderBytes(join(caseDir, 'evidence'));
  const database = statSync(join(caseDir, 'case.duckdb')).size;
  const rate = (m: Measured) => `${(mb / m.seconds).toFixed(1)} MB/s`;
  console.log('\nIngest (hash, keep evidence, parse, store, settle times; from the tar.gz)');
  console.table({
    'gzip -dc': {
      seconds: g.seconds.toFixed(2),
      rate: rate(g),
      'events/s': '',
      'ratio to gzip -dc': '1.00',
      'peak RSS MB': g.peakMb,
    },
    tidemark: {
      seconds: i.seconds.toFixed(2),
      rate: rate(i),
      'events/s': Math.round(records / i.seconds).toLocaleString('en-US'),
      'ratio to gzip -dc': (g.seconds / i.seconds).toFixed(2),
      'peak RSS MB': i.peakMb,
    },
    'readline + regex + row appender (plain files)': {
      seconds: a.seconds.toFixed(2),
      rate: rate(a),
      'events/s': Math.round(records / a.seconds).toLocaleString('en-US'),
      'ratio to gzip -dc': (g.seconds / a.seconds).toFixed(2),
      'peak RSS MB': a.peakMb,
    },
  });
  console.log(
    `case: database ${(database / 1e6).toFixed(1)} MB + evidence ${(evidence / 1e6).toFixed(1)} MB = ${((database + evidence) / made.bytes).toFixed(2)} x raw`,
  );

  console.log('\nSubstring search over everything (count of matches)');
  const search: Record<string, Record<string, string>> = {};
  for (const needle of ['need_reschedule', 'no such needle anywhere']) {
    const sql = await measure(process.execPath, [
      join(import.meta.dirname, 'search.ts'),
      caseDir,
      needle,
      String(runs),
    ]);
    const { seconds, found } = JSON.parse(sql.stdout) as { seconds: number; found: number };
    const grep = best(await repeat(() => measure('grep', ['-rcF', needle, logs], { discard: true })));
    const row: Record<string, string> = {
      matches: String(found),
      'tidemark ms': (seconds * 1000).toFixed(0),
      'grep -F ms': (grep.seconds * 1000).toFixed(0),
      'ratio to grep': (grep.seconds / seconds).toFixed(2),
    };
    if (has('rg')) {
      const rg = best(await repeat(() => measure('rg', ['-c', '-F', needle, logs], { discard: true })));
      row['rg ms'] = (rg.seconds * 1000).toFixed(0);
      row['ratio to rg'] = (rg.seconds / seconds).toFixed(2);
    }
    search[needle] = row;
  }
  console.table(search);
  const ok = records / i.seconds >= 250_000 && g.seconds / i.seconds >= 0.4 && i.peakMb < 1500;
  console.log(`aims: 250,000 events/s, 0.4 x gzip -dc, peak RSS under 1,500 MB: ${ok ? 'met' : 'NOT met'}`);
}
