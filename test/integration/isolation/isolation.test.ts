// What each level of isolation stops and what it does not, tried from inside by a hostile stand-in for the engine that is
// started with the engine's own command. The same stand-in without any isolation does all of it: the probes can succeed.
import { spawn, spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  engineEnvironment,
  type Level,
  levelsHere,
  nodeWords,
  ownFiles,
  type Reach,
  startCommand,
} from '../../../electron/host/isolation.ts';
import { NEEDED, type Places, PROBES } from './probes.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const uid = process.getuid?.() ?? null;
const SECRET = 'nobody may read this';

let folder: string;
let places: Places;
let reach: Reach;
const closing: (() => void)[] = [];

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tidemark-isolation-')));
  const sockets = realpathSync(mkdtempSync(join(tmpdir(), 'tm-')));
  closing.push(() => rmSync(sockets, { recursive: true, force: true }));
  const greet = (socket: net.Socket) => socket.on('error', () => undefined).end('hello');
  const listening = async (on: net.ListenOptions) => {
    const server = net.createServer(greet).listen(on);
    await once(server, 'listening');
    closing.push(() => server.close());
    return server;
  };
  const tcp = await listening({ port: 0, host: '127.0.0.1' });
  const udp = dgram.createSocket('udp4', answerName);
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');
  closing.push(() => udp.close());
  const abstractName = `tidemark-test-${process.pid}`;
  if (process.platform === 'linux') await listening({ path: `\0${abstractName}` });
  await listening({ path: join(sockets, 's') });
  places = {
    outside: join(folder, 'outside'),
    input: join(folder, 'input'),
    own: join(folder, 'own'),
    caseDir: join(folder, 'case'),
    tcpPort: (tcp.address() as net.AddressInfo).port,
    udpPort: udp.address().port,
    socketPath: join(sockets, 's'),
    abstractName,
    pid: process.pid,
  };
  reach = { caseDir: places.caseDir, tempDir: null, inputs: [places.input] };

  /** A name server that knows one address, and an echo for anything that is no question. */
  function answerName(question: Buffer, from: dgram.RemoteInfo): void {
    if (question.length < 12) {
      udp.send(question, from.port, from.address);
      return;
    }
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 192, 0, 2, 1]);
    const reply = Buffer.concat([question, answer]);
    reply.writeUInt16BE(0x8180, 2);
    reply.writeUInt16BE(1, 6);
    udp.send(reply, from.port, from.address);
  }
});
afterAll(() => {
  for (const close of closing) close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  for (const path of [places.outside, places.input, places.own, places.caseDir]) {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path);
  }
  writeFileSync(join(places.outside, 'secret.txt'), `${SECRET}\n`);
  const instance = await DuckDBInstance.create(join(places.outside, 'secret.duckdb'));
  const connection = await instance.connect();
  await connection.run(`CREATE TABLE t AS SELECT '${SECRET}' AS a`);
  connection.closeSync();
  instance.closeSync();
  writeFileSync(join(places.input, 'log.txt'), 'a line\n');
  writeFileSync(join(places.input, 'removed.txt'), 'a line\n');
  writeFileSync(join(places.own, 'own.txt'), 'code\n');
  for (const each of [places.caseDir, places.input])
    symlinkSync(join(places.outside, 'secret.txt'), join(each, 'link.txt'));
});

const own = () => {
  const real = ownFiles(ROOT, process.execPath, join(import.meta.dirname, 'stand-in.ts'));
  return { ...real, compiled: null, files: [...real.files, import.meta.dirname, places.own] };
};

/** What each probe came to: 'done', or 'refused: why'. */
async function tried(program: string, words: string[], env: NodeJS.ProcessEnv) {
  const child = spawn(program, words, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'json',
    env,
    cwd: import.meta.dirname,
  });
  let said = '';
  child.stderr!.on('data', (text) => {
    said += text;
  });
  child.send(places);
  let found: Record<string, string> | null = null;
  child.on('message', (message) => {
    found = message as Record<string, string>;
  });
  await once(child, 'close');
  if (found === null) throw new Error(`the stand-in said nothing: ${said}`);
  return found as Record<string, string>;
}

const inLevel = (level: Level) => {
  const { program, words } = startCommand(level, own(), reach, uid);
  return tried(program, words, engineEnvironment(reach, { ...process.env, TESTS_OWN_SECRET: 'x' }, null));
};

