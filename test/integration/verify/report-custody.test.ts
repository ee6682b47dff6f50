// What a report says of custody, that it is the same bytes each time, and that its signature is nothing but a block behind it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../../electron/engine/engine.ts';
import { checkReport } from '../../../electron/host/report-check.ts';
import { type ProofCase, proofCase, tamper } from './proof-case.ts';

let proof: ProofCase;
beforeAll(async () => {
  proof = await proofCase();
});
afterAll(() => proof.remove());

async function withCase<T>(dir: string, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = proof.engine();
  try {
    await engine.api['case.open']({ dir });
    return await work(engine);
  } finally {
    await engine.close();
  }
}

const exported = async (engine: Engine, format: 'html' | 'md' | 'json' = 'md') =>
  readFileSync((await engine.api['report.export']({ format })).path, 'utf8');

async function verify(engine: Engine): Promise<void> {
  const { jobId } = await engine.api['verify.start']({});
  expect((await engine.job(jobId)).state).toBe('done');
}

test('a case that was not verified says so; one that was states the log up to then, in the same bytes each time', async () => {
  const dir = proof.copy();
  const before = await withCase(dir, async (engine) => {
    const report = await exported(engine);
    expect(report).toContain('was not verified after it was taken in');
    expect(report).not.toContain('ana@lab');
    await verify(engine);
    return report;
  });
  const first = await withCase(dir, async (engine) => {
    const report = await exported(engine);
    expect(report).not.toBe(before);
    expect(report).toMatch(
      /The case was verified on 2\d{3}-.* by .*ana@lab.* \(entry \d+ of the custody log\): all was as it had been taken in/,
    );
    const model = JSON.parse(await exported(engine, 'json'));
    expect(model.custody.entries.at(-1)).toMatchObject({
      seq: model.custody.head.seq,
      hash: model.custody.head.hash,
      actor: 'ana@lab',
      sentence: 'The case was verified: all as it was.',
    });
    expect(model.custody.entries[0].sentence).toContain('The case "Proof" was made');
    const { rows } = await engine.api['custody.list']({});
    expect(rows.find((row) => row.seq === model.custody.head.seq)!.hash).toBe(model.custody.head.hash);
    return report;
  });
  expect(await withCase(dir, (engine) => exported(engine))).toBe(first);
  await withCase(dir, async (engine) => {
    const { rows } = await engine.api['events.page']({ lens: {}, offset: 0, limit: 1 });
    await engine.api['annotations.add']({ eventIds: [rows[0]!.eventId], kind: 'tag', text: 'seen' });
    expect(await exported(engine)).toContain(
      'After that the case was changed by 1 act, the first of which is entry',
    );
  });
});

test('a report of a case that failed its verification says what is wrong', async () => {
  const dir = proof.copy();
  await tamper(dir, (c) =>
    c.run(`UPDATE event_row SET message = 'x' WHERE event_id = (SELECT min(event_id) FROM event_row)`),
  );
  await withCase(dir, async (engine) => {
    await verify(engine);
    const report = await exported(engine);
    expect(report).toContain('is NOT as it was taken in: 1 problem');
    expect(report).toMatch(
      /What was not as it had been[\s\S]*is not what the evidence says: message differs/,
    );
  });
});

test('a signed report is the report with a block behind it, or a file beside it', async () => {
  const dir = proof.copy();
  await withCase(dir, async (engine) => {
    const { keyId, publicKey } = await engine.api['keys.make']({ name: 'Ana', passphrase: 'correct horse' });
    for (const format of ['html', 'md', 'json', 'csv'] as const) {
      const plain = await engine.api['report.export']({ format });
      const bytes = readFileSync(plain.path);
      const path = join(proof.folder, `signed.${format}`);
      const signed = await engine.api['report.export']({
        format,
        path,
        sign: { keyId, passphrase: 'correct horse' },
      });
      const beside = format === 'json' || format === 'csv';
      expect(signed.signaturePath).toBe(beside ? `${path}.sig` : null);
      const after = readFileSync(path);
      if (beside) expect(after.equals(bytes)).toBe(true);
      else {
        expect(after.subarray(0, bytes.length).equals(bytes)).toBe(true);
        expect(after.subarray(bytes.length).toString()).toMatch(
          /^\n<!-- tidemark-signature \{"format":"tidemark-signature","version":1,"sha256":"[0-9a-f]{64}","signatures":\[.*\]\} -->\n$/,
        );
      }
      expect(await checkReport(path, publicKey)).toMatchObject({
        ok: true,
        key: { fingerprint: keyId, signed: true },
      });
    }
    const wrong = engine.api['report.export']({
      format: 'html',
      path: join(proof.folder, 'no.html'),
      sign: { keyId, passphrase: 'wrong' },
    });
    await expect(wrong).rejects.toMatchObject({ code: 'bad_passphrase' });
    expect(existsSync(join(proof.folder, 'no.html'))).toBe(false);
    const { rows } = await engine.api['custody.list']({});
    const acts = rows.filter((row) => row.act === 'report.exported' && row.detail.signed_with !== null);
    expect(acts.map((row) => row.detail.format)).toEqual(['html', 'md', 'json', 'csv']);
    expect(JSON.stringify(rows)).not.toContain('correct horse');
  });
});
