// What lines of a program's output say of the others: job, task and actor; and that the file is such output at all.
import type { Member } from '../kind.ts';
import type { Draft } from '../record.ts';
import { putIf } from '../text.ts';

const WORKER_LIKE = new Set(['worker', 'driver', 'sandbox', '']);

/** The state that magic lines (`:job_id:…`, `:task_name:…`, `:actor_name:…`) have set. */
export function putWorkerState(draft: Draft, member: Member): void {
  const { task_name: task, actor_name: actor, job_id: job } = member.state;
  if (task === undefined && actor === undefined && job === undefined) return;
  if (!WORKER_LIKE.has(member.hint.component)) return;
  const fields = draft.fields;
  if (fields.indexOf('"task_name":') === -1) putIf(draft, 'task_name', task);
  if (fields.indexOf('"actor_name":') === -1) putIf(draft, 'actor_name', actor);
  if (
    job &&
    job !== 'ffffffff' &&
    member.hint.fields.job_id === undefined &&
    fields.indexOf('"job_id":') === -1
  ) {
    putIf(draft, 'job_id', job);
    draft.entity('ray_job', job, 'context');
  }
}

/** A file of no known name in which a driver logs, or others are echoed, is what a driver printed: free text stands in it. */
export function printedByDriver(member: Member): void {
  if (member.hint.family !== '') return;
  member.hint.strays = 'text';
  member.hint.component ||= 'driver';
}
