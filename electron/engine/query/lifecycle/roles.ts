// What an event is in a life cycle, in words.
import type { Mention } from './mentions.ts';

const ACTIONS: Record<string, string> = {
  // Celery
  task_scheduled: 'sent by beat',
  task_sent: 'sent',
  task_received: 'received by the worker',
  task_applied: 'handed to the pool',
  task_started: 'taken by a pool process',
  task_succeeded: 'succeeded',
  task_failed: 'failed',
  task_retried: 'asked to run again',
  task_rejected: 'rejected',
  task_ignored: 'ignored',
  task_revoked: 'discarded: revoked',
  revoke_request: 'revocation asked for',
  task_terminate: 'told to terminate',
  task_log: 'written by the task',
  time_limit_exceeded: 'over its time limit',
  chord_failed: 'its chord failed',
  worker_exit: 'process ended',
  worker_lost: 'process lost',
  out_of_memory: 'out of memory',
  // requests
  authorize_request: 'authorized',
  login: 'login',
  http_request: 'request',
  push: 'notification: push',
  pull: 'notification: pull',
  delete: 'notification: delete',
  mount: 'notification: mount',
  blob_delete: 'blob deleted',
  manifest_delete: 'manifest deleted',
  digest_verify: 'digest checked',
  client_disconnect: 'client went away',
  // Mesos
  task_add: 'added',
  task_launch: 'launched',
  task_assign: 'assigned to the agent',
  task_queue: 'queued',
  task_start: 'started',
  task_kill: 'kill',
  task_remove: 'removed',
  status_update: 'status update',
  status_forward: 'status update forwarded',
  status_acknowledge: 'status update acknowledged',
  state_change: 'state recorded',
  container_launch: 'container launched',
  container_start: 'container started',
  container_exit: 'container ended',
  container_destroy: 'container destroyed',
  executor_register: 'executor registered',
  executor_exit: 'executor ended',
  command_start: 'command started',
  command_exit: 'command ended',
  sandbox_delete: 'sandbox deleted',
  fetch: 'fetched',
  image_pull: 'image pulled',
  // Ray
  job_submit: 'submitted',
  job_start: 'start recorded',
  job_entrypoint: 'entrypoint run',
  job_end: 'ended',
  job_stop: 'asked to stop',
  submission_job: 'state exported',
  job_register: 'driver registered',
  driver_job: 'driver state exported',
  driver_job_end: 'driver ended',
  actor: 'actor state exported',
  actor_register: 'actor registered',
  actor_create: 'actor created',
  actor_failed: 'actor failed',
  task: 'task state exported',
  driver_exit: 'driver gone',
};

/** The role of an event: what it says happened, and who says so where that is not the one who did it. */
export function roleOf(event: Mention): string {
  const { action, component, outcome, system } = event;
  if (action === 'http_request' || action === 'authorize_request') return requestRole(event);
  const word = action === null ? null : (ACTIONS[action] ?? action.replaceAll('_', ' '));
  if (word === null)
    return event.role === 'context'
      ? 'a line of its own log'
      : component === 'sandbox'
        ? 'a line of its output'
        : 'mentions it';
  const failed =
    outcome === 'failure' && !/fail|reject|again|lost|limit|memory|discard|ended/.test(word)
      ? `${word}: failed`
      : word;
  if (system === 'celery' && component === 'events') return `${failed}, as told to a monitor`;
  if (system === 'mesos' && (component === 'master' || component === 'agent'))
    return `${failed} (${component})`;
  return failed;
}

function requestRole({ action, component, outcome, system }: Mention): string {
  if (action === 'authorize_request')
    return outcome === 'success' ? 'let in' : outcome === 'failure' ? 'turned away' : 'authorization asked';
  if (system === 'registry' && component === 'access') return 'access line';
  if (system === 'registry') return outcome === 'failure' ? 'answered with an error' : 'answered';
  if (system === 'nginx') return 'passed by the proxy';
  return 'request';
}
