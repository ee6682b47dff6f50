// Checks that Sigma can't express, by the name their YAML metadata gives in `tidemark.native`.
import { logGap } from './log-gap.ts';
import type { NativeCheck } from './native-check.ts';

export type { NativeCheck } from './native-check.ts';

export const NATIVE_CHECKS: ReadonlyMap<string, NativeCheck> = new Map([['log-gap', logGap]]);
