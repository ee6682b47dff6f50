// The responder's tags and comments on the event that is looked at.
import { create } from 'zustand';
import type { AnnotationRow, AnnotationText } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { newest, sentence } from './newest.ts';
import { say } from './toasts.ts';

interface NotesState {
  /** Whose they are; null: none asked for. */
  eventId: string | null;
  notes: AnnotationRow[];
  error: string | null;
  load(eventId: string): void;
  add(eventId: string, note: AnnotationText): Promise<boolean>;
  remove(note: AnnotationRow): Promise<void>;
}

export const useNotes = create<NotesState>((set, get) => {
  const ask = newest({
    run: (eventId: string) => api['annotations.list']({ eventId }),
    took: ({ annotations }, eventId) => set({ eventId, notes: annotations, error: null }),
    failed: (error, eventId) => set({ eventId, notes: [], error }),
  });
  return {
    eventId: null,
    notes: [],
    error: null,
    load: ask,
    async add(eventId, note) {
      try {
        await api['annotations.add']({ eventIds: [eventId], ...note });
        get().load(eventId);
        return true;
      } catch (error) {
        set({ error: sentence(error) });
        return false;
      }
    },
    async remove({ annotationId, eventId, kind, text }) {
      if (eventId === null) return; // of the case, not of an event
      try {
        await api['annotations.remove']({ annotationId });
        get().load(eventId);
        say(
          `Removed the ${kind}`,
          kind === 'note' ? {} : { undo: () => void get().add(eventId, { kind, text }) },
        );
      } catch (error) {
        set({ error: sentence(error) });
      }
    },
  };
});
