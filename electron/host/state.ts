// What Tidemark remembers between starts outside any case: the recent cases. Losing it loses nothing of value.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface RecentCase {
  dir: string;
  name: string;
  openedAt: number; // microseconds
}

const KEPT = 12;

export async function recentCases(stateDir: string): Promise<RecentCase[]> {
  try {
    const read = JSON.parse(await readFile(join(stateDir, 'recent.json'), 'utf8')) as RecentCase[];
    return Array.isArray(read)
      ? read.filter((r) => typeof r.dir === 'string' && typeof r.name === 'string')
      : [];
  } catch {
    return [];
  }
}

export async function rememberCase(stateDir: string, opened: RecentCase): Promise<void> {
  const others = (await recentCases(stateDir)).filter((r) => r.dir !== opened.dir);
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
    .then(() =>
      writeFile(join(stateDir, 'recent.json'), JSON.stringify([opened, ...others].slice(0, KEPT)), {
        mode: 0o600,
      }),
    )
    .catch(() => undefined); // a read-only home must not keep anyone from a case
}
