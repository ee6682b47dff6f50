// Methods of the contract that come with the next commits: they say so.
import type { ApiImplementation } from '../../shared/api.ts';
import { CaseError } from './case/errors.ts';

const coming = async (): Promise<never> => {
  throw new CaseError('not_built', 'This part of Tidemark is being built and does not answer yet.');
};

export const COMING = {
  'rules.try': coming,
  'rules.whyNot': coming,
  'findings.explain': coming,
} satisfies Partial<ApiImplementation>;
