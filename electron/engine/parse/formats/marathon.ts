// Marathon: every shape of line that its versions wrote, and what the messages say.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { put, putIf } from '../text.ts';
import { clockAt, cursor, dateTimeAt, fractionAt, microsOf, SECOND_US } from '../time.ts';
import { chronosMessage } from './chronos.ts';
import { jettyAccess } from './jetty-access.ts';
import { peer } from './mesos-ids.ts';
import { levelOf } from './other.ts';
import { zooMessage } from './zookeeper.ts';

/** ` (logger:thread)` or ` (class:line)` at the end; threads hold colons and brackets (`SendThread(zk1:2181)`). */
const TAIL = / \(((?:[\w$-]{1,100}\.)+[\w$-]{1,200}):([^()]{0,200}(?:\([^()]{0,200}\))?[^()]{0,60})\)$/;
const AKKA =
  /^\[(TRACE|DEBUG|INFO|WARN|ERROR)\] \[(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d:\d\d\.\d{3})\] \[([^\]]{0,200})\] \[([^\]]{0,300})\] /;
const BARE_LEVEL = /^\[(TRACE|DEBUG|INFO|WARN|ERROR)\] {1,2}/;
const LEVEL = /^ {1,2}(TRACE|DEBUG|INFO|WARN|ERROR) {1,3}/;

/**
 * `[time] LEVEL message (logger:thread)` of all versions but two: akka's `[LEVEL] [time] [thread] [path] message`, and
 * `[LEVEL] message` where the carrier dates it. Chronos 2.4 and Kafka's ZooKeeper write the first form too.
 */
