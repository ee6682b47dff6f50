// Registry access log: Apache combined on stdout, whatever the application log's formatter.
import type { LineKind } from '../kind.ts';
import { request } from '../kind.ts';
import { TS_KIND } from '../record.ts';
import { isClean, isIp, numberOrText, put, putJson, quoteSlice, unescapeGo } from '../text.ts';
import { MINUTE_US } from '../time.ts';
import { ZONE_WHY } from '../zone-runs.ts';
import { access, readAccess, takeTail } from './access.ts';
import { putTail } from './access-tail.ts';
import { joinsStack } from './go-stack.ts';
import { mentionCarriedTask } from './registry-message.ts';
import { putUri, requestPath } from './registry-uri.ts';

export const registryAccess: LineKind = {
  id: 'registry.access',
  // gorilla's handler writes an empty referer as "", web servers write "-".
  weight: (line) => (line.indexOf(' /v2/') === -1 ? 0.05 : line.indexOf(' "" "') !== -1 ? 1 : 0.4),
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (c === 116 || c === 123 || c === 91) return false; // time=, {, [
    if (!readAccess(line, 0) || !access.zoned) return false;
    const a = access;
    // Three words stand before the time: more of them are a carrier's head that is still on the line.
    if (a.user.indexOf(' ') !== -1) return false;
    draft.parsed = true;
    draft.system = 'registry';
    draft.component = 'access';
    draft.message = line;
    draft.tsWall = a.time;
    draft.tsKind = TS_KIND.absolute;
    member.zoneStated(a.offsetMinutes, a.time + a.offsetMinutes * MINUTE_US, ZONE_WHY.access, 'access');
    draft.level = -1;
    // gorilla ends with the agent; a proxy's line may not.
    const tail = a.agent.indexOf('" ') === -1 ? '' : takeTail(line);
    const uri = a.uri.indexOf('\\') === -1 ? a.uri : unescapeGo(a.uri);
    const agent = a.agent.indexOf('\\') === -1 ? a.agent : unescapeGo(a.agent);
    const clean = isClean(line);
    draft.fields =
      `{"http.request.remoteaddr":${quoteSlice(a.ip, clean)},"http.request.method":${quoteSlice(a.method, clean)}` +
      `,"http.request.uri":${quoteSlice(uri, clean)},"http.response.status":${a.status}` +
      `,"http.response.written":${numberOrText(a.bytes)},"http.request.useragent":${quoteSlice(agent, clean)}`;
    if (a.protocol !== '') putJson(draft, 'http.version', quoteSlice(a.protocol, clean));
    if (a.referer !== '') put(draft, 'http.request.referer', unescapeGo(a.referer));
    request(draft, a.method, requestPath(a.method, uri), a.status);
    if (isIp(a.ip)) {
      draft.srcIp = a.ip;
      draft.entity('ip', a.ip, 'client');
    } else {
      draft.entity('host', a.ip, 'client');
    }
    // The user of an access line is the userinfo of the URL, never a proven login.
    if (a.user !== '' && a.user !== '-') {
      put(draft, 'access.user', a.user);
      draft.entity('user', a.user, 'attempted');
    }
    if (tail !== '') putTail(draft, tail);
    putUri(draft, a.method, uri);
    mentionCarriedTask(draft, agent);
    return true;
  },
  joins: joinsStack,
  samples: [
    {
      text: '127.0.0.11 - - [20/Nov/2026:17:20:47 +0000] "GET /v2/_catalog?n=1000 HTTP/1.1" 200 20 "" "python-requests/2.31.0"',
      path: 'registry/access.log',
      gives: [
        {
          time: '2026-11-20T17:20:47.000000Z',
          system: 'registry',
          component: 'access',
          category: 'api',
          action: 'http_request',
          outcome: 'success',
          srcIp: '127.0.0.11',
          httpMethod: 'GET',
          httpPath: '/v2/_catalog',
          httpStatus: 200,
          fields: {
            'http.request.uri': '/v2/_catalog?n=1000',
            'http.request.useragent': 'python-requests/2.31.0',
            'http.response.written': 20,
            'registry.operation': 'catalog_list',
          },
        },
      ],
    },
    {
      text: '10.0.0.9 - - [20/Nov/2026:17:20:47 -0500] "DELETE /v2/team/app/manifests/sha256:aa HTTP/2.0" 401 87 "-" "x\\" \\"$\x7bjndi:ldap://a} \\"q"',
      path: 'registry/access.log',
      gives: [
        {
          time: '2026-11-20T22:20:47.000000Z',
          outcome: 'failure',
          userName: '',
          httpStatus: 401,
          fields: {
            digest: 'sha256:aa',
            'registry.operation': 'manifest_delete',
            'http.request.referer': '-',
          },
        },
      ],
    },
  ],
};
