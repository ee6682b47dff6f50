// All hostile cases that are read with the limits as they come.
import { FOLDER_CASES } from './cases-folder.ts';
import { NESTED_CASES } from './cases-nested.ts';
import { PACKED_CASES } from './cases-packed.ts';
import { SEVENZIP_CASES } from './cases-sevenzip.ts';
import { TAR_CASES } from './cases-tar.ts';
import { ZIP_CASES } from './cases-zip.ts';
import type { HostileCase } from './hostile-case.ts';

export const CORPUS: readonly HostileCase[] = [
  ...TAR_CASES,
  ...ZIP_CASES,
  ...SEVENZIP_CASES,
  ...PACKED_CASES,
  ...NESTED_CASES,
  ...FOLDER_CASES,
];
