// What a case must be after a fault: its evidence as it was taken in, its custody chain whole, nothing half done lying about.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Case } from '../../electron/engine/case/case.ts';
import { readEntry } from '../../electron/engine/case/custody.ts';
import { EvidenceReader } from '../../electron/engine/intake/evidence-store.ts';

/** Sentences on what is wrong with a case at rest; [] when nothing is. */
export async function faultsOf(dir: string): Promise<string[]> {
  return [...(await evidenceFaults(dir)), ...(await custodyFaults(dir)), ...leftovers(dir)];
}

async function evidenceFaults(dir: string): Promise<string[]> {
  const open = await Case.open(dir, { shell: 'test' });
  try {
    const members = await open.read((connection) =>
      connection.rows<{ path: string; sha256: string; records: number; events: number }>(
        `SELECT path, content_sha256 AS sha256, records::INTEGER AS records,
           (SELECT count(*)::INTEGER FROM event_row e WHERE e.file_id = m.file_id) AS events
         FROM member m WHERE content_sha256 IS NOT NULL`,
      ),
    );
    const reader = new EvidenceReader(open.paths.evidence);
    const found: string[] = [];
    for (const { path, sha256, records, events } of members) {
      const { ok } = await reader.verify(sha256).catch(() => ({ ok: false }));
      if (!ok) found.push(`the stored content of ${path} is not what the ledger states`);
      if (records !== events)
        found.push(`${path}: the ledger states ${records} records, there are ${events}`);
    }
    const orphans = await open.read((connection) =>
      connection.row<{ n: number }>(
        'SELECT count(*)::INTEGER AS n FROM event_row WHERE file_id NOT IN (SELECT file_id FROM member)',
      ),
    );
    if (orphans!.n > 0) found.push(`${orphans!.n} events of files that are not in the ledger`);
    return found;
  } finally {
    await open.close();
  }
}

async function custodyFaults(dir: string): Promise<string[]> {
  const open = await Case.open(dir, { shell: 'test' });
  const found: string[] = [];
  try {
    let previous = '0'.repeat(64);
    let seq = 1;
    const hashes = new Set<string>();
    for await (const { text, ended, number } of open.custody.lines()) {
      const read = readEntry(text);
      if ('problem' in read) found.push(`custody line ${number}: ${read.problem}`);
      else {
        const { entry, expected } = read;
        if (entry.hash !== expected || entry.previous !== previous || entry.seq !== seq || !ended)
          found.push(`custody line ${number} does not follow from the one before`);
        previous = entry.hash;
        seq = entry.seq + 1;
        hashes.add(entry.hash);
      }
    }
    const copied = await open.read((connection) =>
      connection.rows<{ hash: string }>('SELECT hash FROM custody'),
    );
    for (const { hash } of copied)
      if (!hashes.has(hash)) found.push('the database holds a custody entry that the log does not');
  } finally {
    await open.close();
  }
  return found;
}

function leftovers(dir: string): string[] {
  const found: string[] = [];
  for (const folder of ['.', 'evidence', 'exports', 'signatures'])
    for (const name of existsSync(join(dir, folder)) ? readdirSync(join(dir, folder)) : [])
      if (name.endsWith('.part')) found.push(`${join(folder, name)} was left behind`);
  const scratch = readdirSync(join(dir, 'scratch')).filter((name) => name !== 'spill');
  if (scratch.length > 0) found.push(`scratch/${scratch[0]} was left behind`);
  return found;
}
