// What the logs of these systems do not record, so that nobody reads silence as proof.
// Sources: runs of Ray 2.58, Celery 5.2.6 and 5.5.2, Mesos 1.12, Distribution 2.8.2, and their source code.
import type { LimitGroup } from './model.ts';

const ALL: string[] = [
  'What was never logged, was rotated away or was not collected is not in this report; that no line was found is not proof that nothing happened.',
  'Logs are text that a privileged intruder can change. Hashes show that the lines did not change since intake, not that they were true when written.',
  'Addresses and user agents stand as the logs state them. Headers such as X-Forwarded-For come from the client and can be false.',
];

const BY_SYSTEM: Record<string, string[]> = {
  registry: [
    'Distribution 2.8 lines at level info do not attribute a successful pull or push to a user: "response completed" carries no user name. Only debug lines, notifications (actor name) or a proxy in front do.',
    'A request answered with 401 leaves no "response completed" line; its status stands only in the access line.',
    'The user field of an access line is "-" even after a login that succeeded.',
    'The address in application lines trusts X-Forwarded-For from anyone; the access line shows the socket. They are joined by address, method, path and time, not by a shared id.',
    'Requests that the HTTP server refuses itself (bad request line, NUL in the path) leave no line at all.',
    'Notifications wait in memory and are lost when the registry stops; a HEAD request also makes a "pull" notification, so pulls in them are not all downloads.',
    'A stop of the registry leaves no line unless a drain timeout is set.',
  ],
  ray: [
    'The Ray dashboard and Jobs API log an address, never a user: without token authentication there is none to log.',
    'The access line of a job submission carries no submission id; the link to the job that started is by node and time, and is inferred.',
    'Refused tokens leave only a status (401, 403) in dashboard.log; the reason is not logged. Refused gRPC clients left no line on the server side.',
    'Connections to the GCS port by other protocols leave no line at the default level.',
    'Ray Serve logs the matched route, not the requested path, and no client address: a scan of a Serve application can look like ordinary requests.',
    'Ray writes local time without a zone. Files of workers carry no time at all beyond what the program prints.',
    'Drivers drop repeated lines ("repeated Nx across cluster"): counts from driver output are lower bounds.',
  ],
  celery: [
    'Celery logs no user and no client address: who sent a task is not recorded, at most the producing host and process in debug lines or events.',
    'At level info the arguments of a task are not in the text lines, and beat logs no task id; sends of beat are linked to receipts by name and time and are inferred.',
    'Output that a task prints has no task id; it is attributed by the process that wrote it.',
    'Warm and cold shutdown are undated lines on standard output and are missing when only the log file was collected.',
    'Celery writes local time without a zone.',
    'A task that was received and has no end in the logs may have ended in another file (child processes can have log files of their own) or on another node.',
  ],
  mesos: [
    'Requests that Mesos refuses with 401 leave no line; request lines have no status and no principal. Failed logins to the API cannot be counted from these logs.',
    'Some endpoints (/, /version, /health, /system/stats.json) answer without login and are not logged.',
    'Names and user agents are written raw: a newline in a framework name makes lines that look genuine, and a user agent can imitate an X-Forwarded-For.',
    'glog lines state no zone and no year; the year comes from the file name or its header.',
    'Signals, crashes and some fatal errors go to standard error only; a glog file just stops.',
    'Binary checkpoints under meta/ are not read.',
  ],
};

export function limitsOf(systems: string[]): LimitGroup[] {
  return [
    { system: 'all systems', sentences: ALL },
    ...[...new Set(systems)].sort().flatMap((system) => {
      const sentences = BY_SYSTEM[system];
      return sentences ? [{ system, sentences }] : [];
    }),
  ];
}
