// The engine's own process in the desktop app: serves it on every port that main hands over.
import type { MessagePortMain } from 'electron';
import { serve, type Wire } from '../shared/rpc.ts';
import { Engine } from './engine/engine.ts';
import { readEngineArguments } from './engine-arguments.ts';
import { signerOf } from './host/sign.ts';
import { openSampleCase } from './sample-case.ts';

const { sampleDir, stateDir, open } = readEngineArguments(process.argv.slice(2));
const engine = new Engine({ shell: 'desktop', sampleDir, stateDir, signer: signerOf(stateDir) });

function portWire(port: MessagePortMain): Wire {
  return {
    post: (message) => port.postMessage(message),
    listen: (receive) => {
      port.on('message', (event) => receive(event.data));
      port.start();
    },
    onClose: (closed) => void port.on('close', closed),
  };
}

process.parentPort.on('message', (event) => {
  if (event.data === 'close') {
    void engine.close().finally(() => process.exit(0));
    return;
  }
  const port = event.ports[0];
  if (port) serve(portWire(port), engine);
});

// The page shows what comes of it: the case when it is open, its jobs while it is being made.
if (open === 'sample' && sampleDir) {
  openSampleCase(engine, { sampleDir, stateDir }).catch((error: Error) => console.error(error.message));
} else if (open !== null && open !== 'sample') {
  engine.invoke('case.open', { dir: open }).then((answer) => {
    if ('error' in answer) console.error(answer.error.sentence);
  });
}
