import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APP_URL, answerAppRequest, isOwnUrl } from '../../../electron/app-protocol.ts';
import {
  CONTENT_SECURITY_POLICY,
  listPage,
  mediaType,
  type PageFiles,
  pageFile,
} from '../../../electron/page.ts';

let folder: string;
let files: PageFiles;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-page-'));
  const page = join(folder, 'renderer');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>Tidemark</title>');
  writeFileSync(join(page, 'assets', 'index-abc.js'), 'export {};');
  writeFileSync(join(page, 'assets', 'index-abc.js.map'), '{}');
  symlinkSync(join(folder, 'secret.txt'), join(page, 'assets', 'link.txt'));
  files = listPage(page);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the files of the page', () => {
  test('are listed without source maps and without links', () => {
    expect([...files.keys()].sort()).toEqual(['/', '/assets/index-abc.js', '/index.html']);
  });

  test('cannot be left by any path', () => {
    for (const path of [
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/assets/..%5c..%5csecret.txt',
      '//etc/passwd',
      '/assets/link.txt',
      '/assets/',
      '/assets',
      '/index.html%00',
      '/%E0%A4%A',
    ]) {
      expect(pageFile(files, path), path).toBeNull();
    }
  });

  test('missing altogether is said with what to do', () => {
    expect(() => listPage(join(folder, 'renderer', 'assets'))).toThrow(/npm run build/);
  });

  test('carry their media types', () => {
    expect(mediaType('/a/index.html')).toBe('text/html; charset=utf-8');
    expect(mediaType('x.JS')).toBe('text/javascript; charset=utf-8');
    expect(mediaType('x.unknown')).toBe('application/octet-stream');
  });
});

describe('app:// in the desktop window', () => {
  test('answers with the page, its type and the policy', async () => {
    const answer = await answerAppRequest(files, { url: APP_URL, method: 'GET' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
    expect(await answer.text()).toContain('Tidemark');
  });

  test.each([
    ['app://tidemark/%2e%2e/secret.txt', 'GET', 404],
    ['app://tidemark/..%2fsecret.txt', 'GET', 404],
    ['app://elsewhere/index.html', 'GET', 403],
    ['app://tidemark/index.html', 'POST', 405],
  ])('refuses %s by %s with %d', async (url, method, status) => {
    expect((await answerAppRequest(files, { url, method })).status).toBe(status);
  });

  test('is the only place the window may go', () => {
    expect(isOwnUrl('app://tidemark/index.html#x')).toBe(true);
    for (const url of [
      'https://example.com/',
      'file:///etc/passwd',
      'app://tidemark.evil/',
      'javascript:1',
      'app:tidemark',
      '',
    ]) {
      expect(isOwnUrl(url), url).toBe(false);
    }
  });

  test('has a policy without remote sources, evaluation or inline script', () => {
    expect(CONTENT_SECURITY_POLICY).toContain("default-src 'none'");
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline/);
  });
});
