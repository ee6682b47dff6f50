// Keys and signatures.
import type { ApiImplementation } from '../../shared/api.ts';
import { CaseError } from './case/errors.ts';
import type { MethodHost } from './method-host.ts';

const notYet = async (): Promise<never> => {
  throw new CaseError('not_yet', 'This is being built.');
};

export function signingMethods(
  _host: MethodHost,
): Pick<ApiImplementation, 'keys.list' | 'keys.make' | 'keys.import' | 'manifest.sign'> {
  return {
    'keys.list': notYet,
    'keys.make': notYet,
    'keys.import': notYet,
    'manifest.sign': notYet,
  };
}
