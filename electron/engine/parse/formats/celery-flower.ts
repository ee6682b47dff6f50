// Flower, the web monitor of Celery, in tornado's pretty log: `[I yymmdd hh:mm:ss module:line] text`, local time.
// Facts: runs of Flower 0.9.7, 1.2.0 and 2.2.0. Access lines are written with `--debug` only, not with `--logging=debug`.
import type { LineKind, Member } from '../kind.ts';
import { request } from '../kind.ts';
import { Lexicon, says } from '../lexicon.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { isIp, pathOf, put, putIf, putJson, putNumber } from '../text.ts';
import { clockAt, microsOf, SECOND_US, two } from '../time.ts';
import { readTraceback } from './celery-block.ts';
import { celeryMessage, putBroker } from './celery-message.ts';

const LINE = /^\[([DIWEC]) (\d{2})(\d{2})(\d{2}) (\d\d:\d\d:\d\d) ([\w.-]{1,80}):(\d{1,6})\] ?(.*)$/;
/** tornado's access line, and its warning about the same request before it. */
const ACCESS = /^(\d{3}) ([A-Z]{3,10}) (\S{1,2000}) \(([^)]{1,60})\)(?: ([\d.]{1,20})ms$|: (.*)$)/;
const UNCAUGHT = /^Uncaught exception ([A-Z]{3,10}) (\S{1,2000}) \(([^)]{1,60})\)/;
const LEVEL: Record<string, number> = { D: 1, I: 2, W: 4, E: 5, C: 6 };

/** The first text in quotes that stands after `from`. */
function quoted(text: string, from = 0): string {
  return /'([^']{1,400})'/.exec(text.slice(from, from + 600))?.[1] ?? '';
}

function node(draft: Draft, name: string): void {
  if (name === '') return;
  put(draft, 'peer_node', name);
  const at = name.indexOf('@');
  if (at !== -1 && at < name.length - 1) draft.entity('host', name.slice(at + 1), 'mentioned');
}

const ofNode = (text: string, draft: Draft): void => node(draft, quoted(text));
const ofTask =
  (action: string) =>
  (text: string, draft: Draft): void => {
    const id = quoted(text);
    putIf(draft, 'task_id', id);
    if (id !== '') draft.entity('celery_task', id, action);
  };
const ofQueue = (text: string, draft: Draft): void => {
  const queue = quoted(text);
  putIf(draft, 'queue', queue);
  node(draft, quoted(text, text.indexOf(' worker ')));
};
const invoked = (text: string, draft: Draft): void => {
  const m = /^Invoking (?:a )?task '([^']{1,400})' with '([\s\S]{0,2000}?)' and '([\s\S]{0,2000})'$/.exec(
    text.slice(0, 5000),
  );
  if (!m) return;
  put(draft, 'task_name', m[1] as string);
  put(draft, 'args', m[2] as string);
  put(draft, 'kwargs', m[3] as string);
};

const LEXICON = new Lexicon([
  says('Visit me at ', 'process/start/success', (text, draft) => put(draft, 'address', text.slice(12, 412))),
  says('Visit me via unix socket file: ', 'process/start/success'),
  says('Broker: ', 'configuration/broker/unknown', (text, draft) =>
    putBroker(draft, text.slice(8, 800).trim()),
  ),
  says('Connected to ', 'network/broker_connect/success', (text, draft) =>
    putBroker(draft, text.slice(13, 800).trim()),
  ),
  says('Registered tasks:', 'configuration/registered_tasks/unknown'),
  says('Settings: ', 'configuration/settings/unknown'),
  says('Running without authentication', 'configuration/no_authentication/failure'),
  says('Authentication error: ', 'authentication/login/failure', (text, draft) =>
    put(draft, 'reason', text.slice(22, 1022)),
  ),
  says('Shutting down ', 'process/remote_shutdown/unknown', ofNode),
  says('Restarting ', 'process/pool_restart/unknown', ofNode),
  says('Growing ', 'resource/scale_up/unknown', ofNode),
  says('Shrinking ', 'resource/scale_down/unknown', ofNode),
  says('Autoscaling ', 'resource/autoscale/unknown', ofNode),
  says('Adding consumer ', 'configuration/add_consumer/unknown', ofQueue),
  says('Canceling consumer ', 'configuration/cancel_consumer/unknown', ofQueue),
  says('Revoking task ', 'task/revoke_request/unknown', ofTask('revoked')),
  says('Terminating task ', 'task/task_terminate/unknown', ofTask('terminated')),
  says('Aborting task ', 'task/task_terminate/unknown', ofTask('terminated')),
  says('Setting timeouts for ', 'configuration/time_limit/unknown', (text, draft) =>
    putIf(draft, 'task_name', quoted(text)),
  ),
  says('Setting …rate limit for ', 'configuration/rate_limit/unknown', (text, draft) => {
    putIf(draft, 'rate_limit', quoted(text));
    putIf(draft, 'task_name', quoted(text, text.indexOf(' for ')));
  }),
  says('Invoking a task ', 'task/task_sent/unknown', invoked),
  says('Invoking task ', 'task/task_sent/unknown', invoked),
  says('Sending …inspect command', 'node/inspect/unknown'),
  says('Inspect command ', 'node/inspect/unknown'),
  says('Inspect method …failed', 'node/inspect/failure'),
  says('Worker inspection failed', 'node/inspect/failure'),
  says('Failed to capture events: ', 'network/broker_connection_lost/failure'),
  says('Failed to enable events: ', 'network/broker_connect/failure'),
  says('RabbitMQ management API call failed: ', 'network/broker_api/failure'),
  says('Unable to get queues: ', 'network/broker_api/failure'),
  says('…detected, shutting down', 'process/stop/success'),
]);

