// Checks that Sigma can't express, by the name their YAML metadata gives in `tidemark.native`.
import type { Bound } from '../../case/database.ts';
import { logGap } from './log-gap.ts';

/** Answers like a compiled rule: g, island, event_id, ts, node, system, role (see sigma/event-query.ts). */
export interface NativeCheck {
  sql: string;
  values: Bound[];
  source: string;
  groupNames: string[];
}

export const NATIVE_CHECKS: ReadonlyMap<string, NativeCheck> = new Map([['log-gap', logGap]]);
