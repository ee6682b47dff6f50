// CNCF Distribution registry: one file mixes the kinds below, because runtimes merge stdout and stderr.
import type { Format } from '../kind.ts';
import { harborLine } from './harbor.ts';
import { nginxError, webJson } from './nginx.ts';
import { registryAccess } from './registry-access.ts';
import { registryCrash } from './registry-crash.ts';
import { registryGc } from './registry-gc.ts';
import { registryGo } from './registry-go.ts';
import { registryJson } from './registry-json.ts';
import { registryLogfmt } from './registry-logfmt.ts';
import { registryNotification } from './registry-notification.ts';
import { registryText } from './registry-text.ts';
import { registryTty } from './registry-tty.ts';

export const registry: Format = {
  id: 'registry',
  system: 'registry',
  kinds: [
    registryText,
    registryAccess,
    registryJson,
    registryGo,
    registryGc,
    registryNotification,
    registryTty,
    registryCrash,
    registryLogfmt,
    harborLine,
    nginxError,
    webJson,
  ],
};
