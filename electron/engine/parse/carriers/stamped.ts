// A time in front of every line: `docker logs -t`, `kubectl logs --timestamps`, CloudWatch's export to S3.
import { cursor, isoAt } from '../time.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer } from './carrier.ts';

export const stamped: Carrier = {
  id: 'stamped',
  share: 0.3,
  starts: '0123456789',
  soft: true,
  open(line) {
    if (line.charCodeAt(10) !== 84) return false;
    const ts = isoAt(line, 0);
    if (
      Number.isNaN(ts) ||
      !cursor.zoned ||
      (line.charCodeAt(cursor.end) !== 32 && cursor.end !== line.length)
    )
      return false;
    carry(line.slice(cursor.end + 1));
    outer.time = ts;
    outer.zoned = true;
    return true;
  },
  samples: [
    {
      path: 'registry.log',
      text: '2026-11-20T17:17:54.582000000Z time="2026-11-20T17:17:54Z" level=info msg=one\n2026-11-20T18:17:55.582000000+01:00 team/app: marking blob sha256:aa\n2026-11-20T17:17:56Z',
      gives: [{ message: 'one' }, { component: 'gc', time: '2026-11-20T17:17:55.582000Z', lines: 2 }],
    },
    {
      // CloudWatch Logs, exported to S3: the inner line states local time.
      path: 'exportedlogs/ecs-celery/000000.gz',
      text: '2026-11-20T17:17:54.582Z [2026-11-20 12:17:54,582: INFO/MainProcess] hi\n2026-11-20T17:17:55.582Z [2026-11-20 12:17:55,582: INFO/MainProcess] ho',
      gives: [{ system: 'celery', message: 'hi', time: '2026-11-20T12:17:54.582000Z' }, { message: 'ho' }],
    },
  ],
};
