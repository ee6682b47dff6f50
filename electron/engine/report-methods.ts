// The report of the case: shown, and written.
import { createHash } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ApiImplementation } from '../../shared/api.ts';
import { notWritten, writeWhole } from './case/write-file.ts';
import type { MethodHost } from './method-host.ts';
import { buildReport } from './report/build.ts';
import { writers } from './report/index.ts';
import { signerOf } from './signing-methods.ts';

export function reportMethods(host: MethodHost): Pick<ApiImplementation, 'report.preview' | 'report.export'> {
  return {
    'report.preview': async () => ({ html: await reportText(host, 'html') }),
    'report.export': async ({ format, path, sign }) => {
      const open = host.need();
      const signer = sign === undefined ? null : signerOf(host);
      const text = await reportText(host, format);
      const name = `report.${format}`;
      const target = path === undefined ? join(open.paths.exports, name) : resolve(path);
      await writeWhole(target, text).catch((error: unknown) => {
        throw notWritten('The report', target, error);
      });
      await rm(`${target}.sig`, { force: true }); // of what stood there before
      const written = { path: target, name, bytes: Buffer.byteLength(text) };
      if (sign === undefined || signer === null)
        return { ...written, sha256: createHash('sha256').update(text).digest('hex'), signaturePath: null };
      const signed = await signer.signReport(target, sign).catch(async (error: unknown) => {
        await rm(target, { force: true }); // a report that was to be signed is not left unsigned
        throw error;
      });
      return { ...written, bytes: (await stat(target)).size, ...signed };
    },
  };
}

async function reportText(host: MethodHost, format: keyof typeof writers): Promise<string> {
  const open = host.need();
  const evidence = host.evidence();
  const { rows } = await open.custody.entries();
  const model = await open.read((connection) =>
    buildReport(connection, {
      caseName: open.named ? open.name : 'Untitled case',
      custody: rows,
      readLines: (sha256, offset, length) => evidence.read(sha256, offset, length),
    }),
  );
  return writers[format](model);
}