export const flower: LineKind = {
  id: 'celery.flower',
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 91 || line.charCodeAt(2) !== 32) return false;
    const m = LINE.exec(line.length > 4000 ? line.slice(0, 4000) : line);
    if (!m) return false;
    const clock = clockAt(m[5] as string, 0);
    const day = microsOf(2000 + two(line, 3), Number(m[3]), Number(m[4]), 0, 0, 0, 0);
    if (Number.isNaN(day) || Number.isNaN(clock)) return false;
    draft.parsed = true;
    draft.system = 'celery';
    draft.component = 'flower';
    draft.level = LEVEL[m[1] as string] ?? -1;
    draft.nativeLevel = m[1] as string;
    draft.tsWall = day + clock * SECOND_US;
    draft.tsKind = TS_KIND.wall;
    draft.logger = `${m[6]}:${m[7]}`;
    draft.message = line.slice(line.indexOf(']') + 1).replace(/^ /, '');
    const text = m[8] as string;
    if (!readAccess(text, draft) && !LEXICON.apply(text, draft, member, text.endsWith('shutting down')))
      celeryMessage(text, draft, member);
    return true;
  },
  finish(draft: Draft, _member: Member) {
    if (draft.action === 'registered_tasks') {
      const tasks = [...draft.message.matchAll(/^ {1,8}\[?'([^'\n]{1,300})'/gm)]
        .slice(0, 2000)
        .map((m) => m[1] as string);
      if (tasks.length > 0) putJson(draft, 'tasks', JSON.stringify(tasks));
    } else readTraceback(draft);
  },
  samples: [
    {
      path: 'celery/flower.log',
      text: '[I 261120 17:20:00 web:2243] 200 GET /api/workers?x=1 (10.0.0.1) 3.1ms',
      gives: [
        {
          component: 'flower',
          time: '2026-11-20T17:20:00.000000Z',
          httpStatus: 200,
          httpPath: '/api/workers',
          srcIp: '10.0.0.1',
          level: 'info',
          nativeLevel: 'I',
        },
      ],
    },
    {
      path: 'flower.log',
      text: "[I 261120 17:20:00 command:177] Visit me at http://0.0.0.0:5555\n[I 261120 17:20:00 command:186] Broker: amqp://guest:**@10.0.0.9:5672//\n[I 261120 17:20:00 command:187] Registered tasks: \n    ['celery.accumulate',\n     'proj.add',\n     'proj.sleep']\n[W 261120 17:20:00 command:177] Running without authentication\n[I 261120 17:20:00 mixins:228] Connected to amqp://guest:**@10.0.0.9:5672//\n[D 261120 17:20:01 tasks:230] Invoking a task 'os.system' with '['id']' and '{}'\n[W 261120 17:20:01 web:2106] 404 POST /api/task/async-apply/os.system (10.0.0.1): Unknown task 'os.system'\n[I 261120 17:20:02 control:446] Revoking task 'abc-1'\n[W 261120 17:20:03 inspector:98] Inspect method conf failed\n[I 261120 17:20:04 control:63] Shutting down 'alpha@h1' worker",
      gives: [
        { action: 'start', fields: { address: 'http://0.0.0.0:5555' } },
        { category: 'configuration', entities: ['ip:10.0.0.9:broker'], fields: { broker_user: 'guest' } },
        { lines: 4, fields: { tasks: ['celery.accumulate', 'proj.add', 'proj.sleep'] } },
        { action: 'no_authentication', level: 'warning' },
        { action: 'broker_connect', outcome: 'success' },
        { action: 'task_sent', fields: { task_name: 'os.system', args: "['id']" } },
        {
          category: 'api',
          httpStatus: 404,
          httpMethod: 'POST',
          httpPath: '/api/task/async-apply/os.system',
          srcIp: '10.0.0.1',
          fields: { reason: "Unknown task 'os.system'" },
        },
        { action: 'revoke_request', entities: ['celery_task:abc-1:revoked'] },
        { action: 'inspect', outcome: 'failure' },
        { action: 'remote_shutdown', entities: ['host:h1:mentioned'] },
      ],
    },
  ],
};

function readAccess(text: string, draft: Draft): boolean {
  const c = text.charCodeAt(0);
  const access = c >= 49 && c <= 53 ? ACCESS.exec(text) : null;
  const uncaught = !access && c === 85 ? UNCAUGHT.exec(text) : null;
  if (!access && !uncaught) return false;
  const [method, uri, client] = (access ? access.slice(2, 5) : (uncaught as RegExpExecArray).slice(1, 4)) as [
    string,
    string,
    string,
  ];
  request(draft, method, pathOf(uri), access ? Number(access[1]) : 500);
  put(draft, 'http.request.uri', uri);
  if (isIp(client)) {
    draft.srcIp = client;
    draft.entity('ip', client, 'client');
  }
  if (access?.[5]) putNumber(draft, 'duration_ms', Number(access[5]));
  putIf(draft, 'reason', access?.[6]);
  return true;
}
