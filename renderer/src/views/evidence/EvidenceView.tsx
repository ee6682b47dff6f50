// Evidence: the ledger of all members, the bundles they came in, whether they still are what they were, and who did what.
import type { ReactNode } from 'react';
import { Choices } from '../../parts/Choices.tsx';
import { useKeys } from '../../shell/useKeys.ts';
import { EVIDENCE_PARTS, type EvidencePart, PART_WORDS, useRoute } from '../../store/route.ts';
import { BundlesPart } from './BundlesPart.tsx';
import { CustodyPart } from './CustodyPart.tsx';
import './evidence.css';
import { LedgerPart } from './LedgerPart.tsx';
import { VerificationPart } from './VerificationPart.tsx';

const PART: Record<EvidencePart, (props: { head: ReactNode }) => ReactNode> = {
  ledger: LedgerPart,
  bundles: BundlesPart,
  verification: VerificationPart,
  custody: CustodyPart,
};
export const PART_KEYS: Record<EvidencePart, string> = {
  ledger: 'l',
  bundles: 'b',
  verification: 'v',
  custody: 'c',
};
const OPTIONS = EVIDENCE_PARTS.map((part) => [part, PART_WORDS[part]] as const);

export function EvidenceView() {
  const { part, showPart } = useRoute();
  useKeys(
    'Evidence',
    EVIDENCE_PARTS.map((one) => ({
      key: PART_KEYS[one],
      word: `Evidence: ${PART_WORDS[one].toLowerCase()}`,
      run: () => showPart(one),
    })),
  );
  const Part = PART[part];
  return (
    <div className="view">
      <Part
        head={
          <>
            <h1>Evidence</h1>
            <Choices<EvidencePart>
              label="Part of the evidence"
              value={part}
              options={OPTIONS}
              onChange={showPart}
              testid="evidence-parts"
            />
          </>
        }
      />
    </div>
  );
}
