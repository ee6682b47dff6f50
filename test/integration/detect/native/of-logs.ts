// What built-in checks find in logs given as text, by path; the first folder of a path is the node. Real files, real ingest.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, vi } from 'vitest';
import { Case } from '../../../../electron/engine/case/case.ts';
import { builtinRulesDir, loadRules } from '../../../../electron/engine/detect/load-rules.ts';
import { Engine } from '../../../../electron/engine/engine.ts';
import { type FoundFinding, found } from '../given.ts';

// every case is a whole ingest, and a busy machine takes its time
vi.setConfig({ testTimeout: 240_000 });

export interface Told extends FoundFinding {
  check: string;
  title: string;
  messages: string[];
  files: string[];
}

/** Findings of the named checks. Bundles are files or folders below a folder of their own. */
export async function findIn(
  logs: Record<string, string | Buffer | readonly string[]>,
  checks: string[],
  thresholds: Record<string, Record<string, number>> = {},
): Promise<Told[]> {
  const dir = mkdtempSync(join(tmpdir(), 'tidemark-native-'));
  try {
    for (const [path, text] of Object.entries(logs)) {
      const file = join(dir, 'bundles', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, Array.isArray(text) ? `${text.join('\n')}\n` : (text as string));
    }
    const engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: dir });
    await engine.api['case.create']({ dir: join(dir, 'case') });
    const { jobId } = await engine.api['ingest.start']({ paths: [join(dir, 'bundles')], detect: false });
    const job = await engine.job(jobId);
    expect(job.error).toBeNull();
    await engine.close();
    return await checksOf(join(dir, 'case'), checks, thresholds);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function checksOf(
  path: string,
  checks: string[],
  thresholds: Record<string, Record<string, number>>,
): Promise<Told[]> {
  const all = await loadRules([join(builtinRulesDir(), 'native')]);
  const ids = new Map(all.filter((r) => r.native).map((r) => [r.native!, r.ruleId]));
  const changed = new Map(Object.entries(thresholds).map(([name, values]) => [ids.get(name)!, values]));
  const rules = (await loadRules([join(builtinRulesDir(), 'native')], { thresholds: changed })).filter(
    (r) => r.native && checks.includes(r.native),
  );
  expect(rules.map((r) => r.native).sort()).toEqual([...checks].sort());
  const opened = await Case.open(path);
  try {
    return await opened.write(async (connection) => {
      const { findings, rules: outcomes } = await found(connection, rules);
      expect(outcomes.map((o) => o.error)).toEqual(outcomes.map(() => null));
      const left = await connection.rows(
        `SELECT table_name FROM duckdb_tables() WHERE temporary AND starts_with(table_name, 'native_')`,
      );
      expect(left, 'tables of the run that were not dropped').toEqual([]);
      const told: Told[] = [];
      for (const finding of findings) {
        const rows = await connection.rows<{ message: string; path: string }>(
          `SELECT e.message, f.path FROM finding_events x JOIN events e ON e.event_id = x.event_id JOIN evidence_files f ON f.file_id = e.file_id
           WHERE x.finding_id = $1 ORDER BY x.seq`,
          [finding.finding_id],
        );
        expect(finding.explanation).not.toMatch(/[{}]|undefined|unknown|null|NaN/);
        const rule = rules.find((r) => r.ruleId === finding.rule_id)!;
        told.push({
          ...finding,
          check: rule.native!,
          title: rule.title,
          messages: rows.map((r) => r.message),
          files: rows.map((r) => r.path),
        });
      }
      return told;
    });
  } finally {
    await opened.close();
  }
}

/** Lines of Celery's worker format from seconds after 2026-11-20 12:00:00: local time, no zone. */
export const celery = (at: number, text: string, process = 'MainProcess', level = 'INFO'): string =>
  `[${new Date(Date.UTC(2026, 10, 20, 12) + at * 1000).toISOString().replace('T', ' ').replace('.', ',').slice(0, 23)}: ${level}/${process}] ${text}`;

/** A line of the registry's application log: it states its zone. */
export const registry = (at: number, text: string, more = ''): string =>
  `time="${new Date(Date.UTC(2026, 10, 20, 12) + at * 1000).toISOString()}" level=info msg="${text}" go.version=go1.19.8 instance.id=11111111-2222-4333-8444-555555555555${more}`;

export const id = (n: number): string =>
  `${((n * 2654435761) % 2 ** 32).toString(16).padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`;

export const series = <T>(n: number, make: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => make(i));
