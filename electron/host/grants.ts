// Which bundles the responder named for which case: kept outside of the cases, by the shell alone. A case names its
// bundles too, but what reads evidence writes that, and it must not choose for itself what it may read.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileWhole } from './keys.ts';

const KEPT_CASES = 500;

type Kept = Record<string, string[]>;

export class Grants {
  readonly #file: string;
  readonly #dir: string;

  constructor(stateDir: string) {
    this.#dir = stateDir;
    this.#file = join(stateDir, 'inputs.json');
  }

  /** What was named for the case in this folder. */
  async of(caseDir: string): Promise<string[]> {
    return (await this.#read())[caseDir] ?? [];
  }

  /** Those of `paths` that were named for any case: a case may have been moved. */
  async known(paths: readonly string[]): Promise<string[]> {
    const all = new Set(Object.values(await this.#read()).flat());
    return paths.filter((path) => all.has(path));
  }

  async add(caseDir: string, paths: readonly string[]): Promise<void> {
    const kept = await this.#read();
    const before = kept[caseDir] ?? [];
    const wanted = [...new Set([...before, ...paths])];
    if (wanted.length === before.length) return;
    const others = Object.entries(kept).filter(([dir]) => dir !== caseDir);
    const whole = Object.fromEntries([...others, [caseDir, wanted]].slice(-KEPT_CASES));
    await mkdir(this.#dir, { recursive: true, mode: 0o700 })
      .then(() => writeFileWhole(this.#file, JSON.stringify(whole)))
      .catch(() => undefined); // a read-only home must not keep anyone from a case
  }

  async #read(): Promise<Kept> {
    try {
      const read = JSON.parse(await readFile(this.#file, 'utf8')) as Kept;
      return Object.fromEntries(
        Object.entries(read).map(([dir, paths]) => [dir, paths.filter((path) => typeof path === 'string')]),
      );
    } catch {
      return {};
    }
  }
}
