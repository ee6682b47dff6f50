// The one door to the engine: picks the wire of this shell and gives the typed calls and the engine's events.
import { type Connection, connect, type Wire } from '../../shared/rpc.ts';

/** What both wires share: messages wait until the other end is there. */
interface Pipe {
  send(message: unknown): void;
}

function waitingWire(
  open: (ready: (pipe: Pipe) => void, receive: (m: unknown) => void, lost: () => void) => void,
) {
  const waiting: unknown[] = [];
  let pipe: Pipe | null = null;
  let receive: (message: unknown) => void = () => {};
  const closed = new Set<() => void>();
  const wire: Wire = {
    post: (message) => (pipe ? pipe.send(message) : void waiting.push(message)),
    listen(listener) {
      receive = listener;
    },
    onClose: (listener) => void closed.add(listener),
  };
  open(
    (ready) => {
      pipe = ready;
      for (const message of waiting.splice(0)) ready.send(message);
    },
    (message) => receive(message),
    () => {
      for (const listener of closed) listener();
    },
  );
  return wire;
}

/** Electron: the preload script hands over one MessagePort. */
const portWire = () =>
  waitingWire((ready, receive) => {
    window.addEventListener('message', (event) => {
      if (event.source !== window || event.origin !== location.origin || event.data !== 'engine-port') return;
      const port = event.ports[0];
      if (!port) return;
      port.onmessage = (message) => receive(message.data);
      ready({ send: (message) => port.postMessage(message) });
    });
  });

/** Browser shell: JSON text frames over a WebSocket of the same host; the cookie says who we are. */
const socketWire = () =>
  waitingWire((ready, receive, lost) => {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/engine`);
    socket.onopen = () => ready({ send: (message) => socket.send(JSON.stringify(message)) });
    socket.onmessage = (message) => receive(JSON.parse(String(message.data)));
    socket.onclose = lost;
  });

export const inBrowser = location.protocol !== 'app:';
const wire = inBrowser ? socketWire() : portWire();
const connection: Connection = connect(wire);

export const api = connection.api;
export const on = connection.on;
/** Called once when the engine has gone away; calls made after that never answer. */
export const onEngineLost = (listener: () => void) => wire.onClose?.(listener);
