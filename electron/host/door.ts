// What the shells need of an engine, whether it runs beside them (tests) or in a process of its own (EngineHost).
import type { Api, ApiErrorData, EngineEvents, JobInfo } from '../../shared/api.ts';

export type Listener = <E extends keyof EngineEvents>(event: E, data: EngineEvents[E]) => void;

export interface EngineDoor {
  /** Typed calls; throw CaseError. */
  readonly api: Api;
  /** One call from a wire; never throws. */
  invoke(method: string, input: unknown): Promise<{ ok: unknown } | { error: ApiErrorData }>;
  subscribe(listener: Listener): () => void;
  /** Resolves when the job has ended, whatever its end. */
  job(jobId: string): Promise<JobInfo>;
  /** The exact bytes of a record. */
  raw(eventId: string): Promise<Uint8Array>;
  /** The exports folder of the open case, for a shell that offers downloads. */
  readonly exportsDir: string | null;
  close(): Promise<void>;
}
