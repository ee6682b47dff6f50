// Folders with what a disk can hold and a log folder should not.
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostileCase } from './hostile-case.ts';
import { logText } from './log-text.ts';
import { cutAt, FORMS, type Form, logsIn, wholeWhenCut } from './truncated.ts';

const plain = logText(2000, 601);

const CUTS = FORMS.flatMap((form) => [15, 50, 85].map((percent) => [form, percent] as const));
const nameOf = (form: Form): string =>
  form === 'tar' || form === 'zip' ? `logs.${form}` : `logs.tar.${form}`;

/** A folder whose files `fill` writes. */
const folder = (
  name: string,
  fill: (dir: string, outside: string) => void,
  expected: Omit<HostileCase, 'name' | 'make'>,
): HostileCase => ({
  name,
  make: ({ dir, outside }) => {
    const path = join(dir, name);
    mkdirSync(path);
    fill(path, outside);
    return path;
  },
  ...expected,
});

const at = (...names: (string | Buffer)[]): Buffer =>
  Buffer.concat(
    names.flatMap((name, i) => (i === 0 ? [Buffer.from(name)] : [Buffer.from('/'), Buffer.from(name)])),
  );

export const FOLDER_CASES: HostileCase[] = [
  folder(
    'links-and-pipes',
    (dir, outside) => {
      writeFileSync(join(dir, 'plain.log'), plain);
      writeFileSync(join(outside, 'secret.log'), 'a secret that no case may hold\n');
      symlinkSync(dir, join(dir, 'loop'));
      symlinkSync('dangling', join(dir, 'nowhere'));
      symlinkSync(outside, join(dir, 'way-out'));
      symlinkSync(join(outside, 'secret.log'), join(dir, 'secret.log'));
      linkSync(join(dir, 'plain.log'), join(dir, 'twin.log'));
      execFileSync('mkfifo', [join(dir, 'pipe')]);
    },
    {
      whole: { 'plain.log': plain },
      entries: [
        { path: 'loop', status: 'skipped', reason: /symbolic link/ },
        { path: 'nowhere', status: 'skipped', reason: /symbolic link to dangling/ },
        { path: 'way-out', status: 'skipped', reason: /symbolic link/ },
        { path: 'secret.log', status: 'skipped', reason: /symbolic link/ },
        { path: 'pipe', status: 'skipped', reason: /fifo/ },
        { path: 'twin.log', status: 'duplicate', reason: /same content as plain\.log/ },
      ],
    },
  ),
  folder(
    'odd-names',
    (dir) => {
      const names = [
        'line\nbreak.log',
        '\u202etxt.log',
        'caf\u00e9.log',
        'cafe\u0301.log',
        'CASE.log',
        'case.log',
        ' ',
        '-rf',
        '$(reboot).log',
        'a\\b.log',
        '%2e%2e.log',
        'x'.repeat(255),
      ];
      for (const [i, name] of names.entries()) writeFileSync(at(dir, name), logText(300, 610 + i));
      writeFileSync(at(dir, Buffer.from([0x66, 0xff, 0x2e, 0x6c])), logText(300, 650));
    },
    {
      whole: {
        'line\nbreak.log': logText(300, 610),
        'caf\u00e9.log': logText(300, 612),
        'cafe\u0301.log': logText(300, 613),
        'CASE.log': logText(300, 614),
        'case.log': logText(300, 615),
        '$(reboot).log': logText(300, 618),
        'a\\b.log': logText(300, 619),
        'f\xff.l': logText(300, 650),
      },
    },
  ),
  folder(
    'deep-folders',
    (dir) => {
      let path = dir;
      for (let i = 0; i < 60; i++) path = join(path, 'f'.repeat(50));
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'deep.log'), plain);
      writeFileSync(join(dir, 'top.log'), logText(300, 660));
    },
    { whole: { 'top.log': logText(300, 660), [`${`${'f'.repeat(50)}/`.repeat(60)}deep.log`]: plain } },
  ),
  // a few of all cuts go through the engine; every hundredth is cut in test/unit/intake/truncations.test.ts
  folder(
    'cut-archives',
    (dir) => {
      for (const [form, percent] of CUTS) {
        mkdirSync(join(dir, form, `${percent}`), { recursive: true });
        const file = logsIn(form);
        writeFileSync(
          join(dir, form, `${percent}`, nameOf(form)),
          file.subarray(0, cutAt(file.length, percent)),
        );
      }
    },
    {
      get whole() {
        return Object.fromEntries(
          CUTS.flatMap(([form, percent]) =>
            wholeWhenCut(form, percent, logsIn(form)).map(({ path, content }) => [
              `${form}/${percent}/${nameOf(form)}!/${path}`,
              content,
            ]),
          ),
        );
      },
      entries: CUTS.map(([form, percent]) => ({
        path: new RegExp(`^${form}/${percent}/`),
        status: ['failed', 'partial', 'duplicate'],
        reason: /cut|ends|end mark|damaged|too short/,
      })),
    },
  ),
  folder('empty-folder', () => {}, { said: /holds no file/ }),
];
