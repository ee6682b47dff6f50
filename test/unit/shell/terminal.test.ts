import { describe, expect, test } from 'vitest';
import { distinctNames, rowObject } from '../../../electron/sql-output.ts';
import { harmless, harmlessJson, progress, progressText, table } from '../../../electron/terminal.ts';
import type { JobInfo } from '../../../shared/api.ts';

const job = (more: Partial<JobInfo>): JobInfo => ({
  id: '1',
  kind: 'ingest',
  title: 'Taking in a.tar',
  phase: 'reading x',
  done: 0,
  total: null,
  unit: 'bytes',
  perSecond: null,
  state: 'running',
  error: null,
  result: null,
  ...more,
});

describe('text from evidence', () => {
  test('cannot give a terminal orders', () => {
    expect(harmless('\x1b]0;owned\x07\x1b[2J')).toBe('\\x1b]0;owned\\x07\\x1b[2J');
    expect(harmless('a\u009b31mb')).toBe('a\\x9b31mb');
    expect(harmless('a\nb\tc', '\n')).toBe('a\nb\\tc');
  });

  test('cannot reorder or hide what follows', () => {
    expect(harmless('gnp\u202etxt')).toBe('gnp\\u202etxt');
    expect(harmless('a\u200bb\ufeff')).toBe('a\\u200bb\\ufeff');
  });

  test('stays the same document in JSON', () => {
    const value = { a: '\x1b[2J\u009b\u202e\u2028' };
    const text = harmlessJson(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text).toMatch(/^[\x20-\x7e]+$/);
  });
});

describe('a table', () => {
  const columns = [
    { name: 'node', type: 'VARCHAR' },
    { name: 'n', type: 'BIGINT' },
  ];

  test('aligns text left and numbers right', () => {
    expect(
      table(columns, [
        ['ray-head', '7'],
        ['日本', '1234'],
        [null, null],
      ]),
    ).toEqual(['node         n', '--------  ----', 'ray-head     7', '日本      1234', 'NULL      NULL']);
  });

  test('keeps a row on one line and marks a long cell as cut', () => {
    const lines = table(columns, [[`${'x'.repeat(200)}\n`, 1]]);
    expect(lines).toHaveLength(3);
    expect(lines[2]).toContain('…');
  });
});

test('rows become objects with numbers as numbers, to the last digit', () => {
  const columns = [
    { name: 'big', type: 'BIGINT' },
    { name: 'money', type: 'DECIMAL(18,2)' },
    { name: 'text', type: 'VARCHAR' },
    { name: 'none', type: 'BIGINT' },
  ];
  expect(harmlessJson(rowObject(columns, ['9223372036854775807', '1.10', '42', null]))).toBe(
    '{"big":9223372036854775807,"money":1.10,"text":"42","none":null}',
  );
});

test('columns of the same name all stay', () => {
  const column = (name: string) => ({ name, type: 'INTEGER' });
  expect(distinctNames(['a', 'b', 'a', 'a'].map(column))).toEqual(['a', 'b', 'a_1', 'a_2'].map(column));
});

describe('progress', () => {
  test('says share, speed and phase', () => {
    expect(progressText(job({ done: 5e6, total: 1e7, perSecond: 2e6 }))).toBe(
      'Taking in a.tar: 50 %, 2.0 MB/s, reading x',
    );
    expect(progressText(job({ title: 'Rules', unit: 'rules', done: 12, phase: '' }))).toBe('Rules: 12 rules');
  });

  test('is one moving line on a terminal, now and then a plain line elsewhere', () => {
    for (const [isTTY, expected] of [
      [true, '\r\x1b[KTaking in a.tar: 1 %, reading x\r\x1b[KTaking in a.tar: 3 %, reading x\r\x1b[K'],
      [false, 'Taking in a.tar: 1 %, reading x\n'],
    ] as const) {
      let time = 0;
      let seen = '';
      const shown = progress({ isTTY, write: (text) => (seen += text) }, () => time);
      shown.show(job({ done: 1, total: 100 }));
      time = 50;
      shown.show(job({ done: 2, total: 100 }));
      time = 150;
      shown.show(job({ done: 3, total: 100 }));
      shown.done();
      expect(seen).toBe(expected);
    }
  });
});
