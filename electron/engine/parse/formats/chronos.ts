// Chronos: java.util.logging in two lines, dropwizard, logback without a date, access lines.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { put, putJson } from '../text.ts';
import { dateTimeAt, microsOf, monthAt } from '../time.ts';
import { access } from './access.ts';
import { jettyAccess } from './jetty-access.ts';
import { levelOf } from './other.ts';

const JUL = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}) (\d{1,2}):(\d\d):(\d\d) (AM|PM) (\S{1,200} \S{1,200})$/;
const DROPWIZARD =
  /^(TRACE|DEBUG|INFO|WARN|ERROR) {1,3}\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})\] ([\w.$]{1,200}): (.*)$/;
const CLOCK_ONLY =
  /^(\d\d:\d\d:\d\d\.\d{3}) \[([^\]]{1,100})\] (TRACE|DEBUG|INFO|WARN|ERROR) {1,2}([\w.$]{1,200}) - (.*)$/;
const JUL_ACCESS = /^(?:INFO|WARNING): (?=\S{1,100} -{1,2} )/;

/** Chronos: java.util.logging in two lines, dropwizard, logback without a date, and its access lines. */
export const chronos: LineKind = {
  id: 'mesos.chronos',
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (!((c >= 65 && c <= 90) || (c >= 48 && c <= 57))) return false;
    const head = line.length > 4000 ? line.slice(0, 4000) : line;
    const jul = JUL.exec(head);
    const wizard = jul ? null : DROPWIZARD.exec(head);
    const clockOnly = jul || wizard ? null : CLOCK_ONLY.exec(head);
    if (jul) {
      const hour = (Number(jul[4]) % 12) + (jul[7] === 'PM' ? 12 : 0);
      draft.tsWall = microsOf(
        Number(jul[3]),
        monthAt(jul[1] as string, 0),
        Number(jul[2]),
        hour,
        Number(jul[5]),
        Number(jul[6]),
        0,
      );
      if (Number.isNaN(draft.tsWall)) return false;
      draft.tsKind = TS_KIND.wall;
      draft.logger = jul[8] as string;
      draft.message = '';
      member.state.jul = String(member.line);
    } else if (wizard) {
      draft.tsWall = dateTimeAt(wizard[2] as string, 0);
      draft.tsKind = TS_KIND.wall;
      level(draft, wizard[1] as string);
      draft.logger = wizard[3] as string;
      says(line.slice(line.length - (wizard[4] as string).length), draft, member);
    } else if (clockOnly) {
      level(draft, clockOnly[3] as string);
      put(draft, 'clock', clockOnly[1] as string);
      draft.tid = clockOnly[2] as string;
      draft.logger = clockOnly[4] as string;
      says(clockOnly[5] as string, draft, member);
    } else if (JUL_ACCESS.test(head) && member.hint.component !== 'sandbox') {
      // The second line of a record whose first line was lost; else it belongs to that one.
      if (member.state.jul === String(member.line - 1)) return false;
      const from = line.indexOf(': ') + 2;
      const text = line.slice(from);
      if (!jettyAccess(text, draft, member)) return false;
      level(draft, line.slice(0, from - 2));
      draft.tsWall = access.time;
      draft.tsKind = access.zoned ? TS_KIND.absolute : TS_KIND.wall;
      draft.message = text;
    } else return false;
    draft.parsed = true;
    const marathon = member.hint.component === 'marathon' || draft.logger.indexOf('.marathon.') !== -1;
    draft.system = marathon ? 'marathon' : 'chronos';
    draft.component = draft.system;
    return true;
  },
  joins: () => true,
  finish(draft, member) {
    if (draft.message.charCodeAt(0) !== 10) return;
    const m = /^\n(SEVERE|WARNING|INFO|CONFIG|FINE\w*): /.exec(draft.message);
    if (!m) return;
    level(draft, m[1] as string);
    says(draft.message.slice(m[0].length), draft, member);
  },
  samples: [
    {
      path: 'chronos.log',
      text: "Oct 01, 2014 11:44:44 AM com.airbnb.scheduler.mesos.MesosJobFramework statusUpdate\nWARNING: Task with id 'ct:1412178282735:0:2' LOST\nWARN  [2013-10-08 16:00:19,658] com.airbnb.x: Ignoring\n14:49:20.646 [Thread-150] WARN org.apache.x.JobUtils$ - Filtered",
      gives: [
        {
          system: 'chronos',
          level: 'warning',
          nativeLevel: 'WARNING',
          lines: 2,
          time: '2014-10-01T11:44:44.000000Z',
          category: 'task',
          action: 'status_update',
          outcome: 'failure',
          message: "Task with id 'ct:1412178282735:0:2' LOST",
          fields: { task_id: 'ct:1412178282735:0:2', job: '2', attempt: 0, due_ms: 1412178282735 },
        },
        {
          level: 'warning',
          nativeLevel: 'WARN',
          time: '2013-10-08T16:00:19.658000Z',
          message: 'Ignoring',
          logger: 'com.airbnb.x',
        },
        { message: 'Filtered', tid: 'Thread-150', fields: { clock: '14:49:20.646' } },
      ],
    },
    {
      path: 'chronos.log',
      text: 'Oct 28, 2013 12:00:44 PM mesosphere.chaos.http.ChaosRequestLog write\nINFO: 192.168.2.28 -  -  [28/Oct/2013:11:00:43 +0000] "GET /scheduler/jobs HTTP/1.1" 200 648 "http://node1:8080/?" "Mozilla/5.0"\nSep 3, 2014 9:05:01 AM com.airbnb.scheduler.jobs.JobScheduler handleFailedTask\nWARNING: Task of job: 2 failed.\n',
      gives: [
        {
          lines: 2,
          level: 'info',
          time: '2013-10-28T12:00:44.000000Z',
          httpMethod: 'GET',
          httpPath: '/scheduler/jobs',
          httpStatus: 200,
          srcIp: '192.168.2.28',
          action: 'http_request',
        },
        {
          lines: 2,
          level: 'warning',
          time: '2014-09-03T09:05:01.000000Z',
          action: 'task_fail',
          outcome: 'failure',
        },
      ],
    },
    {
      path: 'chronos.log',
      text: 'INFO: 192.168.2.28 -  -  [28/Oct/2013:11:02:06 +0000] "GET /scheduler/jobs HTTP/1.1" 200 648 "http://node1:8080/?" "Mozilla/5.0 (X11)"',
      gives: [
        {
          time: '2013-10-28T11:02:06.000000Z',
          srcIp: '192.168.2.28',
          nativeLevel: 'INFO',
          fields: { 'http.useragent': 'Mozilla/5.0 (X11)' },
        },
      ],
    },
  ],
};