const done = (found: Record<string, string>, of: object) =>
  Object.keys(of).filter((name) => found[name] === 'done');

/** This machine starts something at this level. */
function works(level: Level): boolean {
  if (!levelsHere(process.platform, undefined).includes(level)) return false;
  const real = ownFiles(ROOT, process.execPath, '--version');
  const nothing = { caseDir: null, tempDir: null, inputs: [] };
  const { program, words } = startCommand(level, { ...real, compiled: null }, nothing, uid);
  return spawnSync(program, words, { stdio: 'ignore' }).status === 0;
}

describe('the probes', () => {
  test.skipIf(process.platform !== 'linux')('succeed where nothing confines the stand-in', async () => {
    const found = await tried(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'stand-in.ts')],
      { ...process.env, TESTS_OWN_SECRET: 'x' },
    );
    const all = { ...PROBES, ...NEEDED };
    expect(found).toEqual(Object.fromEntries(Object.keys(all).map((name) => [name, 'done'])));
  });
});

describe.skipIf(!works('bwrap'))('in a namespace of its own (bubblewrap)', () => {
  test('the stand-in can neither connect, nor see or change a file outside, nor start or see a process', async () => {
    const found = await inLevel('bwrap');
    expect(done(found, PROBES)).toEqual([]);
    expect(done(found, NEEDED)).toEqual(Object.keys(NEEDED));
    untouched();
  });
});

describe.skipIf(!works('unshare'))('without network alone (unshare)', () => {
  test('the stand-in has no network; its files are limited for JavaScript, not for native code nor through links', async () => {
    const found = await inLevel('unshare');
    expect(done(found, PROBES).sort()).toEqual(
      [...NOT_STOPPED_BY_NODE, 'connect to a socket in the file system'].sort(),
    );
    expect(done(found, NEEDED)).toEqual(Object.keys(NEEDED));
  });
});

describe("under Node's permission model alone", () => {
  test('the stand-in is limited in JavaScript; what native code and links can do is said in docs/security.md', async () => {
    const found = await inLevel('node');
    expect(done(found, PROBES).sort()).toEqual([...NOT_STOPPED_BY_NODE, ...NETWORK].sort());
    expect(done(found, NEEDED)).toEqual(Object.keys(NEEDED));
  });
});

test('folders that lie in each other, or whose names begin like other names, are readable themselves', () => {
  const names = ['case', 'case.tar.gz', 'cas', 'case-2', 'in', 'in/ner', 'in/ner/most', 'z/a', 'z/ab'];
  const paths = names.map((name) => join(folder, 'alike', name));
  for (const path of paths) mkdirSync(path, { recursive: true });
  for (const inputs of [paths.slice(1), paths.slice(1).reverse()]) {
    const words = nodeWords(own(), { caseDir: paths[0]!, tempDir: null, inputs });
    const asked = paths.flatMap((path) => [path, join(path, 'x')]);
    const script = `console.log(JSON.stringify(${JSON.stringify(asked)}.filter((path) => !process.permission.has('fs.read', path))))`;
    const { stdout } = spawnSync(process.execPath, [...words, '--eval', script], { encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual([]);
  }
});

const NETWORK = [
  'connect to a port of this machine',
  'send a datagram',
  'resolve a name',
  'connect to a socket in the file system',
  'connect to an abstract socket',
];
/** Node's model binds JavaScript that has no flags of its own, follows links, and knows nothing of signals. */
const NOT_STOPPED_BY_NODE = [
  'read it by a link in the case',
  'read it by a link in the input',
  'read it in a thread with flags of its own',
  'read it by SQL (read_text)',
  'read it by SQL (read_csv)',
  'read it by SQL through a link in the case',
  'attach a database outside',
  'write it by SQL',
  'write the input by SQL',
  'write own files of Tidemark by SQL',
  'signal another process',
];

/** Nothing was written where nothing may be written. */
function untouched(): void {
  expect(readdirSync(places.outside).sort()).toEqual(['secret.duckdb', 'secret.txt']);
  expect(readdirSync(places.input).sort()).toEqual(['link.txt', 'log.txt', 'removed.txt']);
  expect(readdirSync(places.own)).toEqual(['own.txt']);
  expect(existsSync(join(places.caseDir, 'link.txt'))).toBe(true);
}
