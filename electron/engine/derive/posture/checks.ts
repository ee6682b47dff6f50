// All checks of the logging posture; each stands in a file of its own. docs/posture.md says what each proves and what it can't.
import type { PostureCheck } from './check.ts';
import { argumentsLogged } from './checks/arguments.ts';
import { celeryBroker } from './checks/celery-broker.ts';
import { clock } from './checks/clock.ts';
import { commandLines } from './checks/command-lines.ts';
import { configurationCelery } from './checks/configuration-celery.ts';
import { configurationMesos } from './checks/configuration-mesos.ts';
import { configurationRegistry } from './checks/configuration-registry.ts';
import { configurationSecrets } from './checks/configuration-secrets.ts';
import { formats } from './checks/formats.ts';
import { levels } from './checks/levels.ts';
import { mesosAuthentication } from './checks/mesos-authentication.ts';
import { missingCelery } from './checks/missing-celery.ts';
import { missingComponents } from './checks/missing-components.ts';
import { missingNodes } from './checks/missing-nodes.ts';
import { permissions } from './checks/permissions.ts';
import { rayAuthentication } from './checks/ray-authentication.ts';
import { registryAuthentication } from './checks/registry-authentication.ts';
import { registrySetup } from './checks/registry-setup.ts';
import { registryTrail } from './checks/registry-trail.ts';
import { rotation } from './checks/rotation.ts';
import { secrets } from './checks/secrets.ts';

export const CHECKS: readonly PostureCheck[] = [
  registryAuthentication,
  rayAuthentication,
  mesosAuthentication,
  celeryBroker,
  secrets,
  configurationSecrets,
  argumentsLogged,
  commandLines,
  configurationRegistry,
  configurationCelery,
  configurationMesos,
  registrySetup,
  registryTrail,
  missingComponents,
  missingCelery,
  missingNodes,
  rotation,
  levels,
  formats,
  clock,
  permissions,
];
