// Archives made by the tools that define their formats (fixtures/make.py says how), and what is in them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const SECRET = 'correct horse';

export const fixturePath = (name: string): string => join(import.meta.dirname, 'fixtures', name);
export const fixture = (name: string): Buffer => readFileSync(fixturePath(name));

/** The same text as make.py writes for a member. */
export function fixtureText(member: number): string {
  const lines: string[] = [];
  for (let line = 0; line < member * 60 + 5; line++) {
    const [minute, second] = [Math.floor(line / 60) % 60, line % 60].map((part) =>
      `${part}`.padStart(2, '0'),
    );
    const hash = Math.floor(((line * 2_654_435_761 + member * 40_503) % 2 ** 32) / 2 ** 20);
    lines.push(
      `2026-11-20 17:${minute}:${second} INFO member ${member} line ${line} ${hash.toString(16).padStart(3, '0')}\n`,
    );
  }
  return lines.join('');
}

/** Members of the archives called `logs` and of most 7z ones: name and content, in order. */
export const FIXTURE_MEMBERS: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: 12 }, (_, member) => [`logs/node-${member}.log`, fixtureText(member)]),
);
