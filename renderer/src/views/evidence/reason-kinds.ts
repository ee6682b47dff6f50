// What kind of reason a ledger entry states: what a responder filters by, in the words of the ledger's own sentences.
import type { LedgerRow } from '../../../../shared/api.ts';

export const REASON_KINDS = [
  'damaged',
  'encrypted',
  'refused name',
  'unusual name',
  'link or device',
  'over a limit',
  'not unpacked',
  'unreadable',
  'binary',
  'duplicate',
  'other',
] as const;
export type ReasonKind = (typeof REASON_KINDS)[number];

export const REASON_SENTENCES: Record<ReasonKind, string> = {
  damaged: 'Cut, corrupt or inconsistent: what could be read of it is in the case.',
  encrypted: 'Needs a password that was not given or was wrong.',
  'refused name': 'Its name points outside the bundle or is no name: never used as a path.',
  'unusual name':
    'Absolute, twice in the bundle, alike but for case or form, or with characters that hide: read, never used as a path.',
  'link or device': 'A link, device, fifo or socket: it has no content of its own.',
  'over a limit': 'A limit of reading was met: size, ratio, members, depth, time or name.',
  'not unpacked': 'Packed in a way that this version does not unpack.',
  unreadable: 'The operating system did not let it be read.',
  binary: 'No text: no log lines in it; the bytes are kept.',
  duplicate: 'The same content as another file of its node; its events are counted there.',
  other: 'Another reason, stated in the row.',
};

/** The first that fits holds: an encrypted member of a damaged zip is encrypted. */
const SIGNS: readonly (readonly [ReasonKind, RegExp])[] = [
  // these quote names of the evidence, which may say anything
  ['link or device', /^(symbolic|hard) link to /],
  ['refused name', /^name points outside/],
  ['encrypted', /\bencrypt(ed|ion)\b|\bpassword\b/i],
  [
    'refused name',
    /\bname (points|refused|is refused|is not|is no\b)|points outside|refused name|\bno name\b/i,
  ],
  [
    'over a limit',
    /\blimits?\b|only one level of nesting|nested (deeper|too deep)|levels? of nesting|more than [\d,]+ (times|members|bytes|seconds|levels)|took (longer|more)|not held in memory/i,
  ],
  [
    'link or device',
    /\b(symbolic|hard) link\b|\bsymlink\b|\b(fifo|socket|(character|block) device|device)\b.*(no content|not read)/i,
  ],
  [
    'not unpacked',
    /not unpack|does not (expand|undo|join|know)|not supported|unsupported|unknown (method|compression)|method \d+|another volume|another part of a split|packed with|unpack it and add|sparse file/i,
  ],
  [
    'unreadable',
    /cannot be (read|opened|looked at)|access denied|permission|input\/output error|no such file/i,
  ],
  [
    'damaged',
    /damag|corrupt|\bcut\b|truncat|\bends? (before|early|too (early|soon)|at byte)|too early|incomplete|checksum|\bcrc\b|does not match|\blost\b|invalid|unexpected end|the parser stopped|overlap|impossible|contradicts|reading goes on|cannot stand|cannot be unpacked|can't be unpacked|no readable header|belong to no member|that cannot be|another (size|name|compression)|follow the zip|more than one directory|is stated to be at|incorrect header|not as long|stands for nothing|before the beginning|beyond the end/i,
  ],
  ['binary', /\bbinary\b|which is not read; the bytes are kept/i],
  [
    'unusual name',
    /this name more than once|\bits name\b|\bname (differs|holds|begins|was absolute)|absolute (name|path)|network path|name of [\d,]+ characters/i,
  ],
];

/** Null: nothing to explain. */
export function reasonKind(file: Pick<LedgerRow, 'status' | 'reason'>): ReasonKind | null {
  if (file.status === 'duplicate') return 'duplicate';
  const { reason } = file;
  if (reason === null || reason === '') return file.status === 'parsed' ? null : 'other';
  // of a file that was read in part, what is said is what was wrong with it
  return (
    SIGNS.find(([, sign]) => sign.test(reason))?.[0] ?? (file.status === 'partial' ? 'damaged' : 'other')
  );
}
