// `kubectl logs --prefix`: `[pod/name/container] text`.
import type { Carrier } from './carrier.ts';
import { carry, outer } from './carrier.ts';

const PREFIX = /^\[pod\/([\w.-]{1,253})\/([\w.-]{1,63})\] ?/;

export const kubectlPrefix: Carrier = {
  id: 'kubectl-prefix',
  share: 0.2,
  starts: '[',
  sure: true,
  open(line) {
    if (line.charCodeAt(0) !== 91 || !line.startsWith('[pod/')) return false;
    const m = PREFIX.exec(line.length > 340 ? line.slice(0, 340) : line);
    if (!m) return false;
    carry(line.slice(m[0].length));
    outer.pod = m[1] as string;
    outer.container = m[2] as string;
    return true;
  },
  samples: [
    {
      path: 'all-pods.log',
      text: '[pod/registry-5d4f/registry] time="2026-11-20T17:17:54Z" level=info msg=one\n[pod/registry-5d4f/registry] 2026-11-20T17:17:55.123456789Z team/app: marking blob sha256:aa',
      gives: [
        {
          system: 'registry',
          message: 'one',
          fields: { 'carrier.pod': 'registry-5d4f', 'carrier.container': 'registry' },
        },
        { component: 'gc', time: '2026-11-20T17:17:55.123456Z', fields: { 'carrier.pod': 'registry-5d4f' } },
      ],
    },
  ],
};
