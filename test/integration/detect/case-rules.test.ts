import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attackNames } from '../../../electron/engine/detect/attack.ts';
import { importRules, removeRule, saveRule } from '../../../electron/engine/detect/case-rules.ts';
import { builtinRulesDir, loadRules } from '../../../electron/engine/detect/load-rules.ts';
import { RuleLibrary } from '../../../electron/engine/detect/rule-library.ts';
import { zipOf } from '../bundles.ts';
import { Given, ruleText } from './given.ts';

let given: Given;
let folder: string;
let n = 0;
beforeAll(async () => {
  given = await Given.open();
});
beforeEach(() => {
  folder = join(given.dir, `rules-of-case-${n++}`);
});
afterAll(() => given.close());

const rule = (last: number, more = '') =>
  ruleText('s:\n  message: x\ncondition: s', more).replace(
    '8000-000000000001',
    `8000-${String(last).padStart(12, '0')}`,
  );

describe('a rule of the case', () => {
  it('is written, replaced and removed, and each act gives back what undoes it', async () => {
    expect(await saveRule(folder, 'mine/one.yml', rule(1))).toBeNull();
    expect(await saveRule(folder, 'mine/one.yml', rule(2))).toBe(rule(1));
    expect(await removeRule(folder, 'mine/one.yml')).toBe(rule(2));
    expect(await readdir(folder)).toEqual([]);
    await expect(removeRule(folder, 'mine/one.yml')).rejects.toThrow(/has no rule file mine\/one\.yml/);
  });

  it.each([
    '../out.yml',
    '/etc/x.yml',
    'a//b.yml',
    'a/../../b.yml',
    'C:\\x.yml',
    'x.txt',
    '',
    './x.yml',
    'a\u0000.yml',
  ])('is not written to %j', async (path) => {
    await expect(saveRule(folder, path, rule(1))).rejects.toThrow(/is no name for a rule file/);
  });

  it('does not follow links out of the folder', async () => {
    await mkdir(folder);
    const outside = join(given.dir, `outside-${n}`);
    await mkdir(outside);
    await writeFile(join(outside, 'x.yml'), 'kept');
    await symlink(outside, join(folder, 'link'));
    await symlink(join(outside, 'x.yml'), join(folder, 'x.yml'));
    for (const path of ['link/x.yml', 'x.yml'])
      await expect(saveRule(folder, path, rule(1))).rejects.toThrow(/leads out of the case's folder/);
    expect(await readFile(join(outside, 'x.yml'), 'utf8')).toBe('kept');
  });

  it('is listed beside the built-in ones, and read again when its file changes', async () => {
    const library = new RuleLibrary();
    const mine = async () =>
      (await library.rules({ caseRules: folder }))
        .filter((r) => r.origin === 'case')
        .map((r) => [r.path, r.title]);
    expect(await mine()).toEqual([]);
    await saveRule(folder, 'one.yml', rule(1));
    expect(await mine()).toEqual([['one.yml', 'Test rule']]);
    expect(await library.rules({ caseRules: folder })).toBe(await library.rules({ caseRules: folder }));
    await saveRule(folder, 'one.yml', rule(1).replace('Test rule', 'Another one'));
    expect(await mine()).toEqual([['one.yml', 'Another one']]);
    await removeRule(folder, 'one.yml');
    expect(await mine()).toEqual([]);
  });
});

describe('importing', () => {
  it('copies a folder under its name, with its authors, and says what is refused', async () => {
    const pack = join(given.dir, `pack-${n}`);
    await mkdir(join(pack, 'web'), { recursive: true });
    await writeFile(join(pack, 'web', 'a.yml'), rule(11, 'author: Ann'));
    await writeFile(join(pack, 'b.yaml'), rule(12, 'author: Bob').replace('condition: s', 'condition: t'));
    await writeFile(join(pack, 'README.md'), 'no rule');
    await symlink('/etc/passwd', join(pack, 'c.yml'));
    const imported = await importRules(folder, pack);
    const name = `pack-${n}`;
    expect(imported).toMatchObject({ files: 2, rules: 1, authors: ['Ann', 'Bob'] });
    expect(imported.paths).toEqual([`${name}/b.yaml`, `${name}/web/a.yml`]);
    expect(imported.refused).toEqual([
      { path: 'c.yml', reason: expect.stringMatching(/symbolic link/) },
      {
        path: `${name}/b.yaml`,
        reason: expect.stringMatching(/^line \d+: condition: there is no selection 't'/),
      },
    ]);
    expect((await importRules(folder, pack)).paths[0]).toBe(`${name}-2/b.yaml`);
    for (const path of imported.paths) await removeRule(folder, path);
    expect(await readdir(folder)).toEqual([`${name}-2`]);
  });

  it('takes a zip as a folder and writes nothing outside the case', async () => {
    const zip = join(given.dir, 'Pack of rules.zip');
    await writeFile(
      zip,
      zipOf([
        { name: 'x/one.yml', content: rule(21) },
        { name: '../../evil.yml', content: rule(22) },
        { name: 'not-a-rule.txt', content: 'x' },
      ]),
    );
    const imported = await importRules(folder, zip);
    expect(imported).toMatchObject({ files: 1, rules: 1, paths: ['Pack of rules/x/one.yml'] });
    expect(imported.refused).toEqual([
      { path: '../../evil.yml', reason: expect.stringMatching(/leads out of the zip/) },
    ]);
    expect(await readdir(given.dir)).not.toContain('evil.yml');
  });

  it('says of a file that is no zip, and of a path that is not there, what is wrong', async () => {
    const zip = join(given.dir, 'broken.zip');
    await writeFile(zip, 'this is no zip');
    const imported = await importRules(folder, zip);
    expect(imported.files).toBe(0);
    expect(imported.refused[0]!.reason).toMatch(/zip/);
    await expect(importRules(folder, join(given.dir, 'nowhere'))).rejects.toThrow(/can't be read/);
  });
});

it('every ATT&CK technique that a shipped rule names has its name', async () => {
  const { tactics, techniques } = await attackNames();
  const known = new Set(techniques.map((t) => t.id));
  expect(known.size).toBe(techniques.length);
  const rules = await loadRules([builtinRulesDir()]);
  const ids = new Set(rules.flatMap((r) => r.attack).filter((id) => id.startsWith('T')));
  expect(ids.size).toBeGreaterThan(10);
  expect([...ids].filter((id) => !known.has(id))).toEqual([]);
  const shorts = new Set(tactics.map((t) => t.short));
  expect(shorts.size).toBe(15);
  expect(techniques.flatMap((t) => t.tactics).filter((t) => !shorts.has(t))).toEqual([]);
});
