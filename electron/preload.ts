// Hands the page one MessagePort to the engine and nothing else: no Electron object reaches the page.
import { ipcRenderer } from 'electron';

ipcRenderer.on('engine-port', (event) => window.postMessage('engine-port', location.origin, event.ports));
