// How an offset changed inside a file and on a node: which runs are followed, where the change is, what stays open.
import { describe, expect, test } from 'vitest';
import {
  followedRuns,
  type Jump,
  joinRuns,
  offsetAt,
  openWalls,
  type Run,
  support,
  together,
} from '../../../electron/engine/derive/zone-history.ts';
import { ZONE_WHY, ZoneRuns } from '../../../electron/engine/parse/zone-runs.ts';

const MIN = 60_000_000;
const HOUR = 60 * MIN;
const run = (offset: number, firstLine: number, lastLine: number, over: Partial<Run> = {}): Run => ({
  offset,
  count: lastLine - firstLine + 1,
  firstLine,
  lastLine,
  firstWall: firstLine * MIN,
  lastWall: lastLine * MIN,
  why: ZONE_WHY.access,
  ...over,
});
const jump = (line: number, step: number): Jump => ({ line, wall: line * MIN, step });
const noJumps = async (): Promise<Jump[]> => [];

describe('runs of evidence while a file is read', () => {
  test('one offset after the other makes a run each, with its lines', () => {
    const runs = new ZoneRuns();
    for (let line = 1; line <= 6; line++)
      runs.add(line < 4 ? -240 : -300, line * MIN, ZONE_WHY.access, 'dashboard', line);
    expect(runs.runs.map((r) => [r.offsetMinutes, r.count, r.firstLine, r.lastLine])).toEqual([
      [-240, 3, 1, 3],
      [-300, 3, 4, 6],
    ]);
  });
  test('a file that changes its mind on every line keeps a bounded number of runs', () => {
    const runs = new ZoneRuns();
    for (let line = 1; line <= 20_000; line++)
      runs.add((line % 3) * 60, line * MIN, ZONE_WHY.access, '', line);
    expect(runs.runs.length).toBeLessThanOrEqual(256);
  });
  test('offsets that no place on earth has are no evidence', () => {
    const runs = new ZoneRuns();
    runs.add(16 * 60, 0, ZONE_WHY.access, '', 1);
    runs.add(60, Number.NaN, ZONE_WHY.access, '', 2);
    expect(runs.runs).toEqual([]);
  });
});

describe('what the steps of the clock say of a change', () => {
  test('back by the difference: the change; further east without a jump: contradicted', () => {
    expect(support(-240, -300, [jump(40, -55 * MIN)])).toMatchObject({ kind: 'step', line: 40 });
    expect(support(-300, -240, [])).toEqual({ kind: 'contradicted' });
    expect(support(-300, -240, [jump(9, 61 * MIN)])).toMatchObject({ kind: 'step', line: 9 });
  });
  test('a gap hides a change further west, of several the longest is named and the others kept', () => {
    expect(support(-240, -300, [jump(5, 20 * MIN), jump(9, 3 * HOUR)])).toEqual({
      kind: 'gap',
      line: 9,
      others: [5],
    });
    expect(support(-240, -300, [])).toEqual({ kind: 'silent' });
  });
  test('a step back by days begins another stretch, whatever its zone', () => {
    expect(support(-300, 540, [jump(7, -20 * 24 * HOUR)])).toEqual({ kind: 'reset', line: 7 });
  });
});

describe('which runs are followed', () => {
  test('runs of one offset are one, however many witnesses', () => {
    expect(joinRuns([run(60, 1, 5), run(60, 3, 9, { why: ZONE_WHY.carrier })])).toMatchObject([
      { offset: 60, firstLine: 1, lastLine: 9, count: 12 },
    ]);
  });
  test('weak evidence counts from three lines on, and only where there is no better', () => {
    const weak = (count: number) => run(60, 1, 9, { why: ZONE_WHY.beside, count });
    expect(joinRuns([weak(2)])).toEqual([]);
    expect(joinRuns([weak(3)])).toHaveLength(1);
    expect(joinRuns([weak(50), run(120, 2, 2)]).map((r) => r.offset)).toEqual([120]);
  });
  test('a stray among many is dropped, and what it parted is joined again', async () => {
    const { stretches, strays } = await followedRuns(
      [run(-240, 1, 100), run(540, 101, 112), run(-240, 113, 200)],
      noJumps,
    );
    expect(stretches.map((s) => [s.offset, s.from])).toEqual([[-240, 1]]);
    expect(strays.map((s) => s.offset)).toEqual([540]);
  });
  test('summer time inside a file is followed there and back where the clock steps', async () => {
    const { stretches } = await followedRuns(
      [run(-300, 1, 10), run(-240, 20, 30), run(-300, 40, 50)],
      async (a) => (a.offset === -300 ? [jump(15, 61 * MIN)] : [jump(35, -58 * MIN)]),
    );
    expect(stretches.map((s) => [s.offset, s.from])).toEqual([
      [-300, 1],
      [-240, 15],
      [-300, 35],
    ]);
  });
  test('lines between two runs are in doubt where no step shows the change', async () => {
    const { stretches } = await followedRuns([run(-240, 1, 10), run(-300, 30, 40)], noJumps);
    expect(stretches.map((s) => [s.offset, s.openFrom, s.from])).toEqual([
      [-240, 1, 1],
      [-300, 11, 30],
    ]);
  });
});

describe('the history of a node', () => {
  const witness = (offset: number, from: number, to: number, count = 10, file = from) => ({
    file,
    offset,
    from: from * HOUR,
    to: to * HOUR,
    count,
  });
  test('files one after the other give its changes', () => {
    const found = together([witness(-300, 10, 20), witness(-240, 0, 6), witness(-240, 4, 8)])!;
    expect(found.history.offsets).toEqual([-240, -300]);
    expect(found.history.switches).toEqual([{ low: 8 * HOUR, high: 10 * HOUR, before: -240, after: -300 }]);
    expect([offsetAt(found.history, 5 * HOUR), offsetAt(found.history, 12 * HOUR)]).toEqual([-240, -300]);
    expect(found.disagree).toBe(false);
  });
  test('files of one time that say different offsets disagree; the one with most lines holds', () => {
    const found = together([witness(0, 0, 10, 500), witness(540, 2, 8, 20)])!;
    expect([found.history.offsets, found.disagree]).toEqual([[0], true]);
  });
  test('a change that rests on single lines of different files does not hold for sure of others', () => {
    expect(together([witness(-480, 0, 0, 1), witness(0, 9, 9, 1)])!.disagree).toBe(true);
    expect(together([witness(-480, 0, 0, 1, 7), witness(-420, 9, 9, 1, 7)])!.disagree).toBe(false);
    expect(together([witness(-480, 0, 1, 5), witness(0, 9, 9, 5)])!.disagree).toBe(false);
  });
  test('an hour that came twice is open, one that never was is skipped', () => {
    const at = 6 * HOUR;
    expect(openWalls({ low: at, high: at, before: -240, after: -300 })).toEqual({
      from: 1 * HOUR,
      to: 2 * HOUR,
      skipped: false,
    });
    expect(openWalls({ low: 7 * HOUR, high: 7 * HOUR, before: -300, after: -240 })).toEqual({
      from: 2 * HOUR,
      to: 3 * HOUR,
      skipped: true,
    });
  });
});
