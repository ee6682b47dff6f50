// The engine's own process of the command line and the browser shell: serves one engine on the channel it was started
// with. It ends with its shell, however that ends, and closes the case first.
import './no-network.ts';
import { serveShell } from './serve-shell.ts';

const leave = () => process.exit(0);

process.on('SIGINT', () => undefined); // Ctrl+C is told by the shell
serveShell(
  {
    post: (message) => {
      if (process.connected) process.send?.(message);
    },
    listen: (receive) => void process.on('message', receive),
    onClose: (closed) => void process.on('disconnect', closed),
  },
  leave,
);
