// The report of the case: shown, and written.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ApiImplementation } from '../../shared/api.ts';
import { CaseError } from './case/errors.ts';
import type { MethodHost } from './method-host.ts';
import { buildReport } from './report/build.ts';
import { writers } from './report/index.ts';

export function reportMethods(host: MethodHost): Pick<ApiImplementation, 'report.preview' | 'report.export'> {
  return {
    'report.preview': async () => ({ html: await reportText(host, 'html') }),
    'report.export': async ({ format, path }) => {
      const open = host.need();
      const text = await reportText(host, format);
      const name = `report.${format}`;
      const target = path === undefined ? join(open.paths.exports, name) : resolve(path);
      await writeFile(target, text, { mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
        throw new CaseError(
          'not_written',
          `The report could not be written to ${target}: ${error.code ?? error.message}. Choose another place.`,
          { cause: error },
        );
      });
      return {
        path: target,
        name,
        bytes: Buffer.byteLength(text),
        sha256: createHash('sha256').update(text).digest('hex'),
        signaturePath: null,
      };
    },
  };
}

async function reportText(host: MethodHost, format: keyof typeof writers): Promise<string> {
  const open = host.need();
  const evidence = host.evidence();
  const model = await open.read((connection) =>
    buildReport(connection, {
      caseName: open.named ? open.name : 'Untitled case',
      readLines: (sha256, offset, length) => evidence.read(sha256, offset, length),
    }),
  );
  return writers[format](model);
}
