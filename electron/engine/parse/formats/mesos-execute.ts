// What mesos-execute and other small schedulers print on stdout.
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { put, putIf } from '../text.ts';

const STATUS = /^Received status update (TASK_[A-Z_]{1,30}) for task '?([^']{1,300}?)'?$/;
const SUBMITTED =
  /^(?:Submitted task|task) '?([^']{1,300}?)'? (?:to agent|submitted to (?:slave|agent)) '?([^']{1,100}?)'?$/;
const SUBSCRIBED = /^(?:Subscribed with ID|Framework registered with) '?([0-9a-f-]{30,70})'?$/;
const BAD = /FAILED|ERROR|LOST|DROPPED|UNREACHABLE|GONE|KILLED/;

/** `Subscribed with ID`, `Submitted task`, `Received status update` and, below it, why. */
export const mesosExecute: LineKind = {
  id: 'mesos.execute',
  read(line, draft) {
    const c = line.charCodeAt(0);
    if ((c !== 82 && c !== 83 && c !== 70 && c !== 116) || line.length > 1000) return false;
    const status = STATUS.exec(line);
    const submitted = status ? null : SUBMITTED.exec(line);
    const subscribed = status || submitted ? null : SUBSCRIBED.exec(line);
    if (status) {
      const state = status[1] as string;
      put(draft, 'task_state', state);
      task(status[2] as string, draft);
      const outcome = BAD.test(state) ? 'failure' : state === 'TASK_FINISHED' ? 'success' : 'unknown';
      means(draft, 'task', 'status_update', outcome);
    } else if (submitted) {
      task(submitted[1] as string, draft);
      put(draft, 'agent_id', submitted[2] as string);
      draft.entity('mesos_agent', submitted[2] as string, 'mentioned');
      means(draft, 'task', 'task_submit', 'success');
    } else if (subscribed) {
      put(draft, 'framework_id', subscribed[1] as string);
      draft.entity('mesos_framework', subscribed[1] as string, 'self');
      means(draft, 'node', 'framework_subscribe', 'success');
    } else return false;
    draft.parsed = true;
    draft.system = 'mesos';
    draft.component = 'framework';
    draft.message = line;
    return true;
  },
  joins: () => true,
  finish(draft) {
    const text = draft.message.length > 5000 ? draft.message.slice(0, 5000) : draft.message;
    putIf(draft, 'reason', /\n {1,8}message: '([\s\S]{1,1000}?)'(?:\n|$)/.exec(text)?.[1]);
    putIf(draft, 'status_source', /\n {1,8}source: (\w{1,60})/.exec(text)?.[1]);
    putIf(draft, 'status_reason', /\n {1,8}reason: (\w{1,80})/.exec(text)?.[1]);
  },
  samples: [
    {
      path: 'mesos/frameworks/capture/x.stdout',
      text: "Subscribed with ID 5c144c4b-8cbd-4bc5-8008-919311f44e1f-0001\nSubmitted task 'a' to agent '5c144c4b-8cbd-4bc5-8008-919311f44e1f-S1'\nReceived status update TASK_FAILED for task 'a'\n  message: 'Memory limit exceeded: Requested: 80MB Maximum Used: 80MB\n'\n  source: SOURCE_AGENT\n  reason: REASON_CONTAINER_LIMITATION_MEMORY",
      gives: [
        { action: 'framework_subscribe' },
        { action: 'task_submit', fields: { agent_id: '5c144c4b-8cbd-4bc5-8008-919311f44e1f-S1' } },
        {
          outcome: 'failure',
          lines: 5,
          fields: {
            task_id: 'a',
            task_state: 'TASK_FAILED',
            status_source: 'SOURCE_AGENT',
            status_reason: 'REASON_CONTAINER_LIMITATION_MEMORY',
          },
        },
      ],
    },
    {
      path: 'mesos/frameworks/capture/old.stdout',
      text: 'Framework registered with 20150101-000000-169978048-5050-644-0000\ntask cluster-test submitted to slave 20150101-000000-169978048-5050-644-S0\nReceived status update TASK_RUNNING for task cluster-test',
      gives: [
        { fields: { framework_id: '20150101-000000-169978048-5050-644-0000' } },
        { action: 'task_submit', fields: { task_id: 'cluster-test' } },
        { fields: { task_id: 'cluster-test', task_state: 'TASK_RUNNING' } },
      ],
    },
  ],
};

function task(id: string, draft: Draft): void {
  put(draft, 'task_id', id);
  draft.entity('mesos_task', id, 'mentioned');
}
