// The custody log, shown and checked.
import type { ApiImplementation, CustodyRow } from '../../shared/api.ts';
import { type CustodyEntry, microseconds } from './case/custody.ts';
import { custodySentence } from './case/custody-words.ts';
import type { MethodHost } from './method-host.ts';
import { checkCustody } from './verify/custody.ts';
import { anchorsOf, readSignedManifests } from './verify/signatures.ts';

export function custodyMethods(host: MethodHost): Pick<ApiImplementation, 'custody.list' | 'custody.verify'> {
  return {
    'custody.list': async ({ offset, limit }) => {
      const { rows, total } = await host.need().custody.entries(offset, limit);
      return { rows: rows.map(shown), total };
    },
    'custody.verify': async () => {
      const open = host.need();
      return checkCustody(open, anchorsOf(await readSignedManifests(open)));
    },
  };
}

function shown(entry: CustodyEntry): CustodyRow {
  const { seq, at, actor, tool, act, detail, previous, hash } = entry;
  return {
    seq,
    at: microseconds(at),
    actor,
    toolVersion: tool,
    act,
    sentence: custodySentence(entry),
    detail,
    previous,
    hash,
  };
}
