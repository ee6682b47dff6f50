// What goes between a shell and the engine's process: calls of the contract as shared/rpc.ts has them, and beside them
// what only the shell may ask. A page never reaches the second: it speaks to the shell, and the shell passes calls on.
import type { ApiErrorData, EngineEvents } from '../../shared/api.ts';
import type { Signature, SignedKind } from '../engine/case/signature.ts';
import type { Level } from './isolation.ts';

/** The first message to the engine's process. */
export interface Begin {
  shell: 'desktop' | 'browser' | 'command line';
  /** Who is at work, as the shell's process sees it: the engine's may see no users. */
  user: string;
  /** `user@host`, for the custody log. */
  actor: string;
  level: Level;
}

/** The first message from it. */
export interface Hello {
  hello: {
    /** Node's permission model holds in it. */
    permission: boolean;
  };
}

export interface CallMessage {
  id: number;
  call: string;
  input: unknown;
}

/** Asked by the shell itself: `close`, `raw`, `inputs`, and what engine-child.ts lists. */
export interface ControlMessage {
  id: number;
  control: string;
  input: unknown;
}

/** An error as it crosses: the terminal needs to know wrong usage from a refusal. */
export type WireError = ApiErrorData & { refusal?: 'usage' | 'refused' };

export interface Answer {
  id: number;
  ok?: unknown;
  error?: WireError;
}

export interface Push {
  push: keyof EngineEvents;
  data: unknown;
}

/** The engine's process asks for a signature; it gets one for each call that the responder made with a key, and no other. */
export interface SignatureAsked {
  ask: number;
  kind: SignedKind;
  sha256: string;
  keyId: string;
}

export interface SignatureGiven {
  given: number;
  ok?: Signature;
  error?: WireError;
}
