// `docker compose logs` (`name-1  | text`) and `docker service logs` (`service.1.id@node    | text`), with times or without.
import { cursor, isoAt } from '../time.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer } from './carrier.ts';

const NAMED = /^([A-Za-z0-9][\w.-]{0,120})(?:@([\w.-]{1,120}))? {0,60}\| ?/;

export const compose: Carrier = {
  id: 'compose',
  share: 0.5,
  soft: true,
  open(line) {
    const bar = line.indexOf('|');
    if (bar <= 0 || bar > 300) return false;
    // `docker service logs --timestamps` puts the time in front of all.
    let from = 0;
    let time = Number.NaN;
    if (line.charCodeAt(10) === 84) {
      time = isoAt(line, 0);
      if (Number.isNaN(time) || !cursor.zoned || line.charCodeAt(cursor.end) !== 32) return false;
      from = cursor.end + 1;
    }
    const m = NAMED.exec(line.slice(from, bar + 2));
    if (!m) return false;
    let text = line.slice(from + m[0].length);
    if (Number.isNaN(time) && text.charCodeAt(10) === 84) {
      const ts = isoAt(text, 0);
      if (!Number.isNaN(ts) && cursor.zoned && text.charCodeAt(cursor.end) === 32) {
        time = ts;
        text = text.slice(cursor.end + 1);
      }
    }
    carry(text);
    outer.time = time;
    outer.zoned = !Number.isNaN(time);
    outer.program = m[1] as string;
    outer.container = m[1] as string;
    outer.host = m[2] ?? '';
    return true;
  },
  samples: [
    {
      path: 'compose.log',
      text: 'registry-1  | time="2026-11-20T17:17:54Z" level=info msg=one\nregistry-1  | 2026-11-20T17:17:55.5Z team/app: marking blob sha256:aa',
      gives: [
        { system: 'registry', message: 'one', fields: { 'carrier.program': 'registry-1' } },
        {
          component: 'gc',
          time: '2026-11-20T17:17:55.500000Z',
          fields: { 'carrier.container': 'registry-1' },
        },
      ],
    },
    {
      path: 'service.log',
      text: 'reg.1.x3k9q2m1z8vb@node-2    | time="2026-11-20T17:17:54Z" level=info msg=one\n2026-11-20T17:17:55.123456789Z reg.2.p0o9i8u7y6t5@node-3    | time="2026-11-20T17:17:55Z" level=info msg=two',
      gives: [
        { message: 'one', fields: { 'carrier.container': 'reg.1.x3k9q2m1z8vb', 'carrier.host': 'node-2' } },
        { message: 'two', fields: { 'carrier.host': 'node-3' } },
      ],
    },
  ],
};
