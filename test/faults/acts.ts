// A process that does acts on a case, one after another, through the engine: `node test/faults/acts.ts CASE STATE ACT...`.
// One line of JSON an act: `{ act, ok, error, notices, pending, result }`. Acts: `create`, `open`, `close`, `ingest:PATH,...`,
// `detect`, `judge` (the first finding is confirmed), `tag` (the first event), `read`, `report:FILE`, `query:FILE`, and `go-on:PATH,...`: whatever has to be done so
// that the case holds these bundles, settled, as a responder would after a fault.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toApiError } from '../../electron/engine/case/errors.ts';
import { Engine } from '../../electron/engine/engine.ts';
import type { CaseInfo, JobInfo } from '../../shared/api.ts';

const [dir, stateDir, ...acts] = process.argv.slice(2) as [string, string, ...string[]];
const engine = new Engine({ shell: 'command line', sampleDir: null, stateDir });

class Failed extends Error {
  readonly data: { code: string; sentence: string };
  constructor(job: JobInfo) {
    super(job.error ?? 'failed');
    this.data = { code: String(job.result?.code ?? 'failed'), sentence: job.error ?? '' };
  }
}

async function job(jobId: string): Promise<unknown> {
  const ended = await engine.job(jobId);
  if (ended.state !== 'done') throw new Failed(ended);
  return ended.result;
}

const info = async (): Promise<CaseInfo | null> => (await engine.api['case.current']({})).case;

async function ingest(paths: string[]): Promise<unknown> {
  return job((await engine.api['ingest.start']({ paths, timezones: {}, formats: [], detect: false })).jobId);
}

/** Bundles of the case that were read to their end. */
async function whole(): Promise<Set<string>> {
  const { bundles } = await engine.api['evidence.bundles']({});
  return new Set(bundles.filter(({ sha256 }) => sha256 !== null).map(({ name }) => name));
}

/** What a case holds of a responder's own work. */
async function claims(): Promise<{ annotations: number; confirmed: number }> {
  const { findings } = await engine.api['findings.list']({});
  const { annotations } = await engine.api['annotations.list']({});
  return {
    annotations: annotations.length,
    confirmed: findings.filter(({ state }) => state === 'confirmed').length,
  };
}

async function goOn(paths: string[]): Promise<unknown> {
  if (!(await info())) {
    if (existsSync(join(dir, 'case.json'))) await engine.api['case.open']({ dir });
    else await engine.api['case.create']({ dir });
  }
  const said = (await info())!;
  const was = await claims();
  if (said.pending) await job((await engine.api['ingest.resume']({ passwords: {} })).jobId);
  const have = await whole();
  const missing = paths.filter((path) => !have.has(path.split('/').at(-1)!));
  if (missing.length > 0) await ingest(missing);
  return { notices: said.notices, pending: said.pending, missing: missing.length, was };
}

async function act(name: string, of: string): Promise<unknown> {
  switch (name) {
    case 'create':
      return engine.api['case.create']({ dir });
    case 'open':
      return engine.api['case.open']({ dir });
    case 'read':
      return engine.api['events.page']({ lens: {}, offset: 0, limit: 10 } as never);
    case 'close':
      return engine.api['case.close']({});
    case 'ingest':
      return ingest(of.split(','));
    case 'go-on':
      return goOn(of.split(','));
    case 'detect':
      return job((await engine.api['detect.start']({ rules: [] })).jobId);
    case 'judge': {
      const { findings } = await engine.api['findings.list']({});
      const findingId = findings[0]!.findingId;
      return engine.api['findings.setState']({ findingId, state: 'confirmed', why: 'seen' });
    }
    case 'tag': {
      if ((await claims()).annotations > 0) return null;
      const { rows } = await engine.api['events.page']({
        lens: {},
        offset: 0,
        limit: 1,
      } as never);
      return engine.api['annotations.add']({
        eventIds: [rows[0]!.eventId],
        kind: 'tag',
        text: 'seen',
      } as never);
    }
    case 'report':
      return engine.api['report.export']({ format: 'html', path: of });
    case 'query':
      return engine.api['sql.export']({
        sql: 'SELECT * FROM events ORDER BY event_id',
        format: 'csv',
        path: of,
      } as never);
    default:
      throw new Error(`no act ${name}`);
  }
}

let failed = false;
for (const text of acts) {
  const [name, of = ''] = text.split(/:(.*)/s);
  const said = {
    act: name,
    ok: true,
    error: null as unknown,
    notices: [] as string[],
    pending: null as unknown,
  };
  let result: unknown = null;
  try {
    result = await act(name!, of);
  } catch (error) {
    failed = true;
    said.ok = false;
    said.error = error instanceof Failed ? error.data : toApiError(error);
  }
  const now = await info().catch(() => null);
  process.stdout.write(
    `${JSON.stringify({ ...said, notices: now?.notices ?? [], pending: now?.pending ?? null, result: name === 'go-on' ? result : null })}\n`,
  );
}
await engine.close().catch((error: unknown) => {
  failed = true;
  process.stdout.write(`${JSON.stringify({ act: 'end', ok: false, error: toApiError(error) })}\n`);
});
process.exitCode = failed ? 3 : 0;