function level(draft: Draft, word: string): void {
  draft.nativeLevel = word;
  draft.level = levelOf(word);
}

const TASK = /[Tt]ask(?: with id)?:? ?'?(ct:(\d{1,15}):(\d{1,6}):([^\s:']{1,200})(?::[^\s']{0,200})?)/;

/** Meaning and ids of a message. A task id is `ct:<due, ms>:<attempt>:<job>:`. */
export function chronosMessage(message: string, draft: Draft): void {
  const head = message.length > 600 ? message.slice(0, 600) : message;
  const task = TASK.exec(head);
  if (task) {
    put(draft, 'task_id', task[1] as string);
    putJson(draft, 'due_ms', String(Number(task[2])));
    putJson(draft, 'attempt', String(Number(task[3])));
    put(draft, 'job', task[4] as string);
    draft.entity('mesos_task', task[1] as string, 'mentioned');
  }
  if (/^Task with id '[^']{1,300}' (?:LOST|FAILED|KILLED|ERROR)|^Task of job: .{1,200} failed/.test(head)) {
    means(draft, 'task', head.startsWith('Task of') ? 'task_fail' : 'status_update', 'failure');
  } else if (/^Task with id '[^']{1,300}' FINISHED/.test(head))
    means(draft, 'task', 'status_update', 'success');
  else if (/^Task '[^']{1,300}' launched/.test(head)) means(draft, 'task', 'task_launch', 'success');
  else if (/^(?:Scheduling task|Task ready for scheduling|Queue contains task)/.test(head))
    means(draft, 'task', 'task_queue', 'unknown');
  else if (/^(?:Persisting job|Removing job|Deregistering job|Replacing job)/.test(head))
    means(draft, 'configuration', 'job_change', 'unknown');
  else if (/^(?:Defeated|Lost leadership)/.test(head)) means(draft, 'node', 'leader_lost', 'failure');
  else if (/^Elected/.test(head)) means(draft, 'node', 'leader_change', 'success');
}

function says(message: string, draft: Draft, member: Member): void {
  draft.message = message;
  if (draft.logger.endsWith('RequestLog') || draft.logger.endsWith('RequestLog write')) {
    if (jettyAccess(message, draft, member)) return;
  }
  chronosMessage(message, draft);
}
