// Takes out what a message of Mesos names besides its ids: who asked, who refused, why, what was fetched, how it ended.
import type { Member } from '../kind.ts';
import { between, type Meaning, wordAt } from '../lexicon.ts';
import type { Draft } from '../record.ts';
import { put, putIf, putJson } from '../text.ts';
import { nameLeftOpen } from './mesos-foreign.ts';
import { idAfter, pathIds, peer } from './mesos-ids.ts';
import { imageIn } from './mesos-image.ts';

export const BAD_STATES = /TASK_(?:FAILED|ERROR|LOST|DROPPED|UNREACHABLE|GONE|GONE_BY_OPERATOR|KILLED)/;

export function principalProven(msg: string, draft: Draft): void {
  const name = between(msg, "rincipal '", "'");
  if (name === '' || name === 'ANY') return;
  draft.userName = name;
  draft.entity('user', name, 'user');
}

export function principalClaimed(msg: string, draft: Draft): void {
  const name = between(msg, "rincipal '", "'");
  if (name !== '' && name !== 'ANY') draft.entity('user', name, 'attempted');
}

export function status(msg: string, draft: Draft): void {
  if (BAD_STATES.test(msg)) draft.outcome = 'failure';
  else if (msg.indexOf('TASK_FINISHED') !== -1) draft.outcome = 'success';
}

export function authPeer(msg: string, draft: Draft): void {
  peer(msg, draft, 'client');
}

export function refused(msg: string, draft: Draft): void {
  peer(msg, draft, 'client');
  principalClaimed(msg, draft);
  const why = msg.lastIndexOf(': ');
  if (why > 20) put(draft, 'reason', msg.slice(why + 2));
}

/** The sender of a message that was ignored: claimed, as every sender of libprocess. */
export function sender(msg: string, draft: Draft): void {
  const at = msg.indexOf('not expected from ');
  peer(msg, draft, 'client', at === -1 ? 0 : at);
}

/** `principal 'a' … does not match authenticated principal 'b'`: b is who it was. */
export function spoofed(msg: string, draft: Draft): void {
  peer(msg, draft, 'client');
  principalClaimed(msg, draft);
  const proven = between(msg, "authenticated principal '", "'");
  if (proven === '') return;
  put(draft, 'authenticated_principal', proven);
  draft.userName = proven;
  draft.entity('user', proven, 'user');
}

export function uris(msg: string, draft: Draft): void {
  const quoted =
    /'((?:https?|ftps?|hdfs|hftp|s3n?|s3a|file|docker|docker-manifest|docker-blob):\/?\/?[^']{1,1000})'/.exec(
      msg,
    )?.[1];
  if (!quoted) return;
  put(draft, 'uri', quoted);
  draft.entity('url', quoted, 'source');
}

export function fetcherInfo(msg: string, draft: Draft): void {
  const head = msg.slice(0, 50_000);
  const found: string[] = [];
  for (const m of head.matchAll(/"value":"([^"]{1,1000})"/g))
    found.push((m[1] as string).replaceAll('\\/', '/'));
  putIf(draft, 'user', between(head, '"user":"', '"'));
  if (head.indexOf('"executable":true') !== -1) putJson(draft, 'executable', 'true');
  pathIds(head.replaceAll('\\/', '/'), draft);
  if (found.length === 0) return;
  putJson(draft, 'uris', JSON.stringify(found));
  put(draft, 'uri', found[0] as string);
  for (const uri of found.slice(0, 20)) draft.entity('url', uri, 'source');
}

/** The name a framework gave itself; a line end in it is written as it is. */
export function frameworkName(msg: string, draft: Draft, member: Member): void {
  const at = msg.indexOf("framework '");
  if (at !== -1) {
    const end = msg.indexOf("'", at + 11);
    if (end === -1) nameLeftOpen(msg, "'", member);
    else put(draft, 'framework_name', msg.slice(at + 11, end));
  } else if (msg.startsWith('Subscribing framework ')) {
    const end = msg.lastIndexOf(' with checkpointing ');
    if (end === -1) nameLeftOpen(msg, '', member);
    else if (end > 22) {
      const place = msg.lastIndexOf(' at ', end);
      put(draft, 'framework_name', msg.slice(22, place > 22 ? place : end));
    }
  }
  peer(msg, draft, 'client');
}

