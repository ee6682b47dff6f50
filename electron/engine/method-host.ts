// What the groups of methods (`*-methods.ts`) are given of the engine.
import type { EngineEvents } from '../../shared/api.ts';
import type { Beginning, Case } from './case/case.ts';
import type { Signer } from './case/signature.ts';
import type { RuleLibrary } from './detect/rule-library.ts';
import type { EvidenceReader } from './intake/evidence-store.ts';
import type { Jobs } from './jobs.ts';

export interface MethodHost {
  readonly jobs: Jobs;
  readonly library: RuleLibrary;
  /** How evidence is read, where it is not left to the machine. */
  readonly load: { workers?: number; batchRows?: number };
  /** The open case, if any. */
  current(): Case | null;
  /** The open case; throws CaseError when none is open. */
  need(): Case;
  evidence(): EvidenceReader;
  /** Tells the shells that the case changed. */
  changed(why: EngineEvents['case']['why']): Promise<void>;
  /** Writes an act into the custody log of the open case. Plain methods are recorded by custody-acts.ts; jobs say their own. */
  record(act: string, detail: Record<string, unknown>): Promise<void>;
  /** The responder's keys; null where another process holds them. */
  readonly signer: Signer | null;
  /** Makes a case, closes the one that is open, and opens the new one in its place. */
  create(dir: string, name: string | undefined, beginning: Beginning): Promise<Case>;
  /** Closes the open case and removes its folder: for a making that failed. */
  discard(): Promise<void>;
  /** Who is at work. */
  user(): string;
}
