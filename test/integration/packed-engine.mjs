// Runs the packed engine process as Electron would, in plain Node: argument 1 is the unpacked application, 2 a scratch
// folder, 3 a bundle. Prints what came of it as JSON. Used by package-dir.test.ts.
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [app, scratch, bundle] = process.argv.slice(2);
process.argv = [process.argv[0], 'engine', `--state=${join(scratch, 'state')}`];
process.parentPort = new EventEmitter();
await import(pathToFileURL(join(app, 'dist', 'electron', 'engine-process.mjs')).href);

// One end of Electron's MessageChannelMain, as far as the engine uses it.
const waiting = new Map();
let jobEnded;
const ended = new Promise((done) => {
  jobEnded = done;
});
const port = Object.assign(new EventEmitter(), {
  start() {},
  postMessage(message) {
    if (message.push === 'job' && message.data.state !== 'running') jobEnded(message.data);
    waiting.get(message.id)?.(message);
  },
});
process.parentPort.emit('message', { data: 'port', ports: [port] });

let id = 0;
const call = (method, input) =>
  new Promise((done, failed) => {
    waiting.set(++id, (answer) =>
      answer.error ? failed(new Error(answer.error.sentence)) : done(answer.ok),
    );
    port.emit('message', { data: { id, call: method, input } });
  });

await call('case.create', { dir: join(scratch, 'case') });
await call('ingest.start', { paths: [bundle] });
const job = await ended;
const { rules } = await call('rules.list', {});
const page = await call('sql.run', { sql: 'SELECT count(*)::INTEGER AS n FROM events' });
process.stdout.write(
  JSON.stringify({ state: job.state, error: job.error, rules: rules.length, events: page.rows[0][0] }),
);
process.parentPort.emit('message', { data: 'close', ports: [] }); // ends the process with 0 once the case is closed
