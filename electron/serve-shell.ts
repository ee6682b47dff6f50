// The engine's end of the channel to its shell: begins the engine as told, serves the contract, and answers what only
// the shell may ask.
import type { EngineEvents } from '../shared/api.ts';
import { serve, type Wire } from '../shared/rpc.ts';
import { CaseError, toApiError } from './engine/case/errors.ts';
import type { Signature, SignedKind, Signer, SignWithKey } from './engine/case/signature.ts';
import { Engine } from './engine/engine.ts';
import type { Begin, ControlMessage, SignatureAsked, SignatureGiven, WireError } from './host/channel.ts';
import { isolationOf } from './host/isolation.ts';
import { signReport } from './host/sign.ts';

type Control = (engine: Engine, input: Record<string, unknown>) => Promise<unknown>;

/** What only the shell may ask. */
const CONTROLS: Record<string, Control> = {
  close: (engine) => engine.close(),
  raw: async (engine, { eventId }) => Buffer.from(await engine.raw(String(eventId))).toString('base64'),
};

/** Serves until the shell asks to close or is gone; `leave` ends the process. */
export function serveShell(wire: Wire, leave: () => void): void {
  let engine: Engine | null = null;
  const receivers: ((message: unknown) => void)[] = [];
  wire.listen((message) => {
    const said = message as Partial<{ begin: Begin } & ControlMessage>;
    if (said.begin && engine === null) {
      engine = begin(said.begin, { ...wire, listen: (receive) => receivers.push(receive) });
      wire.post({ hello: { permission: process.permission !== undefined } });
    } else if (engine && typeof said.control === 'string' && typeof said.id === 'number') {
      void control(engine, said as ControlMessage, wire).then(() => {
        if (said.control === 'close') leave();
      });
    } else for (const receive of receivers) receive(message);
  });
  wire.onClose?.(() => void (engine?.close() ?? Promise.resolve()).finally(leave));
}

function begin({ shell, user, actor, level }: Begin, wire: Wire): Engine {
  const { network, files } = isolationOf(level, process.permission !== undefined);
  const isolation = { network, files };
  const engine = new Engine({ shell, user, actor, isolation, signer: signerThrough(wire) });
  const methods = engine.api as unknown as Record<string, (input: unknown) => Promise<unknown>>;
  serve(wire, {
    subscribe: (listener: <E extends keyof EngineEvents>(event: E, data: EngineEvents[E]) => void) =>
      engine.subscribe(listener),
    async invoke(method, input) {
      try {
        return { ok: await methods[method]!(input) };
      } catch (error) {
        return { error: wireError(error) };
      }
    },
  });
  return engine;
}

/** The responder's keys, as far as this process has to do with them: it asks the shell for a signature. */
function signerThrough(wire: Wire): Signer {
  const waiting = new Map<number, (given: SignatureGiven) => void>();
  let next = 1;
  wire.listen((message) => {
    const given = message as Partial<SignatureGiven>;
    if (typeof given.given !== 'number') return;
    waiting.get(given.given)?.(given as SignatureGiven);
    waiting.delete(given.given);
  });
  const sign = (kind: SignedKind, sha256: string, { keyId }: SignWithKey) =>
    new Promise<Signature>((resolve, reject) => {
      const ask = next++;
      waiting.set(ask, ({ ok, error }) => {
        if (ok) resolve(ok);
        else reject(new CaseError(error?.code ?? 'no_keys', error?.sentence ?? 'Nothing was signed.'));
      });
      wire.post({ ask, kind, sha256, keyId } satisfies SignatureAsked);
    });
  const notHere = async (): Promise<never> => {
    throw new CaseError('no_keys', 'The keys are held by the shell.');
  };
  return {
    list: notHere,
    make: notHere,
    import: notHere,
    signManifest: (sha256, by) => sign('manifest', sha256, by),
    signReport: (path, by) => signReport({ sign }, path, by),
  };
}

async function control(
  engine: Engine,
  { id, control: name, input }: ControlMessage,
  wire: Wire,
): Promise<void> {
  try {
    const asked = Object.hasOwn(CONTROLS, name) ? CONTROLS[name] : undefined;
    if (!asked) throw new CaseError('no_method', `There is no control ${name}.`);
    wire.post({ id, ok: (await asked(engine, (input ?? {}) as Record<string, unknown>)) ?? null });
  } catch (error) {
    wire.post({ id, error: wireError(error) });
  }
}

const wireError = (error: unknown): WireError => ({
  ...toApiError(error),
  ...(error instanceof CaseError && error.refusal === 'usage' ? { refusal: 'usage' } : {}),
});
