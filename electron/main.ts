// The desktop app: life cycle, one window, its menu. Evidence goes from the engine's process to the page, not through here.
import { join, resolve } from 'node:path';
import {
  app,
  BrowserWindow,
  dialog,
  Menu,
  type MenuItemConstructorOptions,
  MessageChannelMain,
  protocol,
  session,
  shell,
  type UtilityProcess,
  utilityProcess,
} from 'electron';
import { APP_SCHEME, APP_URL, answerAppRequest, isOwnUrl } from './app-protocol.ts';
import { askedCase, writeEngineArguments } from './engine-arguments.ts';
import { listPage } from './page.ts';
import { appRoot, rendererDir, sampleDir } from './shell-paths.ts';

const ROOT = appRoot(import.meta.dirname);

app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);

let window: BrowserWindow | null = null;
let engine: UtilityProcess | null = null;
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
    const asked = engine;
    const overdue = setTimeout(() => asked.kill(), 10_000);
    asked.once('exit', () => {
      clearTimeout(overdue);
      app.quit();
    });
    asked.postMessage('close');
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
  engine = startEngine(asked === null || asked === 'sample' ? asked : resolve(asked));
  window = openWindow();
}

function startEngine(open: string | null): UtilityProcess {
  const started = utilityProcess.fork(
    join(import.meta.dirname, 'engine-process.mjs'),
    writeEngineArguments({ sampleDir: sampleDir(ROOT), stateDir: app.getPath('userData'), open }),
    {
      serviceName: 'Tidemark engine',
      stdio: 'inherit',
      env: { ...process.env, UV_THREADPOOL_SIZE: '16' }, // see nodeEnvironment in node-program.mjs
    },
  );
  started.once('exit', (code) => {
    if (quitting) return;
    engine = null;
    void engineEnded(code);
  });
  return started;
}

/** The engine fell over: say so, and begin anew with a fresh page; what was stored in the case is whole. */
async function engineEnded(code: number): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: 'Tidemark',
    message: 'The engine stopped unexpectedly.',
    detail: `Its process ended with code ${code}. What was stored in the case is whole; work that was under way has to be started again.`,
    buttons: ['Restart the engine', 'Quit'],
    defaultId: 0,
    cancelId: 1,
  });
  if (response !== 0) return app.quit();
  engine = startEngine(null);
  window?.webContents.reload();
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
    engine.postMessage('port', [port1]);
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
