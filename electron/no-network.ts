// The first thing the engine's process loads, and every thread of it: takes away what it never needs, before anything
// else is loaded. A second line of defence: it binds JavaScript that asks politely, and no native code.
import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import inspector from 'node:inspector';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';
import workerThreads from 'node:worker_threads';

const refuse = (what: string) =>
  function refused(): never {
    throw Object.assign(new Error(`The engine has no ${what}.`), { code: 'ERR_ACCESS_DENIED' });
  };

type Members = Record<string, unknown>;

/** Replaces every named function of `object`; with no names, all of them. */
function without(object: object, what: string, names: readonly string[] = Object.keys(object)): void {
  for (const name of new Set(names)) {
    if (typeof (object as Members)[name] !== 'function') continue;
    Object.defineProperty(object, name, { value: refuse(what), configurable: false, writable: false });
  }
}

/** Makes the engine's thread one without network, programs and inspector. */
function takeAway(): void {
  without(net.Socket.prototype, 'network', ['connect']);
  without(net.Server.prototype, 'network', ['listen']);
  without(net, 'network', ['connect', 'createConnection', 'createServer']);
  without(dgram, 'network', ['createSocket']);
  without(dgram.Socket.prototype, 'network', ['bind', 'connect', 'send']);
  without(tls, 'network', ['connect', 'createServer']);
  for (const module of [http, https]) without(module, 'network', ['request', 'get', 'createServer']);
  without(http2, 'network', ['connect', 'createServer', 'createSecureServer']);
  for (const resolver of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype])
    without(resolver, 'names to look up', [...Object.keys(resolver), ...RESOLVING]);
  without(childProcess, 'programs to start');
  without(inspector, 'inspector', ['open']);
  without(process, 'way past Node', ['binding', '_linkedBinding', 'kill', '_kill', '_debugProcess']);
  for (const name of ['fetch', 'WebSocket', 'EventSource'])
    Object.defineProperty(globalThis, name, { value: refuse('network'), configurable: false });
  class Thread extends workerThreads.Worker {
    constructor(file: string | URL, options: workerThreads.WorkerOptions = {}) {
      // flags of its own would be without those that limit this process
      const { execArgv: _, eval: text, ...rest } = options;
      if (text) refuse('threads made of text')();
      super(file, rest);
    }
  }
  Object.defineProperty(workerThreads, 'Worker', { value: Thread, configurable: false, writable: false });
  syncBuiltinESMExports();
}

const RESOLVING = [
  'lookup',
  'lookupService',
  'resolve',
  'resolve4',
  'resolve6',
  'resolveAny',
  'resolveTxt',
  'resolveSrv',
  'resolveMx',
  'resolveNs',
  'resolveCname',
  'resolvePtr',
  'reverse',
];

takeAway();
