// What evidence that took the engine over would try, and what the engine must be able to do. Each probe resolves when it
// was done, and throws when it could not be.
import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns/promises';
import fs from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DuckDBInstance } from '@duckdb/node-api';

export interface Places {
  /** Folder that nobody named, with `secret.txt` and a database `secret.duckdb`; probes try to write `written.txt`. */
  outside: string;
  input: string;
  /** Stands for Tidemark's own files. */
  own: string;
  caseDir: string;
  tcpPort: number;
  udpPort: number;
  /** Sockets that the test listens on: in the file system, and abstract. */
  socketPath: string;
  abstractName: string;
  /** A process of the test. */
  pid: number;
}

export type Probe = (places: Places) => unknown;

const SECRET = 'nobody may read this';

function sees(text: string): void {
  if (!text.includes(SECRET)) throw new Error('it is not the secret');
}

function connects(to: net.NetConnectOpts): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(to);
    socket.once('data', () => {
      socket.destroy();
      resolve(); // the listener greets: the connection went through
    });
    socket.once('error', reject);
    socket.setTimeout(3000, () => {
      socket.destroy();
      reject(new Error('no answer'));
    });
  });
}

async function sql(text: string): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    return JSON.stringify((await connection.runAndReadAll(text)).getRowsJson());
  } finally {
    instance.closeSync();
  }
}

function inWorker(code: string, execArgv?: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(code, { eval: true, ...(execArgv ? { execArgv } : {}) });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

const readInWorker = (path: string, execArgv?: string[]) =>
  inWorker(
    `require('node:worker_threads').parentPort.postMessage(require('node:fs').readFileSync(${JSON.stringify(path)}, 'utf8'))`,
    execArgv,
  );

const program = (file: string, words: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(file, words, { stdio: ['ignore', 'pipe', 'ignore'] });
    let out = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(out) : reject(new Error(`code ${code}`))));
  });

const secret = ({ outside }: Places) => join(outside, 'secret.txt');
const quoted = (path: string) => `'${path.replaceAll("'", "''")}'`;

