// What mesos-execute prints on stdout.
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import { put } from '../text.ts';

const SIMPLE =
  /^Received status update (TASK_[A-Z_]{1,30}) for task '([^']{1,300})'$|^Submitted task '([^']{1,300})' to agent '([^']{1,100})'$|^Subscribed with ID '?([0-9a-f-]{40,60})'?$/;

/** `Submitted task`, `Received status update`, `Subscribed with ID`. */
export const mesosExecute: LineKind = {
  id: 'mesos.execute',
  read(line, draft) {
    if (line.charCodeAt(0) !== 82 && line.charCodeAt(0) !== 83) return false;
    const m = SIMPLE.exec(line.length > 1000 ? '' : line);
    if (!m) return false;
    draft.parsed = true;
    draft.system = 'mesos';
    draft.component = 'framework';
    draft.message = line;
    if (m[1]) {
      put(draft, 'task_state', m[1]);
      put(draft, 'task_id', m[2] as string);
      draft.entity('mesos_task', m[2] as string, 'mentioned');
      const bad = /FAILED|ERROR|LOST|DROPPED|UNREACHABLE|GONE|KILLED/.test(m[1]);
      means(
        draft,
        'task',
        'status_update',
        bad ? 'failure' : m[1] === 'TASK_FINISHED' ? 'success' : 'unknown',
      );
    } else if (m[3]) {
      put(draft, 'task_id', m[3]);
      put(draft, 'agent_id', m[4] as string);
      draft.entity('mesos_task', m[3], 'mentioned');
      draft.entity('mesos_agent', m[4] as string, 'mentioned');
      means(draft, 'task', 'task_submit', 'success');
    } else {
      put(draft, 'framework_id', m[5] as string);
      draft.entity('mesos_framework', m[5] as string, 'self');
      means(draft, 'node', 'framework_subscribe', 'success');
    }
    return true;
  },
  joins: () => true,
  samples: [
    {
      path: 'mesos/frameworks/capture/x.stdout',
      text: "Subscribed with ID 5c144c4b-8cbd-4bc5-8008-919311f44e1f-0001\nReceived status update TASK_FAILED for task 'a'\n  message: 'Memory'",
      gives: [
        { action: 'framework_subscribe' },
        { outcome: 'failure', lines: 2, fields: { task_id: 'a', task_state: 'TASK_FAILED' } },
      ],
    },
  ],
};
