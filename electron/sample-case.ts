// The sample case: made once from the bundles that come with Tidemark, kept in the state folder, opened again afterwards.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { JobInfo } from '../shared/api.ts';
import { CaseError } from './engine/case/errors.ts';
import { removeCase } from './engine/case/folder.ts';
import { TOOL_VERSION } from './engine/case/version.ts';
import type { EngineDoor } from './host/door.ts';

const STAMP = 'sample.json'; // written last: a sample case without it was broken off
const PLACES = ['sample-case', 'sample-case-2', 'sample-case-3', 'sample-case-4'];

export interface SampleOptions {
  sampleDir: string;
  stateDir: string;
  /** Called with each job, so that a terminal can show it. */
  watch?(engine: EngineDoor, jobId: string): Promise<JobInfo>;
}

/** Opens the sample case, making it where there is none of this version. Returns its folder. */
export async function openSampleCase(engine: EngineDoor, options: SampleOptions): Promise<string> {
  const bundles = await sampleBundles(options.sampleDir);
  const fingerprint = await fingerprintOf(bundles);
  for (const place of PLACES) {
    const dir = join(options.stateDir, place);
    try {
      if ((await stampOf(dir)) === fingerprint && (await opens(engine, dir))) return dir;
      await removeCase(dir); // outdated or unfinished, unless somebody has it open
      await make(engine, dir, bundles, options);
      await writeFile(join(dir, STAMP), `${JSON.stringify({ fingerprint })}\n`);
      return dir;
    } catch (error) {
      if (!(error instanceof CaseError) || error.code !== 'case_locked') throw error; // open in another window: the next place
    }
  }
  throw new CaseError(
    'case_locked',
    `The sample case is open in ${PLACES.length} other Tidemarks. Close one of them and try again.`,
  );
}

/** False when the case is damaged or of another layout: it is made anew then. */
async function opens(engine: EngineDoor, dir: string): Promise<boolean> {
  const opened = await engine.invoke('case.open', { dir });
  if (!('error' in opened)) return true;
  const { code, sentence } = opened.error;
  if (['case_version', 'case_damaged', 'no_case'].includes(code)) return false;
  throw new CaseError(code, sentence);
}

async function make(
  engine: EngineDoor,
  dir: string,
  bundles: string[],
  options: SampleOptions,
): Promise<void> {
  const watch = options.watch ?? ((from, jobId) => from.job(jobId));
  await engine.api['case.create']({ dir, name: 'Sample incident' });
  const { jobId } = await engine.api['ingest.start']({ paths: bundles, timezones: {} });
  const ended = await watch(engine, jobId);
  if (ended.state !== 'done') {
    throw new CaseError(
      'sample',
      `The sample case was not finished: ${ended.error ?? ended.state}. Start again to make it anew.`,
    );
  }
}

async function stampOf(dir: string): Promise<string | null> {
  try {
    return (JSON.parse(await readFile(join(dir, STAMP), 'utf8')) as { fingerprint: string }).fingerprint;
  } catch {
    return null;
  }
}

async function sampleBundles(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /\.(tar|tgz|zip|gz|zst|bz2|xz)$/.test(name)).sort();
  if (names.length === 0) throw new CaseError('sample', `There are no sample bundles in ${folder}.`);
  return names.map((name) => join(folder, name));
}

/** Of the version and of every byte of the bundles. */
async function fingerprintOf(bundles: string[]): Promise<string> {
  const hash = createHash('sha256').update(TOOL_VERSION);
  for (const path of bundles) {
    hash.update(`\n${basename(path)}\n`);
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}
