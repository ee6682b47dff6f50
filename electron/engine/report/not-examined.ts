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
    const kind = kindOf(reason);
    const key = JSON.stringify([bundle, status, kind]);
    const group = groups.get(key) ?? { bundle, status, reason: kind, paths: [] };
    group.paths.push(path);
    groups.set(key, group);
  }
  const order = ['failed', 'partial', 'skipped', 'duplicate'];
  return [...groups.values()].sort(
    (a, b) => order.indexOf(a.status) - order.indexOf(b.status) || b.paths.length - a.paths.length,
  );
}

/** Reasons that name another file come down to their kind here; the inventory keeps them whole. */
function kindOf(reason: string | null): string {
  if (reason === null) return 'no reason recorded';
  return reason
    .replace(/^same content as .+?(; .*)?$/s, 'same content as another file$1')
    .replace(/^((?:symbolic|hard) link) to .+?(: .*)?$/s, '$1$2');
}
