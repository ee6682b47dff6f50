// Mesos masters, agents and frameworks, what runs in their sandboxes, Marathon and Chronos.
import type { Format } from '../kind.ts';
import { celeryBanner } from './celery-banner.ts';
import { celeryHeader } from './celery-worker.ts';
import { chronos } from './chronos.ts';
import { marathon } from './marathon.ts';
import { mesosBare, mesosCrash } from './mesos-crash.ts';
import { mesosExecute } from './mesos-execute.ts';
import { glogHeader, glogLink, mesosDamaged, mesosGlog, mesosGlued } from './mesos-glog.ts';
import { executorOutput } from './mesos-output.ts';
import { takeOutputLevel } from './output-level.ts';
import { takeOutputTime } from './output-time.ts';
import { rayCpp } from './ray-cpp.ts';
import { rayPy } from './ray-py.ts';
import { registryText } from './registry-text.ts';
import { pythonHttp } from './web-python.ts';
import { exhibitor, zooClient, zooLog4j, zooServer } from './zookeeper.ts';

export const mesos: Format = {
  id: 'mesos',
  system: 'mesos',
  kinds: [
    mesosGlog,
    glogHeader,
    zooClient,
    marathon,
    mesosCrash,
    mesosBare,
    zooServer,
    zooLog4j,
    exhibitor,
    chronos,
    mesosDamaged,
    mesosGlued,
    mesosExecute,
    glogLink,
  ],
  text(line, draft, member) {
    draft.system = 'mesos';
    draft.component = member.hint.component || 'framework';
    draft.message = line;
  },
};

/** stdout and stderr of a container: the executor's glog lines, and whatever the task writes. */
export const sandbox: Format = {
  id: 'mesos.sandbox',
  system: 'mesos',
  kinds: [
    mesosGlog,
    celeryHeader,
    rayCpp,
    rayPy,
    registryText,
    celeryBanner,
    zooClient,
    mesosCrash,
    executorOutput,
    pythonHttp,
  ],
  text(line, draft, member) {
    draft.system = 'mesos';
    draft.component = 'sandbox';
    draft.message = line;
    takeOutputTime(draft, line, member);
    takeOutputLevel(draft, line);
  },
};
