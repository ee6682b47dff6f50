// The desktop app: life cycle, one window, its menu. What the page asks goes through here to the engine's process and back,
// unread; evidence is never opened here.
import { dirname, join, resolve } from 'node:path';
import {
  app,
  BrowserWindow,
  dialog,
  Menu,
  type MenuItemConstructorOptions,
  MessageChannelMain,
  type MessagePortMain,
  protocol,
  session,
  shell,
  utilityProcess,
} from 'electron';
import { serve, type Wire } from '../shared/rpc.ts';
import { APP_SCHEME, APP_URL, answerAppRequest, isOwnUrl } from './app-protocol.ts';
import { askedCase } from './asked-case.ts';
import { desktopStarter } from './host/desktop-starter.ts';
import { EngineHost } from './host/engine-host.ts';
import { listPage } from './page.ts';
import { openSampleCase } from './sample-case.ts';
import { appRoot, rendererDir, sampleDir } from './shell-paths.ts';

const ROOT = appRoot(import.meta.dirname);

app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);

let window: BrowserWindow | null = null;
let engine: EngineHost | null = null;
let quitting = false;

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('web-contents-created', (_, contents) => {
    contents.on('will-navigate', (event) => {
      if (!isOwnUrl(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      if (!isOwnUrl(event.url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    if (!engine || quitting) return;
    event.preventDefault(); // the case is closed properly first
    quitting = true;
    engine.close().finally(() => app.quit());
  });
  // Not awaited at top level: the app is ready only after this module has been evaluated.
  app.whenReady().then(start, fail);
} else {
  app.quit();
}

function start(): void {
  const files = listPage(rendererDir(ROOT));
  protocol.handle(APP_SCHEME, (request) => answerAppRequest(files, request));
  const granted = (permission: string) => permission === 'clipboard-sanitized-write';
  session.defaultSession.setPermissionRequestHandler((_, permission, answer) => answer(granted(permission)));
  session.defaultSession.setPermissionCheckHandler((_, permission) => granted(permission));
  // The page needs nothing but itself; whatever else asks for an address, asks in vain.
  session.defaultSession.webRequest.onBeforeRequest((details, answer) =>
    answer({ cancel: !/^(app|devtools|blob|data):/.test(details.url) }),
  );
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu()));
  const asked = askedCase(process.argv.slice(app.isPackaged ? 1 : 2));
  engine = new EngineHost(desktopStarter(ROOT, ENGINE, forkEngine), {
    shell: 'desktop',
    sampleDir: sampleDir(ROOT),
    stateDir: app.getPath('userData'),
  });
  openAsked(engine, asked).catch((error: Error) => console.error(error.message));
  window = openWindow();
}

const ENGINE = join(import.meta.dirname, 'engine-process.mjs');

const forkEngine = (file: string, words: string[], env: Record<string, string>) =>
  utilityProcess.fork(file, words, {
    serviceName: 'Tidemark engine',
    stdio: 'inherit',
    env,
    cwd: dirname(process.execPath), // see Own.workDir
  });

/** The page shows what comes of it: the case when it is open, its jobs while it is being made. */
async function openAsked(host: EngineHost, asked: string | null): Promise<void> {
  const bundles = sampleDir(ROOT);
  if (asked === 'sample' && bundles !== null)
    await openSampleCase(host, { sampleDir: bundles, stateDir: app.getPath('userData') });
  else if (asked !== null && asked !== 'sample') await host.api['case.open']({ dir: resolve(asked) });
}

function openWindow(): BrowserWindow {
  const opened = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'Tidemark',
    webPreferences: {
      preload: join(import.meta.dirname, 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
      spellcheck: false, // would download dictionaries
    },
  });
  opened.once('ready-to-show', () => opened.show());
  // After every load, a reload too, the page gets a port of its own; its listener is there by then.
  opened.webContents.on('did-finish-load', () => {
    if (!engine) return;
    const { port1, port2 } = new MessageChannelMain();
    serve(portWire(port1), engine);
    opened.webContents.postMessage('engine-port', null, [port2]);
  });
  opened.webContents.on('render-process-gone', (_, { reason }) => {
    if (reason !== 'clean-exit' && !quitting) opened.webContents.reload();
  });
  opened.on('closed', () => {
    window = null;
  });
  void opened.loadURL(APP_URL);
  return opened;
}

function portWire(port: MessagePortMain): Wire {
  return {
    post: (message) => port.postMessage(message),
    listen: (receive) => {
      port.on('message', (event) => receive(event.data));
      port.start();
    },
    onClose: (closed) => void port.on('close', closed),
  };
}

function menu(): MenuItemConstructorOptions[] {
  const view: MenuItemConstructorOptions[] = [
    { role: 'reload' },
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
  if (!app.isPackaged) view.push({ role: 'toggleDevTools' });
  return [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    { label: 'File', submenu: [process.platform === 'darwin' ? { role: 'close' } : { role: 'quit' }] },
    { role: 'editMenu' },
    { label: 'View', submenu: view },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        {
          label: 'Show the folder of Tidemark’s own data',
          click: () => void shell.openPath(app.getPath('userData')),
        },
      ],
    },
  ];
}

function fail(error: Error): void {
  dialog.showErrorBox('Tidemark could not start', error.message);
  app.exit(1);
}
