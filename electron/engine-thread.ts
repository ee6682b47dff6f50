// The engine in a thread of the desktop app's engine process (engine-process.ts), under the flags it was started with.
import './no-network.ts';
import { parentPort } from 'node:worker_threads';
import { serveShell } from './serve-shell.ts';

const port = parentPort!;

serveShell(
  {
    post: (message) => port.postMessage({ tell: message }),
    listen: (receive) => void port.on('message', receive),
  },
  () => port.postMessage({ leave: true }),
);
port.postMessage({ ready: true });
