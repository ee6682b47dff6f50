import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type BrowserShell, startBrowserShell } from '../../../electron/browser-shell.ts';
import { CONTENT_SECURITY_POLICY } from '../../../electron/page.ts';
import { browserCommand } from '../../../electron/serve-case.ts';
import type { EngineEvents } from '../../../shared/api.ts';

let folder: string;
let shell: BrowserShell;
let exportsDir: string | null;
let cookie: string;
const listeners = new Set<(event: never, data: never) => void>();

const engine = {
  invoke: async (method: string, input: unknown) =>
    method === 'fail' ? { error: { code: 'x', sentence: 'No.' } } : { ok: { method, input } },
  subscribe(listener: <E extends keyof EngineEvents>(event: E, data: EngineEvents[E]) => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((done, failed) => {
    const asked = request(
      { host: '127.0.0.1', port: shell.port, path, method, headers, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => done({ status: response.statusCode!, headers: response.headers, text }));
      },
    );
    asked.on('error', failed);
    asked.end();
  });
}

const known = (path: string, method = 'GET') => get(path, { cookie }, method);
const tokenPath = () => new URL(shell.url).pathname + new URL(shell.url).search;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-shell-'));
  mkdirSync(join(folder, 'page'));
  mkdirSync(join(folder, 'exports'));
  writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html><title>Tidemark</title>');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'exports', 'report é.html'), '<script>alert(1)</script>');
  writeFileSync(join(folder, 'exports', 'empty.csv'), '');
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'exports', 'link.txt'));
  exportsDir = join(folder, 'exports');
  shell = await startBrowserShell({
    engine,
    page: join(folder, 'page'),
    port: 0,
    exportsDir: () => exportsDir,
  });
  cookie = (await get(tokenPath())).headers['set-cookie']![0]!.split(';')[0]!;
});
afterAll(async () => {
  await shell.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the browser shell', () => {
  test('takes its token once from the address and keeps it in a cookie that scripts and other sites cannot use', async () => {
    const answer = await get(tokenPath());
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/');
    expect(answer.headers['set-cookie']![0]).toMatch(
      new RegExp(`^tidemark-${shell.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    );
    expect(shell.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  });

  test('serves the page fenced in and uncached', async () => {
    const { status, headers, text } = await known('/');
    expect(status).toBe(200);
    expect(text).toContain('Tidemark');
    expect(headers).toMatchObject({
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('refuses whoever has no cookie, a wrong one, or a wrong token', async () => {
    expect((await get('/')).status).toBe(403);
    expect((await get('/', { cookie: `tidemark-${shell.port}=wrong` })).status).toBe(403);
    expect((await get('/?token=wrong')).status).toBe(403);
    expect((await get('/?token=')).status).toBe(403);
    expect((await get('/exports/empty.csv')).status).toBe(403);
  });

  test('answers to no other host name, even with the cookie', async () => {
    for (const host of [
      'localhost',
      `localhost:${shell.port}`,
      `evil.example:${shell.port}`,
      '127.0.0.1',
      `127.0.0.1:1`,
    ]) {
      expect((await get('/', { cookie, host })).status, host).toBe(421);
      expect((await get(tokenPath(), { host })).headers).not.toHaveProperty('set-cookie');
    }
  });

  test('hands a browser an address that works once', async () => {
    const { pathname, search } = new URL(shell.oneTimeUrl());
    expect((await get(pathname + search)).status).toBe(303);
    expect((await get(pathname + search)).status).toBe(403);
  });

  test('only reads', async () => {
    expect((await known('/', 'POST')).status).toBe(405);
    expect((await known('/', 'HEAD')).text).toBe('');
  });

  test('serves nothing beside the page', async () => {
    for (const path of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/secret.txt',
      '//secret.txt',
      '/engine',
    ]) {
      expect((await known(path)).status, path).toBe(404);
    }
  });

  test('sends exports as attachments that cannot run', async () => {
    const { status, headers, text } = await known('/exports/report%20%C3%A9.html');
    expect(status).toBe(200);
    expect(text).toBe('<script>alert(1)</script>');
    expect(headers['content-disposition']).toBe(
      `attachment; filename="report _.html"; filename*=UTF-8''report%20%C3%A9.html`,
    );
    expect(headers['content-security-policy']).toContain('sandbox');
    expect(headers['content-type']).toBe('application/octet-stream');
    expect((await known('/exports/empty.csv')).headers['content-length']).toBe('0');
  });

  test('sends no file beside the exports', async () => {
    for (const path of [
      '/exports/..%2fsecret.txt',
      '/exports/link.txt',
      '/exports/',
      '/exports/.',
      '/exports/%2e%2e',
      '/exports/none',
      '/exports/%ZZ',
    ]) {
      expect((await known(path)).status, path).toBe(404);
    }
    exportsDir = null;
    expect((await known('/exports/empty.csv')).status).toBe(404);
    exportsDir = join(folder, 'exports');
  });

  test('listens on this machine only', async () => {
    const other = new Promise<string>((done) => {
      const asked = request({ host: '127.0.0.2', port: shell.port, timeout: 2000 }, () => done('answered'));
      asked.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? 'error'));
      asked.end();
    });
    expect(await other).toBe('ECONNREFUSED');
  });
});

describe('the socket to the engine', () => {
  const origin = () => `http://127.0.0.1:${shell.port}`;
  const open = (headers: Record<string, string>, path = '/engine') =>
    new Promise<WebSocket | number>((done) => {
      const socket = new WebSocket(`ws://127.0.0.1:${shell.port}${path}`, { headers });
      socket.on('open', () => done(socket));
      socket.on('unexpected-response', (_, response) => done(response.statusCode!));
      socket.on('error', () => {});
    });
  const next = (socket: WebSocket) =>
    new Promise<unknown>((done) => socket.once('message', (data) => done(JSON.parse(String(data)))));

  test('opens for our own page only', async () => {
    expect(await open({ cookie })).toBe(403); // no origin
    expect(await open({ cookie, origin: 'http://evil.example' })).toBe(403);
    expect(await open({ cookie, origin: `http://localhost:${shell.port}` })).toBe(403);
    expect(await open({ origin: origin() })).toBe(403);
    expect(await open({ cookie, origin: origin(), host: `localhost:${shell.port}` })).toBe(421);
    expect(await open({ cookie, origin: origin() }, '/other')).toBe(404);
  });

  test('carries calls, errors and events for several windows', async () => {
    const one = (await open({ cookie, origin: origin() })) as WebSocket;
    const two = (await open({ cookie, origin: origin() })) as WebSocket;
    one.send(JSON.stringify({ id: 1, call: 'app.info', input: { a: 1 } }));
    expect(await next(one)).toEqual({ id: 1, ok: { method: 'app.info', input: { a: 1 } } });
    two.send(JSON.stringify({ id: 9, call: 'fail' }));
    expect(await next(two)).toEqual({ id: 9, error: { code: 'x', sentence: 'No.' } });
    const both = Promise.all([next(one), next(two)]);
    for (const listener of listeners) listener('sql' as never, { cursorId: 'c', percent: 5 } as never);
    expect(await both).toEqual(Array(2).fill({ push: 'sql', data: { cursorId: 'c', percent: 5 } }));
    const gone = new Promise((done) => one.once('close', done));
    one.close();
    await gone;
    await expect.poll(() => listeners.size).toBe(1);
    two.terminate();
    await expect.poll(() => listeners.size).toBe(0);
  });

  test.each([
    ['no JSON', 'no json'],
    ['too much', `"${'x'.repeat(9 * 1024 * 1024)}"`],
    ['bytes', Buffer.from([1, 2, 3])],
  ])('closes on %s', async (_, data) => {
    const socket = (await open({ cookie, origin: origin() })) as WebSocket;
    const gone = new Promise((done) => socket.once('close', done));
    socket.send(data);
    await gone;
  });
});

test('a browser is opened only where somebody can see it', () => {
  expect(browserCommand('linux', {})).toBeNull();
  expect(browserCommand('linux', { DISPLAY: ':0' })).toEqual(['xdg-open']);
  expect(browserCommand('linux', { WAYLAND_DISPLAY: 'wayland-0', CI: 'true' })).toBeNull();
  expect(browserCommand('darwin', {})).toEqual(['open']);
});
