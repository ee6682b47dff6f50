// The `tidemark` command. Results go to standard output, everything else to standard error.
// Exit codes: 0 done, 1 done with failures recorded, 2 wrong usage, 3 refused, 130 interrupted.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { JobInfo } from '../shared/api.ts';
import { EXIT } from '../shared/model.ts';
import { type Command, helpText, readCommand, UsageError, wantsJson } from './command-line.ts';
import type { ProofCommand } from './command-line-proof.ts';
import { CaseError, toApiError } from './engine/case/errors.ts';
import { TOOL_VERSION } from './engine/case/version.ts';
import type { EngineDoor } from './host/door.ts';
import {
  counted,
  type DetectResult,
  formatText,
  type IngestResult,
  ingestText,
  printFindings,
} from './job-words.ts';
import { passwordsIn } from './password-file.ts';
import { passphraseOf, runProof } from './proof-commands.ts';
import {
  explainRule,
  printExplanation,
  printRuleChecks,
  printRules,
  printSlowest,
  ruleTiming,
} from './rules-output.ts';
import { appRoot, sampleDir, stateDir } from './shell-paths.ts';
import { printSql } from './sql-output.ts';
import { harmless, harmlessJson, progress } from './terminal.ts';
import { runTransfer } from './transfer-commands.ts';
import { write } from './write.ts';

const INTERRUPTED = 130;
const root = appRoot(import.meta.dirname);

type Run<N extends Command['name']> = Extract<Command, { name: N }>;

/** Ctrl+C: the first one cancels what runs, so that the case is closed properly; the second one ends at once. */
const interruption = {
  happened: false,
  cancel: null as (() => unknown) | null,
  listen(): void {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (interruption.happened) process.exit(INTERRUPTED);
        interruption.happened = true;
        void interruption.cancel?.();
      });
    }
  },
};

const say = (sentence: string) => process.stderr.write(`${harmless(sentence, '\n')}\n`);
const print = (text: string) => write(process.stdout, `${text}\n`);
const printJson = (value: unknown) => print(harmlessJson(value, 2));

async function run(command: Command): Promise<number> {
  switch (command.name) {
    case 'help':
      await write(process.stdout, helpText(command.of));
      return EXIT.done;
    case 'version':
      await print(TOOL_VERSION);
      return EXIT.done;
    case 'isolation':
      return printIsolation(command.json);
    case 'serve':
      return withEngine(
        command,
        async (engine) =>
          (await import('./serve-case.ts')).serveCase(
            engine,
            command,
            { root, stateDir: stateDir() },
            interruption,
          ),
        'browser',
      );
    case 'analyze':
      return withEngine(command, (engine) => analyze(engine, command));
    case 'ingest':
      return withEngine(command, (engine) => ingest(engine, command));
    case 'resume':
      return withEngine(command, (engine) => resume(engine, command));
    case 'detect':
      return withEngine(command, (engine) => detect(engine, command));
    case 'rules':
      return withEngine(command, (engine) => rules(engine, command));
    case 'sql':
      return withEngine(command, async (engine) => {
        await openCase(engine, command.dir);
        interruption.cancel = () => engine.api['sql.cancel']({});
        if (interruption.happened) throw new CaseError('cancelled', 'Cancelled.');
        await printSql(engine.api, { ...command, exportsDir: engine.exportsDir }, say);
        return EXIT.done;
      });
    case 'report':
      return withEngine(command, async (engine) => {
        await openCase(engine, command.dir);
        const { path, bytes, sha256, signaturePath } = await engine.api['report.export']({
          format: command.format,
          path: resolve(command.out),
          ...(command.sign === null
            ? {}
            : {
                sign: { keyId: command.sign.key, ...(await passphraseOf(command.sign.passphraseFile)) },
              }),
        });
        say(`Wrote ${path}, ${bytes.toLocaleString('en')} bytes, sha256 ${sha256}.`);
        if (signaturePath) say(`Its signature is in ${signaturePath}.`);
        return EXIT.done;
      });
    case 'format':
      return withEngine(command, (engine) => checkFormat(engine, command));
    case 'export-case':
    case 'import-case':
    case 'merge':
    case 'tag':
      return withEngine(command, (engine) =>
        runTransfer(command, engine.api, {
          open: (dir) => openCase(engine, dir),
          watch: (jobId) => watch(engine, jobId),
          say,
        }),
      );
    case 'raw':
      return withEngine(command, (engine) => raw(engine, command));
    default:
      return proof(command);
  }
}

