// The second line of defence: what the engine's process takes away from its own JavaScript before anything else is loaded.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const GUARD = join(ROOT, 'electron', 'no-network.ts');

/** Each is tried in a process with nothing but the guard. */
const TRIED: Record<string, string> = {
  'net.connect': `(await import('node:net')).connect(9, '127.0.0.1')`,
  'a socket of net': `new (await import('node:net')).Socket().connect(9, '127.0.0.1')`,
  'net by require': `process.getBuiltinModule('node:net').createConnection(9)`,
  'net.createServer': `(await import('node:net')).createServer().listen(0)`,
  tls: `(await import('node:tls')).connect(9)`,
  dgram: `(await import('node:dgram')).createSocket('udp4')`,
  'dns.lookup': `(await import('node:dns')).lookup('localhost', () => {})`,
  'dns/promises': `await (await import('node:dns/promises')).resolve4('localhost')`,
  'a resolver of dns': `new (await import('node:dns')).Resolver().resolve4('localhost', () => {})`,
  'http.get': `(await import('node:http')).get('http://127.0.0.1:9/')`,
  'https.request': `(await import('node:https')).request('https://127.0.0.1:9/')`,
  http2: `(await import('node:http2')).connect('http://127.0.0.1:9/')`,
  fetch: `await fetch('http://127.0.0.1:9/')`,
  WebSocket: `new WebSocket('ws://127.0.0.1:9/')`,
  'child_process.spawn': `(await import('node:child_process')).spawn('true')`,
  'child_process.execSync': `(await import('node:child_process')).execSync('true')`,
  'child_process.fork': `(await import('node:child_process')).fork('x.js')`,
  'the inspector': `(await import('node:inspector')).open(0)`,
  'process.binding': `process.binding('tcp_wrap')`,
  'process.kill': `process.kill(process.pid, 0)`,
  'a thread made of text': `new (await import('node:worker_threads')).Worker('1', { eval: true })`,
};

test('refuses sockets, names, servers, programs, the inspector, signals and threads made of text', () => {
  const script = `
    import ${JSON.stringify(GUARD)};
    const found = {};
    for (const [name, code] of Object.entries(${JSON.stringify(TRIED)})) {
      try {
        await new (async () => {}).constructor(code)();
        found[name] = 'done';
      } catch (error) {
        found[name] = error.code ?? error.message;
      }
    }
    console.log(JSON.stringify(found));
    process.exit(0);`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script],
    { encoding: 'utf8', cwd: ROOT },
  );
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual(
    Object.fromEntries(Object.keys(TRIED).map((name) => [name, 'ERR_ACCESS_DENIED'])),
  );
});

test('is what every program of the engine loads first', () => {
  for (const file of ['engine-child.ts', 'engine-thread.ts'])
    expect(/^import .*$/m.exec(readFileSync(join(ROOT, 'electron', file), 'utf8'))?.[0]).toBe(
      `import './no-network.ts';`,
    );
});
