// Small bundles for tests, also such as no tool would make.
import { crc32, gzipSync } from 'node:zlib';
import tar from 'tar-stream';

export interface Entry {
  name: string;
  content: string | Buffer;
}

export async function tarOf(entries: Entry[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { name, content } of entries)
    pack.entry({ name, mtime: new Date('2026-11-20T00:00:00Z') }, content);
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export const tarGzOf = async (entries: Entry[]): Promise<Buffer> => gzipSync(await tarOf(entries));

/** A zip of stored members; names are written as they are, `../` too. `encrypt` turns content into what is stored of it. */
export function zipOf(entries: Entry[], encrypt?: (content: Buffer) => Buffer): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const plain = Buffer.from(content);
    const data = encrypt ? encrypt(plain) : plain;
    const path = Buffer.from(name);
    const common = Buffer.alloc(26); // from "version needed" to the length of the extra field
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(encrypt ? 0x0801 : 0x0800, 2); // encrypted; names are UTF-8
    common.writeUInt16LE(0x5b74, 8); // 2025-11-20
    common.writeUInt32LE(crc32(plain), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, path, data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, path]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}

/** Lines of a registry's log, one second apart. */
export function registryLog(lines: number): string {
  return Array.from({ length: lines }, (_, i) => {
    const time = new Date(Date.UTC(2026, 10, 20, 12, 0, i)).toISOString();
    return `time="${time}" level=info msg="response completed" go.version=go1.19.8 http.request.host="127.0.0.1:5000" http.request.id=r${i} http.request.method=GET http.request.remoteaddr="203.0.113.${i % 250}:4${i % 10}000" http.request.uri=/v2/app/manifests/v${i} http.response.status=200\n`;
  }).join('');
}
