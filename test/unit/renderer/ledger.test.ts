// The filters of the ledger, and the kind of reason an entry states.
import { describe, expect, test } from 'vitest';
import {
  isFiltered,
  NO_FILTERS,
  passing,
  tally,
} from '../../../renderer/src/views/evidence/ledger-filters.ts';
import { reasonKind } from '../../../renderer/src/views/evidence/reason-kinds.ts';
import type { LedgerRow } from '../../../shared/api.ts';
import type { MemberStatus } from '../../../shared/model.ts';

const row = (path: string, over: Partial<LedgerRow> = {}): LedgerRow => ({
  fileId: 1,
  bundle: 'a.zip',
  path,
  sha256: null,
  size: 10,
  mtime: null,
  mode: null,
  owner: null,
  format: 'ray.py',
  system: 'ray',
  encoding: null,
  compression: null,
  status: 'parsed',
  reason: null,
  lines: 1,
  records: 1,
  unparsedLines: 0,
  firstTs: null,
  lastTs: null,
  zone: null,
  zoneBasis: null,
  node: 'n1',
  ...over,
});

describe('kinds of reasons', () => {
  // sentences as the engine writes them
  const cases: [MemberStatus, string, ReturnType<typeof reasonKind>][] = [
    ['failed', 'encrypted: not read; unpack it with its password and add the result', 'encrypted'],
    ['failed', 'encrypted: the password given is wrong; the zip is damaged too', 'encrypted'],
    [
      'failed',
      "name points outside the bundle ('../../etc/passwd'); not read, nothing was written outside the case",
      'refused name',
    ],
    ['skipped', 'symbolic link to /etc/passwd: not followed', 'link or device'],
    ['skipped', 'symbolic link to /srv/encrypted/password.txt: not followed', 'link or device'],
    ['skipped', 'hard link to a.log: the content stands under that name', 'link or device'],
    ['skipped', 'device: not read', 'link or device'],
    ['skipped', 'fifo: has no content', 'link or device'],
    [
      'skipped',
      'an archive inside the nested archive x.zip: only one level of nesting is opened; unpack it and add it as a bundle of its own',
      'over a limit',
    ],
    [
      'failed',
      'nested archive: The bundle unpacks to more than 1,000 times its compressed size (2 bytes out of 1). Members read before that are kept',
      'over a limit',
    ],
    ['failed', 'the zip is cut and only its lost directory says where this ends', 'damaged'],
    ['partial', 'the parser stopped: x; the bytes are kept whole', 'damaged'],
    ['failed', 'sparse file: this version does not expand it; pack it without --sparse', 'not unpacked'],
    ['failed', 'continues a member of another volume; not read', 'not unpacked'],
    ['failed', 'cannot be opened: access denied', 'unreadable'],
    ['skipped', 'binary content, no log lines; the bytes are kept', 'binary'],
    [
      'skipped',
      'text in utf-32le, which is not read; the bytes are kept: convert the file to UTF-8 and add it',
      'binary',
    ],
    ['duplicate', 'same content as damaged/encrypted.log; its events are counted there', 'duplicate'],
    [
      'partial',
      'bzip2 block 3 at compressed byte 900 is damaged; reading goes on at compressed byte 1800',
      'damaged',
    ],
    ['partial', 'its index states 4 blocks, 3 were read', 'damaged'],
    ['failed', 'its header states a size that cannot be; not read', 'damaged'],
    ['failed', 'packed with PPMd, which this version does not unpack', 'not unpacked'],
    [
      'failed',
      'it stands in another part of a split zip: join the parts (zip -s 0 x.zip --out whole.zip) and add the result',
      'not unpacked',
    ],
    [
      'parsed',
      'the bundle holds this name more than once (this is number 2): unpacked, it would replace the one before',
      'unusual name',
    ],
    [
      'parsed',
      "its name differs from 'A.log' only in upper and lower case: unpacked, one may replace the other",
      'unusual name',
    ],
    ['skipped', 'nested archive without any file in it', 'other'],
  ];
  test.each(cases)('%s: %s', (status, reason, kind) => {
    expect(reasonKind({ status, reason })).toBe(kind);
  });

  test('a file that was parsed without a word has none', () => {
    expect(reasonKind({ status: 'parsed', reason: null })).toBeNull();
    expect(reasonKind({ status: 'failed', reason: null })).toBe('other');
  });
});

describe('filters', () => {
  const files = [
    row('a.log'),
    row('b.log', { bundle: 'b.zip', system: 'mesos', size: 5_000_000, unparsedLines: 3 }),
    row('c.log', { status: 'failed', reason: 'encrypted: not read', system: null }),
    row('d.log', { bundle: 'b.zip', status: 'duplicate', reason: 'same content as a.log' }),
  ];
  const paths = (filters: Partial<typeof NO_FILTERS>) =>
    passing(files, { ...NO_FILTERS, ...filters }).map((f) => f.path);

  test('each narrows, and they narrow together', () => {
    expect(paths({})).toHaveLength(4);
    expect(paths({ bundle: 'b.zip' })).toEqual(['b.log', 'd.log']);
    expect(paths({ bundle: 'b.zip', reasons: new Set(['duplicate']) })).toEqual(['d.log']);
    expect(paths({ system: '' })).toEqual(['c.log']);
    expect(paths({ least: 1_000_000 })).toEqual(['b.log']);
    expect(paths({ unparsed: true })).toEqual(['b.log']);
    expect(paths({ statuses: new Set(['failed', 'duplicate']) })).toEqual(['c.log', 'd.log']);
    expect(paths({ filter: ' ENCRYPTED ' })).toEqual(['c.log']);
  });

  test('the count beside a choice is what choosing it would leave', () => {
    const filters = { ...NO_FILTERS, bundle: 'b.zip', statuses: new Set<MemberStatus>(['failed']) };
    expect([...tally(passing(files, filters, 'statuses'), (f) => f.status)]).toEqual([
      ['parsed', 1],
      ['duplicate', 1],
    ]);
  });

  test('whether anything is filtered is known', () => {
    expect(isFiltered(NO_FILTERS)).toBe(false);
    expect(isFiltered({ ...NO_FILTERS, filter: '  ' })).toBe(false);
    expect(isFiltered({ ...NO_FILTERS, least: 1 })).toBe(true);
  });
});
