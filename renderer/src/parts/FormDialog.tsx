// A dialog that is a form: its title and the way out above, what it asks in the middle, what it does below. Enter does it.
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { focusFirst } from './focus.ts';

interface DialogProps {
  open: boolean;
  onClose(): void;
  /** Classes beside `dialog`. */
  kind?: string;
  testId: string;
  children: ReactNode;
}

/** The window of a form; its content is mounted while it is open, so that nothing typed outlives it. */
export function FormDialog({ open, onClose, kind = '', testId, children }: DialogProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(on) => !on && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content
          className={`dialog ${kind}`.trim()}
          aria-describedby={undefined}
          onOpenAutoFocus={focusFirst}
          data-testid={testId}
        >
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface FormProps {
  title: string;
  /** The word of the way out; null: it stands in the footer. */
  leave?: string | null;
  /** Classes of the body beside `dialog-body`. */
  body: string;
  onSubmit(): unknown;
  footer: ReactNode;
  /** What the form opens over itself. */
  over?: ReactNode;
  children: ReactNode;
}

export function DialogForm({ title, leave = 'Cancel', body, onSubmit, footer, over, children }: FormProps) {
  return (
    <form
      className="column"
      onSubmit={(e) => {
        e.preventDefault();
        void onSubmit();
      }}
    >
      <header>
        <Dialog.Title asChild>
          <h1 className="grow">{title}</h1>
        </Dialog.Title>
        {leave !== null && (
          <Dialog.Close className="button" type="button">
            {leave}
          </Dialog.Close>
        )}
      </header>
      <div className={`dialog-body ${body}`}>{children}</div>
      <footer>{footer}</footer>
      {over}
    </form>
  );
}
