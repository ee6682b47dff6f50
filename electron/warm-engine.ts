// Run by the shell without any evidence, to fill the cache of compiled modules that the engine's process may only read
// (host/compile-cache.ts). Loads what the engine and its threads load, and ends.
import { writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import './engine/engine.ts';
import './engine/load/batch.ts';
import './engine/load/check-format.ts';
import './engine/parse/custom/custom-format.ts';
import './engine/parse/member.ts';
import './no-network.ts';
import './serve-shell.ts';

// The mark is set once the cache is written, which Node does at the end.
const [, , mark] = process.argv;
if (mark) {
  flushCompileCache();
  writeFileSync(mark, '');
}
