// Answers app:// requests of the desktop window from the built page. No Electron here, so that it can be tested.
import { readFile } from 'node:fs/promises';
import { mediaType, PAGE_HEADERS, type PageFiles, pageFile } from './page.ts';

export const APP_SCHEME = 'app';
export const APP_ORIGIN = 'app://tidemark';
export const APP_URL = `${APP_ORIGIN}/index.html`;

const refuse = (status: number) => new Response(null, { status, headers: PAGE_HEADERS });

export async function answerAppRequest(
  files: PageFiles,
  request: { url: string; method: string },
): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
  if (!isOwnUrl(request.url)) return refuse(403);
  const file = pageFile(files, new URL(request.url).pathname);
  if (!file) return refuse(404);
  const body = new Uint8Array(await readFile(file));
  return new Response(request.method === 'HEAD' ? null : body, {
    status: 200,
    headers: { ...PAGE_HEADERS, 'Content-Type': mediaType(file) },
  });
}

/** True for URLs of the page itself: the only place the window may go. */
export function isOwnUrl(url: string): boolean {
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host}` === APP_ORIGIN;
  } catch {
    return false;
  }
}
