// Access lines that Jetty's request log prints inside the lines of Marathon and Chronos.
import type { Member } from '../kind.ts';
import { request } from '../kind.ts';
import type { Draft } from '../record.ts';
import { isIp, pathOf, put, putJson } from '../text.ts';
import { ZONE_WHY } from '../zone-runs.ts';
import { access, readAccess } from './access.ts';

/**
 * Puts a request into the draft when `text` is an access line; false when it is none. The wall clock of the record, where it
 * has one, stands beside the zoned time of the access line: evidence of the file's zone.
 */
export function jettyAccess(text: string, draft: Draft, member: Member): boolean {
  if (text.length > 20_000) return false;
  const from = text.replace(/^(\S{1,100}) - {1,3}(\S{1,100}) {1,3}\[/, '$1 - $2 [');
  if (!readAccess(from, 0)) return false;
  const { method, uri, status, agent, user } = access;
  request(draft, method, pathOf(uri), status);
  put(draft, 'http.request.uri', uri);
  if (agent !== '' && agent !== '-') put(draft, 'http.useragent', agent);
  if (/^\d{1,15}$/.test(access.bytes)) putJson(draft, 'http.response.written', String(Number(access.bytes)));
  if (user !== '' && user !== '-') {
    put(draft, 'user', user);
    if (status < 400) {
      draft.userName = user;
      draft.entity('user', user, 'user');
    } else draft.entity('user', user, 'attempted');
  }
  if (isIp(access.ip)) {
    draft.srcIp = access.ip;
    draft.entity('ip', access.ip, 'client');
  }
  if (access.zoned && !Number.isNaN(draft.tsWall)) {
    member.zoneSeen(draft.tsWall, access.time, ZONE_WHY.access, draft.component);
  }
  return true;
}