export const marathon: LineKind = {
  id: 'mesos.marathon',
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 91) return false;
    let word: string;
    let message: string;
    if (line.charCodeAt(24) === 93 && line.charCodeAt(20) === 44) {
      const ts = dateTimeAt(line, 1);
      if (Number.isNaN(ts) || cursor.end !== 24) return false;
      const m = LEVEL.exec(line.slice(25, 40));
      if (!m) return false;
      word = m[1] as string;
      message = line.slice(25 + m[0].length);
      draft.tsWall = ts;
      draft.tsKind = TS_KIND.wall;
    } else {
      const akka = AKKA.exec(line.slice(0, 800));
      if (akka) {
        const day = microsOf(Number(akka[4]), Number(akka[2]), Number(akka[3]), 0, 0, 0, 0);
        const clock = akka[5] as string;
        const ts = day + clockAt(clock, 0) * SECOND_US + fractionAt(clock, 8);
        if (Number.isNaN(ts)) return false;
        word = akka[1] as string;
        message = line.slice(akka[0].length);
        draft.tsWall = ts;
        draft.tsKind = TS_KIND.wall;
        draft.tid = akka[6] as string;
        draft.logger = akka[7] as string;
      } else {
        const bare = BARE_LEVEL.exec(line.slice(0, 12));
        if (!bare || (Number.isNaN(member.outerTime) && member.hint.component !== 'marathon')) return false;
        word = bare[1] as string;
        message = line.slice(bare[0].length);
      }
    }
    draft.parsed = true;
    draft.nativeLevel = word;
    draft.level = levelOf(word);
    says(message, draft, member);
    return true;
  },
  joins: () => true,
  finish(draft, member) {
    // A wrapped message ends with the logger on its last line; a stack trace has it on its first.
    if (draft.logger === '') says(draft.message, draft, member);
  },
  samples: [
    {
      path: 'marathon.log',
      text: '[2015-01-20 20:44:36,827] INFO Received status update for task web.c080c0b6-a0dc-11e4-9160-ae76fd7c0748: TASK_LOST (Reconciliation: Task is unknown) (mesosphere.marathon.MarathonScheduler:148)\n[INFO] [03/11/2016 11:58:20.031] [thread-1] [akka://x] hello\n[2016-07-18 10:52:53,272] INFO Received status update for task app-dev.609b1508-4d05-11e6-ad40-3a3960b49770: TASK_RUNNING () (mesosphere.marathon.MarathonScheduler$$EnhancerByGuice$$d29e084e:Thread-677)\n[2016-02-02 16:16:10,171] INFO Unable to reconnect to ZooKeeper service, session 0x152a2b94cdd0006 has expired, closing socket connection (org.apache.zookeeper.ClientCnxn:ForkJoinPool-2-worker-13-SendThread(zookeeper_1:2181))',
      gives: [
        {
          system: 'marathon',
          component: 'marathon',
          level: 'info',
          nativeLevel: 'INFO',
          time: '2015-01-20T20:44:36.827000Z',
          category: 'task',
          action: 'status_update',
          outcome: 'failure',
          logger: 'mesosphere.marathon.MarathonScheduler:148',
          fields: {
            task_id: 'web.c080c0b6-a0dc-11e4-9160-ae76fd7c0748',
            task_state: 'TASK_LOST',
            reason: 'Reconciliation: Task is unknown',
            app_id: '/web',
          },
        },
        { time: '2016-03-11T11:58:20.031000Z', tid: 'thread-1', logger: 'akka://x', message: 'hello' },
        {
          tid: 'Thread-677',
          logger: 'mesosphere.marathon.MarathonScheduler$$EnhancerByGuice$$d29e084e',
          fields: { task_state: 'TASK_RUNNING', app_id: '/app-dev' },
        },
        {
          action: 'zookeeper_lost',
          outcome: 'failure',
          logger: 'org.apache.zookeeper.ClientCnxn',
          tid: 'ForkJoinPool-2-worker-13-SendThread(zookeeper_1:2181)',
          fields: { session_id: '0x152a2b94cdd0006' },
        },
      ],
    },
    {
      path: 'marathon.log',
      text: '[2018-03-27 00:46:36,960] INFO  Acknowledge status update for task app-oom.4af344fa-3158-11e8-b60b-a2f459e14528: TASK_FAILED (Memory limit exceeded: Requested: 64MB Maximum Used: 64MB\n\nMEMORY STATISTICS: \ncache 0\nrss 66322432\n) (mesosphere.marathon.core.task.update.impl.TaskStatusUpdateProcessorImpl:marathon-akka.actor.default-dispatcher-16)\n[2016-10-11 08:39:31,629] ERROR Connection timed out for connection string (mesos-os-01:2181) and timeout (15000) / elapsed (10005) (org.apache.curator.ConnectionState:Curator-Framework-0)\norg.apache.curator.CuratorConnectionLossException: KeeperErrorCode = ConnectionLoss\n        at org.apache.curator.ConnectionState.checkTimeouts(ConnectionState.java:197)\n[2015-09-14 16:27:33,753] INFO Received status update for task galaxy_redis.7c4d620f-5afd-11e5-b841-3681a5cc4e39: TASK_FAILED (Docker container run error: Container exited on error: exited with status 1) (mesosphere.marathon.MarathonScheduler:96)',
      gives: [
        {
          lines: 6,
          level: 'info',
          action: 'status_update',
          outcome: 'failure',
          tid: 'marathon-akka.actor.default-dispatcher-16',
          fields: {
            task_state: 'TASK_FAILED',
            task_id: 'app-oom.4af344fa-3158-11e8-b60b-a2f459e14528',
            app_id: '/app-oom',
          },
        },
        { lines: 3, level: 'error', action: 'zookeeper_lost', logger: 'org.apache.curator.ConnectionState' },
        { fields: { app_id: '/galaxy/redis' }, outcome: 'failure' },
      ],
    },
    {
      path: 'marathon.log',
      text: '[2015-11-30 13:51:22,811] INFO Defeated (Leader Interface) (mesosphere.marathon.MarathonSchedulerService$$EnhancerByGuice$$1bda83eb:ZookeeperClient-watcherProcessor)\n[2015-11-30 13:51:22,811] INFO Defeat leadership (mesosphere.marathon.MarathonSchedulerService:14)\n[2015-11-30 13:52:22,811] INFO Elected (Leader Interface) (mesosphere.marathon.MarathonSchedulerService:15)\n[2015-11-30 13:52:23,000] INFO 10.0.0.7 - admin [30/Nov/2015:21:52:22 +0000] "DELETE /v2/apps//web HTTP/1.1" 200 92 "-" "curl/7.38.0" (mesosphere.chaos.http.ChaosRequestLog:15)\n[2016-12-09 12:00:00,000] WARN Error: Framework at scheduler-6a211186-72b8-4369-ac73-31b2dae579fa@192.168.47.125:38616 is not authenticated\n[2015-08-11 22:16:37,865] INFO Triggering: \'8\' (org.apache.mesos.chronos.scheduler.jobs.TaskManager:20)',
      gives: [
        { action: 'leader_lost', outcome: 'failure' },
        { action: 'leader_lost', outcome: 'failure' },
        { action: 'leader_change', outcome: 'success' },
        {
          category: 'api',
          httpMethod: 'DELETE',
          httpPath: '/v2/apps//web',
          httpStatus: 200,
          srcIp: '10.0.0.7',
          userName: 'admin',
          logger: 'mesosphere.chaos.http.ChaosRequestLog:15',
        },
        { category: 'authentication', action: 'login', outcome: 'failure', srcIp: '192.168.47.125' },
        { system: 'chronos', component: 'chronos', message: "Triggering: '8'" },
      ],
    },
  ],
};

