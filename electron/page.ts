// The page as both shells serve it: which files there are, their types, and the headers that fence them in.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Everything from our own origin; inline style only, which the SQL editor needs. No plug-ins, no forms, no framing. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), usb=()',
  'Cache-Control': 'no-store',
};

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  ttf: 'font/ttf',
  woff2: 'font/woff2',
  wasm: 'application/wasm',
};

/** The media type of a file of the page, by its ending. */
export function mediaType(name: string): string {
  return TYPES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}

/** The files of the page: URL path -> file. Only what is listed is ever served, so no path can lead elsewhere. */
export type PageFiles = ReadonlyMap<string, string>;

/** Lists the built page. Source maps stay out, links are not followed. Throws when the page was not built. */
export function listPage(folder: string): PageFiles {
  const files = new Map<string, string>();
  const walk = (path: string, url: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) walk(join(path, entry.name), `${url}${entry.name}/`);
      else if (entry.isFile() && !entry.name.endsWith('.map'))
        files.set(url + entry.name, join(path, entry.name));
    }
  };
  walk(folder, '/');
  const index = files.get('/index.html');
  if (!index) throw new Error(`The page is not built: ${folder} has no index.html. Run "npm run build".`);
  files.set('/', index);
  return files;
}

/** The file a URL path asks for. `path` is as it came, still percent-encoded. */
export function pageFile(files: PageFiles, path: string): string | null {
  try {
    return files.get(decodeURIComponent(path)) ?? null;
  } catch {
    return null; // not valid percent-encoding
  }
}
