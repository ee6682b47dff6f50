// Who may know whom: the arrows of the architecture, checked on the real import statements of every source file.
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix, relative, sep } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** The line of the stages: each may use those before it, never those after it. */
const STAGES = [
  'case',
  'intake',
  'parse',
  'load',
  'derive',
  'detect',
  'query',
  'timeline',
  'review',
  'report',
  'verify',
  'transfer',
];
const ELECTRON_FILES = ['electron/main.ts', 'electron/preload.ts'];
const DUCKDB_FILE = 'electron/engine/case/database.ts';
/** What parsers say and are given; its types may be named by any stage. */
const PARSE_SEAM = 'electron/engine/parse/record.ts';
/** What a shell may know of the engine: its errors, its version, what a case folder is, what is signed. */
const ENGINE_DOORS = ['errors', 'version', 'folder', 'signature', 'write-file'].map(
  (f) => `electron/engine/case/${f}.ts`,
);

/** What runs in the engine's own process, and so knows the engine itself. */
const ENGINE_SIDE = [
  'electron/serve-shell.ts',
  'electron/engine-child.ts',
  'electron/engine-process.ts',
  'electron/engine-thread.ts',
  'electron/warm-engine.ts',
];

/** Data that the engine reads as modules. */
const DATA = /^resources\/.*\.json$/;

interface Import {
  /** As written: `./x.ts`, `zod`, `node:fs`. */
  to: string;
  typeOnly: boolean;
}

/** Static, re-exported, dynamic and type imports, and files started as workers, of one source text. */
function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const literal = (node: unknown): string | null => {
    const { type, value, quasis } = node as {
      type?: string;
      value?: unknown;
      quasis?: { value: { cooked: string } }[];
    };
    if (type === 'Literal' && typeof value === 'string') return value;
    return type === 'TemplateLiteral' && quasis?.length === 1 ? quasis[0]!.value.cooked : null;
  };
  const visit = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    const n = node as Record<string, unknown>; // an array's values are visited too
    switch (n.type) {
      case 'ImportDeclaration':
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
        if (n.source) {
          const names = (n.specifiers ?? []) as { importKind?: string; exportKind?: string }[];
          const kind = n.importKind ?? n.exportKind;
          const each = names.length > 0 && names.every((s) => (s.importKind ?? s.exportKind) === 'type');
          found.push({ to: literal(n.source)!, typeOnly: kind === 'type' || each });
        }
        break;
      case 'ImportExpression':
        found.push({ to: literal(n.source) ?? '(computed)', typeOnly: false });
        break;
      case 'TSImportType':
        found.push({ to: literal(n.source)!, typeOnly: true });
        break;
      case 'CallExpression': {
        const callee = n.callee as { type: string; name?: string };
        const [first] = n.arguments as unknown[];
        if (callee.name === 'require' && first)
          found.push({ to: literal(first) ?? '(computed)', typeOnly: false });
        break;
      }
      case 'NewExpression': {
        const callee = n.callee as { name?: string };
        const [first] = n.arguments as unknown[];
        const path = callee.name === 'URL' && first ? literal(first) : null;
        if (path && /^\.\.?\/.*\.[cm]?tsx?$/.test(path)) found.push({ to: path, typeOnly: false });
        break;
      }
    }
    for (const value of Object.values(n)) visit(value);
  };
  visit(parseAst(text, { lang: file.endsWith('x') ? 'tsx' : 'ts' }, file).body);
  return found;
}

const isBuiltin = (name: string) => name.startsWith('node:') || builtinModules.includes(name);
const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
const stageOf = (file: string) => {
  const [first, ...rest] = file.slice('electron/engine/'.length).split('/');
  return rest.length > 0 ? first! : null;
};

/** Why an import is wrong, or null. Files are named from the root, with `/`. */
function wrongImport(file: string, { to, typeOnly }: Import): string | null {
  if (to === '(computed)') return 'imports a name made at run time, which nobody can check';
  const own = to.startsWith('.') ? posix.join(posix.dirname(file), to) : null;
  const library = own === null && !isBuiltin(to) ? packageOf(to) : null;

  if (library === 'electron' && !ELECTRON_FILES.includes(file))
    return 'only main and preload may know electron';
  if (library === '@duckdb/node-api' && file !== DUCKDB_FILE) return `only ${DUCKDB_FILE} may know DuckDB`;

  if (file.startsWith('shared/')) {
    if (own !== null && !own.startsWith('shared/')) return 'shared/ knows nothing of ours';
    return isBuiltin(to) ? 'shared/ runs in the page too: no Node modules' : null;
  }
  if (file.startsWith('renderer/')) {
    if (file === 'renderer/vite.config.ts') return null; // runs in the build, not in the page
    if (isBuiltin(to)) return 'the page has no Node modules';
    if (library === 'ws') return 'the page uses the browser’s own WebSocket';
    return own === null || /^(renderer|shared)\//.test(own)
      ? null
      : 'the page knows shared/ and libraries only';
  }
  if (!file.startsWith('electron/engine/')) {
    if (!own?.startsWith('electron/engine/'))
      return own?.startsWith('renderer/') ? 'a shell serves the built page, not its source' : null;
    if (file === 'electron/main.ts' || file === 'electron/preload.ts')
      return 'no evidence passes through main or preload';
    if (ENGINE_SIDE.includes(file)) return null;
    return ENGINE_DOORS.includes(own) ? null : `a shell knows the engine by ${ENGINE_DOORS.join(', ')} only`;
  }

  const from = stageOf(file);
  if (from === 'parse' && isBuiltin(to) && to !== 'node:buffer')
    return 'parse/ is pure: bytes in, events out';
  if (own === null) return null;
  if (own.startsWith('shared/') || own === 'package.json' || DATA.test(own)) return null;
  if (!own.startsWith('electron/engine/')) return 'the engine knows no shell and no page';
  const target = stageOf(own);
  if (from === null || from === target) return null; // engine.ts and what stands beside it know all stages
  if (own === PARSE_SEAM && typeOnly) return null;
  if (from === 'parse') return 'parse/ knows shared/ only';
  if (target === null) return 'a stage knows nothing of the engine above it';
  if (!STAGES.includes(from) || !STAGES.includes(target))
    return 'the line of the stages does not name this folder';
  return STAGES.indexOf(target) < STAGES.indexOf(from)
    ? null
    : `${from}/ comes before ${target}/ in the line`;
}

