// What proxies write behind the user agent of an access line: the forwarded addresses, how long it took, the server behind.
import type { Draft } from '../record.ts';
import { isIp, put, putJson } from '../text.ts';

const INGRESS =
  /^ (\d{1,12}) (\d{1,9}\.\d{3}) \[([^\]]{0,200})\] \[[^\]]{0,200}\] (\S{1,300}) \S{1,100} (\S{1,100}) (\S{1,40}) ([0-9a-f]{32})$/;
const FORWARDED = /^ "([0-9a-fA-F.:, ]{3,600})"/;
const PAIR = /([A-Za-z_][\w.]{0,40})[=:]"?([\w.:/[\]-]{1,300})"?/g;
const SECONDS = /(?:^|[ "])(\d{1,9}\.\d{3})(?=[ ",]|$)/;
const MILLIS = / (\d{1,12})ms$/;

/** Fields of a tail: `proxy.tail` as it stands, and what is known of it. */
export function putTail(draft: Draft, tail: string): void {
  const text = tail.length > 4000 ? tail.slice(0, 4000) : tail;
  put(draft, 'proxy.tail', text.trim());
  const ingress = INGRESS.exec(text);
  if (ingress) {
    putJson(draft, 'duration_s', String(Number(ingress[2])));
    put(draft, 'proxy.upstream_name', ingress[3] as string);
    put(draft, 'proxy.upstream', ingress[4] as string);
    put(draft, 'proxy.upstream_status', ingress[6] as string);
    put(draft, 'proxy.request_id', ingress[7] as string);
    return;
  }
  const forwarded = FORWARDED.exec(text);
  if (forwarded) putForwarded(draft, forwarded[1] as string);
  const names = new Set<string>();
  for (const [, key = '', value = ''] of text.matchAll(PAIR)) {
    if (names.size >= 20 || names.has(key)) continue;
    names.add(key);
    put(draft, `proxy.${key}`, value);
    if (/^(?:rt|request_time)$/.test(key) && /^\d{1,9}(?:\.\d{1,6})?$/.test(value)) {
      putJson(draft, 'duration_s', String(Number(value)));
    }
  }
  if (names.size > 0) return;
  const seconds = SECONDS.exec(text);
  const millis = seconds ? null : MILLIS.exec(text);
  if (seconds) putJson(draft, 'duration_s', String(Number(seconds[1])));
  else if (millis) putJson(draft, 'duration_s', String(Number(millis[1]) / 1000));
}

/** X-Forwarded-For as the client and the proxies before this one claim it. */
export function putForwarded(draft: Draft, list: string): void {
  put(draft, 'client.forwarded_for', list);
  const first = (list.split(',', 1)[0] as string).trim();
  if (isIp(first) && first !== draft.srcIp) draft.entity('ip', first, 'claimed');
}