export const PROBES: Record<string, Probe> = {
  'connect to a port of this machine': ({ tcpPort }) => connects({ host: '127.0.0.1', port: tcpPort }),
  'send a datagram': ({ udpPort }) =>
    new Promise<void>((resolve, reject) => {
      const socket = dgram.createSocket('udp4');
      socket.once('message', () => {
        socket.close();
        resolve(); // the listener answers
      });
      socket.once('error', reject);
      socket.send('hello', udpPort, '127.0.0.1', (error) => error && reject(error));
      setTimeout(() => reject(new Error('no answer')), 3000).unref();
    }),
  'resolve a name': async ({ udpPort }) => {
    const resolver = new dns.Resolver({ timeout: 500, tries: 1 });
    resolver.setServers([`127.0.0.1:${udpPort}`]);
    await resolver.resolve4('somewhere.example');
  },
  'connect to a socket in the file system': ({ socketPath }) => connects({ path: socketPath }),
  'connect to an abstract socket': ({ abstractName }) => connects({ path: `\0${abstractName}` }),

  'read a file outside': (places) => sees(fs.readFileSync(secret(places), 'utf8')),
  'read it by a descriptor': (places) => {
    const fd = fs.openSync(secret(places), 'r');
    sees(fs.readFileSync(fd, 'utf8'));
  },
  'read it by a link in the case': ({ caseDir }) => sees(fs.readFileSync(join(caseDir, 'link.txt'), 'utf8')),
  'read it by a link in the input': ({ input }) => sees(fs.readFileSync(join(input, 'link.txt'), 'utf8')),
  'read it by /proc/self/root': (places) => sees(fs.readFileSync(`/proc/self/root${secret(places)}`, 'utf8')),
  'read it by /proc of another process': (places) =>
    sees(fs.readFileSync(`/proc/${places.pid}/root${secret(places)}`, 'utf8')),
  'read it by ..': ({ caseDir, outside }) =>
    sees(fs.readFileSync(`${caseDir}/../${outside.split('/').at(-1)}/secret.txt`, 'utf8')),
  'read it in a thread': async (places) => sees(await readInWorker(secret(places))),
  'read it in a thread with flags of its own': async (places) => sees(await readInWorker(secret(places), [])),
  'take hold of what Node is made of': () => {
    const { open } = (process as unknown as { binding(name: string): Record<string, unknown> }).binding('fs');
    if (typeof open !== 'function') throw new Error('nothing to call');
  },
  'read it by WebAssembly': async (places) => {
    const { WASI } = await import('node:wasi');
    new WASI({ version: 'preview1', preopens: { '/': places.outside } });
  },
  'read it by SQL (read_text)': async (places) =>
    sees(await sql(`SELECT content FROM read_text(${quoted(secret(places))})`)),
  'read it by SQL (read_csv)': async (places) =>
    sees(
      await sql(
        `SELECT * FROM read_csv(${quoted(secret(places))}, header = false, columns = {'a': 'VARCHAR'})`,
      ),
    ),
  'read it by SQL through a link in the case': async ({ caseDir }) =>
    sees(await sql(`SELECT content FROM read_text(${quoted(join(caseDir, 'link.txt'))})`)),
  'attach a database outside': async ({ outside }) => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`ATTACH ${quoted(join(outside, 'secret.duckdb'))} AS s (READ_ONLY)`);
    sees(JSON.stringify((await connection.runAndReadAll('SELECT * FROM s.t')).getRowsJson()));
  },
  'read the environment of another process': ({ pid }) => {
    if (fs.readFileSync(`/proc/${pid}/environ`, 'utf8').length === 0) throw new Error('nothing to see');
  },
  'read an environment of the responder': () => {
    if (process.env.TESTS_OWN_SECRET === undefined) throw new Error('it is not there');
  },

  'write a file outside': ({ outside }) => fs.writeFileSync(join(outside, 'written.txt'), 'x'),
  'write it by SQL': ({ outside }) => sql(`COPY (SELECT 1) TO ${quoted(join(outside, 'written.csv'))}`),
  'link to a file outside from the case': ({ caseDir, outside }) =>
    fs.symlinkSync(outside, join(caseDir, `made-${Date.now()}`)),
  'write the input': ({ input }) => fs.appendFileSync(join(input, 'log.txt'), 'x'),
  'write the input by SQL': ({ input }) => sql(`COPY (SELECT 1) TO ${quoted(join(input, 'written.csv'))}`),
  'remove the input': ({ input }) => fs.rmSync(join(input, 'removed.txt')),
  'write own files of Tidemark': ({ own }) => fs.writeFileSync(join(own, 'code.ts'), 'x'),
  'write own files of Tidemark by SQL': ({ own }) =>
    sql(`COPY (SELECT 1) TO ${quoted(join(own, 'code.csv'))}`),

  'start a program': () => program('/bin/sh', ['-c', 'true']),
  'start Node again': () => program(process.execPath, ['--version']),
  'signal another process': ({ pid }) => process.kill(pid, 0),
};

/** What must stay possible. */
export const NEEDED: Record<string, Probe> = {
  'read the input': ({ input }) => fs.readFileSync(join(input, 'log.txt')),
  'read the input by SQL': ({ input }) => sql(`SELECT * FROM read_text(${quoted(join(input, 'log.txt'))})`),
  'read own files of Tidemark': ({ own }) => fs.readFileSync(join(own, 'own.txt')),
  'write the case': ({ caseDir }) => {
    fs.writeFileSync(join(caseDir, 'mine.txt'), 'x');
    fs.renameSync(join(caseDir, 'mine.txt'), join(caseDir, 'kept.txt'));
    fs.rmSync(join(caseDir, 'kept.txt'));
  },
  'write the case by SQL': ({ caseDir }) => sql(`COPY (SELECT 1) TO ${quoted(join(caseDir, 'mine.csv'))}`),
  'work in a thread': () => inWorker(`require('node:worker_threads').parentPort.postMessage('x')`),
  'make a database file durable in the case': async ({ caseDir }) => {
    const instance = await DuckDBInstance.create(join(caseDir, 'mine.duckdb'));
    const connection = await instance.connect();
    await connection.run('CREATE TABLE IF NOT EXISTS t AS SELECT 1 AS a');
    await connection.run('CHECKPOINT');
    instance.closeSync();
    const file = await fs.promises.open(join(caseDir, 'mine.duckdb'), 'r+');
    await file.sync();
    await file.close();
  },
};
