// Times, numbers and control characters as a responder reads them.
import { describe, expect, test } from 'vitest';
import { controlName, oneLine, pieces } from '../../../renderer/src/format/control.ts';
import { decodeBase64, hexLines } from '../../../renderer/src/format/hex.ts';
import { bytes, percent, plural, short } from '../../../renderer/src/format/numbers.ts';
import {
  clock,
  dateTime,
  duration,
  iso,
  offset,
  parseOffset,
  parseTime,
  range,
} from '../../../renderer/src/format/time.ts';

const T = 1_763_647_351_123_456; // 2025-11-20T14:02:31.123456Z

describe('times', () => {
  test('are written in UTC to the wanted precision', () => {
    expect(dateTime(T, 's')).toBe('2025-11-20 14:02:31');
    expect(dateTime(T)).toBe('2025-11-20 14:02:31.123');
    expect(clock(T, 'us')).toBe('14:02:31.123456');
    expect(iso(T)).toBe('2025-11-20T14:02:31.123456Z');
  });
  test('before 1970 keep their microseconds', () => {
    expect(dateTime(-1, 'us')).toBe('1969-12-31 23:59:59.999999');
  });
  test('say so when there is none', () => {
    expect(dateTime(null)).toBe('no time');
  });
  test('of one day say the day once', () => {
    expect(range(T, T + 60_000_000)).toBe('2025-11-20 14:02:31 – 14:03:31');
    expect(range(T, T + 86_400_000_000)).toBe('2025-11-20 14:02:31 – 2025-11-21 14:02:31');
  });
  test('are read back as they were written', () => {
    expect(parseTime('2025-11-20 14:02:31.123456')).toBe(T);
    expect(parseTime('2025-11-20T14:02')).toBe(T - 31_123_456);
    expect(parseTime('yesterday')).toBeNull();
  });
});

describe('lengths of time', () => {
  test.each([
    [3, '3 µs'],
    [120_000, '120 ms'],
    [1_500_000, '1.5 s'],
    [422_000_000, '7 m 02 s'],
    [14_700_000_000, '4 h 05 m'],
    [100_800_000_000, '1 d 04 h'],
    [3_599_600_000, '1 h 00 m'],
  ])('%i µs is %s', (us, words) => expect(duration(us)).toBe(words));
  test('offsets carry their sign', () => {
    expect(offset(422_000_000)).toBe('+7 m 02 s');
    expect(offset(-350_000)).toBe('−350 ms');
    expect(offset(0)).toBe('no offset');
  });
  test('an offset that was written can be typed back', () => {
    for (const us of [422_000_000, -350_000, 1_500_000, -7_200_000_000]) {
      expect(parseOffset(offset(us))).toBe(us);
    }
  });
  test.each([
    ['90', 90_000_000],
    ['-1h30m', -5_400_000_000],
    ['+1.5s', 1_500_000],
    ['soon', null],
    ['', null],
  ])('"%s" is read as %s', (text, us) => expect(parseOffset(text)).toBe(us));
});

describe('numbers', () => {
  test('sizes and counts fit in a cell', () => {
    expect(bytes(999)).toBe('999 B');
    expect(bytes(1_250_000)).toBe('1.3 MB');
    expect(short(1_204_331)).toBe('1.2 M');
    expect(plural(1, 'event')).toBe('1 event');
    expect(plural(2000, 'event')).toBe('2,000 events');
  });
  test('a share that is not quite all is never called 100 %', () => {
    expect(percent(99_999, 100_000)).toBe('> 99.9 %');
    expect(percent(1, 100_000)).toBe('< 0.1 %');
    expect(percent(0, 5)).toBe('0 %');
    expect(percent(5, 5)).toBe('100 %');
    expect(percent(0, 0)).toBe('–');
  });
});

describe('evidence text', () => {
  test('control characters become pictures', () => {
    expect(oneLine('a\u0000b\u001b[31m\n')).toBe('a␀b␛[31m␊');
  });
  test('marks that turn text round are shown by their code', () => {
    expect(oneLine('user\u202etxt.exe')).toBe('user⟨202E⟩txt.exe');
  });
  test('over several lines the line feed is shown and still breaks', () => {
    expect(pieces('a\nb', true)).toEqual([
      { text: 'a', control: false },
      { text: '␊', control: true },
      { text: '\nb', control: false },
    ]);
  });
  test('where a name can be set apart it stands for the picture', () => {
    expect(['␀', '␊', '␛', '␡', '⟨202E⟩'].map(controlName)).toEqual(['NUL', 'LF', 'ESC', 'DEL', '⟨202E⟩']);
  });
  test('bytes are listed exactly, sixteen to a line', () => {
    const lines = hexLines(decodeBase64(btoa('GET /v2/ HTTP/1.1\r\n')), 4096);
    expect(lines[0]).toEqual({
      offset: 4096,
      hex: '47 45 54 20 2f 76 32 2f  20 48 54 54 50 2f 31 2e',
      ascii: 'GET /v2/ HTTP/1.',
    });
    expect(lines[1]?.hex).toBe('31 0d 0a');
  });
});
