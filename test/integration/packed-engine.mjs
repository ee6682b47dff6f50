// Runs the packed engine process as Electron would, in plain Node: argument 1 is the unpacked application, 2 a scratch
// folder, 3 a bundle. Prints what came of it as JSON. Used by package-dir.test.ts.
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [app, scratch, bundle] = process.argv.slice(2);
const read = [scratch, join(scratch, '*')]; // all of it lies there
process.argv = [
  process.argv[0],
  'engine',
  ...['--permission', '--allow-addons', '--allow-worker', '--disable-warning=SecurityWarning'],
  ...read.map((path) => `--allow-fs-read=${path}`),
  `--allow-fs-write=${join(scratch, '*')}`,
];

// The utility process's end of Electron's channel to main, as far as the engine uses it.
const waiting = new Map();
let jobEnded;
const ended = new Promise((done) => {
  jobEnded = done;
});
let greeted;
const hello = new Promise((done) => {
  greeted = done;
});
process.parentPort = Object.assign(new EventEmitter(), {
  postMessage(message) {
    if (message.hello) greeted(message.hello);
    if (message.push === 'job' && message.data.state !== 'running') jobEnded(message.data);
    waiting.get(message.id)?.(message);
  },
});
await import(pathToFileURL(join(app, 'dist', 'electron', 'engine-process.mjs')).href);
const tell = (data) => process.parentPort.emit('message', { data });

let id = 0;
const call = (method, input) =>
  new Promise((done, failed) => {
    waiting.set(++id, (answer) =>
      answer.error ? failed(new Error(answer.error.sentence)) : done(answer.ok),
    );
    tell({ id, call: method, input });
  });

tell({ begin: { shell: 'desktop', user: 'somebody', actor: 'somebody@somewhere', level: 'node' } });
const { permission } = await hello;
await call('case.create', { dir: join(scratch, 'case') });
await call('ingest.start', { paths: [bundle] });
const job = await ended;
const { rules } = await call('rules.list', {});
const page = await call('sql.run', { sql: 'SELECT count(*)::INTEGER AS n FROM events' });
process.stdout.write(
  JSON.stringify({
    state: job.state,
    error: job.error,
    rules: rules.length,
    events: page.rows[0][0],
    permission,
  }),
);
tell({ id: ++id, control: 'close', input: {} }); // ends the process with 0 once the case is closed
