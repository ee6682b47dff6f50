// What a registry prints beside its logs: the Go standard logger, garbage-collect progress, the tty form, panics, usage text.
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import { TS_KIND } from '../record.ts';
import { closingQuote, hostOf, isIp, put, putJson, trimEnd, unescapeGo } from '../text.ts';
import { cursor, dateTimeAt } from '../time.ts';
import { slotOf } from './registry-keys.ts';
import { RegistryParts, registryRecord } from './registry-message.ts';

/** `2026/11/20 17:24:42 http: TLS handshake error from ip:port: why`, local time without zone. */
export const registryGo: LineKind = {
  id: 'registry.go',
  weight: () => 0.15,
  read(line, draft) {
    const c = line.charCodeAt(0);
    if (c !== 50 || line.charCodeAt(4) !== 47) return false;
    const ts = dateTimeAt(line, 0);
    if (Number.isNaN(ts) || line.charCodeAt(cursor.end) !== 32) return false;
    const message = line.slice(cursor.end + 1);
    // nginx's error log begins alike.
    if (/^\[\w{4,6}\] \d{1,9}#/.test(message)) return false;
    draft.parsed = true;
    draft.system = 'registry';
    draft.component = 'go';
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.message = message;
    if (message.startsWith('http: TLS handshake error from ')) {
      const colon = message.indexOf(': ', 31);
      const peer = message.slice(31, colon === -1 ? undefined : colon);
      const ip = hostOf(peer);
      draft.level = 4;
      means(draft, 'network', 'tls_handshake', 'failure');
      put(draft, 'peer', peer);
      if (colon !== -1) put(draft, 'reason', message.slice(colon + 2));
      if (isIp(ip)) {
        draft.srcIp = ip;
        draft.entity('ip', ip, 'client');
      }
    } else if (message.startsWith('http: panic serving ')) {
      draft.level = 6;
      means(draft, 'process', 'crash', 'failure');
      const peer = message.slice(20, message.indexOf(': ', 20));
      const ip = hostOf(peer);
      put(draft, 'peer', peer);
      if (isIp(ip)) {
        draft.srcIp = ip;
        draft.entity('ip', ip, 'client');
      }
    } else if (message.startsWith('http: ')) {
      draft.level = 4;
      means(draft, 'network', 'http_server', 'unknown');
    }
    return true;
  },
  joins: (line, _draft, _member, joined) => joined > 0 || /^(?:goroutine \d+ \[|\s+\S)/.test(line),
  samples: [
    {
      text: '2026/11/20 17:24:42 http: TLS handshake error from 127.0.0.1:45492: EOF',
      path: 'registry/app.log',
      gives: [
        {
          system: 'registry',
          category: 'network',
          action: 'tls_handshake',
          outcome: 'failure',
          srcIp: '127.0.0.1',
          time: '2026-11-20T17:24:42.000000Z',
          fields: { reason: 'EOF', peer: '127.0.0.1:45492' },
        },
      ],
    },
  ],
};

const GC_MARK = /^(\S+): marking (manifest|blob|configuration|index|manifest list) (\S+)\s*$/;
const GC_ELIGIBLE = /^(blob|manifest) eligible for deletion: (?:(\S+) )?(\S+)$/;
const GC_SUMMARY = /^(\d+) blobs marked, (\d+) blobs and (\d+) manifests eligible for deletion$/;
const REPOSITORY = /^[a-z0-9]+(?:[._-]{1,2}[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]{1,2}[a-z0-9]+)*)*$/;

/** Progress of `registry garbage-collect` on stdout: no time at all. */
export const registryGc: LineKind = {
  id: 'registry.gc',
  read(line, draft, member) {
    if (line.length > 600) return false;
    const mark = GC_MARK.exec(line);
    const eligible = mark ? null : GC_ELIGIBLE.exec(line);
    const summary = mark || eligible ? null : GC_SUMMARY.exec(line);
    const header =
      !mark &&
      !eligible &&
      !summary &&
      (member.hint.component === 'gc' || member.state.gc === 'on') &&
      REPOSITORY.test(line);
    if (!mark && !eligible && !summary && !header) return false;
    member.state.gc = 'on';
    draft.parsed = true;
    draft.system = 'registry';
    draft.component = 'gc';
    draft.message = trimEnd(line);
    if (mark) {
      means(draft, 'storage', 'gc_mark', 'success');
      put(draft, 'repository', mark[1] as string);
      put(draft, 'gc.kind', mark[2] as string);
      put(draft, 'digest', mark[3] as string);
      draft.entity('image_repository', mark[1] as string, 'target');
      draft.entity('image_digest', mark[3] as string, 'kept');
    } else if (eligible) {
      means(draft, 'storage', 'gc_eligible', 'success');
      put(draft, 'gc.kind', eligible[1] as string);
      if (eligible[2]) {
        put(draft, 'repository', eligible[2]);
        draft.entity('image_repository', eligible[2], 'target');
      }
      put(draft, 'digest', eligible[3] as string);
      draft.entity('image_digest', eligible[3] as string, 'deleted');
    } else if (summary) {
      means(draft, 'storage', 'gc_summary', 'success');
      putJson(draft, 'gc.marked', summary[1] as string);
      putJson(draft, 'gc.blobs', summary[2] as string);
      putJson(draft, 'gc.manifests', summary[3] as string);
    } else {
      means(draft, 'storage', 'gc_repository', 'success');
      put(draft, 'repository', line);
      draft.entity('image_repository', line, 'target');
    }
    return true;
  },
  joins: () => false,
  samples: [
    {
      text: 'team/app: marking manifest sha256:114f4eead13904d6b6d7f1ffe37e880420b3bfe337a632492c0ba4017bc1cc83 \n6 blobs marked, 9 blobs and 0 manifests eligible for deletion\nblob eligible for deletion: sha256:0139c1c77468f75e6763a4612262743bd47a36b26cb2863d662756b3377bb029',
      path: 'registry/garbage-collect.log',
      gives: [
        { component: 'gc', action: 'gc_mark', fields: { repository: 'team/app', 'gc.kind': 'manifest' } },
        { action: 'gc_summary', fields: { 'gc.marked': 6, 'gc.blobs': 9, 'gc.manifests': 0 } },
        {
          action: 'gc_eligible',
          entities: [
            'image_digest:sha256:0139c1c77468f75e6763a4612262743bd47a36b26cb2863d662756b3377bb029:deleted',
          ],
        },
      ],
    },
  ],
};

const TTY = /^(INFO|WARN|ERRO|DEBU|FATA|PANI|TRAC)\[(\d+)\] (.*)$/;
const TTY_LEVEL: Record<string, number> = { TRAC: 0, DEBU: 1, INFO: 2, WARN: 4, ERRO: 5, FATA: 6, PANI: 6 };
const parts = new RegistryParts();

/** logrus on a terminal: `INFO[0000] message   key=value`, seconds since the start. */
export const registryTty: LineKind = {
  id: 'registry.tty',
  read(line, draft, member) {
    const m = TTY.exec(line.length > 100_000 ? line.slice(0, 100_000) : line);
    if (!m) return false;
    draft.parsed = true;
    draft.level = TTY_LEVEL[m[1] as string] ?? -1;
    putJson(draft, 'seconds_since_start', String(Number(m[2])));
    const text = m[3] as string;
    const gap = text.search(/ {2}|\s[\w.]+=/);
    const message = trimEnd(gap === -1 ? text : text.slice(0, gap));
    parts.clear();
    if (gap !== -1) {
      let at = gap;
      while (at < text.length) {
        while (text.charCodeAt(at) === 32) at++;
        const eq = text.indexOf('=', at);
        if (eq === -1) break;
        const key = text.slice(at, eq);
        let value: string;
        if (text.charCodeAt(eq + 1) === 34) {
          const end = closingQuote(text, eq + 2);
          value = unescapeGo(text.slice(eq + 2, end === -1 ? undefined : end));
          at = end === -1 ? text.length : end + 1;
        } else {
          const end = text.indexOf(' ', eq);
          value = text.slice(eq + 1, end === -1 ? undefined : end);
          at = end === -1 ? text.length : end;
        }
        if (/^[\w.@-]{1,100}$/.test(key)) put(draft, key, value);
        parts.take(slotOf(key), value);
      }
    }
    registryRecord(draft, message, parts, member);
    return true;
  },
  joins: () => false,
  samples: [
    {
      text: 'INFO[0001] listening on [::]:5000                      go.version=go1.20 instance.id=abc',
      path: 'registry/tty.log',
      gives: [
        {
          level: 'info',
          message: 'listening on [::]:5000',
          action: 'start',
          fields: { 'instance.id': 'abc', seconds_since_start: 1 },
        },
      ],
    },
  ],
};

/** Panics, fatal runtime errors and refused configuration: the first line; what follows joins. */
export const registryPanic: LineKind = {
  id: 'registry.panic',
  read(line, draft) {
    const panic = line.startsWith('panic: ') || line.startsWith('fatal error: ');
    const config = !panic && line.startsWith('configuration error: ');
    if (!panic && !config) return false;
    draft.parsed = true;
    draft.system = 'registry';
    draft.component = 'app';
    draft.level = panic ? 6 : 5;
    draft.message = line;
    if (panic) means(draft, 'process', 'crash', 'failure');
    else means(draft, 'configuration', 'configuration_load', 'failure');
    return true;
  },
  samples: [
    {
      text: 'panic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.main()\n\t/go/src/main.go:12 +0x1d',
      path: 'registry/app.log',
      gives: [{ level: 'critical', category: 'process', action: 'crash' }],
    },
  ],
};
