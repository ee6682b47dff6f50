// The peer a newcomer would write: readline, one regex per shape, DuckDB's row appender. Prints its row count.
import { createReadStream, globSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DuckDBInstance } from '@duckdb/node-api';

const [dir, database] = process.argv.slice(2) as [string, string];
const SHAPES = [
  /^time="([^"]+)" level=(\w+) msg="((?:[^"\\]|\\.)*)"(.*)$/,
  /^(\S+) \S+ \S+ \[([^\]]+)\] "(\S+) (\S+) [^"]*" (\d{3}) \d+ (.*)$/,
  /^\{.*"level":"(\w+)","msg":"([^"]*)","time":"([^"]+)"\}$/,
  /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}): (\w+)\/([^\]]+)\] (.*)$/,
  /^([IWEF])(\d{4} \d\d:\d\d:\d\d\.\d{6})\s+(\d+) ([\w.]+:\d+)\] (.*)$/,
  /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (\w) (\d+) (\d+)\] (.*)$/,
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})\s(\w+) (\S+) -- (.*)$/,
];
const instance = await DuckDBInstance.create(database, { storage_compatibility_version: 'latest' });
const connection = await instance.connect();
await connection.run(
  'CREATE TABLE event (line INTEGER, time VARCHAR, level VARCHAR, message VARCHAR, rest VARCHAR)',
);
const appender = await connection.createAppender('event');
let rows = 0;
for (const name of globSync('**/*', { cwd: dir, withFileTypes: true }).filter((entry) => entry.isFile())) {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(`${name.parentPath}/${name.name}`) })) {
    number++;
    for (const shape of SHAPES) {
      const match = shape.exec(line);
      if (!match) continue;
      appender.appendInteger(number);
      for (let i = 1; i <= 4; i++) appender.appendVarchar(match[i] ?? '');
      appender.endRow();
      rows++;
      break;
    }
  }
}
appender.closeSync();
await connection.run('CHECKPOINT');
connection.disconnectSync();
instance.closeSync();
console.log(rows);
