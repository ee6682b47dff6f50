// One small transport for the contract: works over anything that can post and receive plain objects.
import type { Api, ApiErrorData, EngineEvents, Input, MethodName, Output } from './api.ts';

/** Two ends of a channel: MessagePort, WebSocket, worker port. Messages are structured-cloneable plain objects. */
export interface Wire {
  post(message: unknown): void;
  listen(receive: (message: unknown) => void): void;
  onClose?(closed: () => void): void;
}

export class ApiError extends Error {
  readonly code: string;
  readonly detail: string | undefined;
  constructor(data: ApiErrorData) {
    super(data.sentence);
    this.name = 'ApiError';
    this.code = data.code;
    this.detail = data.detail;
  }
}

type Call = { id: number; call: string; input: unknown };
type Reply = { id: number; ok?: unknown; error?: ApiErrorData };
type Push = { push: keyof EngineEvents; data: unknown };

/** Answers calls that arrive on `wire`. `invoke` checks the input and never throws anything but ApiError-like values. */
export function serve(
  wire: Wire,
  engine: {
    invoke(method: string, input: unknown): Promise<{ ok: unknown } | { error: ApiErrorData }>;
    subscribe(listener: <E extends keyof EngineEvents>(event: E, data: EngineEvents[E]) => void): () => void;
  },
): () => void {
  const stop = engine.subscribe((event, data) => wire.post({ push: event, data } satisfies Push));
  wire.onClose?.(stop);
  wire.listen((message) => {
    const call = message as Partial<Call> | null;
    if (!call || typeof call.id !== 'number' || typeof call.call !== 'string') return;
    const { id } = call;
    void engine.invoke(call.call, call.input ?? {}).then((answer) => wire.post({ id, ...answer }));
  });
  return stop;
}

export interface Connection {
  api: Api;
  on<E extends keyof EngineEvents>(event: E, listener: (data: EngineEvents[E]) => void): () => void;
}

/** The caller's end: a typed proxy of the contract and the engine's events. */
export function connect(wire: Wire): Connection {
  let next = 1;
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  const listeners = new Map<string, Set<(data: never) => void>>();
  wire.listen((message) => {
    const m = message as Partial<Reply & Push> | null;
    if (!m) return;
    if (typeof m.push === 'string') {
      for (const listener of listeners.get(m.push) ?? []) listener(m.data as never);
      return;
    }
    if (typeof m.id !== 'number') return;
    const caller = waiting.get(m.id);
    waiting.delete(m.id);
    if (m.error) caller?.reject(new ApiError(m.error));
    else caller?.resolve(m.ok as never);
  });
  wire.onClose?.(() => {
    for (const caller of waiting.values()) {
      caller.reject(
        new ApiError({
          code: 'disconnected',
          sentence:
            'The engine went away before it answered. Reload to connect again; the case on disk is safe.',
        }),
      );
    }
    waiting.clear();
  });
  const call = <M extends MethodName>(method: M, input: Input<M>) =>
    new Promise<Output<M>>((resolve, reject) => {
      const id = next++;
      waiting.set(id, { resolve: resolve as (value: never) => void, reject });
      wire.post({ id, call: method, input } satisfies Call);
    });
  const api = new Proxy({} as Api, {
    get: (_, name) =>
      typeof name === 'string' ? (input: never) => call(name as MethodName, input) : undefined,
  });
  return {
    api,
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set);
      set.add(listener as (data: never) => void);
      return () => set.delete(listener as (data: never) => void);
    },
  };
}
