// stern: `pod container text` (with a namespace in front when it follows several), `+ pod › container` when it begins, and its JSON.
import { textOf } from '../text.ts';
import { cursor, isoAt } from '../time.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer } from './carrier.ts';
import { firstDeep, objectOn } from './json.ts';

/** Pods of deployments, sets, jobs and bare ones: lower case with at least one dash. */
const NAMED =
  /^(?:([a-z0-9][a-z0-9-]{0,62}) )?([a-z0-9](?:[a-z0-9.-]{0,251})-[a-z0-9.-]{0,60}[a-z0-9]) ([a-z0-9][a-z0-9-]{0,62}) /;
const FOLLOWS = /^[+-] [a-z0-9. -]{3,320} (?:\xe2\x80\xba|>) [a-z0-9-]{1,63}$/;

export const stern: Carrier = {
  id: 'stern',
  share: 0.5,
  soft: true,
  open(line) {
    const c = line.charCodeAt(0);
    if (c === 123) return openJson(line);
    if (c === 43 || c === 45) {
      if (!FOLLOWS.test(line)) return false;
      carry(line);
      outer.notice = true;
      outer.program = 'stern';
      return true;
    }
    if (!((c >= 97 && c <= 122) || (c >= 48 && c <= 57))) return false;
    const m = NAMED.exec(line.length > 400 ? line.slice(0, 400) : line);
    if (!m) return false;
    let text = line.slice(m[0].length);
    const ts = text.charCodeAt(10) === 84 ? isoAt(text, 0) : Number.NaN;
    const dated = !Number.isNaN(ts) && cursor.zoned && text.charCodeAt(cursor.end) === 32;
    if (dated) text = text.slice(cursor.end + 1);
    carry(text);
    if (dated) {
      outer.time = ts;
      outer.zoned = true;
    }
    outer.namespace = m[1] ?? '';
    outer.pod = m[2] as string;
    outer.container = m[3] as string;
    return true;
  },
  samples: [
    {
      path: 'stern.txt',
      text: '+ registry-5d4f9c-x2x2x \u203a registry\nregistry-5d4f9c-x2x2x registry time="2026-11-20T17:17:54Z" level=info msg=one\nregistry-5d4f9c-x2x2x registry 2026-11-20T17:17:55.000000000Z team/app: marking blob sha256:aa\nprod registry-5d4f9c-x2x2x registry time="2026-11-20T17:17:56Z" level=info msg=two',
      gives: [
        { component: 'stern' },
        {
          system: 'registry',
          message: 'one',
          fields: { 'carrier.pod': 'registry-5d4f9c-x2x2x', 'carrier.container': 'registry' },
        },
        { component: 'gc', time: '2026-11-20T17:17:55.000000Z' },
        { message: 'two', fields: { 'carrier.namespace': 'prod' } },
      ],
    },
    {
      path: 'stern.jsonl',
      text: '{"message":"[2026-11-20 17:17:54,582: INFO/MainProcess] hi\\n","nodeName":"n1","namespace":"prod","podName":"celery-0","containerName":"worker"}',
      gives: [
        {
          system: 'celery',
          message: 'hi',
          fields: { 'carrier.pod': 'celery-0', 'carrier.host': 'n1', 'carrier.namespace': 'prod' },
        },
      ],
    },
  ],
};

function openJson(line: string): boolean {
  if (line.indexOf('"message"') === -1) return false;
  const object = objectOn(line);
  if (!object || typeof object.message !== 'string') return false;
  const pod = firstDeep(object, 'podName', 'pod');
  const container = firstDeep(object, 'containerName', 'container');
  if (pod === '' || container === '') return false;
  carry(textOf(object.message).replace(/\r?\n$/, ''));
  outer.pod = pod;
  outer.container = container;
  outer.namespace = textOf(object.namespace);
  outer.host = textOf(object.nodeName);
  return true;
}