function says(text: string, draft: Draft, member: Member): void {
  let message = text;
  const tail = TAIL.exec(message.length > 900 ? message.slice(-900) : message);
  if (tail) {
    draft.logger = tail[1] as string;
    if (/^\d+$/.test(tail[2] as string)) draft.logger += `:${tail[2]}`;
    else draft.tid = tail[2] as string;
    message = message.slice(0, message.length - tail[0].length);
  }
  draft.message = message;
  draft.system = systemOf(draft.logger, member);
  draft.component = draft.system;
  if (draft.system === 'zookeeper' || draft.logger.startsWith('org.apache.zookeeper.')) {
    zooMessage(message, draft);
    return;
  }
  if (draft.logger.indexOf('RequestLog') !== -1 && jettyAccess(message, draft, member)) return;
  if (draft.system === 'chronos') chronosMessage(message, draft);
  else marathonMessage(message, draft);
}

function systemOf(logger: string, member: Member): string {
  const hint = member.hint.component;
  if (logger.indexOf('.chronos.') !== -1) return 'chronos';
  if (logger.startsWith('mesosphere.') || hint === 'marathon') return 'marathon';
  if (hint === 'chronos') return 'chronos';
  return logger.startsWith('org.apache.zookeeper.server.') ? 'zookeeper' : 'marathon';
}

const STATUS =
  /^(?:Received|Acknowledge) status update for task (\S{1,300}): (TASK_[A-Z_]{3,20}) \(([\s\S]{0,1000}?)\)?$/;
/** `<path with underscores>.<uuid>` and `<path>.instance-<uuid>._app.<n>`. */
const APP =
  /^(\S{1,200}?)\.(?:(?:instance|marathon)-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:\.|$)/;
