import { afterEach, describe, expect, it } from 'vitest';
import { writers } from '../../../electron/engine/report/index.ts';
import { HOSTILE, type SmallCase, smallCase } from './small-case.ts';

const made: SmallCase[] = [];
const make = async (...args: Parameters<typeof smallCase>) => {
  const one = await smallCase(...args);
  made.push(one);
  return one;
};
afterEach(async () => {
  for (const one of made.splice(0)) await one.close();
});
const FORMATS = Object.keys(writers) as (keyof typeof writers)[];

describe('the report of a case', () => {
  it('has the same bytes for two cases of the same evidence in different folders', async () => {
    const a = await make();
    const b = await make();
    for (const format of FORMATS) {
      const text = writers[format](a.model);
      expect(writers[format](b.model)).toBe(text);
      expect(text).not.toContain('tidemark-report-');
      expect(text).not.toContain('someone');
    }
  });

  it('of an empty case says in every format that there is nothing', async () => {
    const { model } = await make([]);
    expect(model.summary.facts).toContain('The case holds no evidence.');
    expect(writers.html(model)).toContain('The case holds no evidence.');
    expect(writers.md(model)).toContain('The case holds no evidence.');
    expect(JSON.parse(writers.json(model)).findings.total).toBe(0);
    expect(writers.csv(model).split('\r\n')).toHaveLength(2);
  });

  it('counts what SQL counts', async () => {
    const { model, opened } = await make();
    const [row] = await opened.read((connection) =>
      connection.rows<Record<string, string>>(
        `SELECT (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM evidence_files) AS files,
           (SELECT count(*) FROM finding_events) AS finding_events, (SELECT count(*) FROM findings) AS findings,
           (SELECT count(*) FROM evidence_files WHERE status <> 'parsed') AS not_examined`,
      ),
    );
    expect(model.scope.events).toBe(Number(row!.events));
    expect(model.scope.files).toBe(Number(row!.files));
    expect(model.scope.notExamined).toHaveLength(Number(row!.not_examined));
    expect(model.findings.total).toBe(Number(row!.findings));
    expect(model.findingEvents.rows).toHaveLength(Number(row!.finding_events));
    expect(model.timeline.volume!.events.reduce((a, b) => a + b, 0)).toBe(HOSTILE.length);
    expect(model.timeBasis.bases.reduce((sum, basis) => sum + basis.events, 0)).toBe(HOSTILE.length);
  });

  it('asks queries that can be asked again and give the rows it says', async () => {
    const { model, opened } = await make();
    for (const query of model.method.queries) {
      if (query.sql.includes('-- $1')) continue;
      const rows = await opened.read((connection) => connection.rows(query.sql));
      expect(rows.length, query.name).toBe(query.rows);
    }
  });

  it('keeps the exact bytes of every line, as base64 where they are not UTF-8', async () => {
    const { model } = await make();
    const { lines } = model.findings.entries.find((entry) => entry.findingId === 'f1')!;
    expect(lines).toHaveLength(HOSTILE.length);
    lines.forEach((line, i) => {
      const bytes = line.base64 ? Buffer.from(line.base64, 'base64') : Buffer.from(`${line.text}\n`);
      expect(bytes.equals(Buffer.concat([HOSTILE[i]!, Buffer.from('\n')]))).toBe(true);
    });
    expect(lines.filter((line) => line.base64 !== null)).toHaveLength(1);
  });

  it('puts dismissed findings last, out of the story, with their reason', async () => {
    const { model } = await make();
    expect(model.findings.entries.map((entry) => entry.findingId)).toEqual(['f1', 'f2']);
    expect(model.summary.story.map((entry) => entry.number)).toEqual(['F1']);
    expect(model.findings.entries[1]!.stateWhy).toBe('a test of ours');
  });

  it('counts what the responder took out: findings, rules that are off, thresholds of the case', async () => {
    const { model } = await make();
    expect(model.summary.facts).toContain(
      "1 finding is kept out of the story: 1 dismissed, 0 suppressed; 1 rule was switched off for this case; 1 rule ran with other thresholds than its author's.",
    );
    const off = model.method.rulesNotApplied.find((rule) => rule.ruleId === 'r4');
    expect(off).toMatchObject({ off: true, why: 'switched off for this case: too loud' });
    expect(model.method.rules.find((rule) => rule.ruleId === 'r5')!.tuned).toBe('count 5, timespan 60');
    expect(model.method.rules.map((rule) => rule.ruleId)).not.toContain('r4');
  });

  it('names files of this machine by their name only', async () => {
    const { model } = await make();
    expect(model.scope.notExamined[0]!.reason).toMatch(/^same content|^binary, seen at node1.tar$/);
    expect(model.method.rules[0]!.file).toBe('rules/registry/one.yml');
  });

  it('reads description and false positives out of the rule text', async () => {
    const { model } = await make();
    expect(model.findings.entries[0]!.falsePositives).toEqual(['A scanner of our own']);
    expect(model.findings.entries[0]!.description).toBe('What it says');
  });

  it('gives the text of rules that found something, and of the others a hash that names it for certain', async () => {
    const { model } = await make();
    const quiet = model.method.rules.filter(({ findings }) => findings === 0);
    expect(quiet.map(({ ruleId }) => ruleId)).toContain('r5');
    const [, text] = writers.html(model).split('id="rules"');
    expect(text).toContain('What it says');
    for (const { sourceSha256 } of quiet) {
      expect(text).toContain(sourceSha256);
      expect(writers.md(model)).toContain(sourceSha256);
    }
  });

  it('takes levels by their strength, not by the alphabet', async () => {
    const { opened } = await make();
    await opened.write(async (connection) => {
      await connection.run(`DELETE FROM finding_state`);
      await connection.run(
        `INSERT INTO finding SELECT 'i1', 'r9', 'Informational', 'informational', [], 'n1', ['n1'], [], first_ts, last_ts, 1, NULL, NULL
         FROM finding WHERE finding_id = 'f1'`,
      );
      await connection.run(
        `UPDATE finding SET first_ts = TIMESTAMP '2026-11-21', event_count = 1 WHERE finding_id = 'f2'`,
      );
      await connection.run(
        `INSERT INTO finding_event SELECT id, min(event_id), 'match', 0 FROM event, (VALUES ('f2'), ('i1')) t(id) GROUP BY id`,
      );
      await connection.run(`UPDATE event_row SET kind_id = 2 WHERE line = 2`);
      await connection.run(`UPDATE event_row SET kind_id = 3 WHERE line = 3`);
    });
    const { buildReport } = await import('../../../electron/engine/report/index.ts');
    const model = await opened.read((connection) =>
      buildReport(connection, { caseName: 'x', readLines: () => Promise.resolve(new Uint8Array()) }),
    );
    expect(model.findings.entries.map((entry) => entry.level)).toEqual(['critical', 'high', 'informational']);
    expect(model.summary.story.map((entry) => entry.level)).toEqual(['critical', 'high']);
    expect(model.timeline.entries[0]!.findings).toEqual(['F1', 'F2']);
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    expect(sum(model.timeline.volume!.warnings)).toBe(HOSTILE.length - 1);
  });

  it('tells the posture: weaknesses at length and alike ones together, the rest counted, missing logs in the scope', async () => {
    const { opened } = await make();
    await opened.write(async (connection) => {
      const row = (id: number, topic: string, node: string | null, standing: string, title: string) =>
        connection.run(
          `INSERT INTO posture_row VALUES ($1, 'c', $2, $3::VARCHAR, 'registry', 'app', $4, $5, $6, 'Change <it>', [4294967296], 1, [1], 1, 'log lines', NULL)`,
          [id, topic, node, standing, title, `Proof of ${node ?? 'the case'} | <u>x</u>`],
        );
      await row(1, 'secrets', 'n1', 'bad', 'Alike');
      await row(2, 'secrets', 'n2', 'bad', 'Alike');
      await row(3, 'missing', null, 'weak', 'No log of n3');
      await row(4, 'levels', 'n1', 'ok', 'Fine');
    });
    const { buildReport } = await import('../../../electron/engine/report/index.ts');
    const model = await opened.read((connection) =>
      buildReport(connection, { caseName: 'x', readLines: () => Promise.resolve(new Uint8Array()) }),
    );
    expect(model.posture.entries.map(({ title }) => title)).toEqual([
      'Alike',
      'Alike',
      'No log of n3',
      'Fine',
    ]);
    expect(model.posture.entries[0]!.files).toEqual(['var/log/a|b.log']);
    expect(model.scope.absent).toMatchObject([{ node: null, title: 'No log of n3' }]);
    for (const text of [writers.html(model), writers.md(model)]) {
      expect(text).toContain(
        '4 statements on how nodes and components log and are set up: 2 bad, 1 weak and 1 ok',
      );
      expect(text.match(/Alike/g)).toHaveLength(1);
      expect(text).toContain('n2, app: Proof of n2');
      expect(text).not.toContain('<u>');
      expect(text).not.toContain('Fine');
    }
    expect(JSON.parse(writers.json(model)).posture.entries).toHaveLength(4);
  });

  it('says when exact bytes could not be read and shows the parsed message', async () => {
    const { opened } = await make();
    const { buildReport } = await import('../../../electron/engine/report/index.ts');
    const model = await opened.read((connection) =>
      buildReport(connection, { caseName: 'x', readLines: () => Promise.reject(new Error('/tmp/secret')) }),
    );
    expect(model.findings.entries[0]!.lines.every((line) => !line.read)).toBe(true);
    expect(model.cover.verification.join(' ')).toContain('could not be read');
    expect(writers.html(model)).not.toContain('/tmp/secret');
  });

  it('shows at most 50 lines of a finding, the first and the last among them, and says how many more', async () => {
    const { model } = await make(Array.from({ length: 180 }, (_, i) => Buffer.from(`line ${i + 1}`)));
    const [finding] = model.findings.entries;
    expect(finding!.lines).toHaveLength(50);
    expect(finding!.linesNotShown).toBe(130);
    expect(finding!.lines[0]!.text).toBe('line 1');
    expect(finding!.lines.at(-1)!.text).toBe('line 180');
    expect(finding!.lines.reduce((sum, line) => sum + line.skippedBefore, 0)).toBe(130);
    expect(model.findingEvents.rows).toHaveLength(180);
  });
});
