// What the page says of verification, of the custody log, of keys and of isolation.
import { describe, expect, test } from 'vitest';
import { isolationWord } from '../../../renderer/src/shell/isolation.ts';
import { detailLines, occurring, shownEntries } from '../../../renderer/src/views/evidence/custody-rows.ts';
import { optionWords } from '../../../renderer/src/views/evidence/option-words.ts';
import { verdict, verifiedWords, verifyLines } from '../../../renderer/src/views/evidence/verify-words.ts';
import { passphraseProblem } from '../../../renderer/src/views/signing/passphrase.ts';
import type { CustodyRow, VerifyResult } from '../../../shared/api.ts';

const whole: VerifyResult = {
  ok: true,
  at: Date.UTC(2026, 10, 26, 1, 2, 3) * 1000,
  toolVersion: '0.1.0',
  bundles: { checked: 2, changed: 0, unreachable: 0 },
  members: { checked: 10, changed: 0, missing: 0, bytes: 5_000_000 },
  database: { checks: 40, failed: 0 },
  custody: { ok: true, entries: 7, head: 'ab', problems: [], anchors: [], sentence: '' },
  signatures: [],
  problems: [],
  unchecked: [],
};
const line = (r: VerifyResult, what: string) => verifyLines(r).find((l) => l.what === what);

describe('verification', () => {
  test('what is whole claims no more than was looked at', () => {
    expect(verdict(whole)).toBe('Everything is as it was taken in');
    expect(verifyLines(whole).every((l) => l.bad === 0)).toBe(true);
    expect(line(whole, 'signature')?.checked).toBe('none yet');
    expect(verifiedWords(null)).toContain('Never verified');
    expect(verifiedWords(whole)).toBe(
      'Evidence verified 2026-11-26 01:02:03 UTC: everything is as it was taken in.',
    );
  });

  test('bundles that are not there are no failures, and the whole is not called whole', () => {
    const r = {
      ...whole,
      bundles: { checked: 1, changed: 0, unreachable: 1 },
      unchecked: ['b.zip is not where it was.'],
    };
    expect(line(r, 'bundle')).toMatchObject({ bad: 0, open: '1 not where they were' });
    expect(verdict(r)).toBe('All that could be checked is as it was');
  });

  test('what changed is counted by kind', () => {
    const r: VerifyResult = {
      ...whole,
      ok: false,
      members: { checked: 10, changed: 1, missing: 2, bytes: 1 },
      problems: [
        { what: 'store', name: 'a', sentence: 'x' },
        { what: 'store', name: 'b', sentence: 'x' },
        { what: 'store', name: 'c', sentence: 'x' },
        { what: 'signature', name: 's', sentence: 'x' },
      ],
    };
    expect(line(r, 'store')).toMatchObject({ bad: 3, badWord: 'changed or missing (2 missing)' });
    expect(line(r, 'signature')?.bad).toBe(1);
    expect(line(r, 'bundle')?.bad).toBe(0);
    expect(verdict(r)).toBe('4 things are not as they were');
    expect(verdict({ ...r, problems: r.problems.slice(0, 1) })).toBe('1 thing is not as it was');
  });
});

describe('the custody log', () => {
  const entry = (
    seq: number,
    act: string,
    actor: string,
    detail: Record<string, unknown> = {},
  ): CustodyRow => ({
    seq,
    at: seq,
    actor,
    toolVersion: '0.1.0',
    act,
    sentence: `Act ${seq}`,
    detail,
    previous: '',
    hash: `h${seq}`,
  });
  const rows = [
    entry(1, 'case.created', 'ada'),
    entry(2, 'ingest.done', 'ada', { bundles: [{ name: 'Night.zip' }] }),
    entry(3, 'rules.run', 'ben'),
    entry(4, 'ingest.done', 'ben'),
  ];
  const seqs = (f: Partial<Parameters<typeof shownEntries>[1]>) =>
    shownEntries(rows, { act: null, actor: null, text: '', newestFirst: false, ...f }).map((r) => r.seq);

  test('is filtered by act, by who, and by words in its detail; either end first', () => {
    expect(seqs({})).toEqual([1, 2, 3, 4]);
    expect(seqs({ newestFirst: true })).toEqual([4, 3, 2, 1]);
    expect(seqs({ act: 'ingest.done' })).toEqual([2, 4]);
    expect(seqs({ act: 'ingest.done', actor: 'ben' })).toEqual([4]);
    expect(seqs({ text: 'night' })).toEqual([2]);
    expect(seqs({ text: 'H3' })).toEqual([3]);
    expect(occurring(rows, 'act')[0]).toEqual(['ingest.done', 2]);
  });

  test('detail is shown as names and values; what is nested by the names that lead to it', () => {
    expect(
      detailLines({
        a: 'x',
        n: 3,
        none: null,
        list: [1, 'two'],
        empty: [],
        bundles: [{ name: 'b.tar', sizes: { packed: 2 } }],
        signed: { at: Date.UTC(2026, 10, 26, 1, 2, 3) * 1000 },
      }),
    ).toEqual([
      ['a', 'x'],
      ['n', '3'],
      ['none', 'null'],
      ['list', '1, two'],
      ['empty', 'none'],
      ['bundles[1].name', 'b.tar'],
      ['bundles[1].sizes.packed', '2'],
      ['signed.at', '2026-11-26 01:02:03 UTC'],
    ]);
  });
});

test('what a bundle was read with is said in words', () => {
  expect(optionWords(null)).toEqual(['not kept']);
  expect(optionWords({ timezones: {}, limits: {}, detect: false, passwords: false })).toEqual([
    'the defaults',
  ]);
  expect(
    optionWords({
      timezones: { '*': 'UTC', n1: '+02:00' },
      limits: { members: 10, totalBytes: 5e9, unheard: 1 },
      passwords: true,
    }),
  ).toEqual([
    'zone UTC where none is stated',
    'zone +02:00 for n1',
    'members up to 10',
    'unpacked size up to 5 GB',
    'a password was given',
  ]);
});

test('a passphrase is typed twice, alike, and is not short; none is a choice', () => {
  expect(passphraseProblem('', '')).toBeNull();
  expect(passphraseProblem('long enough', '')).toBeNull(); // still being typed
  expect(passphraseProblem('long enough', 'long enougH')).toContain('not alike');
  expect(passphraseProblem('short', 'short')).toContain('eight');
  expect(passphraseProblem('long enough', 'long enough')).toBeNull();
});

test('the status bar never claims more isolation than is enforced', () => {
  expect(isolationWord({ network: 'kernel', files: 'kernel' })).toBe('kernel isolation');
  expect(isolationWord({ network: 'kernel', files: 'node' })).toBe('process isolation');
  expect(isolationWord({ network: 'refused in the process', files: 'node' })).toBe('process isolation');
  expect(isolationWord({ network: 'kernel', files: 'none' })).toBe('partly isolated');
  expect(isolationWord({ network: 'none', files: 'none' })).toBe('not isolated');
});