async function printIsolation(json: boolean): Promise<number> {
  const { nodeStarter } = await import('./host/start-engine.ts');
  const isolation = await nodeStarter(root).isolation();
  if (json) await printJson(isolation);
  else await print(isolation.sentence);
  return EXIT.done;
}

/** Signing and checking; what needs no case starts no engine. */
async function proof(command: ProofCommand): Promise<number> {
  let watched: EngineDoor | null = null;
  return runProof(command, {
    stateDir,
    withCase: (dir, work) =>
      withEngine(command, async (engine) => {
        watched = engine;
        await openCase(engine, dir);
        return work(engine.api);
      }),
    watch: (jobId) => watch(watched!, jobId),
  });
}

async function analyze(
  engine: EngineDoor,
  { paths, dir, report, formats, rules, json, ...how }: Run<'analyze'>,
): Promise<number> {
  const bundles = present(paths);
  const extra = present(rules);
  const passwords = await passwordsOf(how.passwordFile);
  const made = await engine.api['case.create']({ dir: resolve(dir) });
  const taken = await ingestJob(engine, bundles, present(formats), how, passwords);
  const found = await detectJob(engine, extra);
  const { findings } = await engine.api['findings.list']({});
  const written = report
    ? await engine.api['report.export']({ format: report.format, path: resolve(report.file) })
    : null;
  if (json) {
    await printJson({
      case: made.dir,
      ingest: taken,
      detect: found,
      report: written && { path: written.path, sha256: written.sha256 },
      findings,
    });
  } else {
    await print(ingestText(taken));
    await printFindings(engine, found);
    if (written) say(`Wrote ${written.path}, sha256 ${written.sha256}.`);
  }
  return ingestExit(taken) || detectExit(found);
}

async function ingest(
  engine: EngineDoor,
  { dir, paths, formats, json, ...how }: Run<'ingest'>,
): Promise<number> {
  const bundles = present(paths);
  const added = present(formats);
  const passwords = await passwordsOf(how.passwordFile);
  const folder = resolve(dir);
  if (existsSync(join(folder, 'case.json'))) await openCase(engine, folder);
  else await engine.api['case.create']({ dir: folder });
  const taken = await ingestJob(engine, bundles, added, how, passwords);
  if (json) await printJson(taken);
  else await print(ingestText(taken));
  return ingestExit(taken);
}

async function resume(
  engine: EngineDoor,
  { dir, passwordFile, giveUp, json }: Run<'resume'>,
): Promise<number> {
  const passwords = await passwordsOf(passwordFile);
  const { pending } = await engine.api['case.open']({ dir: resolve(dir) });
  if (!pending) {
    const sentence = 'Nothing was broken off in this case: there is nothing to resume.';
    if (json) await printJson({ pending: false, sentence });
    else await print(sentence);
    return EXIT.done;
  }
  say(pending.sentence);
  const { jobId } = giveUp
    ? await engine.api['ingest.giveUp']({})
    : await engine.api['ingest.resume']({ passwords });
  const taken = (await watch(engine, jobId)) as unknown as IngestResult & { detect?: DetectResult };
  for (const problem of taken.problems) say(problem);
  if (json) await printJson(taken);
  else {
    await print(ingestText(taken));
    if (taken.detect) await printFindings(engine, taken.detect);
  }
  return taken.problems.length > 0 || taken.members.failed + taken.members.partial > 0
    ? EXIT.withFailures
    : EXIT.done;
}

