// Kubernetes CRI: `2026-11-20T17:17:54.582000000Z stdout F text`; P marks a part, F the last one of a stream.
import { cursor, isoAt } from '../time.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer } from './carrier.ts';

export const cri: Carrier = {
  id: 'cri',
  share: 0.1,
  starts: '0123456789',
  sure: true,
  open(line) {
    if (line.charCodeAt(10) !== 84) return false;
    const ts = isoAt(line, 0);
    if (Number.isNaN(ts) || !cursor.zoned) return false;
    const at = cursor.end;
    if (!line.startsWith(' stdout ', at) && !line.startsWith(' stderr ', at)) return false;
    const flag = line.charCodeAt(at + 8);
    if (flag !== 70 && flag !== 80) return false;
    let text = at + 9;
    // Further tags may follow, divided by colons.
    if (line.charCodeAt(text) === 58) {
      text = line.indexOf(' ', text);
      if (text === -1) text = line.length;
    }
    if (text < line.length && line.charCodeAt(text) !== 32) return false;
    carry(line.slice(text + 1));
    outer.time = ts;
    outer.zoned = true;
    outer.stream = line.slice(at + 1, at + 7);
    outer.partial = flag === 80;
    return true;
  },
  samples: [
    {
      path: 'pods/default_registry_1/registry/0.log',
      text: '2026-11-20T17:17:54.5Z stderr P time="2026-11-20T17:17:54Z" level=info msg="on\n2026-11-20T17:17:54.5Z stderr F e two"\n2026-11-20T18:17:55.582000000+01:00 stdout F team/app: marking blob sha256:aa',
      gives: [
        { system: 'registry', message: 'one two', lines: 2, fields: { 'carrier.stream': 'stderr' } },
        {
          component: 'gc',
          time: '2026-11-20T17:17:55.582000Z',
          fields: { 'carrier.stream': 'stdout' },
        },
      ],
    },
  ],
};