const BAD = /^TASK_(?:FAILED|ERROR|LOST|DROPPED|UNREACHABLE|GONE|GONE_BY_OPERATOR|KILLED)$/;
const NAMES_TASK =
  /^(?:Task |Killing task |Killing |Expunging orphaned task with key |Expunging |Launched task |Request [Ll]aunch (?:for )?task |Request to launch task with id ')/;
const TASK =
  /(?:task:[^:\s]{1,200}:)?([\w.-]{1,200}\.(?:(?:instance|marathon)-)?[0-9a-f]{8}-[0-9a-f-]{27}(?:\.[\w.-]{1,60})?)/;

function marathonMessage(message: string, draft: Draft): void {
  const head = message.length > 1200 ? message.slice(0, 1200) : message;
  const status = STATUS.exec(head);
  if (status) {
    const state = status[2] as string;
    task(status[1] as string, draft);
    put(draft, 'task_state', state);
    putIf(draft, 'reason', status[3]?.split('\n', 1)[0]);
    means(
      draft,
      'task',
      'status_update',
      BAD.test(state) ? 'failure' : state === 'TASK_FINISHED' ? 'success' : 'unknown',
    );
    return;
  }
  if (NAMES_TASK.test(head)) {
    const id = TASK.exec(head)?.[1];
    if (id) task(id, draft);
    const action = head.startsWith('Kill')
      ? 'task_kill'
      : head.indexOf('expunge') !== -1 || head.startsWith('Expunging')
        ? 'task_expunge'
        : /^(?:Launched|Request)/.test(head)
          ? 'task_launch'
          : 'task_message';
    means(draft, 'task', action, 'unknown');
    return;
  }
  const found = MEANINGS.find(([pattern]) => pattern.test(head));
  if (found) means(draft, found[1], found[2], found[3]);
  if (found?.[2] === 'login') peer(head, draft, 'client');
  if (found?.[2] === 'framework_subscribe') {
    const id = /\b([0-9a-f]{8}-[0-9a-f-]{27}-\d{4,}|\d{8}-\d{6}-\d{1,10}-\d{1,5}-\d{1,10}-\d{4,})\b/.exec(
      head,
    )?.[1];
    if (id) {
      put(draft, 'framework_id', id);
      draft.entity('mesos_framework', id, 'self');
    }
  }
  if (found?.[2] === 'deployment') putIf(draft, 'app_id', /(?:^|[\s[])(\/[\w./-]{1,200})/.exec(head)?.[1]);
}

function task(id: string, draft: Draft): void {
  put(draft, 'task_id', id);
  draft.entity('mesos_task', id, 'mentioned');
  const app = APP.exec(id)?.[1];
  if (app) put(draft, 'app_id', `/${app.replaceAll('_', '/')}`);
}

const MEANINGS: readonly (readonly [RegExp, string, string, string])[] = [
  [
    /^(?:Error: )?Framework at \S{1,200} is not authenticated|refused authentication/,
    'authentication',
    'login',
    'failure',
  ],
  [
    /^(?:Defeated|Defeat leadership|Lost leadership|Abdicating)|leadership lost/i,
    'node',
    'leader_lost',
    'failure',
  ],
  [/^Elected|^(?:Candidate|New) leader|Now (?:the )?leader/, 'node', 'leader_change', 'success'],
  [/^(?:Re-)?[Rr]egistered (?:as|to|with) /, 'node', 'framework_subscribe', 'success'],
  [/^Disconnected$|^Disconnected from /, 'node', 'master_lost', 'failure'],
  [
    /ConnectionLoss|Connection timed out for connection string|[Ss]ession .{0,60}expired|Lost connection to ZooKeeper/,
    'network',
    'zookeeper_lost',
    'failure',
  ],
  [/^(?:Expunging|Synchronize tasks)/, 'task', 'task_expunge', 'unknown'],
  [/^(?:Requesting task reconciliation|Syncing (?:tasks|status))/, 'task', 'reconcile', 'unknown'],
  [
    /^(?:Starting app|Stopping app|Deploy|Computed new deployment|Successfully started|\[\/)/,
    'configuration',
    'deployment',
    'unknown',
  ],
  [/^(?:Starting Marathon|Marathon .{0,60}starting)/, 'process', 'start', 'success'],
  [/^(?:Shutting down|Halting|Stopping driver)/, 'process', 'stop', 'unknown'],
];