/** Why a container did not start; the reason may quote what docker printed. */
export function startFailure(msg: string, draft: Draft, member: Member): void {
  const reason = between(msg, 'failed to start: ', '');
  putIf(draft, 'reason', reason.slice(0, 1000));
  causeOf(reason, draft);
  stderrLeftOpen(msg, member);
}

export function stderrLeftOpen(msg: string, member: Member): void {
  const at = msg.indexOf("stderr='");
  if (at !== -1 && msg.indexOf("'", at + 8) === -1) nameLeftOpen(msg, "'", member);
}

export function causeOf(reason: string, draft: Draft): void {
  const status = /Unexpected HTTP response '(\d{3})/.exec(reason)?.[1];
  if (status) putJson(draft, 'cause_status', status);
  const pull =
    /docker .{0,300}\bpull\b|[Ii]mage .{1,300} not found|Unexpected HTTP response|\/v2\/[\w./-]{1,250}\/(?:manifests|blobs)\//.test(
      reason.slice(0, 2000),
    );
  if (pull) {
    put(draft, 'cause', 'image_pull');
    imageIn(reason, draft);
  } else if (/[Ff]ailed to fetch|mesos-fetcher/.test(reason)) put(draft, 'cause', 'fetch');
  else if (reason.startsWith('None of the enabled containerizers')) put(draft, 'cause', 'containerizer');
}

export function filePath(msg: string, draft: Draft): void {
  const path = between(msg, "path '", "'");
  if (path === '') return;
  put(draft, 'file_path', path);
  draft.entity('file_path', path, 'read');
  pathIds(path, draft);
}

export function callOf(msg: string, draft: Draft): void {
  putIf(draft, 'call', /^Processing ([A-Z_]{2,60}) call/.exec(msg)?.[1]);
  if (msg.indexOf("path '") !== -1) filePath(msg, draft);
  namedContainer(msg, draft);
}

/** Standalone containers have any name. */
export function namedContainer(msg: string, draft: Draft): void {
  if (draft.fields.indexOf('"container_id":') !== -1) return;
  const id = idAfter(msg, 'container ') || idAfter(msg, 'Container ');
  if (id === '' || !/^[\w.-]{1,300}$/.test(id) || NO_CONTAINER.has(id)) return;
  put(draft, 'container_id', id);
  draft.entity('mesos_container', id, 'mentioned');
}

const NO_CONTAINER = new Set([
  'for',
  'logger',
  'session',
  'of',
  'in',
  'with',
  'image',
  'runtime',
  'status',
  'and',
]);

