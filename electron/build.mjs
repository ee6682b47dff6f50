// Builds what the shells need into dist/: the page (Vite) and the desktop app's processes (rolldown).
//   node electron/build.mjs [renderer] [desktop]     both when none is named
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { ROOT } from './node-program.mjs';

const asked = process.argv.slice(2);
const wants = (part) => asked.length === 0 || asked.includes(part);
const source = join(ROOT, 'electron');
const output = join(ROOT, 'dist', 'electron');

if (wants('renderer')) {
  const { build } = await import('vite');
  await build({
    configFile: join(ROOT, 'renderer', 'vite.config.ts'),
    logLevel: 'warn',
    build: { rolldownOptions: { checks: { pluginTimings: false } } },
  });
}

/** main, engine process and worker threads as ES modules; preload as CommonJS, which sandboxed pages need. */
async function buildDesktop() {
  const { rolldown } = await import('rolldown');
  await rm(output, { recursive: true, force: true });
  const external = ['electron', /^@duckdb\//];
  const modules = await rolldown({
    input: {
      main: join(source, 'main.ts'),
      'engine-process': join(source, 'engine-process.ts'),
      'engine-thread': join(source, 'engine-thread.ts'),
      ...workers(),
    },
    platform: 'node',
    external,
    plugins: [ownFiles()],
  });
  await modules.write({
    dir: output,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name].mjs',
  });
  await modules.close();
  const preload = await rolldown({
    input: { preload: join(source, 'preload.ts') },
    platform: 'node',
    external,
  });
  await preload.write({ dir: output, format: 'cjs', entryFileNames: '[name].cjs' });
  await preload.close();
}

/** Every `*-worker.ts` of the engine is the start of a thread: a file of its own beside the others. */
function workers() {
  const files = readdirSync(join(source, 'engine'), { recursive: true }).filter((file) =>
    /-worker\.ts$/.test(file),
  );
  return Object.fromEntries(files.map((file) => [basename(file, '.ts'), join(source, 'engine', file)]));
}

/**
 * `new URL('../../../resources/x', import.meta.url)` in a source file names a file of the application; all bundles lie in
 * dist/electron, so the same file is named from there.
 */
function ownFiles() {
  return {
    name: 'own-files',
    transform(code, id) {
      if (!id.startsWith(source)) return null;
      const changed = code.replace(/new URL\(\s*'(\.\.\/[^']*)',\s*import\.meta\.url,?\s*\)/g, (_, path) => {
        const file = join(dirname(id), path);
        const named = relative(output, file).split(sep).join('/') + (path.endsWith('/') ? '/' : '');
        return `new URL('${named}', import.meta.url)`;
      });
      return changed === code ? null : { code: changed, map: null };
    },
  };
}

if (wants('desktop')) await buildDesktop();
