// `tail` and `head` of several files: `==> file <==` stands before the lines of each.
import { repair } from '../text.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer } from './carrier.ts';

const HEADER = /^==> (.{1,1000}) <==$/;

export const tail: Carrier = {
  id: 'tail',
  share: 0,
  starts: '=',
  sure: true,
  open(line, member) {
    if (line.charCodeAt(0) !== 61 || line.length > 1010) return false;
    const header = HEADER.exec(line);
    if (!header) return false;
    carry(line);
    outer.notice = true;
    outer.program = 'tail';
    outer.file = repair(header[1] as string);
    member.tailFile = outer.file;
    return true;
  },
  samples: [
    {
      path: 'tails.txt',
      text: '==> /var/log/registry.log <==\ntime="2026-11-20T17:17:54Z" level=info msg=one\n\n==> /var/log/celery/w.log <==\n[2026-11-20 17:17:54,582: INFO/MainProcess] hi',
      gives: [
        { component: 'tail', fields: { 'carrier.file': '/var/log/registry.log' } },
        { system: 'registry', message: 'one', lines: 2, fields: { 'carrier.file': '/var/log/registry.log' } },
        { component: 'tail' },
        { system: 'celery', message: 'hi', fields: { 'carrier.file': '/var/log/celery/w.log' } },
      ],
    },
  ],
};
