// Celery: worker and beat files mix header lines, banners, undated shutdown lines and, at some sites, JSON.
import type { Format } from '../kind.ts';
import { celeryBanner } from './celery-banner.ts';
import { celeryDump, dumpNotice } from './celery-events.ts';
import { flower } from './celery-flower.ts';
import { celeryJson } from './celery-json.ts';
import { celeryLogging } from './celery-logging.ts';
import { celeryShutdown, multiprocessing, pythonWarning } from './celery-stdout.ts';
import { celeryHeader } from './celery-worker.ts';
import { rabbitJson, rabbitLine, rabbitReport } from './rabbitmq.ts';
import { redisLine } from './redis.ts';

export const celery: Format = {
  id: 'celery',
  system: 'celery',
  kinds: [
    celeryHeader,
    celeryShutdown,
    celeryBanner,
    pythonWarning,
    rabbitJson,
    celeryJson,
    celeryDump,
    dumpNotice,
    flower,
    multiprocessing,
    rabbitLine,
    redisLine,
    celeryLogging,
  ],
};

export const redis: Format = { id: 'redis', system: 'redis', kinds: [redisLine] };

export const rabbitmq: Format = {
  id: 'rabbitmq',
  system: 'rabbitmq',
  kinds: [rabbitLine, rabbitReport, rabbitJson],
};
