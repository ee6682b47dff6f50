// Where the focus goes when a dialog opens: to what it asks for, not to its Close button.

/** For `onOpenAutoFocus` of a dialog: the element marked `data-first`, else what the dialog would choose. */
export function focusFirst(event: Event): void {
  const first = (event.currentTarget as HTMLElement | null)?.querySelector<HTMLElement>(
    '[data-first]:not(:disabled)',
  );
  if (!first) return;
  event.preventDefault();
  first.focus();
}
