// Ray: one bundle mixes C++ and Python text, JSON and events; a file's path says component and ids.
import type { Format } from '../kind.ts';
import { takeOutputLevel } from './output-level.ts';
import { takeOutputTime } from './output-time.ts';
import { rayCpp, rayGlog, rayRest } from './ray-cpp.ts';
import { rayEvent } from './ray-event.ts';
import { rayGlogHeader, rayPackage, rayProcess } from './ray-files.ts';
import { rayJson } from './ray-json.ts';
import { rayMessage } from './ray-message.ts';
import { rayCrash, rayEcho, rayEntrypoint, rayMagic, rayWarning } from './ray-output.ts';
import { rayPy } from './ray-py.ts';
import { rayServe } from './ray-serve.ts';
import { putWorkerState } from './ray-worker-state.ts';

export const ray: Format = {
  id: 'ray',
  system: 'ray',
  kinds: [
    rayCpp,
    rayPy,
    rayEvent,
    rayJson,
    rayServe,
    rayMagic,
    rayEntrypoint,
    rayGlog,
    rayEcho,
    rayCrash,
    rayWarning,
    rayGlogHeader,
    rayProcess,
    rayPackage,
    rayRest,
  ],
  text(line, draft, member) {
    draft.system = 'ray';
    draft.component = member.hint.component || 'worker';
    draft.message = line;
    takeOutputTime(draft, line, member);
    takeOutputLevel(draft, line);
    putWorkerState(draft, member);
    rayMessage(line, draft, member);
  },
};
