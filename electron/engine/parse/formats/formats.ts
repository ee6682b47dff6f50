// All formats, in the order in which ties are decided.
import type { Format } from '../kind.ts';
import { celery, rabbitmq, redis } from './celery.ts';
import { mesos, sandbox } from './mesos.ts';
import { nginx } from './nginx.ts';
import { ray } from './ray.ts';
import { registry } from './registry.ts';

export const FORMATS: readonly Format[] = [registry, ray, celery, mesos, redis, rabbitmq, nginx];
export const SANDBOX: Format = sandbox;
