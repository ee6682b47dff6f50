// Lines of Harbor's own parts (core, registryctl, jobservice) that stand beside its registry's.
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import { TS_KIND } from '../record.ts';
import { put } from '../text.ts';
import { cursor, isoAt } from '../time.ts';
import { joinsStack } from './go-stack.ts';
import { levelOf } from './other.ts';

const HEAD = /^ \[([A-Z]{4,8})\] \[([^\]\s]{1,300}:\d{1,6})\]((?:\[[\w.-]{1,60}="[^"]{0,400}"\]){0,20}):? ?/;
const PAIR = /\[([\w.-]{1,60})="([^"]{0,400})"\]/g;

/** `2026-11-20T17:20:47Z [INFO] [/registryctl/main.go:12][key="v"]: text`. */
export const harborLine: LineKind = {
  id: 'harbor',
  weight: () => 0.5,
  read(line, draft) {
    if (line.charCodeAt(0) !== 50 || line.charCodeAt(10) !== 84) return false;
    const ts = isoAt(line, 0);
    if (Number.isNaN(ts) || !cursor.zoned || line.charCodeAt(cursor.end + 1) !== 91) return false;
    const zoned = cursor.zoned;
    const rest = line.slice(cursor.end);
    const head = HEAD.exec(rest.slice(0, 4000));
    if (!head || levelOf(head[1] as string) === -1) return false;
    draft.parsed = true;
    draft.system = 'registry';
    draft.component = 'harbor';
    draft.tsWall = ts;
    draft.tsKind = zoned ? TS_KIND.absolute : TS_KIND.wall;
    draft.nativeLevel = head[1] as string;
    draft.level = levelOf(draft.nativeLevel);
    draft.logger = head[2] ?? '';
    draft.message = rest.slice(head[0].length);
    const names = new Set<string>();
    for (const [, key = '', value = ''] of (head[3] as string).matchAll(PAIR)) {
      if (names.has(key)) continue;
      names.add(key);
      put(draft, key, value);
    }
    if (/^failed to authenticate|[Ii]nvalid credentials|Failed to login/.test(draft.message.slice(0, 400))) {
      means(draft, 'authentication', 'login', 'failure');
    }
    return true;
  },
  joins: joinsStack,
  samples: [
    {
      path: 'harbor/registryctl.log',
      text: '2019-07-24T09:28:34+02:00 [DEBUG] [/core/filter/security.go:491]: can not get user information from session\n2026-11-20T17:20:47Z [ERROR] [/lib/http/error.go:54][requestID="5f3e"]: {"errors":[]}',
      gives: [
        {
          component: 'harbor',
          level: 'debug',
          nativeLevel: 'DEBUG',
          logger: '/core/filter/security.go:491',
          time: '2019-07-24T07:28:34.000000Z',
          message: 'can not get user information from session',
        },
        { level: 'error', fields: { requestID: '5f3e' } },
      ],
    },
  ],
};
