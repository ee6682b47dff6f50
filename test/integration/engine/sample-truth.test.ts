// The sample incident against its truth: every step found by a rule, on the right node, at its true time.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Engine } from '../../../electron/engine/engine.ts';

interface Truth {
  nodes: { name: string; bundle: string; clock_offset_seconds: number }[];
  steps: {
    id: string;
    title: string;
    node: string;
    from: string;
    to: string;
    lines: { member: string; line: number; utc: string; text: string }[];
  }[];
}

const SAMPLE = resolve(import.meta.dirname, '../../../resources/samples/incident');
const truth = parse(readFileSync(join(SAMPLE, 'truth.yml'), 'utf8')) as Truth;
const bundles = readdirSync(SAMPLE)
  .filter((name) => /\.(tar\.gz|zip)$/.test(name))
  .sort()
  .map((name) => join(SAMPLE, name));
const us = (iso: string) => Date.parse(iso) * 1000;

let dir: string;
let engine: Engine;
let result: {
  members: Record<string, number>;
  lines: number;
  unparsed_lines: number;
  problems: string[];
  detect: { refused: unknown[] };
};

async function analyze(into: string): Promise<Engine> {
  const made = new Engine({ shell: 'command line', sampleDir: null, stateDir: dir });
  await made.api['case.create']({ dir: into, name: 'sample' });
  const { jobId } = await made.api['ingest.start']({ paths: bundles });
  const job = await made.job(jobId);
  expect(job.error).toBeNull();
  result = job.result as typeof result;
  return made;
}

async function rows(from: Engine, sql: string): Promise<unknown[][]> {
  const page = await from.api['sql.run']({ sql, limit: 10_000 });
  const all = [...page.rows];
  for (let done = page.done; !done; ) {
    const next = await from.api['sql.fetch']({ cursorId: page.cursorId, offset: all.length, limit: 10_000 });
    all.push(...next.rows);
    done = next.done;
  }
  await from.api['sql.close']({ cursorId: page.cursorId });
  return all;
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tidemark-truth-'));
  engine = await analyze(join(dir, 'case'));
}, 600_000);
afterAll(async () => {
  await engine?.close();
  rmSync(dir, { recursive: true, force: true });
});

test('no member fails, nothing is refused, and at least 99.5 % of the lines belong to a parsed record', () => {
  expect(result.members.failed).toBe(0);
  expect(result.members.partial).toBe(0);
  expect(result.problems).toEqual([]);
  expect(result.detect.refused).toEqual([]);
  expect(1 - result.unparsed_lines / result.lines).toBeGreaterThanOrEqual(0.995);
});

test('clock offsets agree with the truth within a second', async () => {
  const { nodes } = await engine.api['nodes.list']({});
  for (const node of truth.nodes) {
    const found = nodes.find((row) => row.node === node.name);
    expect(found, node.name).toBeDefined();
    expect(Math.abs(found!.clockOffsetUs / 1e6 - node.clock_offset_seconds), node.name).toBeLessThan(1);
  }
});

describe('every step of the truth', () => {
  test.each(truth.steps.map((step) => [step.id, step] as const))(
    '%s is found by a rule on its node within a second',
    async (_id, step) => {
      let shown = 0;
      for (const line of step.lines) {
        const member = line.member.replaceAll("'", "''");
        const found = await rows(
          engine,
          `SELECT e.event_id, epoch_us(e.ts), e.node, list(DISTINCT f.title) FILTER (f.title IS NOT NULL AND list_contains(f.nodes, e.node))
         FROM events e JOIN event t ON t.event_id = e.event_id JOIN evidence_files v ON v.file_id = e.file_id
         LEFT JOIN finding_events x ON x.event_id = e.event_id LEFT JOIN findings f ON f.finding_id = x.finding_id
         WHERE v.node = '${step.node}' AND (v.path = '${member}' OR ends_with(v.path, '!/${member}') OR v.path || '.gz' = '${member}' OR ends_with(v.path || '.gz', '!/${member}'))
           AND e.line <= ${line.line} AND e.line + t.lines > ${line.line} GROUP BY ALL`,
        );
        expect(found.length, `${line.member}:${line.line} is one event`).toBe(1);
        const [, ts, node, titles] = found[0]!;
        expect(node).toBe(step.node);
        expect(ts, `${line.member}:${line.line} has a time`).not.toBeNull();
        expect(
          Math.abs(Number(ts) - us(line.utc)) / 1e6,
          `${line.member}:${line.line} ${line.text}`,
        ).toBeLessThanOrEqual(1);
        if (Array.isArray(titles) && titles.length > 0) shown++;
      }
      expect(shown, 'lines of this step that a finding on this node rests on').toBeGreaterThan(0);
    },
  );
});

/** Events that the lines of the truth stand in. */
async function storyEvents(): Promise<Set<string>> {
  const events = new Set<string>();
  for (const step of truth.steps) {
    const lines = step.lines.map((line) => `('${line.member.replaceAll("'", "''")}', ${line.line})`);
    const found = await rows(
      engine,
      `SELECT DISTINCT e.event_id::VARCHAR FROM (VALUES ${lines.join(', ')}) AS told(member, line)
       JOIN evidence_files v ON v.node = '${step.node}' AND (v.path = told.member OR ends_with(v.path, '!/' || told.member)
         OR v.path || '.gz' = told.member OR ends_with(v.path || '.gz', '!/' || told.member))
       JOIN event t ON t.file_id = v.file_id AND t.line <= told.line AND t.line + t.lines > told.line
       JOIN events e ON e.event_id = t.event_id`,
    );
    for (const [id] of found) events.add(String(id));
  }
  return events;
}

test('at most five findings of level high or above touch no event of the story, over all shipped rules', async () => {
  const story = await storyEvents();
  expect(story.size).toBeGreaterThan(truth.steps.length);
  const grave = await rows(
    engine,
    `SELECT f.level, f.title, f.explanation, list(x.event_id::VARCHAR)
     FROM findings f JOIN finding_events x ON x.finding_id = f.finding_id
     WHERE f.level IN ('high', 'critical') GROUP BY f.finding_id, f.level, f.title, f.explanation ORDER BY f.title`,
  );
  const told = grave.filter(([, , , ids]) => (ids as string[]).some((id) => story.has(id)));
  const strange = grave.filter((finding) => !told.includes(finding)).map((finding) => finding.slice(0, 3));
  expect(told.length, 'findings of the story').toBeGreaterThan(0);
  expect(strange.length, JSON.stringify(strange, null, 1)).toBeLessThanOrEqual(5);
});

test('another run gives the same events, row for row, and the same reports, byte for byte', async () => {
  const second = await analyze(join(dir, 'again'));
  try {
    const all = 'SELECT * FROM events ORDER BY event_id';
    expect(await rows(second, all)).toEqual(await rows(engine, all));
    for (const format of ['html', 'md', 'json', 'csv'] as const) {
      const [one, two] = [
        await engine.api['report.export']({ format }),
        await second.api['report.export']({ format }),
      ];
      expect(two.sha256, format).toBe(one.sha256);
    }
  } finally {
    await second.close();
  }
}, 600_000);
