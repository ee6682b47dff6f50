import { describe, expect, test } from 'vitest';
import { helpText, readCommand, UsageError, wantsJson } from '../../../electron/command-line.ts';

const read = (line: string) => readCommand(line.split(' '));

describe('a command line', () => {
  test('names a case, bundles, zones and a report', () => {
    expect(
      read(
        'analyze a.tar b.zip --case c --report r.html --timezone w1=Europe/Berlin --timezone +02:00 --json',
      ),
    ).toEqual({
      name: 'analyze',
      paths: ['a.tar', 'b.zip'],
      dir: 'c',
      report: { file: 'r.html', format: 'html' },
      timezones: { w1: 'Europe/Berlin', '*': '+02:00' },
      formats: [],
      limits: {},
      passwordFile: null,
      rules: [],
      json: true,
    });
    expect(read('ingest c a.tar')).toEqual({
      name: 'ingest',
      dir: 'c',
      paths: ['a.tar'],
      timezones: {},
      formats: [],
      limits: {},
      passwordFile: null,
      json: false,
    });
    expect(read('serve')).toEqual({ name: 'serve', dir: null, port: 0, sample: false, open: false });
  });

  test('takes several rule paths, wherever the case stands', () => {
    const rules = ['a.yml', 'b'];
    expect(read('detect c --rules a.yml b')).toMatchObject({ dir: 'c', rules });
    expect(read('detect --rules a.yml b c')).toMatchObject({ dir: 'c', rules });
    expect(read('detect c --rules a.yml --rules b --json')).toMatchObject({ dir: 'c', rules, json: true });
    expect(read('detect c')).toMatchObject({ dir: 'c', rules: [] });
  });

  test('decides the format of a result by its file unless told', () => {
    const sql = (...words: string[]) => readCommand(['sql', 'c', 'SELECT 1', ...words]);
    expect(sql()).toMatchObject({ format: 'table', out: null });
    expect(sql('--out', 'x.parquet')).toMatchObject({ format: 'parquet', out: 'x.parquet' });
    expect(sql('--out', 'x.txt', '--format', 'csv')).toMatchObject({ format: 'csv' });
    expect(sql('--format', 'json')).toMatchObject({ format: 'json', out: null });
  });

  test('names bundles to read again beside those that were named before', () => {
    expect(read('verify c --bundles a.tar --bundles b')).toMatchObject({ dir: 'c', bundles: ['a.tar', 'b'] });
    expect(read('resume c --bundles a.tar')).toMatchObject({ dir: 'c', bundles: ['a.tar'] });
    expect(read('isolation --json')).toEqual({ name: 'isolation', json: true });
  });

  test('helps with all and with each command', () => {
    expect(read('--help')).toEqual({ name: 'help', of: null });
    for (const name of ['analyze', 'ingest', 'detect', 'sql', 'report', 'raw', 'serve']) {
      expect(read(`${name} --help`)).toEqual({ name: 'help', of: name });
      expect(helpText(name)).toContain(`Usage: tidemark ${name}`);
      expect(helpText(null)).toContain(`tidemark ${name}`);
    }
  });

  test.each([
    ['frobnicate', /no command "frobnicate"/],
    ['constructor', /no command/],
    ['analyze', /at least one bundle/],
    ['analyze a.tar', /--case/],
    ['analyze a.tar --case c --report r.pdf', /\.html, \.md, \.json or \.csv/],
    ['ingest', /folder of the case/],
    ['ingest c', /at least one bundle/],
    ['ingest c a --timezone Moon/Base', /no time zone/],
    ['ingest c a --timezone =UTC', /no time zone/],
    ['detect', /folder of the case/],
    ['detect c d', /one word too many/],
    ['sql c', /SQL as one word/],
    ['sql c SELECT 1', /one word too many/],
    ['sql c x --format xml', /no format/],
    ['sql c x --format parquet', /--out/],
    ['sql c x --out y.txt', /--format/],
    ['sql c x --out y.csv --format table', /--out/],
    ['report c', /--out/],
    ['report c --out x.docx', /\.html/],
    ['raw c', /event_id/],
    ['raw c 1;2', /event_id/],
    ['serve c --port 70000', /no port/],
    ['serve c --sample', /not both/],
    ['serve c --bind 0.0.0.0', /--bind/],
    ['report c --out', /--out/],
  ])('that says "%s" is refused with what is wrong', (line, sentence) => {
    expect(() => read(line)).toThrow(UsageError);
    expect(() => read(line)).toThrow(sentence);
  });

  test('of nothing asks what to do', () => {
    expect(() => readCommand([])).toThrow(UsageError);
    expect(wantsJson(['ingest', '--json'])).toBe(true);
  });
});

test('resume takes a case, a file of passwords, and whether to give up', () => {
  expect(readCommand(['resume', 'case', '--password-file', 'words', '--json'])).toMatchObject({
    name: 'resume',
    dir: 'case',
    passwordFile: 'words',
    giveUp: false,
    json: true,
  });
  expect(readCommand(['resume', 'case', '--give-up'])).toMatchObject({ giveUp: true, passwordFile: null });
  expect(() => readCommand(['resume'])).toThrow('Name the folder of the case.');
  expect(() => readCommand(['resume', 'case', 'bundle.tar'])).toThrow('one word too many');
});
