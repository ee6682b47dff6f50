// The custody log, shown and checked.
import type { ApiImplementation } from '../../shared/api.ts';
import { CaseError } from './case/errors.ts';
import type { MethodHost } from './method-host.ts';

const notYet = async (): Promise<never> => {
  throw new CaseError('not_yet', 'This is being built.');
};

export function custodyMethods(
  _host: MethodHost,
): Pick<ApiImplementation, 'custody.list' | 'custody.verify'> {
  return {
    'custody.list': notYet,
    'custody.verify': notYet,
  };
}
