// The dialogs that concern the case as a whole: one is open at a time, from the menu, the palette or a view.
import { useDialogs } from '../store/dialogs.ts';
import { SignDialog } from '../views/signing/SignDialog.tsx';
import { AddBundles } from '../views/start/AddBundles.tsx';
import { ExportCase } from '../views/transfer/ExportCase.tsx';
import { ImportCase } from '../views/transfer/ImportCase.tsx';
import { MergeCase } from '../views/transfer/MergeCase.tsx';

export function CaseDialogs() {
  const { open, show } = useDialogs();
  return (
    <>
      <AddBundles open={open === 'bundles'} onOpen={(on) => show(on ? 'bundles' : null)} />
      <ExportCase />
      <ImportCase />
      <MergeCase />
      <SignDialog />
    </>
  );
}
