// Builds the report model of a case. The same case gives the same model: every query orders its rows totally,
// and nothing of this machine (folders, clock, user, durations) goes in.
import type { CustodyEntry } from '../case/custody.ts';
import type { Connection } from '../case/database.ts';
import { TOOL_VERSION } from '../case/version.ts';
import { Asker } from './asker.ts';
import { makeCover } from './cover.ts';
import { GLOSSARY } from './glossary.ts';
import { limitsOf } from './limits.ts';
import type { ReadLines } from './lines.ts';
import { REPORT_SCHEMA_VERSION, type ReportModel } from './model.ts';
import { readCustody } from './read-custody.ts';
import { readEvidence } from './read-evidence.ts';
import { readFindings } from './read-findings.ts';
import { readIndicators } from './read-indicators.ts';
import { readNotes } from './read-notes.ts';
import { readPosture } from './read-posture.ts';
import { readMethod, readRuleRuns } from './read-rules.ts';
import { readScope } from './read-scope.ts';
import { readTimeBasis } from './read-time.ts';
import { readFindingEvents, readTimeline } from './read-timeline.ts';
import { summarise } from './summary.ts';

export interface ReportInput {
  caseName: string;
  /** Exact bytes of a member's content, by the SHA-256 of that content. */
  readLines: ReadLines;
  /** The custody log of the case; none when left out. */
  custody?: readonly CustodyEntry[];
}

export async function buildReport(connection: Connection, input: ReportInput): Promise<ReportModel> {
  const ask = new Asker(connection);
  const evidence = await readEvidence(ask);
  const posture = await readPosture(ask);
  const scope = await readScope(ask, evidence, posture);
  const time = await readTimeBasis(ask);
  const runs = await readRuleRuns(ask);
  const findings = await readFindings(ask, runs, input.readLines);
  const timeline = await readTimeline(ask, findings);
  const indicators = await readIndicators(ask, findings, scope.nodes);
  const notes = await readNotes(ask);
  const findingEvents = await readFindingEvents(ask, findings);
  const method = await readMethod(ask, TOOL_VERSION, runs);
  const custody = readCustody(input.custody ?? []);
  const cover = makeCover({
    custody,
    caseName: input.caseName,
    toolVersion: TOOL_VERSION,
    evidence,
    findings,
    timeline,
  });
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    timeUnit: 'Times are integers: microseconds since 1970-01-01T00:00:00Z (UTC); null is not known.',
    cover,
    summary: summarise({ cover, scope, time, findings, method }),
    scope,
    evidence,
    timeBasis: time,
    timeline,
    findings,
    indicators,
    notes,
    method,
    posture,
    limits: limitsOf(scope.systems.map((entry) => entry.system)),
    glossary: GLOSSARY,
    custody,
    findingEvents,
  };
}
