// Python's http.server, often used beside a test cluster.
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import { TS_KIND } from '../record.ts';
import { isIp, pathOf, put } from '../text.ts';
import { clockAt, microsOf, monthAt, SECOND_US } from '../time.ts';

const PY_HTTP =
  /^(\S{1,100}) - - \[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}) (\d\d:\d\d:\d\d)\] (?:"([A-Z]{3,10}) (\S{1,2000}) HTTP\/[\d.]{1,4}" (\d{3}) \S{1,20}|(.*))$/;

/** Local time without offset. */
export const pythonHttp: LineKind = {
  id: 'web.python',
  weight: () => 0.3,
  read(line, draft) {
    const m =
      line.indexOf(' - - [') === -1 ? null : PY_HTTP.exec(line.length > 3000 ? line.slice(0, 3000) : line);
    if (!m) return false;
    const day = microsOf(Number(m[4]), monthAt(m[3] as string, 0), Number(m[2]), 0, 0, 0, 0);
    if (Number.isNaN(day)) return false;
    draft.parsed = true;
    draft.system = 'other';
    draft.component = 'access';
    draft.tsWall = day + clockAt(m[5] as string, 0) * SECOND_US;
    draft.tsKind = TS_KIND.wall;
    draft.message = line;
    const ip = m[1] as string;
    if (isIp(ip)) {
      draft.srcIp = ip;
      draft.entity('ip', ip, 'client');
    }
    if (m[6]) {
      const status = Number(m[8]);
      draft.httpMethod = m[6];
      draft.httpPath = pathOf(m[7] as string);
      draft.httpStatus = status;
      put(draft, 'http.request.uri', m[7] as string);
      means(draft, 'api', 'http_request', status < 400 ? 'success' : 'failure');
    }
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'www-access.log',
      text: '127.0.0.1 - - [20/Nov/2026 18:54:43] "GET /missing-v9.tgz HTTP/1.1" 404 -',
      gives: [
        { httpStatus: 404, outcome: 'failure', srcIp: '127.0.0.1', time: '2026-11-20T18:54:43.000000Z' },
      ],
    },
  ],
};
