// Checking that evidence, database, log and signatures are as they were.
import type { ApiImplementation } from '../../shared/api.ts';
import { CaseError } from './case/errors.ts';
import type { MethodHost } from './method-host.ts';

const notYet = async (): Promise<never> => {
  throw new CaseError('not_yet', 'This is being built.');
};

export function verifyMethods(_host: MethodHost): Pick<ApiImplementation, 'verify.start' | 'verify.last'> {
  return {
    'verify.start': notYet,
    'verify.last': notYet,
  };
}