async function detect(engine: EngineDoor, { dir, rules, explain, json }: Run<'detect'>): Promise<number> {
  const extra = present(rules);
  await openCase(engine, dir);
  const found = await detectJob(engine, extra);
  const explained = explain === null ? null : await explainRule(engine.api, explain);
  if (explain !== null && explained === null)
    throw new UsageError(`There is no rule ${explain}; tidemark rules list shows those there are.`, 'detect');
  const { rules: ran } = await engine.api['rules.list']({});
  if (json) {
    const { findings } = await engine.api['findings.list']({});
    await printJson({
      findings,
      rules: ran.map(ruleTiming),
      refused: found.refused,
      disabled: found.disabled,
      suppressed: found.suppressed,
      orphaned_states: found.orphaned,
      seconds: found.seconds,
      ...(explained ? { explain: explained } : {}),
    });
  } else if (explained) await printExplanation(explained);
  else {
    await printFindings(engine, found);
    await printSlowest(ran, 10);
  }
  return detectExit(found);
}

async function rules(engine: EngineDoor, command: Run<'rules'>): Promise<number> {
  const paths = command.verb === 'check' ? command.paths : [];
  const whole = present(paths);
  if (command.dir !== null) await openCase(engine, command.dir);
  if (command.verb === 'list') {
    await printRules((await engine.api['rules.list']({})).rules, command.json);
    return EXIT.done;
  }
  const checked = await engine.api['rules.checkFiles']({ paths: whole });
  for (const rule of checked.rules) {
    const fits = whole.filter((path) => rule.path.startsWith(path)).sort((a, b) => b.length - a.length);
    const named = fits[0] === undefined ? null : paths[whole.indexOf(fits[0])]!;
    if (named !== null) rule.path = named + rule.path.slice(fits[0]!.length); // as the responder names it
  }
  if (checked.rules.length === 0) say('There is no rule file (.yml, .yaml) under these paths.');
  return (await printRuleChecks(checked.rules, command.json)) ? EXIT.done : EXIT.withFailures;
}

async function raw(engine: EngineDoor, { dir, eventId }: Run<'raw'>): Promise<number> {
  await openCase(engine, dir);
  const bytes = await engine.raw(eventId);
  if (!process.stdout.isTTY) {
    await write(process.stdout, bytes);
    return EXIT.done;
  }
  const shown = harmless(new TextDecoder().decode(bytes), '\n');
  await write(process.stdout, shown.endsWith('\n') ? shown : `${shown}\n`);
  if (shown !== new TextDecoder().decode(bytes)) {
    say('Control characters are shown escaped on a terminal; redirect the output for the exact bytes.');
  }
  return EXIT.done;
}

async function checkFormat(engine: EngineDoor, { file, log, json }: Run<'format'>): Promise<number> {
  const [path] = present([file]);
  const [logPath] = log === null ? [null] : present([log]);
  const check = await engine.api['formats.check']({ path: path!, log: logPath! });
  if (json) await printJson(check);
  else
    await print(
      formatText(file, log, check)
        .map((line) => harmless(line))
        .join('\n'),
    );
  return check.ok ? EXIT.done : EXIT.withFailures;
}

// --- jobs ---------------------------------------------------------------------------------------------------------

async function ingestJob(
  engine: EngineDoor,
  paths: string[],
  formats: string[],
  { timezones, limits }: Pick<Run<'ingest'>, 'timezones' | 'limits'>,
  passwords: Record<string, string>,
): Promise<IngestResult> {
  const { jobId } = await engine.api['ingest.start']({
    paths,
    timezones,
    formats,
    limits,
    passwords,
    detect: false,
  });
  const result = (await watch(engine, jobId)) as unknown as IngestResult;
  for (const problem of result.problems) say(problem);
  return result;
}

async function detectJob(engine: EngineDoor, rules: string[]): Promise<DetectResult> {
  const { jobId } = await engine.api['detect.start']({ rules });
  const result = (await watch(engine, jobId)) as unknown as DetectResult;
  for (const { rule, reason } of result.refused) say(`Rule refused: ${rule}: ${reason}`);
  if (result.orphaned > 0)
    say(
      `${counted(result.orphaned, 'verdict')} of yours ${result.orphaned === 1 ? 'is' : 'are'} on findings that the rules do not make any more; kept for when they come back.`,
    );
  return result;
}

