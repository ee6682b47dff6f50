// More bundles for the open case.
import { Dialog } from 'radix-ui';

import { useEffect, useState } from 'react';
import { plural } from '../../format/numbers.ts';
import { ErrorLine } from '../../parts/Empty.tsx';
import { useCase } from '../../store/case.ts';
import { useIntake } from '../../store/intake.ts';
import { EMPTY_FORM, IntakeFields, intakeOf, isFormSound } from '../intake/IntakeForm.tsx';
import './start.css';
import { focusFirst } from '../../parts/focus.ts';

export function AddBundles({ open, onOpen }: { open: boolean; onOpen(open: boolean): void }) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content
          className="dialog intake"
          aria-describedby={undefined}
          onOpenAutoFocus={focusFirst}
          data-testid="add-bundles-dialog"
        >
          <Form onDone={() => onOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Lives as long as the dialog is open: closing it forgets the passwords, and an answer still awaited. */
function Form({ onDone }: { onDone(): void }) {
  const { addBundles, busy, error } = useCase();
  const paths = useIntake((s) => s.paths);
  const [form, setForm] = useState(EMPTY_FORM);
  useEffect(() => {
    useIntake.getState().clear();
    return () => useIntake.getState().clear();
  }, []);
  const ready = paths.length > 0 && busy === null && isFormSound(form);
  const start = async () => {
    if (!ready) return;
    if (await addBundles(intakeOf(form))) onDone();
  };
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        void start();
      }}
    >
      <header>
        <Dialog.Title asChild>
          <h1 className="grow">Add bundles to this case</h1>
        </Dialog.Title>
        <Dialog.Close className="button" type="button">
          Close
        </Dialog.Close>
      </header>
      <div className="start-form dialog-body scroll">
        <IntakeFields form={form} onForm={setForm} />
      </div>
      <ErrorLine sentence={error} />
      <footer>
        <span className="dim grow">Evidence is copied into the case and never altered.</span>
        <button type="submit" className="button main" disabled={!ready} data-start data-testid="intake-start">
          {paths.length > 0 ? `Read ${plural(paths.length, 'bundle')}` : 'Read them'}
        </button>
      </footer>
    </form>
  );
}
