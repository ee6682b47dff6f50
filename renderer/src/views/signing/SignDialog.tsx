// Signs the manifest of the case: what it holds now. Signing again with another key is the second person's signature.
import { useEffect, useState } from 'react';
import { oneLine } from '../../format/control.ts';
import { dateTime } from '../../format/time.ts';
import { DialogForm, FormDialog } from '../../parts/FormDialog.tsx';
import { useDialogs } from '../../store/dialogs.ts';
import { useKeySet } from '../../store/keys.ts';
import { KeyChoice, NO_KEY, signWith } from './KeyChoice.tsx';

export function SignDialog() {
  const { open, show } = useDialogs();
  return (
    <FormDialog
      open={open === 'sign'}
      onClose={() => {
        show(null);
        useKeySet.getState().dismiss();
      }}
      testId="sign-dialog"
    >
      <Form onDone={() => show(null)} />
    </FormDialog>
  );
}

function Form({ onDone }: { onDone(): void }) {
  const signManifest = useKeySet((s) => s.signManifest);
  const [choice, setChoice] = useState(NO_KEY);
  const [busy, setBusy] = useState(false);
  const ready = signWith(choice) !== null && !busy;
  const sign = async () => {
    const how = signWith(choice);
    if (!how || busy) return;
    setBusy(true);
    const done = await signManifest(how);
    setBusy(false);
    if (done) onDone();
  };
  return (
    <DialogForm
      title="Sign the manifest of this case"
      body="column sign-body scroll"
      onSubmit={sign}
      footer={
        <button type="submit" className="button main" disabled={!ready} data-first data-testid="sign-confirm">
          {busy ? 'Signing …' : 'Sign'}
        </button>
      }
    >
      <p className="soft">
        The manifest lists every bundle and member with its hash, the rules and formats of the case, and the
        head of the custody log. Signed, it fixes what the case holds now. A second person signs with their
        own key: both signatures stand side by side.
      </p>
      <SignedSoFar />
      <KeyChoice choice={choice} onChange={setChoice} />
    </DialogForm>
  );
}

/** Who signed the case as it is now: what a second signature would stand beside. */
function SignedSoFar() {
  const signatures = useKeySet((s) => s.signatures);
  useEffect(() => useKeySet.getState().loadSignatures(), []);
  const current = signatures.filter((s) => s.current && s.ok);
  if (current.length === 0) return null;
  return (
    <ul className="soft" data-testid="signed-so-far">
      {current.map((s) => (
        <li key={`${s.fingerprint} ${s.at}`}>
          ✓ signed as it is now by {oneLine(s.signer)}, {dateTime(s.at, 's')} UTC, key{' '}
          <span className="mono">{s.fingerprint.slice(0, 16)}…</span>
        </li>
      ))}
    </ul>
  );
}
