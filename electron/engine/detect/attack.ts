// Names of MITRE ATT&CK tactics and techniques, from a file that comes with Tidemark.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Attack } from '../../../shared/api.ts';
import { builtinRulesDir } from './load-rules.ts';

let read: Promise<Attack> | null = null;

export function attackNames(): Promise<Attack> {
  read ??= readFile(join(dirname(builtinRulesDir()), 'attack.json'), 'utf8').then((text) =>
    Attack.parse(JSON.parse(text)),
  );
  return read;
}
