// The browser shell: the same page and engine over HTTP and one WebSocket per window, on this machine only.
// Who may talk: requests for exactly our host that carry this start's cookie; sockets also from exactly our origin.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { serve, type Wire } from '../shared/rpc.ts';
import { CONTENT_SECURITY_POLICY, listPage, mediaType, PAGE_HEADERS, pageFile } from './page.ts';

const LOOPBACK = '127.0.0.1';
const MAX_MESSAGE = 8 * 1024 * 1024; // bytes of one message to the engine
const MAX_WINDOWS = 32;

export interface BrowserShellOptions {
  engine: Parameters<typeof serve>[1];
  /** The `exports` folder of the open case; null when no case is open. */
  exportsDir(): string | null;
  /** The built page. */
  page: string;
  /** 0: any free one. */
  port: number;
}

export interface BrowserShell {
  /** The address to open, with the token of this start. */
  url: string;
  /** An address that works once: for handing to a browser on its command line, which other users of the machine can read. */
  oneTimeUrl(): string;
  port: number;
  close(): Promise<void>;
}

export async function startBrowserShell(options: BrowserShellOptions): Promise<BrowserShell> {
  const files = listPage(options.page);
  const token = randomBytes(32).toString('base64url');
  const server = createServer({ maxHeaderSize: 16 * 1024 });
  await new Promise<void>((ready, failed) => {
    server.once('error', failed);
    server.listen(options.port, LOOPBACK, ready);
  });
  const { port } = server.address() as AddressInfo;
  const host = `${LOOPBACK}:${port}`;
  const cookie = `tidemark-${port}`; // cookies know no ports: two shells must not share one

  const oneTime = new Set<string>();
  const isInvited = (given: string) => isSame(given, token) || oneTime.delete(given);

  const isHost = (request: IncomingMessage) => request.headers.host === host;
  const isKnown = (request: IncomingMessage) => {
    const given = cookieValue(request.headers.cookie, cookie);
    return given !== null && isSame(given, token);
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isHost(request))
      return say(response, 421, `This is Tidemark at ${host}, and it answers to no other name.`);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return say(response, 405, 'Only reading is possible here.');
    // As it came: nothing is resolved or normalised, a path either names a listed file or nothing.
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    const given = new URLSearchParams(query).get('token');
    if (path === '/' && given !== null) {
      if (!isInvited(given))
        return say(
          response,
          403,
          'This address is of another start of Tidemark. Use the one it printed last.',
        );
      response.writeHead(303, {
        ...PAGE_HEADERS,
        Location: '/',
        'Set-Cookie': `${cookie}=${token}; Path=/; HttpOnly; SameSite=Strict`,
      });
      response.end();
      return;
    }
    if (!isKnown(request))
      return say(response, 403, 'Open the address that Tidemark printed when it started, with its token.');
    if (path.startsWith('/exports/')) return sendExport(request, response, path.slice('/exports/'.length));
    const file = pageFile(files, path);
    if (!file) return say(response, 404, 'There is no such page.');
    await send(request, response, file, { 'Content-Type': mediaType(file) });
  }

  async function sendExport(
    request: IncomingMessage,
    response: ServerResponse,
    encoded: string,
  ): Promise<void> {
    const folder = options.exportsDir();
    const name = decoded(encoded);
    const entries = folder === null ? [] : await readdir(folder, { withFileTypes: true }).catch(() => []);
    const entry = entries.find((each) => each.name === name && each.isFile());
    if (folder === null || !entry) return say(response, 404, 'The open case has no such export.');
    await send(request, response, join(folder, entry.name), {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': attachment(entry.name),
      'Content-Security-Policy': `${CONTENT_SECURITY_POLICY}; sandbox`,
    });
  }

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch((error: NodeJS.ErrnoException) => {
      if (response.headersSent || error.code === 'ERR_STREAM_PREMATURE_CLOSE') response.destroy();
      else say(response, 500, 'Tidemark could not read that file.');
    });
  });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE, perMessageDeflate: false });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refuse = (status: string) =>
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    if (!isHost(request)) return refuse('421 Misdirected Request');
    if (request.headers.origin !== `http://${host}` || !isKnown(request)) return refuse('403 Forbidden');
    if (request.url !== '/engine') return refuse('404 Not Found');
    if (sockets.clients.size >= MAX_WINDOWS) return refuse('503 Service Unavailable');
    sockets.handleUpgrade(request, socket, head, (accepted) => serve(socketWire(accepted), options.engine));
  });

  return {
    url: `http://${host}/?token=${token}`,
    port,
    oneTimeUrl() {
      const once = randomBytes(32).toString('base64url');
      oneTime.add(once);
      return `http://${host}/?token=${once}`;
    },
    async close() {
      for (const each of sockets.clients) each.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

function socketWire(socket: WebSocket): Wire {
  socket.on('error', () => socket.terminate()); // too large, not valid: this window only
  return {
    post: (message) => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
    },
    listen: (receive) => {
      socket.on('message', (data, isBinary) => {
        if (isBinary) return socket.terminate();
        let message: unknown;
        try {
          message = JSON.parse(String(data));
        } catch {
          return socket.terminate();
        }
        receive(message);
      });
    },
    onClose: (closed) => void socket.on('close', closed),
  };
}

/** Compares digests: same length always, no early end. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function cookieValue(header: string | undefined, name: string): string | null {
  for (const pair of header?.split(';') ?? []) {
    const [key, value] = pair.split('=', 2);
    if (key?.trim() === name && value !== undefined) return value.trim();
  }
  return null;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** RFC 6266: an ASCII name for all, the exact one beside it. */
function attachment(name: string): string {
  const exact = encodeURIComponent(name).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${name.replace(/[^\w. -]/g, '_')}"; filename*=UTF-8''${exact}`;
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  file: string,
  headers: Record<string, string>,
): Promise<void> {
  const { size } = await stat(file);
  response.writeHead(200, { ...PAGE_HEADERS, ...headers, 'Content-Length': size });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(file, { end: Math.max(0, size - 1) }), response);
}

function say(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { ...PAGE_HEADERS, 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${sentence}\n`);
}
