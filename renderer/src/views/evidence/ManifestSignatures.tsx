// Who signed the manifest of this case, when, and whether the case still is what was signed.
import { useEffect } from 'react';
import { count, plural } from '../../format/numbers.ts';
import { useCase } from '../../store/case.ts';
import { useKeySet } from '../../store/keys.ts';
import { SignatureList } from './SignatureList.tsx';

export function ManifestSignatures() {
  const { signatures, signaturesError, loadSignatures } = useKeySet();
  const info = useCase((s) => s.info);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever happens to the case may make a signature one of the past
  useEffect(() => loadSignatures(), [loadSignatures, info]);
  if (signaturesError) return <p className="custody-signatures bad">▲ {signaturesError}</p>;
  if (signatures.length === 0)
    return (
      <p className="custody-signatures dim" data-testid="manifest-signatures">
        Nobody has signed the manifest yet.
      </p>
    );
  const bad = signatures.filter((s) => !s.ok).length;
  const current = signatures.filter((s) => s.ok && s.current).length;
  return (
    <details className="custody-signatures" data-testid="manifest-signatures">
      <summary className={bad > 0 ? 'bad' : 'soft'}>
        {plural(signatures.length, 'signature')} of the manifest, {current === 0 ? 'none' : count(current)} of
        the case as it is now
        {bad > 0 && `; ▲ ${count(bad)} ${bad === 1 ? 'does' : 'do'} not hold`}
      </summary>
      <SignatureList
        signatures={signatures.map((s) => ({ ...s, what: `manifest ${s.sha256.slice(0, 16)}` }))}
      />
    </details>
  );
}
