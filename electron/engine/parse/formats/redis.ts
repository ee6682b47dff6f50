// Redis log, the usual broker of Celery: `pid:ROLE dd Mon yyyy hh:mm:ss.mmm LEVEL text`, `[pid] dd Mon hh:mm:ss.mmm LEVEL text`
// before 3.0. Local time. Facts: redis/src/server.c (serverLogRaw), runs of 7.0.15; docs/formats/brokers.md.
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import { between, Lexicon, says } from '../lexicon.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { hostOf, isIp, put, putIf, putNumber } from '../text.ts';
import { clockAt, fractionAt, isoAt, microsOf, monthAt, SECOND_US } from '../time.ts';

const LINE =
  /^(?:(\d{1,10}):([CMSX])|\[(\d{1,10})\]) (\d{1,2}) ([A-Z][a-z]{2}) (?:(\d{4}) )?(\d\d:\d\d:\d\d\.\d{3}) ([.\-*#]) ?(.*)$/;
/** Valkey's `log-timestamp-format iso8601`. */
const ISO =
  /^(\d{1,10}):([CMSX]) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:?\d\d)) ([.\-*#]) ?(.*)$/;
const SIGNAL = /^(\d{1,10}):signal-handler \((\d{9,11})\) (.*)$/;
const LEVEL: Record<string, number> = { '.': 1, '-': 2, '*': 3, '#': 4 };

/** `addr=10.0.0.7:51234`, `Accepted 10.0.0.7:51234`: the client, as the socket shows it. */
function client(draft: Draft, address: string): void {
  if (address === '') return;
  put(draft, 'client', address);
  const ip = hostOf(address);
  if (!isIp(ip)) return;
  draft.srcIp = ip;
  draft.entity('ip', ip, 'client');
}

const address = /\baddr=(\[?[0-9a-fA-F:.]{2,45}\]?:\d{1,5})/;
const byClient = (text: string, draft: Draft): void => {
  client(draft, address.exec(text.slice(0, 2000))?.[1] ?? '');
  putIf(draft, 'command', / cmd=(\S{1,60})/.exec(text.slice(0, 2000))?.[1]);
  const user = / user=(\S{1,200})/.exec(text.slice(0, 2000))?.[1];
  putIf(draft, 'user', user);
};

/** `REPLICAOF 10.6.6.6:6379 enabled (user request from 'id=3 addr=10.0.0.66:5 …')`: who made it the copy of which server. */
const replica = (text: string, draft: Draft): void => {
  const to = /^(?:REPLICAOF|SLAVE OF|SLAVEOF) (\S{1,300}):(\d{1,5}) /.exec(text.slice(0, 400));
  if (to) {
    put(draft, 'master', `${to[1]}:${to[2]}`);
    if (isIp(to[1] as string)) draft.entity('ip', to[1] as string, 'master');
    else draft.entity('host', to[1] as string, 'master');
  }
  byClient(text, draft);
};

const master = (text: string, draft: Draft): void => {
  const m = /(?:MASTER|master) (\[?[\w:.-]{2,253}\]?:\d{1,5})/.exec(text.slice(0, 400));
  if (!m) return;
  put(draft, 'master', m[1] as string);
  const host = hostOf(m[1] as string);
  draft.entity(isIp(host) ? 'ip' : 'host', host, 'master');
};

const LEXICON = new Lexicon([
  says('Ready to accept connections', 'process/start/success'),
  says('The server is now ready to accept connections', 'process/start/success'),
  says('oO0OoO0OoO0Oo Redis is starting', 'process/start/unknown'),
  says('Redis version=', 'process/start/unknown', (text, draft, member) => {
    const version = /version=(\d[\w.-]{0,30})/.exec(text.slice(0, 60))?.[1] ?? '';
    putIf(draft, 'version', version);
    member.fact('version', version === '' ? '' : `redis ${version}`);
  }),
  says('Server started, Redis version ', 'process/start/unknown'),
  says('Server initialized', 'process/start/unknown'),
  says('Running mode=', 'configuration/mode/unknown', (text, draft) => {
    putIf(draft, 'mode', /^Running mode=(\w{1,20})/.exec(text.slice(0, 60))?.[1]);
    putIf(draft, 'port', /port=(\d{1,5})/.exec(text.slice(0, 100))?.[1]);
  }),
  says('Configuration loaded', 'configuration/load/success'),
  says('Warning: no config file specified', 'configuration/load/unknown'),
  says('CONFIG REWRITE executed with success', 'configuration/rewrite/success'),
  says('CONFIG REWRITE failed', 'configuration/rewrite/failure'),
  says('User requested shutdown', 'process/stop/unknown'),
  says('Received SIG', 'process/stop/unknown'),
  says('Received shutdown signal', 'process/stop/unknown'),
  says('Redis is now ready to exit', 'process/stop/success'),
  says('You insist... exiting now', 'process/stop/unknown'),
  says('Possible SECURITY ATTACK', 'network/security_attack/failure', (text, draft) =>
    client(draft, /from (\[?[0-9a-fA-F:.]{2,45}\]?:\d{1,5})/.exec(text)?.[1] ?? ''),
  ),
  says('Accepted ', 'network/connection_open/success', (text, draft) =>
    client(draft, /^Accepted (\S{3,60}:\d{1,5})/.exec(text.slice(0, 80))?.[1] ?? ''),
  ),
  says('Client closed connection', 'network/connection_close/unknown', byClient),
  says('Closing idle client', 'network/connection_close/unknown', byClient),
  says('Client …scheduled to be closed', 'network/connection_close/failure', byClient),
  says('Reading from client: ', 'network/connection_close/failure'),
  says('Error writing to client: ', 'network/connection_close/failure'),
  says('Error accepting a client connection', 'network/connection_open/failure'),
  says('Protocol error ', 'network/protocol_error/failure', byClient),
  says('-DENIED Redis is running in protected mode', 'authorization/protected_mode/failure'),
  says('max number of clients reached', 'resource/connection_limit/failure'),
  says('MASTER MODE enabled', 'configuration/replication/success', byClient),
  says('REPLICAOF ', 'configuration/replication/success', replica),
  says('SLAVE OF ', 'configuration/replication/success', replica),
  says('SLAVEOF ', 'configuration/replication/success', replica),
  says('Connecting to MASTER ', 'network/replication/unknown', master),
  says('MASTER <-> REPLICA sync started', 'network/replication/unknown'),
  says('MASTER <-> REPLICA sync: Finished with success', 'network/replication/success'),
  says('MASTER <-> SLAVE sync: Finished with success', 'network/replication/success'),
  says('MASTER aborted replication', 'network/replication/failure'),
  says('Connection with master lost', 'network/replication/failure'),
  says('Connection with replica …lost', 'network/replication/failure'),
  says('Connection with slave …lost', 'network/replication/failure'),
  says('Replica …asks for synchronization', 'network/replication/unknown'),
  says('Module …loaded from ', 'configuration/module_load/success', (text, draft) => {
    putIf(draft, 'module', between(text, "Module '", "'"));
    const path = text.slice(text.indexOf(' loaded from ') + 13).slice(0, 500);
    put(draft, 'file.path', path);
    draft.entity('file_path', path, 'module');
  }),
  says('Module …failed to load', 'configuration/module_load/failure'),
  says('Background saving started', 'storage/save/unknown'),
  says('Background saving terminated with success', 'storage/save/success'),
  says('Background saving ', 'storage/save/failure'),
  says('Background append only file rewriting started', 'storage/save/unknown'),
  says('Background AOF rewrite terminated with success', 'storage/save/success'),
  says('DB saved on disk', 'storage/save/success'),
  says('DB loaded from ', 'storage/load/success'),
  says('Saving the final RDB snapshot', 'storage/save/unknown'),
  says('Failed opening the ', 'storage/save/failure'),
  says('Failed opening .rdb', 'storage/save/failure'),
  says('Write error saving DB on disk', 'storage/write/failure'),
  says('Error trying to save the DB', 'storage/write/failure'),
  says('Error …writing to the AOF file', 'storage/write/failure'),
  says('MISCONF ', 'storage/write/failure'),
  says("Can't save in background", 'storage/write/failure'),
  says('Bad file format reading', 'storage/load/failure'),
  says('Out Of Memory allocating', 'resource/memory_limit/failure'),
  says('WARNING …overcommit_memory', 'configuration/overcommit_memory/failure'),
  says('WARNING overcommit_memory is set to 0', 'configuration/overcommit_memory/failure'),
  says('WARNING: The TCP backlog setting', 'configuration/tcp_backlog/unknown'),
  says('WARNING you have Transparent Huge Pages', 'configuration/huge_pages/unknown'),
  says('=== REDIS BUG REPORT START', 'process/crash/failure'),
  says('Redis …crashed by signal', 'process/crash/failure'),
  says('+sdown ', 'node/node_leave/failure'),
  says('-sdown ', 'node/node_join/success'),
  says('+odown ', 'node/node_leave/failure'),
  says('+switch-master ', 'node/election/success'),
  says('…overcommit must be enabled', 'configuration/overcommit_memory/failure'),
]);

export const redisLine: LineKind = {
  id: 'redis',
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (!((c >= 48 && c <= 57) || c === 91)) return false;
    const head = line.length > 4000 ? line.slice(0, 4000) : line;
    const m = LINE.exec(head);
    let level = '#';
    if (m) {
      const month = monthAt(m[5] as string, 0);
      const year = m[6] ? Number(m[6]) : member.years.yearOf(month, Number(m[4]));
      const day = microsOf(year, month, Number(m[4]), 0, 0, 0, 0);
      draft.tsWall = day + clockAt(m[7] as string, 0) * SECOND_US + fractionAt(m[7] as string, 8);
      if (Number.isNaN(draft.tsWall)) return false;
      draft.tsKind = m[6] ? TS_KIND.wall : TS_KIND.wallYearInferred;
      level = m[8] as string;
      if (m[2]) put(draft, 'role', m[2]);
      draft.pid = (m[1] ?? m[3]) as string;
      draft.message = head === line ? (m[9] as string) : line.slice(m[0].length - (m[9] as string).length);
    } else if (c === 91) {
      return false;
    } else {
      const iso = ISO.exec(head);
      const s = iso ? null : SIGNAL.exec(head);
      if (iso) {
        const ts = isoAt(iso[3] as string, 0);
        if (Number.isNaN(ts)) return false;
        draft.tsWall = ts;
        level = iso[4] as string;
        put(draft, 'role', iso[2] as string);
        draft.message =
          head === line ? (iso[5] as string) : line.slice(iso[0].length - (iso[5] as string).length);
      } else if (s) {
        draft.tsWall = Number(s[2]) * SECOND_US;
        draft.message = s[3] as string;
      } else return false;
      draft.tsKind = TS_KIND.absolute;
      draft.pid = line.slice(0, line.indexOf(':'));
      level = iso ? level : '';
    }
    draft.parsed = true;
    draft.system = 'redis';
    draft.component = 'redis';
    draft.level = level === '' ? 4 : (LEVEL[level] ?? -1);
    draft.nativeLevel = level;
    LEXICON.apply(draft.message, draft, member, draft.level >= 4);
    if (draft.action === '') counts(draft);
    return true;
  },
  joins: (line, draft) => draft.lines < 4000 && !/^\d{1,10}:[CMSX] /.test(line),
  samples: [
    {
      path: 'redis.log',
      text: '15242:M 20 Nov 2026 17:17:51.464 * Ready to accept connections\n24514:signal-handler (1795195751) Received SIGTERM scheduling shutdown...',
      gives: [
        {
          system: 'redis',
          pid: '15242',
          level: 'notice',
          nativeLevel: '*',
          action: 'start',
          time: '2026-11-20T17:17:51.464000Z',
        },
        { system: 'redis', action: 'stop', time: '2026-11-20T17:29:11.000000Z', nativeLevel: '' },
      ],
    },
    {
      path: 'redis-server.log',
      text: "15242:C 20 Nov 2026 17:17:51.462 # Redis version=7.0.15, bits=64, commit=00000000, modified=0, pid=15242, just started\n15242:M 20 Nov 2026 17:17:52.000 - Accepted 10.0.0.7:56254\n15242:M 20 Nov 2026 17:17:52.000 . 1 clients connected (0 replicas), 876216 bytes in use\n15242:M 20 Nov 2026 17:17:53.000 - Client closed connection id=3 addr=10.0.0.7:56254 laddr=10.0.0.9:6379 fd=7 name= age=0 cmd=ping user=default redir=-1\n15242:S 20 Nov 2026 17:17:54.000 * REPLICAOF 10.6.6.6:6379 enabled (user request from 'id=4 addr=10.0.0.66:40001 fd=8 name= cmd=slaveof user=default')\n15242:S 20 Nov 2026 17:17:55.000 * Module 'system' loaded from /tmp/exp.so\n15242:M 20 Nov 2026 17:17:56.000 # Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. This is likely due to an attacker attempting to use Cross Protocol Scripting to compromise your Redis instance. Connection from 10.0.0.66:40002 aborted.\n15300:X 20 Nov 2026 17:17:57.000 # +sdown master mymaster 10.0.0.9 6379\n[4018] 14 Nov 07:01:22.119 * DB saved on disk",
      mtime: '2026-11-21T00:00:00Z',
      gives: [
        { level: 'warning', nativeLevel: '#', fields: { role: 'C', version: '7.0.15' } },
        { action: 'connection_open', level: 'info', nativeLevel: '-', srcIp: '10.0.0.7' },
        { level: 'debug', nativeLevel: '.', fields: { clients: 1 } },
        { action: 'connection_close', srcIp: '10.0.0.7', fields: { command: 'ping', user: 'default' } },
        {
          category: 'configuration',
          action: 'replication',
          srcIp: '10.0.0.66',
          fields: { master: '10.6.6.6:6379', role: 'S' },
          entities: ['ip:10.6.6.6:master', 'ip:10.0.0.66:client'],
        },
        { action: 'module_load', entities: ['file_path:/tmp/exp.so:module'] },
        { action: 'security_attack', outcome: 'failure', srcIp: '10.0.0.66' },
        { action: 'node_leave', fields: { role: 'X' } },
        { action: 'save', pid: '4018', time: '2026-11-14T07:01:22.119000Z' },
      ],
    },
  ],
};

/** `1 clients connected (0 replicas), 876216 bytes in use`, `DB 0: 3 keys (…)`, every five seconds at debug and verbose. */
function counts(draft: Draft): void {
  const text = draft.message.slice(0, 120);
  const m = /^(\d{1,9}) clients connected \((\d{1,9}) (?:replicas|slaves)\), (\d{1,15}) bytes in use/.exec(
    text,
  );
  const db = m ? null : /^DB (\d{1,5}): (\d{1,15}) keys/.exec(text);
  if (!m && !db) return;
  means(draft, 'resource', 'usage', 'unknown');
  if (m) {
    putNumber(draft, 'clients', Number(m[1]));
    putNumber(draft, 'bytes', Number(m[3]));
  } else if (db) {
    putNumber(draft, 'db', Number(db[1]));
    putNumber(draft, 'keys', Number(db[2]));
  }
}