export function exitOf(msg: string, draft: Draft): void {
  const m = /(?:with status|status=) ?(\d{1,9})|signal ([A-Za-z ]{1,40}?)(?: \(|$)/.exec(msg);
  if (m?.[1]) {
    putJson(draft, 'exit_code', String(Number(m[1])));
    draft.outcome = Number(m[1]) === 0 ? 'success' : 'failure';
  } else if (m?.[2]) {
    put(draft, 'signal', m[2]);
    draft.outcome = 'failure';
  }
}

export function duration(msg: string, draft: Draft): void {
  putIf(draft, 'duration', / in ([\d.]{1,24}(?:ns|us|ms|secs|mins|hrs))\b/.exec(msg)?.[1]);
}

export function userOf(msg: string, draft: Draft): void {
  putIf(draft, 'user', between(msg, "user '", "'"));
  pathIds(msg, draft);
}

export function reasonAfter(mark: string): Meaning['read'] {
  return (msg, draft) => putIf(draft, 'reason', between(msg, mark, '').slice(0, 1000));
}

export function refusedFramework(msg: string, draft: Draft, member: Member): void {
  frameworkName(msg, draft, member);
  principalClaimed(msg, draft);
  const why = msg.lastIndexOf(': ');
  if (why > 20) put(draft, 'reason', msg.slice(why + 2));
}

export function exitStatus(msg: string, draft: Draft, member: Member): void {
  const m = /^EXIT with status (\d{1,3})(?:: ([\s\S]{1,1000}))?/.exec(
    msg.length > 2000 ? msg.slice(0, 2000) : msg,
  );
  if (!m) return;
  putJson(draft, 'exit_code', String(Number(m[1])));
  putIf(draft, 'reason', m[2]);
  stderrLeftOpen(msg, member);
}

export function pull(msg: string, draft: Draft): void {
  uris(msg, draft);
  imageIn(msg, draft);
}

export function operation(msg: string, draft: Draft): void {
  const state = /OPERATION_[A-Z_]{4,30}/.exec(msg.length > 2000 ? msg.slice(0, 2000) : msg)?.[0];
  if (!state) return;
  put(draft, 'operation_state', state);
  if (/_(?:FAILED|ERROR|DROPPED|UNREACHABLE|GONE_BY_OPERATOR)$/.test(state)) draft.outcome = 'failure';
  else if (state === 'OPERATION_FINISHED') draft.outcome = 'success';
  putIf(draft, 'operation_uuid', /operation UUID ([0-9a-f-]{36})/.exec(msg)?.[1]);
}

/** ` with resources cpus(*):1; … on agent X` or ` with cpus:4; mem:…`. */
export function resources(msg: string, draft: Draft): void {
  const at = msg.lastIndexOf(' with ');
  if (at === -1) return;
  const from = at + (msg.startsWith(' with resources ', at) ? 16 : 6);
  const cut = /(?: of framework | on agent | on slave | in work directory )/.exec(
    msg.slice(from, from + 4000),
  );
  put(draft, 'resources', msg.slice(from, cut ? from + cut.index : from + 1000));
}

/** An id that the agent was given: `given agent ID X`. */
export function givenId(msg: string, draft: Draft, member: Member): void {
  const id = /given (?:agent|slave) ID (\S{10,80})/.exec(msg)?.[1];
  if (!id) return;
  put(draft, 'agent_id', id);
  draft.entity('mesos_agent', id, 'self');
  member.fact('node_id', id);
}

export function selfFramework(msg: string, draft: Draft): void {
  const id = wordAt(msg, msg.indexOf('with ') + 5);
  put(draft, 'framework_id', id);
  draft.entity('mesos_framework', id, 'self');
}

export function selfAgent(msg: string, draft: Draft): void {
  if (draft.fields.indexOf('"agent_id":') !== -1) return;
  const id = wordAt(msg, msg.lastIndexOf(' ') + 1);
  put(draft, 'agent_id', id);
  draft.entity('mesos_agent', id, 'mentioned');
}

/** Operators name the agent alone, in quotes. */
export function markedAgent(msg: string, draft: Draft): void {
  if (draft.fields.indexOf('"agent_id":') !== -1) return;
  const id = between(msg, "'", "'");
  if (id === '') return;
  put(draft, 'agent_id', id);
  draft.entity('mesos_agent', id, 'mentioned');
}

export function childPid(msg: string, draft: Draft): void {
  const pid = /\(pid: (\d{1,10})\)/.exec(msg)?.[1];
  if (!pid) return;
  put(draft, 'child_pid', pid);
  draft.entity('process', pid, 'exited');
}

export function agentStart(msg: string, draft: Draft, member: Member): void {
  const address = /@([\d.]{7,15}:\d{1,5}|\[[0-9a-f:]{2,45}\]:\d{1,5})/.exec(msg)?.[1];
  if (address) {
    put(draft, 'address', address);
    member.fact('address', address.replace(/:\d+$/, ''));
  }
  member.fact('role', 'agent');
}

export function signal(msg: string, draft: Draft): void {
  const m = /Received signal (\w{3,12})(?: from process (\d{1,10}) of user (\d{1,10}))?/.exec(msg);
  if (!m) return;
  put(draft, 'signal', m[1] as string);
  if (m[2]) {
    put(draft, 'sender_pid', m[2]);
    put(draft, 'sender_uid', m[3] as string);
    draft.entity('process', m[2], 'sender');
  }
}