/** Shows a job until it has ended; its result, or what it ended with as an error. */
async function watch(engine: EngineDoor, jobId: string): Promise<NonNullable<JobInfo['result']>> {
  const shown = progress(process.stderr);
  const stop = engine.subscribe((event, data) => {
    if (event === 'job' && (data as JobInfo).id === jobId && (data as JobInfo).state === 'running')
      shown.show(data as JobInfo);
  });
  interruption.cancel = () => engine.api['jobs.cancel']({ jobId });
  if (interruption.happened) await interruption.cancel();
  try {
    const job = await engine.job(jobId);
    if (job.state === 'cancelled')
      throw new CaseError('cancelled', 'Cancelled; what was complete is kept in the case.');
    if (job.state !== 'done' || job.result === null)
      throw new CaseError(String(job.result?.code ?? 'failed'), job.error ?? `${job.title} failed.`);
    return job.result;
  } finally {
    interruption.cancel = null;
    stop();
    shown.done();
  }
}

/** Failures: members that could not be read to their end, or bundles that gave nothing at all. */
function ingestExit({ members, records, problems }: IngestResult): number {
  const nothing = records === 0 && members.duplicate === 0;
  return members.failed + members.partial > 0 || problems.length > 0 || nothing
    ? EXIT.withFailures
    : EXIT.done;
}

const detectExit = ({ refused }: DetectResult): number =>
  refused.length > 0 ? EXIT.withFailures : EXIT.done;

// --- ground -------------------------------------------------------------------------------------------------------

/** Paths as absolute ones; all must be there before anything is done. */
function present(paths: string[]): string[] {
  for (const path of paths) {
    if (!existsSync(path))
      throw new UsageError(`There is no file or folder ${resolve(path)}. Nothing was read or changed.`);
  }
  return paths.map((path) => resolve(path));
}

async function passwordsOf(file: string | null): Promise<Record<string, string>> {
  return file === null ? {} : passwordsIn(present([file])[0]!);
}

async function openCase(engine: EngineDoor, dir: string): Promise<void> {
  const { notices } = await engine.api['case.open']({ dir: resolve(dir) });
  for (const notice of notices) say(notice);
}

/** Files and folders of the machine that a command names: the engine's process may read them from its start. */
function inputsOf(command: Command): string[] {
  if (command.name === 'export-case') return []; // its file is written
  const {
    paths = [],
    bundles = [],
    formats = [],
    rules = [],
    file = null,
    log = null,
  } = command as Partial<Run<'analyze'>> & Partial<Run<'resume'>> & Partial<Run<'format'>>;
  return [...paths, ...bundles, ...formats, ...rules, file, log].filter((path) => typeof path === 'string');
}

async function withEngine(
  command: Command,
  work: (engine: EngineDoor) => Promise<number>,
  shell: 'browser' | 'command line' = 'command line',
): Promise<number> {
  interruption.listen();
  const { EngineHost } = await import('./host/engine-host.ts'); // help and wrong usage need none of it
  const { nodeStarter } = await import('./host/start-engine.ts');
  const options = { shell, sampleDir: sampleDir(root), stateDir: stateDir() };
  const engine = new EngineHost(nodeStarter(root), options, inputsOf(command));
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

async function main(words: string[]): Promise<number> {
  try {
    const code = await run(readCommand(words));
    return interruption.happened ? INTERRUPTED : code;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return EXIT.done; // the reader has seen enough
    const { code, sentence } =
      error instanceof UsageError ? { code: 'usage', sentence: error.message } : toApiError(error);
    say(sentence);
    if (error instanceof UsageError && error.command !== null) say(`See: tidemark ${error.command} --help`);
    else if (error instanceof UsageError && words.length === 0) say(`\n${helpText(null)}`);
    if (wantsJson(words)) await printJson({ error: { code, sentence } });
    if (interruption.happened) return INTERRUPTED;
    const usage = error instanceof UsageError || (error instanceof CaseError && error.refusal === 'usage');
    return usage ? EXIT.usage : EXIT.refused;
  }
}

process.stdout.on('error', () => {}); // seen by write()
process.exitCode = await main(process.argv.slice(2));
