// Celery: worker and beat files mix header lines, banners, undated shutdown lines and, at some sites, JSON.
import type { Format } from '../kind.ts';
import { celeryJson } from './celery-json.ts';
import {
  celeryBanner,
  celeryDump,
  celeryHeader,
  celeryShutdown,
  flower,
  pythonWarning,
} from './celery-worker.ts';
import { redisLine } from './redis.ts';

export const celery: Format = {
  id: 'celery',
  system: 'celery',
  kinds: [
    celeryHeader,
    celeryShutdown,
    celeryBanner,
    pythonWarning,
    celeryJson,
    celeryDump,
    flower,
    redisLine,
  ],
};

export const redis: Format = { id: 'redis', system: 'redis', kinds: [redisLine] };
