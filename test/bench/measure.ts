// Runs a command and measures it: wall time, and peak resident memory summed over the process and all its children.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Measured {
  seconds: number;
  peakMb: number; // 0 where /proc is missing
  stdout: string;
  code: number | null;
}

/** Resident bytes of a process tree, from /proc. */
export function treeRss(root: number): number {
  const parents = new Map<number, number>();
  const rss = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'latin1');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      parents.set(Number(name), Number(fields[1]));
      rss.set(Number(name), Number(fields[21]) * 4096);
    } catch {
      // ended meanwhile
    }
  }
  let sum = 0;
  for (const pid of rss.keys()) {
    for (let at: number | undefined = pid; at !== undefined && at > 0; at = parents.get(at)) {
      if (at === root) {
        sum += rss.get(pid)!;
        break;
      }
    }
  }
  return sum;
}

export function measure(
  command: string,
  args: string[],
  options: { cwd?: string; discard?: boolean } = {},
): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, {
      cwd: options.cwd,
      stdio: ['ignore', options.discard ? 'ignore' : 'pipe', 'inherit'],
    });
    let peak = 0;
    const timer =
      process.platform === 'linux'
        ? setInterval(() => (peak = Math.max(peak, treeRss(child.pid!))), 50)
        : null;
    const parts: Buffer[] = [];
    child.stdout?.on('data', (part: Buffer) => parts.push(part));
    child.on('error', (error) => {
      if (timer) clearInterval(timer);
      reject(error);
    });
    child.on('close', (code) => {
      if (timer) clearInterval(timer);
      resolve({
        seconds: (performance.now() - started) / 1000,
        peakMb: Math.round(peak / 1e6),
        stdout: Buffer.concat(parts).toString('utf8'),
        code,
      });
    });
  });
}
