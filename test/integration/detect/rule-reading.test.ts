// What a responder can read of a rule through the contract, and what a suppression would hide before it is made.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RuleLibrary } from '../../../electron/engine/detect/rule-library.ts';
import { addSuppression, countSuppressed } from '../../../electron/engine/detect/tuning/suppressions.ts';
import { listFindings, setFindingStates } from '../../../electron/engine/review/findings.ts';
import { readingMethods } from '../../../electron/engine/rule-reading.ts';
import { found, Given, ruleText } from './given.ts';

let given: Given;
let outside: string;
const methods = () =>
  readingMethods({
    library: new RuleLibrary(),
    current: () => given.case,
    need: () => given.case,
    changed: async () => {},
    user: () => 'ann',
  });

beforeAll(async () => {
  given = await Given.open();
  outside = await mkdtemp(join(tmpdir(), 'tidemark-outside-'));
});
afterAll(async () => {
  await given.close();
  await rm(outside, { recursive: true, force: true });
});

it('a rule file of the case is read whole; what lies outside its folder is not, by dots or by a link', async () => {
  const rules = given.case.paths.rules;
  const text = 'title: A\n---\ntitle: B\n';
  await mkdir(join(rules, 'mine'), { recursive: true });
  await writeFile(join(rules, 'mine', 'two.yml'), text);
  await writeFile(join(outside, 'secret.yml'), 'secret: yes\n');
  await symlink(join(outside, 'secret.yml'), join(rules, 'link.yml'));
  expect(await methods()['rules.text']({ path: 'mine/two.yml' })).toEqual({ text });
  for (const path of ['link.yml', join(outside, 'secret.yml'), '../case.duckdb', '..', 'none.yml', '\0'])
    await expect(methods()['rules.text']({ path }), path).rejects.toMatchObject({ code: 'no_rule_file' });
  await rm(join(rules, 'link.yml'));
  await rm(join(rules, 'mine'), { recursive: true });
});

it('the statement of a rule is shown with its values apart; a refused rule says why it has none', async () => {
  const id = '00000000-0000-4000-8000-00000000aaaa';
  const path = join(given.case.paths.rules, 'own.yml');
  const rule = (item: string) =>
    `id: ${id}\n${ruleText(`s:\n  ${item}\ncondition: s`).replace(/^id:.*\n/m, '')}`;
  await writeFile(path, rule(`message|contains: "o'clock"`));
  const { sql, values } = await methods()['rules.sql']({ ruleId: id });
  expect(sql).toMatch(/select/i);
  expect(sql).not.toContain("o'clock");
  expect(values.join('\n')).toContain("o'clock");
  await writeFile(path, rule('message|contians: x'));
  await expect(methods()['rules.sql']({ ruleId: id })).rejects.toThrow(/contians/);
  await rm(path);
});

it('what a suppression would hide is what it hides, and leaves out what was judged by hand', async () => {
  const rule = ruleText('s:\n  message: x\ncondition: s');
  await given.write(async (connection) => {
    await given.clear(connection);
    for (const table of ['suppression', 'finding_suppressed', 'finding_state'])
      await connection.run(`DELETE FROM ${table}`);
    await given.events(
      connection,
      ['a', 'b', 'c'].map((node) => ({
        at: 0,
        node,
        message: 'x',
        src_ip: node === 'c' ? '10.0.0.2' : '10.0.0.1',
      })),
    );
    await found(connection, await given.rules(rule));
    const [first] = (await listFindings(connection)).filter((f) => f.node === 'a');
    await setFindingStates(connection, [first!.findingId], 'confirmed', '', 'ann');
    const asked = { ruleId: first!.ruleId, fieldValues: { src_ip: '10.0.0.1' }, fromTs: null, toTs: null };
    expect(await countSuppressed(connection, asked)).toEqual({ findings: 1, judged: 1 });
    expect(await countSuppressed(connection, { ...asked, fieldValues: {} })).toEqual({
      findings: 2,
      judged: 1,
    });
    const added = await addSuppression(connection, { ...asked, reason: 'known' }, 'ann');
    expect(added.findings).toBe(1);
    expect(await countSuppressed(connection, asked)).toEqual({ findings: 0, judged: 1 });
  });
});