function sources(): string[] {
  return ['electron', 'renderer', 'shared'].flatMap((top) =>
    readdirSync(join(ROOT, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|tsx)$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/')),
  );
}

const problemsOf = (file: string, text: string) =>
  importsOf(file, text).flatMap((each) => {
    const why = wrongImport(file, each);
    return why === null ? [] : [`${file} imports ${each.to}: ${why}`];
  });

test('every import of the application follows the arrows', () => {
  const files = sources();
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((file) => problemsOf(file, readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
});

test('the folders of the engine are the stages of the line', () => {
  const folders = readdirSync(join(ROOT, 'electron', 'engine'), { withFileTypes: true }).filter((e) =>
    e.isDirectory(),
  );
  expect(folders.map((e) => e.name).filter((name) => !STAGES.includes(name))).toEqual([]);
});

describe('the checker sees a planted wrong import', () => {
  test.each([
    ['electron/engine/intake/x.ts', `import { open } from '../parse/member.ts';`],
    ['electron/engine/intake/x.ts', `import type { Rule } from '../detect/rule.ts';`],
    ['electron/engine/case/x.ts', `export * from '../intake/bundle.ts';`],
    ['electron/engine/parse/x.ts', `import { readFileSync } from 'node:fs';`],
    ['electron/engine/parse/formats/x.ts', `import { CaseError } from '../../case/errors.ts';`],
    ['electron/engine/query/x.ts', `import { DuckDBInstance } from '@duckdb/node-api';`],
    ['electron/engine/query/x.ts', `const report = await import('../report/build.ts');`],
    ['electron/engine/load/x.ts', `new Worker(new URL('../detect/worker.ts', import.meta.url));`],
    ['electron/engine/query/x.ts', `type R = import('../report/model.ts').Report;`],
    ['electron/engine/case/x.ts', `import { Engine } from '../engine.ts';`],
    ['electron/engine/x.ts', `import { app } from 'electron';`],
    ['electron/engine/x.ts', `import { write } from '../terminal.ts';`],
    ['electron/engine/helpers/x.ts', `import { Case } from '../case/case.ts';`],
    ['electron/engine/query/x.ts', 'await import(`../report/` + name);'],
    ['electron/cli.ts', `import { ingest } from './engine/load/ingest.ts';`],
    ['electron/cli.ts', `import { Engine } from './engine/engine.ts';`],
    ['electron/host/x.ts', `import type { Case } from '../engine/case/case.ts';`],
    ['electron/cli.ts', `import { app } from 'electron';`],
    ['electron/main.ts', `import { Engine } from './engine/engine.ts';`],
    ['shared/x.ts', `import { Engine } from '../electron/engine/engine.ts';`],
    ['shared/x.ts', `import { join } from 'node:path';`],
    [
      'renderer/src/x.tsx',
      `import { CaseError } from '../../electron/engine/case/errors.ts'; const a = <b />;`,
    ],
    ['renderer/src/x.ts', `import fs from 'fs';`],
  ])('%s: %s', (file, text) => {
    expect(problemsOf(file, text)).toHaveLength(1);
  });
});

describe('the checker lets right imports pass', () => {
  test.each([
    ['electron/engine/intake/x.ts', `import type { Draft } from '../parse/record.ts';`],
    ['electron/engine/detect/sigma/x.ts', `import { CaseError } from '../../case/errors.ts';`],
    [
      'electron/engine/parse/x.ts',
      `import { LEVELS } from '../../../shared/model.ts'; import { Buffer } from 'node:buffer';`,
    ],
    ['electron/engine/engine.ts', `import { writers } from './report/writers.ts';`],
    [
      'electron/engine/report/x.ts',
      `// import x from '../engine.ts'\nconst text = "import x from '../engine.ts'";`,
    ],
    ['electron/serve-shell.ts', `import { Engine } from './engine/engine.ts';`],
    ['electron/host/x.ts', `import { CaseError } from '../engine/case/errors.ts';`],
    ['renderer/src/x.tsx', `import { api } from '../../shared/api.ts'; const a = <b />;`],
  ])('%s: %s', (file, text) => {
    expect(problemsOf(file, text)).toEqual([]);
  });
});
