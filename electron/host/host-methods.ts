// Methods that the shell's own process answers: about the machine, not about evidence.
import { homedir } from 'node:os';
import { sep } from 'node:path';
import type { Output, Parsed } from '../../shared/api.ts';
import { TOOL_VERSION } from '../engine/case/version.ts';
import type { Isolation } from './isolation.ts';
import { KeyRing } from './keys.ts';
import { listFolder } from './list-folder.ts';
import { recentCases } from './state.ts';

export interface HostOptions {
  shell: 'desktop' | 'browser' | 'command line';
  sampleDir: string | null;
  /** Where recent cases are remembered. */
  stateDir: string;
}

type HostMethodName = 'app.info' | 'host.list' | 'case.recent' | 'keys.list' | 'keys.make' | 'keys.import';
export type HostMethods = { [M in HostMethodName]: (input: Parsed<M>) => Promise<Output<M>> };

export function hostMethods(
  { shell, sampleDir, stateDir }: HostOptions,
  isolation: () => Promise<Isolation>,
): HostMethods {
  const keys = new KeyRing(stateDir);
  return {
    'app.info': async () => ({
      version: TOOL_VERSION,
      shell,
      sampleDir,
      home: homedir(),
      separator: sep,
      isolation: await isolation(),
    }),
    'host.list': async ({ path }) => listFolder(path),
    'keys.list': async () => ({ keys: await keys.list() }),
    'keys.make': async ({ name, passphrase }) => keys.make(name, passphrase),
    'keys.import': async ({ path, name, passphrase }) => keys.import(path, name, passphrase),
    'case.recent': async () => ({ cases: await recentCases(stateDir) }),
  };
}
