#!/usr/bin/env node
// The `tidemark` program: runs electron/cli.ts with a Node that is new enough.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_NEEDED, NODE_WORDS, nodeEnvironment, nodeProgram, ROOT } from './node-program.mjs';

const node = nodeProgram();
if (!existsSync(join(ROOT, 'node_modules', '@duckdb', 'node-api'))) {
  console.error(`Tidemark is not installed yet: run "npm ci" in ${ROOT} first.`);
  process.exit(3);
}
if (node === null) {
  console.error(NODE_NEEDED);
  process.exit(3);
}
const child = spawn(node, [...NODE_WORDS, join(ROOT, 'electron', 'cli.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: nodeEnvironment(),
});
// A terminal sends Ctrl+C to both; a signal sent to this process alone is passed on. The command decides how to end.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
process.on('SIGHUP', () => child.kill('SIGHUP'));
child.on('error', (error) => {
  console.error(error.message);
  process.exit(3);
});
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 3)));
