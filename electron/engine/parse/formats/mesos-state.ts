// Answers of Mesos endpoints that DC/OS bundles hold as files (`5050-master_state-summary.json`): one record each.
import type { Format, LineKind, Member } from '../kind.ts';
import type { Draft } from '../record.ts';
import { type Json, parseObject, put, putJson, textOf } from '../text.ts';

const TEXTS = ['id', 'pid', 'hostname', 'version', 'cluster', 'leader', 'build_date', 'log_dir', 'work_dir'];
const COUNTED = ['slaves', 'frameworks', 'completed_frameworks', 'unregistered_frameworks'];

/** What the answer says of who gave it; the whole of it stays in the message. */
function read(draft: Draft, member: Member): void {
  if (draft.message.charCodeAt(0) !== 123) return;
  const object = parseObject(draft.message);
  if (!object) return;
  for (const key of TEXTS) {
    const text = textOf(object[key]);
    if (text !== '') put(draft, key, text);
  }
  for (const key of COUNTED) {
    const list = object[key];
    if (Array.isArray(list)) putJson(draft, `${key}.count`, String(list.length));
  }
  const given = object.flags;
  if (given && typeof given === 'object' && !Array.isArray(given)) {
    for (const [name, value] of Object.entries(given).slice(0, 400)) {
      if (/^[a-z][a-z0-9_-]{0,60}$/.test(name)) put(draft, `flag.${name}`, flagText(value));
    }
  }
  const host = textOf(object.hostname);
  if (host !== '' && host !== 'localhost') member.fact('host', host);
  const version = textOf(object.version);
  if (version !== '') member.fact('version', `mesos ${version}`);
}

function flagText(value: Json): string {
  return value !== null && typeof value === 'object'
    ? textOf(JSON.stringify(value)).slice(0, 2000)
    : textOf(value).slice(0, 2000);
}

const state: LineKind = {
  id: 'mesos.state',
  read(line, draft, member) {
    if (member.state.whole === 'open') return false;
    member.state.whole = 'open';
    draft.parsed = true;
    draft.system = 'mesos';
    draft.component = member.hint.component || 'dcos';
    draft.category = 'node';
    draft.action = 'state_dump';
    draft.outcome = 'unknown';
    draft.message = line;
    read(draft, member);
    return true;
  },
  joins: () => true,
  finish: read,
  samples: [
    {
      path: 'bundle-2018-04-10-1523328000/10.0.1.5_master/5050-master_state-summary.json',
      text: '{"hostname":"10.0.1.5","cluster":"prod","version":"1.5.0","slaves":[{"id":"a"},{"id":"b"}],"frameworks":[],"flags":{"authenticate_http_readwrite":"false"}}',
      gives: [
        {
          system: 'mesos',
          component: 'master',
          category: 'node',
          action: 'state_dump',
          fields: {
            hostname: '10.0.1.5',
            version: '1.5.0',
            'slaves.count': 2,
            'flag.authenticate_http_readwrite': 'false',
            'snapshot.endpoint': 'master_state-summary',
          },
        },
      ],
    },
    {
      path: '10.0.1.6_agent/5051-metrics_snapshot.json',
      text: '{\n  "slave/uptime_secs": 12.5,\n  "slave/registered": 1\n}\n',
      gives: [{ component: 'agent', action: 'state_dump', lines: 4 }],
    },
  ],
};

export const mesosState: Format = { id: 'mesos.state', system: 'mesos', kinds: [state] };
