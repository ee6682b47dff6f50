// Ledger entries that were not wholly read, gathered by bundle, status and reason so that a page can hold them.
import type { Scope } from './model.ts';

export interface NotExaminedGroup {
  bundle: string;
  status: string;
  reason: string;
  paths: string[];
}

export function groupNotExamined(entries: Scope['notExamined']): NotExaminedGroup[] {
  const groups = new Map<string, NotExaminedGroup>();
  for (const { bundle, path, status, reason } of entries) {
    const key = JSON.stringify([bundle, status, reason]);
    const group = groups.get(key) ?? { bundle, status, reason: reason ?? 'no reason recorded', paths: [] };
    group.paths.push(path);
    groups.set(key, group);
  }
  const order = ['failed', 'partial', 'skipped', 'duplicate'];
  return [...groups.values()].sort(
    (a, b) => order.indexOf(a.status) - order.indexOf(b.status) || b.paths.length - a.paths.length,
  );
}
