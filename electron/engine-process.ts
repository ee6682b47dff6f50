// The engine's process in the desktop app. Electron does not let a utility process have Node's permission model, but a
// thread can have it: the engine runs in one, with the flags that main gives as arguments, and this file passes messages
// on. Where Electron refuses even that, the engine runs here, without, and says so.
import { Worker } from 'node:worker_threads';
import type { Wire } from '../shared/rpc.ts';

const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? './engine-thread.ts' : './engine-thread.mjs',
  import.meta.url,
);

/** What came before the engine was there to hear it. */
const early: unknown[] = [];
let pass: (message: unknown) => void = (message) => early.push(message);

process.parentPort.on('message', ({ data }) => pass(data));

function begin(receive: (message: unknown) => void): void {
  pass = receive;
  for (const message of early.splice(0)) receive(message);
}

const thread = new Worker(THREAD, { execArgv: process.argv.slice(2) });
let ready = false;
thread.on('message', (message: { ready?: true; leave?: true; tell?: unknown }) => {
  if (message.ready) {
    ready = true;
    begin((each) => thread.postMessage(each));
  } else if (message.leave) process.exit(0);
  else process.parentPort.postMessage(message.tell);
});
thread.on('error', (error) => {
  console.error(error.message);
  if (ready) process.exit(1);
  else void here();
});
thread.on('exit', () => {
  if (ready) process.exit(1);
});

async function here(): Promise<void> {
  await import('./no-network.ts');
  const { serveShell } = await import('./serve-shell.ts');
  const wire: Wire = {
    post: (message) => process.parentPort.postMessage(message),
    listen: (receive) => begin(receive),
  };
  serveShell(wire, () => process.exit(0));
}
