// Ray: one bundle mixes C++ and Python text, JSON and events; a file's path says component and ids.
import type { Format } from '../kind.ts';
import { takeOutputTime } from './output-time.ts';
import { rayEvent, rayJson } from './ray-json.ts';
import {
  putWorkerState,
  rayCpp,
  rayCrash,
  rayEcho,
  rayEntrypoint,
  rayGlog,
  rayMagic,
  rayPy,
  rayServe,
} from './ray-lines.ts';
import { rayMessage } from './ray-message.ts';

export const ray: Format = {
  id: 'ray',
  system: 'ray',
  kinds: [rayCpp, rayPy, rayEvent, rayJson, rayServe, rayMagic, rayEntrypoint, rayGlog, rayEcho, rayCrash],
  text(line, draft, member) {
    draft.system = 'ray';
    draft.component = member.hint.component || 'worker';
    draft.message = line;
    takeOutputTime(draft, line);
    putWorkerState(draft, member);
    if (member.hint.component !== 'packages' && member.hint.component !== 'processes')
      rayMessage(line, draft, member);
  },
};
