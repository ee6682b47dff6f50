// What grep and ripgrep leave around lines: `file:12:text`, `file-11-text` for context, `--` between stretches.
import type { Carrier } from './carrier.ts';
import { carry, outer, placeOf } from './carrier.ts';

/** A path without blanks; then an optional line number. Matches are marked with colons, lines of context with dashes. */
const MATCH = /^((?:[\w.@+%=,~/-]|:(?=\/)){1,300}?):(?:(\d{1,10}):)?(?=\S|\s|$)/;
const CONTEXT =
  /^((?:[\w.@+%=,~/-]){1,300}?(?:\.(?:log|out|err|txt|json|gz|INFO|WARNING|ERROR)(?:\.\d{1,3})?|\/std(?:out|err)|\/syslog|\/messages))-(?:(\d{1,10})-)?/;
const NUMBER = /^(\d{1,10})[:-](?!\d\d[:-])/;

export const grep: Carrier = {
  id: 'grep',
  share: 0.4,
  soft: true,
  open(line) {
    const c = line.charCodeAt(0);
    if (c === 45 && line === '--') {
      carry(line);
      outer.notice = true;
      outer.program = 'grep';
      return true;
    }
    const start = line.length > 320 ? line.slice(0, 320) : line;
    const number = c >= 48 && c <= 57 ? NUMBER.exec(start) : null;
    if (number) {
      carry(line.slice(number[0].length));
      return true;
    }
    const m = MATCH.exec(start) ?? CONTEXT.exec(start);
    if (!m) return false;
    const file = m[1] as string;
    // A name alone is none of a file unless it looks like one: `time:`, `worker:` begin lines of their own.
    if (!/[/.]/.test(file) && m[2] === undefined) return false;
    if (/^\d[\d.:T-]*$/.test(file)) return false;
    carry(line.slice(m[0].length));
    outer.file = file;
    placeOf(file);
    return true;
  },
  samples: [
    {
      path: 'findings.txt',
      text: 'logs/registry.log:12:time="2026-11-20T17:17:54Z" level=info msg=one\nlogs/registry.log-13-time="2026-11-20T17:17:55Z" level=info msg=two\n--\n/var/log/registry.log:time="2026-11-20T17:17:56Z" level=info msg=three',
      gives: [
        { system: 'registry', message: 'one', fields: { 'carrier.file': 'logs/registry.log' } },
        { message: 'two', fields: { 'carrier.file': 'logs/registry.log' } },
        { component: 'grep', message: '--' },
        { message: 'three', fields: { 'carrier.file': '/var/log/registry.log' } },
      ],
    },
    {
      path: 'findings.txt',
      text: '12:[2026-11-20 17:17:54,582: INFO/MainProcess] hi\n13-[2026-11-20 17:17:54,583: INFO/MainProcess] ho',
      gives: [{ system: 'celery', message: 'hi' }, { message: 'ho' }],
    },
  ],
};
