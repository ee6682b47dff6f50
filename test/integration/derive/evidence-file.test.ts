// What is said of one file of the evidence: how well it was read, and which of its records are out of order or not its own.
import { afterEach, expect, it } from 'vitest';
import { lines, mesos, type Posture, postureOf, received } from './posture-of.ts';

let made: Posture | null = null;
afterEach(async () => {
  await made?.close();
  made = null;
});

it('counts parsed and unparsed records, shows the first of these with their lines, and finds copies', async () => {
  const glog = (i: number) => mesos(i, 'I', 'slave.cpp:1', `Did thing ${i}`);
  const content = `what is this\n${lines(3, glog)}`;
  made = await postureOf({
    'a/mesos-agent.log': { content, mode: 0o604 },
    'a/copy/mesos-agent.log': content,
    'a/many.log': lines(25, (i) => `plain line ${i}`),
  });
  const { files } = await made.engine.api['evidence.list']({});
  const idOf = (path: string) => files.find((file) => file.path.endsWith(path))!.fileId;
  const first = await made.engine.api['evidence.file']({ fileId: idOf('a/copy/mesos-agent.log') });
  const second = await made.engine.api['evidence.file']({ fileId: idOf('a/mesos-agent.log') });
  const [counted, copy] = first.file.status === 'duplicate' ? [second, first] : [first, second];
  expect(counted).toMatchObject({
    file: { lines: 4, records: 4, unparsedLines: 1 },
    duplicateOf: null,
    duplicates: [{ path: copy.file.path }],
    unparsedRecords: 1,
    unparsed: [{ line: 1, message: 'what is this', messageCut: false }],
    outOfOrder: 0,
    foreign: 0,
    marked: [],
  });
  expect(counted.kinds.reduce((sum, { records }) => sum + records, 0)).toBe(4);
  expect(copy).toMatchObject({ duplicateOf: { path: counted.file.path }, kinds: [], unparsedRecords: 0 });
  expect([counted.file.mode, copy.file.mode]).toContain('0604');
  const opened = await made.engine.api['events.detail']({ eventId: counted.unparsed[0]!.eventId });
  expect(opened.message).toBe('what is this');
  const many = await made.engine.api['evidence.file']({ fileId: idOf('a/many.log') });
  expect([many.unparsedRecords, many.unparsed.length]).toEqual([25, 20]);
  await expect(made.engine.api['evidence.file']({ fileId: 999 })).rejects.toThrow('There is no file 999');
});

it('counts records that are out of order or forged, in the ledger, the details and the posture', async () => {
  const name = "Refusing subscription of framework 'evil\n";
  const forged = mesos(0, 'I', 'master.cpp:1', 'Successfully authenticated principal');
  made = await postureOf({
    'm/mesos-master.log': `${lines(30, (i) => mesos(100 + i, 'I', 'master.cpp:1', `Did thing ${i}`))}${mesos(131, 'I', 'master.cpp:2941', name)}${forged}' at scheduler-1@10.0.0.9:1: Framework is not authenticated\n${mesos(20, 'I', 'master.cpp:1', 'An old line')}\n${lines(30, (i) => mesos(140 + i, 'I', 'master.cpp:1', `Did thing ${i}`))}`,
    'c/celery.log': lines(3, received),
  });
  const page = await made.engine.api['sql.run']({
    sql: 'SELECT file_id, out_of_order, foreign_records FROM evidence_files ORDER BY out_of_order DESC',
    limit: 5,
  });
  const [file, late, foreign] = page.rows[0]!.map(Number);
  expect([late, foreign]).toEqual([1, 1]);
  expect(page.rows[1]!.slice(1).map(Number)).toEqual([0, 0]);
  const detail = await made.engine.api['evidence.file']({ fileId: file! });
  expect(detail).toMatchObject({ outOfOrder: 1, foreign: 1 });
  expect(detail.marked.map(({ mark }) => mark)).toEqual([
    expect.stringContaining('whoever chose that name wrote this line'),
    expect.stringMatching(/ s behind the latest time before it$/),
  ]);
  const titles = made.rows.filter(({ node }) => node === 'm').map(({ title }) => title);
  expect(titles).toContain('Times that run backwards');
  expect(titles).toContain("Lines that are not the log's own");
  expect(made.rows.filter(({ node }) => node === 'c').map(({ title }) => title)).not.toContain(
    'Times that run backwards',
  );
});
