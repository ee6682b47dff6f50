// What bundles hold before they are read, and the limits of reading them.
import type { ApiImplementation } from '../../shared/api.ts';
import { CaseError } from './case/errors.ts';
import type { MethodHost } from './method-host.ts';

const notYet = async (): Promise<never> => {
  throw new CaseError('not_yet', 'This is being built.');
};

export function intakeMethods(
  _host: MethodHost,
): Pick<ApiImplementation, 'intake.preview' | 'intake.limits'> {
  return {
    'intake.preview': notYet,
    'intake.limits': notYet,
  };
}
