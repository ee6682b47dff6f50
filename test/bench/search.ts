// A substring search through the engine, as the search box asks it; prints the best time of some runs, without opening.
import { Engine } from '../../electron/engine/engine.ts';

const [dir, text, runs] = process.argv.slice(2) as [string, string, string];
const engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: dir });
await engine.api['case.open']({ dir });
let seconds = Number.POSITIVE_INFINITY;
let found = 0;
for (let run = 0; run < Number(runs); run++) {
  const started = performance.now();
  found = (await engine.api['events.count']({ lens: { text, terms: [] } })).events;
  seconds = Math.min(seconds, (performance.now() - started) / 1000);
}
await engine.close();
console.log(JSON.stringify({ seconds, found }));
