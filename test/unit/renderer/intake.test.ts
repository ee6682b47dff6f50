// What the intake dialog says and takes, and what the rows of a running ingest say.
import { describe, expect, test } from 'vitest';
import { bundlesRead, progressRows, timeLeft } from '../../../renderer/src/format/progress.ts';
import {
  badLimits,
  changedLimits,
  LIMITS,
  limitWord,
  parseLimit,
} from '../../../renderer/src/views/intake/limits.ts';
import {
  bundleNotes,
  membersWord,
  pendingWords,
  room,
  unpackedWord,
} from '../../../renderer/src/views/intake/words.ts';
import type { JobInfo } from '../../../shared/api.ts';

const DEFAULTS = {
  members: 200_000,
  totalBytes: 200e9,
  ratio: 1000,
  depth: 1,
  seconds: 21_600,
  nameLength: 4096,
};

describe('limits', () => {
  test('sizes, times and counts are read as people write them', () => {
    expect(parseLimit('bytes', '1.5 GB')).toBe(1_500_000_000);
    expect(parseLimit('bytes', '2,000,000')).toBe(2_000_000);
    expect(parseLimit('seconds', '2 h')).toBe(7200);
    expect(parseLimit('seconds', '90')).toBe(90);
    expect(parseLimit('count', '1 000 000')).toBe(1_000_000);
    expect(parseLimit('levels', '0')).toBe(0);
  });

  test('what is no such limit is refused, not guessed', () => {
    for (const [kind, text] of [
      ['bytes', '5 h'],
      ['seconds', '3 GB'],
      ['count', '-4'],
      ['count', 'many'],
      ['bytes', '0'],
      ['levels', '65'],
      ['levels', '1.5'],
    ] as const)
      expect(parseLimit(kind, text), `${kind} ${text}`).toBeNull();
    expect(badLimits({ members: 'many', ratio: '10' })).toEqual(['members']);
  });

  test('only what differs from the defaults is sent', () => {
    expect(changedLimits({ totalBytes: '200 GB', members: '10', ratio: '' }, DEFAULTS)).toEqual({
      members: 10,
    });
  });

  test('a default written out is read back as the same value', () => {
    for (const { name, kind } of LIMITS)
      expect(parseLimit(kind, limitWord(kind, DEFAULTS[name])), name).toBe(DEFAULTS[name]);
  });
});

describe('a bundle before it is read', () => {
  const bundle = {
    path: '/e/a.tar.gz',
    name: 'a.tar.gz',
    kind: 'tar in gzip',
    size: 10,
    members: 1204,
    complete: false,
    unpacked: 3_200_000_000,
    encrypted: 1,
    nested: 2,
    entries: [],
    known: true,
    problem: null,
  };

  test('counts that are not all are said to be at least', () => {
    expect(membersWord(bundle)).toBe('at least 1,204 members');
    expect(membersWord({ ...bundle, complete: true })).toBe('1,204 members');
    expect(unpackedWord(bundle)).toBe('at least 3.2 GB');
  });

  test('what needs attention is said', () => {
    expect(bundleNotes(bundle)).toEqual([
      '1 of its members needs a password',
      '2 archives inside',
      'in the case already',
    ]);
    expect(bundleNotes({ ...bundle, encrypted: 0, nested: 0, known: false })).toEqual([]);
  });

  test('a disk that is too small is warned of, one that is tight too', () => {
    expect(room(500e6, 1e9)?.state).toBe('short');
    expect(room(1.1e9, 1e9)?.state).toBe('tight');
    expect(room(50e9, 1e9)?.state).toBe('enough');
    expect(room(null, 0)).toBeNull();
    expect(room(null, 1e9)?.sentence).toBe('Needs about 1 GB where the case is.');
  });
});

describe('progress', () => {
  const job: JobInfo = {
    id: '1',
    kind: 'ingest',
    title: 'Taking in 4 bundles',
    phase: 'reading b.zip',
    done: 150e6,
    total: 400e6,
    unit: 'bytes',
    perSecond: 10e6,
    state: 'running',
    error: null,
    result: null,
    bundles: [
      {
        name: 'a.zip',
        path: '/a.zip',
        state: 'done',
        done: 1e8,
        total: 1e8,
        members: 12,
        events: 3400,
        problem: null,
      },
      {
        name: 'b.zip',
        path: '/b.zip',
        state: 'reading',
        done: 5e7,
        total: 1e8,
        members: 1,
        events: 1,
        problem: null,
      },
      {
        name: 'c.zip',
        path: '/c.zip',
        state: 'waiting',
        done: 0,
        total: 1e8,
        members: 0,
        events: 0,
        problem: null,
      },
      {
        name: 'd.zip',
        path: '/d.zip',
        state: 'failed',
        done: 0,
        total: 1e8,
        members: 0,
        events: 0,
        problem: 'It is empty.',
      },
    ],
  };

  test('each bundle says how far it is, and only the one being read how fast', () => {
    const rows = progressRows(job);
    expect(rows.map((r) => r.word)).toEqual(['read', 'reading', 'waiting', 'failed']);
    expect(rows[0]).toMatchObject({ amount: '100 MB · 12 members · 3,400 events', pace: '', share: 1 });
    expect(rows[1]).toMatchObject({
      amount: '50 MB of 100 MB · 1 member · 1 event',
      pace: '10 MB/s · 5 s left',
      share: 0.5,
    });
    expect(rows[2]).toMatchObject({ amount: '100 MB', pace: '', share: 0 });
    expect(rows[3]?.problem).toBe('It is empty.');
    expect(bundlesRead(job)).toBe('1 of 4 bundles read, 1 failed');
  });

  test('no rate is claimed for a job that has ended or works in another unit', () => {
    expect(progressRows({ ...job, state: 'cancelled' }).every((r) => r.pace === '')).toBe(true);
    expect(progressRows({ ...job, unit: 'steps' }).every((r) => r.pace === '')).toBe(true);
  });

  test('time left is not said where it is not known', () => {
    expect(timeLeft(5, null, 10)).toBeNull();
    expect(timeLeft(5, 10, null)).toBeNull();
    expect(timeLeft(10, 10, 5)).toBeNull();
    expect(timeLeft(5, 10, 5)).toBe(1_000_000);
  });
});

test('what was broken off is said in figures', () => {
  expect(
    pendingWords({
      bundles: [
        { name: 'a', path: '/a', state: 'begun', members: 40, reachable: true },
        { name: 'b', path: '/b', state: 'planned', members: 0, reachable: false },
        { name: 'c', path: '/c', state: 'planned', members: 0, reachable: true },
      ],
      steps: ['settle', 'detect'],
    }),
  ).toBe(
    '1 bundle begun (40 members in the case), 2 bundles not begun; afterwards: times, clocks and nodes, then detection',
  );
  expect(pendingWords({ bundles: [], steps: ['detect'] })).toBe('afterwards: detection');
});
