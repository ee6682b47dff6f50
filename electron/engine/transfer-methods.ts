// Carrying cases from one responder to another.
import type { ApiImplementation } from '../../shared/api.ts';
import { CaseError } from './case/errors.ts';
import type { MethodHost } from './method-host.ts';

const notYet = async (): Promise<never> => {
  throw new CaseError('not_yet', 'This is being built.');
};

export function transferMethods(
  _host: MethodHost,
): Pick<ApiImplementation, 'transfer.export' | 'transfer.import' | 'transfer.merge'> {
  return {
    'transfer.export': notYet,
    'transfer.import': notYet,
    'transfer.merge': notYet,
  };
}
