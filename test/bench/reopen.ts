// Opens a case in a process of its own, as the application does first: prints how long opening and the overview took.
import { join } from 'node:path';
import { Engine } from '../../electron/engine/engine.ts';

const dir = process.argv[2]!;
const engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: join(dir, '..') });
const started = performance.now();
const { events, members } = await engine.api['case.open']({ dir });
const opened = performance.now();
await engine.api['overview.get']({});
const shown = performance.now();
console.log(
  JSON.stringify({
    events,
    members,
    openMs: opened - started,
    overviewMs: shown - opened,
    sinceStartMs: opened,
  }),
);
await engine.close();
