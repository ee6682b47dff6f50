// What executors up to 1.x print on stdout of the sandbox without a glog head, and what mesos-containerizer and docker say there.
import type { LineKind } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { mesosMessage } from './mesos-message.ts';

const PRINTED =
  /^(?:Command (?:exited with status \d|terminated with signal )|Forked command at \d{1,10}$|Starting task \S|Received (?:SUBSCRIBED|LAUNCH|KILL|SHUTDOWN) event$|(?:Registered|Re-registered|Subscribed) (?:docker )?executor on \S|Received killTask|Received kill for task \S|Killing docker task$|Sending SIG[A-Z]{3,5} to process tree at pid \d|Sent SIG[A-Z]{3,5} to the following process trees|Shutting down$)/;

/** The executor and the task share one stdout: a task may print such a line itself. */
export const executorOutput: LineKind = {
  id: 'mesos.sandbox.executor',
  weight: () => 0.5,
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (c !== 67 && c !== 70 && c !== 82 && c !== 83 && c !== 75) return false;
    if (line.length > 500 || !PRINTED.test(line)) return false;
    draft.parsed = true;
    draft.system = 'mesos';
    draft.component = 'executor';
    draft.message = line;
    draft.tsKind = TS_KIND.none;
    mesosMessage(line, draft, member);
    place(line, draft);
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'work/slaves/5c144c4b-8cbd-4bc5-8008-919311f44e1f-S1/frameworks/5c144c4b-8cbd-4bc5-8008-919311f44e1f-0009/executors/billing-job-3/runs/035f3052-39aa-41e1-af41-01e8e34ff30e/stdout',
      text: 'Registered executor on 10.0.0.7\nStarting task billing-job-3\nForked command at 4711\nworking\nCommand exited with status 3 (pid: 4711)\n',
      gives: [
        { component: 'executor', action: 'executor_register', entities: ['host:10.0.0.7:mentioned'] },
        { action: 'task_start', fields: { task_id: 'billing-job-3' } },
        { action: 'command_start', fields: { child_pid: '4711' } },
        { component: 'sandbox', message: 'working' },
        { action: 'command_exit', outcome: 'failure', fields: { exit_code: 3, child_pid: '4711' } },
      ],
    },
  ],
};

function place(line: string, draft: Draft): void {
  const host = /^(?:Registered|Re-registered|Subscribed) (?:docker )?executor on ([\w.-]{1,253})$/.exec(
    line,
  )?.[1];
  if (!host) return;
  draft.category = 'task';
  draft.action = 'executor_register';
  draft.outcome = 'success';
  draft.entity('host', host, 'mentioned');
}
