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
    const between = line.charCodeAt(10);
    // T, or the `_` of svlogd -tt (runit, GitLab's packages), which writes UTC.
    if (between !== 84 && between !== 95) return false;
    const ts = isoAt(line, 0);
    if (
      Number.isNaN(ts) ||
      cursor.zoned === (between === 95) ||
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
      path: 'var/log/gitlab/registry/current',
      text: '2022-06-01_12:13:14.12345 time="2022-06-01T12:13:14.123Z" level=info msg="authorized request" auth_user_name=ci correlation_id=c1 vars_name=team/app\n2022-06-01_12:13:14.22345 {"correlation_id":"c2","duration_ms":0,"host":"r","level":"info","method":"GET","msg":"access","remote_addr":"172.24.0.1:35512","remote_ip":"172.24.0.1","status":401,"time":"2022-06-01T12:13:14.220Z","uri":"/v2/","user_agent":"docker/20","written_bytes":87}\n2022-06-01_12:13:15.12345 panic: x',
      gives: [
        { message: 'authorized request', userName: 'ci' },
        { component: 'access', httpStatus: 401, srcIp: '172.24.0.1' },
        { action: 'crash', time: '2022-06-01T12:13:15.123450Z' },
      ],
    },
    {
      // CloudWatch Logs, exported to S3: the inner line states local time.
      path: 'exportedlogs/ecs-celery/000000.gz',
      text: '2026-11-20T17:17:54.582Z [2026-11-20 12:17:54,582: INFO/MainProcess] hi\n2026-11-20T17:17:55.582Z [2026-11-20 12:17:55,582: INFO/MainProcess] ho',
      gives: [{ system: 'celery', message: 'hi', time: '2026-11-20T12:17:54.582000Z' }, { message: 'ho' }],
    },
  ],
};
