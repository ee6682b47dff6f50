// Which dialog of the case is open: reached from the menu, the palette and the views.
import { create } from 'zustand';

export type CaseDialog = 'bundles' | 'export case' | 'import case' | 'merge' | 'sign';

interface DialogsState {
  open: CaseDialog | null;
  show(dialog: CaseDialog | null): void;
}

export const useDialogs = create<DialogsState>((set) => ({ open: null, show: (open) => set({ open }) }));
