// glog's files of higher severity repeat the lines of the INFO file: they are counted once, and what is not there stays.
import { expect, test } from 'vitest';
import { timeCase } from './time-case.ts';

const header = 'Log file created at: 2026/11/20 18:53:20';
const info = 'I1120 18:53:21.000001 28529 master.cpp:1] Elected as the leading master!';
const warning = 'W1120 18:53:22.000002 28529 authenticator.cpp:332] Authentication failure: user not found';
const again = 'W1120 18:53:22.000002 28529 authenticator.cpp:332] Authentication failure: user not found';
const error = 'E1120 18:53:23.000003 28529 slave.cpp:8366] EXIT with status 1: Failed to perform recovery: x';
const more = ['', '---', 'To restart this agent with a new agent id instead, do as follows:'];
const name = (severity: string, pid: number) =>
  `log/mesos-master.vm.root.log.${severity}.20261120-185320.${pid}`;

test('files of higher severity whose records all stand in the INFO file are duplicates, with their bytes kept', async () => {
  const opened = await timeCase({
    bundle: {
      [name('INFO', 1)]: [header, info, warning, again, error, ...more],
      [name('WARNING', 1)]: [header, warning, again, error, ...more],
      [name('ERROR', 1)]: [header, error, ...more],
    },
  });
  try {
    const files = await opened.rows(
      'SELECT path, status, records, lines, reason FROM evidence_files ORDER BY path',
    );
    expect(files.map(([path, status, , lines]) => [path?.split('.').at(-3), status, lines])).toEqual([
      ['ERROR', 'duplicate', '5'],
      ['INFO', 'parsed', '8'],
      ['WARNING', 'duplicate', '7'],
    ]);
    expect(files[2]?.[4]).toBe(
      'each of its 3 records also stands in log/mesos-master.vm.root.log.INFO.20261120-185320.1, which holds lower severities too; its events are counted there',
    );
    expect(await opened.rows('SELECT count(*), count(*) FILTER (level_native <> $$I$$) FROM events')).toEqual(
      [['5', '3']],
    );
  } finally {
    await opened.close();
  }
}, 60_000);

test('a file that holds more than the lower one stays, and its repeated records say what they repeat', async () => {
  const opened = await timeCase({
    bundle: {
      // The piece of the INFO file with the second warning is missing.
      [name('INFO', 1)]: [header, info, warning],
      [name('WARNING', 1)]: [header, warning, again],
      // Another process of the same program.
      [name('WARNING', 2)]: [header, warning],
    },
  });
  try {
    expect(await opened.rows('SELECT DISTINCT status FROM evidence_files')).toEqual([['parsed']]);
    const copies = await opened.rows(
      `SELECT f.path, e.line, e.fields->>'$."tidemark.copy_of"' = o.event_id::VARCHAR
       FROM events e JOIN evidence_files f USING (file_id)
         LEFT JOIN events o ON o.message = e.message AND o.file_id = (SELECT file_id FROM evidence_files WHERE contains(path, 'INFO'))
       WHERE e.fields->>'$."tidemark.copy_of"' IS NOT NULL`,
    );
    expect(copies).toEqual([[name('WARNING', 1), '2', 'true']]);
  } finally {
    await opened.close();
  }
}, 60_000);
