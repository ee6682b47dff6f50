// All shipped rules over a case of two million events: seconds, memory, the slowest ten, and the naive way as a ratio.
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { generate } from './generate.ts';
import { measure } from './measure.ts';

const root = resolve(import.meta.dirname, '../..');
const program = join(root, 'electron/tidemark.mjs');
/** Acts of an intruder among a thousand ordinary ones. */
const ATTACKS = 0.3;

interface RuleRun {
  rule: string;
  type: string;
  ms: number;
  share: string;
  events: number;
  findings: number;
}

/** Makes a case of that many MB of logs under `dir`, runs detection, prints; answers whether the aims are met. */
export async function benchDetect(dir: string, megabytes: number, seed: number): Promise<boolean> {
  const logs = join(dir, 'detect-logs');
  const made = generate(logs, megabytes, seed, ATTACKS);
  const archive = join(dir, 'detect.tar');
  execFileSync('tar', ['-cf', archive, '-C', logs, '.']);
  execFileSync('rm', ['-rf', logs]);
  const dirOfCase = join(dir, 'detect-case');
  const ingest = await run(['ingest', dirOfCase, archive, '--json']);
  const { records } = JSON.parse(ingest.stdout) as { records: number };
  const detected = await run(['detect', dirOfCase, '--json']);
  const { findings, refused } = JSON.parse(detected.stdout) as { findings: unknown[]; refused: unknown[] };
  const peer = await measure(process.execPath, [join(import.meta.dirname, 'detect-peer.ts'), dirOfCase]);
  const naive = JSON.parse(peer.stdout) as { seconds: number; rules: number };
  const sum = await sql<{ ran: number; native: number; pack_ms: number; native_ms: number }>(
    dirOfCase,
    `SELECT count(*) FILTER (applies AND enabled AND error IS NULL) AS ran,
      count(*) FILTER (type = 'native' AND applies AND enabled AND error IS NULL) AS native,
      round(coalesce(sum(millis) FILTER (type <> 'native'), 0))::INTEGER AS pack_ms,
      round(coalesce(sum(millis) FILTER (type = 'native'), 0))::INTEGER AS native_ms FROM rule_run`,
  );
  const { ran, native, pack_ms, native_ms } = sum[0]!;
  console.log(
    `\nDetection: ${records.toLocaleString('en-US')} events (${(made.bytes / 1e6).toFixed(0)} MB of logs, seed ${seed}), ${ran} rules that apply, ${native} of them built-in checks; ${refused.length} refused; ${findings.length} findings`,
  );
  console.table({
    'tidemark detect (all)': { seconds: detected.seconds.toFixed(2), 'peak RSS MB': detected.peakMb },
    '  of it Sigma rules': { seconds: (pack_ms / 1000).toFixed(2) },
    '  of it built-in checks': { seconds: (native_ms / 1000).toFixed(2) },
    [`peer: ${naive.rules} Sigma rules, a query each`]: {
      seconds: naive.seconds.toFixed(2),
      'peak RSS MB': peer.peakMb,
      'ratio to Sigma rules above': (naive.seconds / (pack_ms / 1000)).toFixed(2),
    },
  });
  console.log('The slowest ten (own statements and their share of the pass over the events)');
  console.table(
    await sql<RuleRun>(
      dirOfCase,
      `SELECT left(title, 60) AS rule, type, round(millis)::INTEGER AS ms, round(100 * millis / sum(millis) OVER (), 1)::VARCHAR || ' %' AS share,
        events, findings FROM rule_run ORDER BY millis DESC LIMIT 10`,
    ),
  );
  const met = records >= 2_000_000 && detected.seconds < 30;
  console.log(`aims: over 2,000,000 events in under 30 s: ${met ? 'met' : 'NOT met'}`);
  return met;
}

async function run(args: string[]) {
  const done = await measure(process.execPath, [program, ...args]);
  if (done.code !== 0) throw new Error(`${args[0]} ended with ${done.code}: ${done.stdout}`);
  return done;
}

async function sql<T>(dir: string, text: string): Promise<T[]> {
  return JSON.parse((await run(['sql', dir, text, '--format', 'json'])).stdout) as T[];
}
