// The end of a registry that Go's runtime or the registry itself prints: panics with their stacks, refused configuration, usage.
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import { put } from '../text.ts';
import { followsStack, isStackLine } from './go-stack.ts';

const STARTS: readonly [start: string, category: string, action: string, level: number][] = [
  ['panic: ', 'process', 'crash', 6],
  ['fatal error: ', 'process', 'crash', 6],
  ['unexpected fault address ', 'process', 'crash', 6],
  ['runtime: ', 'process', 'crash', 6],
  ['SIGQUIT: quit', 'process', 'stack_dump', 6],
  ['SIGABRT: abort', 'process', 'crash', 6],
  ['configuration error: ', 'configuration', 'configuration_load', 5],
  ['unable to configure logging with config: ', 'configuration', 'configuration_load', 5],
  ['failed to construct ', 'process', 'start', 5],
  ['failed to garbage collect: ', 'storage', 'garbage_collect', 5],
  ['Error: unknown command ', 'process', 'start', 5],
  ['Error: unknown flag', 'process', 'start', 5],
  ['Error: unknown shorthand flag', 'process', 'start', 5],
];
const USAGE = /^Usage: ?$|^`?registry`? is|^`serve` stores /;

/** The first line; what is of no kind after it joins: the stack, the usage text. */
export const registryCrash: LineKind = {
  id: 'registry.panic',
  weight: () => 0.3,
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    // p, f, u, r, S, c, E, g, U, `
    if (
      c !== 112 &&
      c !== 102 &&
      c !== 117 &&
      c !== 114 &&
      c !== 83 &&
      c !== 99 &&
      c !== 69 &&
      c !== 103 &&
      c !== 85 &&
      c !== 96
    )
      return false;
    let start = STARTS.find(([text]) => line.startsWith(text));
    if (!start && c === 103 && line.startsWith('goroutine ') && isStackLine(line) && !followsStack(member)) {
      // A stack whose head is gone, or was written by another thread before the line above.
      start = ['goroutine ', 'process', 'stack_dump', -1];
    }
    const usage = !start && (c === 85 || c === 96) && line.length < 200 && USAGE.test(line);
    // Any program has a usage: alone it is the registry's only in a file of one.
    if (!start && !usage) return false;
    if (usage && c === 85 && member.hint.family !== 'registry') return false;
    // Another panic while the first one unwinds belongs to it; so does the usage after the reason.
    if ((c === 112 || usage) && followsStack(member)) return false;
    member.state.stack = String(member.line);
    draft.parsed = true;
    draft.system = 'registry';
    draft.component = 'app';
    draft.message = line;
    if (!start) {
      means(draft, 'process', 'usage', 'unknown');
      return true;
    }
    draft.level = start[3];
    means(draft, start[1], start[2], 'failure');
    const reason = line.slice(start[0].length);
    if (start[0].endsWith(': ') && reason !== '') put(draft, 'reason', reason);
    return true;
  },
  joins(_line, _draft, member) {
    member.state.stack = String(member.line);
    return true;
  },
  finish(draft) {
    const frame =
      /\n(github\.com\/(?:docker|distribution)\/distribution\/[^\n(]{1,200}(?:\([^\n)]{1,80}\)[^\n(]{0,100})?)\(/.exec(
        draft.message.slice(0, 100_000),
      );
    if (frame) put(draft, 'function', frame[1] as string);
  },
  samples: [
    {
      text: 'panic: runtime error: index out of range\n\ngoroutine 57 [running]:\ngithub.com/docker/distribution/registry/storage.getOutstandingUploads.func1(0xeff780, 0xc003548180, 0xeff780, 0xc003548180)\n\t/go/src/github.com/docker/distribution/registry/storage/purgeuploads.go:73 +0x4bd\ncreated by github.com/docker/distribution/registry/handlers.startUploadPurger\n\t/go/src/github.com/docker/distribution/registry/handlers/app.go:1047 +0x4c4\n\ngoroutine 1 [IO wait]:\ninternal/poll.runtime_pollWait(0x7f944571b298, 0x72, 0x0)\n\t/usr/local/go/src/runtime/netpoll.go:173 +0x66\nexit status 2\ntime="2019-04-28T17:51:31.4Z" level=info msg="redis not configured" go.version=go1.11.2',
      path: 'registry/app.log',
      gives: [
        {
          level: 'critical',
          category: 'process',
          action: 'crash',
          outcome: 'failure',
          lines: 12,
          fields: {
            reason: 'runtime error: index out of range',
            function: 'github.com/docker/distribution/registry/storage.getOutstandingUploads.func1',
          },
        },
        { level: 'info', action: 'redis_configure' },
      ],
    },
    {
      text: 'configuration error: open /etc/docker/registry/config.yml: no such file or directory\nUsage:\n  registry serve <config> [flags]\n\nFlags:\n  -h, --help   help for serve\n\ntime="2026-11-20T17:20:44.1Z" level=warning msg="No HTTP secret provided" go.version=go1.19.8',
      path: 'registry/app.log',
      gives: [
        {
          level: 'error',
          category: 'configuration',
          action: 'configuration_load',
          outcome: 'failure',
          lines: 7,
          fields: { reason: 'open /etc/docker/registry/config.yml: no such file or directory' },
        },
        { level: 'warning', action: 'weak_secret' },
      ],
    },
    {
      text: 'time="2026-11-20T17:20:44Z" level=info msg="redis not configured" go.version=go1.19.8\nfailed to garbage collect: failed to mark: filesystem: open /var/lib/registry/docker/registry/v2/repositories: permission denied',
      path: 'registry/app.log',
      gives: [
        { action: 'redis_configure' },
        { level: 'error', category: 'storage', action: 'garbage_collect', outcome: 'failure' },
      ],
    },
  ],
};
