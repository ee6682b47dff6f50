// The engine's process as the shell sees it: calls go in, answers and events come out, and its end is told once.
// What it says is not trusted: only the shapes of channel.ts are taken from it.
import { CaseError, toApiError } from '../engine/case/errors.ts';
import type { Signature } from '../engine/case/signature.ts';
import type { Answer, Begin, Hello, Push, SignatureAsked, SignatureGiven, WireError } from './channel.ts';

/** A running process with a channel: Node's child process, or Electron's utility process. */
export interface Link {
  readonly pid: number | undefined;
  post(message: unknown): void;
  onMessage(receive: (message: unknown) => void): void;
  /** Once; `why` in words. */
  onEnd(ended: (why: string) => void): void;
  kill(): void;
}

const CLOSING_MS = 20_000; // a case that is being written is closed in order first

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class EngineProcess {
  readonly #link: Link;
  readonly #waiting = new Map<number, Waiting>();
  readonly #idle: (() => void)[] = [];
  #next = 1;
  #closing = false;
  #end: string | null = null;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  /** Resolves with its first words; rejects when it ends before. */
  readonly hello: Promise<Hello['hello']>;
  onPush: ((push: Push) => void) | null = null;
  /** It asks for a signature. */
  onAsk: ((asked: SignatureAsked) => Promise<unknown>) | null = null;
  /** It ended without being asked to. */
  onLost: ((why: string) => void) | null = null;

  constructor(link: Link, begin: Begin) {
    this.#link = link;
    let ended!: () => void;
    this.ended = new Promise((done) => {
      ended = done;
    });
    this.hello = new Promise((resolve, reject) => {
      link.onMessage((message) => this.#receive(message, resolve));
      link.onEnd((why) => {
        this.#end = why;
        for (const caller of this.#waiting.values()) caller.reject(endedError(why));
        this.#waiting.clear();
        reject(new CaseError('engine_not_started', `The engine could not be started: ${why}.`));
        if (!this.#closing) this.onLost?.(why);
        for (const done of this.#idle.splice(0)) done();
        ended();
      });
    });
    this.hello.catch(() => undefined); // whoever waits for it is told
    link.post({ begin });
  }

  get pid(): number | undefined {
    return this.#link.pid;
  }

  /** One method of the contract. */
  call(method: string, input: unknown): Promise<unknown> {
    return this.#ask({ call: method, input });
  }

  /** One thing that only the shell may ask. */
  control(name: string, input: unknown = {}): Promise<unknown> {
    return this.#ask({ control: name, input });
  }

  /** Resolves when no call is under way, at the latest after `ms`. */
  async idle(ms: number): Promise<void> {
    if (this.#waiting.size === 0 || this.#end !== null) return;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      new Promise<void>((done) => this.#idle.push(done)),
      new Promise<void>((done) => {
        timer = setTimeout(done, ms);
      }),
    ]);
    clearTimeout(timer);
  }

  /** Closes the case in order, then ends it. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#end === null) {
      const overdue = setTimeout(() => this.#link.kill(), CLOSING_MS);
      await this.control('close').catch(() => undefined);
      await this.ended;
      clearTimeout(overdue);
    }
  }

  #ask(message: object): Promise<unknown> {
    if (this.#end !== null) return Promise.reject(endedError(this.#end));
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#waiting.set(id, { resolve, reject });
      this.#link.post({ id, ...message });
    });
  }

  #receive(message: unknown, hello: (said: Hello['hello']) => void): void {
    if (message === null || typeof message !== 'object') return;
    const said = message as Partial<Answer & Push & Hello & SignatureAsked>;
    if (typeof said.ask === 'number') void this.#give(said as SignatureAsked);
    if (said.hello) hello({ permission: said.hello.permission === true });
    if (typeof said.push === 'string') this.onPush?.({ push: said.push, data: said.data });
    if (typeof said.id !== 'number') return;
    const caller = this.#waiting.get(said.id);
    this.#waiting.delete(said.id);
    if (said.error) caller?.reject(asError(said.error));
    else caller?.resolve(said.ok);
    if (this.#waiting.size === 0) for (const done of this.#idle.splice(0)) done();
  }

  async #give(asked: SignatureAsked): Promise<void> {
    let answer: Omit<SignatureGiven, 'given'>;
    try {
      answer = { ok: (await this.onAsk?.(asked)) as Signature };
    } catch (error) {
      answer = { error: toApiError(error) };
    }
    this.#link.post({ given: asked.ask, ...answer } satisfies SignatureGiven);
  }
}

const asError = ({ code, sentence, detail, refusal }: WireError) =>
  new CaseError(String(code), String(sentence), {
    ...(refusal === 'usage' ? { refusal } : {}),
    ...(typeof detail === 'string' ? { detail } : {}),
  });

const endedError = (why: string) =>
  new CaseError(
    'engine_ended',
    `The engine stopped before it had answered: ${why}. What was stored in the case is whole; the case is opened again with the next request, and work that was under way goes on from what is stored.`,
  );
