// The details panel: the event, finding, node or entity that is looked at, and those before it.
import { create } from 'zustand';
import type { EventDetail, FileDetail, NodeRow, Output, RawContext } from '../../../shared/api.ts';
import type { EntityKind } from '../../../shared/model.ts';
import { api } from '../backend.ts';
import { sentence } from './newest.ts';

export type Subject =
  | { kind: 'event'; id: string }
  | { kind: 'finding'; id: string }
  | { kind: 'node'; id: string }
  | { kind: 'file'; id: string }
  | { kind: 'entity'; id: string; entity: EntityKind };

type Verified = Output<'events.verify'>;

interface DetailsState {
  subject: Subject | null;
  before: Subject[];
  event: EventDetail | null;
  raw: RawContext | null;
  verified: Verified | null;
  verifying: boolean;
  node: NodeRow | null;
  file: FileDetail | null;
  entity: Output<'entities.get'> | null;
  error: string | null;
  open(subject: Subject): void;
  previous(): void;
  close(): void;
  verify(): Promise<void>;
  reload(): void;
}

const same = (a: Subject | null, b: Subject | null) => a?.kind === b?.kind && a?.id === b?.id;
const EMPTY = {
  event: null,
  raw: null,
  verified: null,
  verifying: false,
  node: null,
  file: null,
  entity: null,
  error: null,
};

export const useDetails = create<DetailsState>((set, get) => {
  const load = (subject: Subject) => {
    const current = () => same(get().subject, subject);
    const take = <T>(
      answer: Promise<T>,
      put: (value: T) => Partial<DetailsState>,
      without: Partial<DetailsState>,
    ) =>
      answer.then(
        (value) => {
          if (current()) set(put(value));
        },
        (error) => {
          if (current()) set({ ...without, error: sentence(error) });
        },
      );
    if (subject.kind === 'event') {
      void take(api['events.detail']({ eventId: subject.id }), (event) => ({ event }), { event: null });
      void take(api['events.raw']({ eventId: subject.id, context: 20 }), (raw) => ({ raw }), { raw: null });
    } else if (subject.kind === 'node') {
      void take(
        api['nodes.list']({}),
        ({ nodes }) => ({
          node: nodes.find((n) => n.node === subject.id) ?? null,
        }),
        { node: null },
      );
    } else if (subject.kind === 'file') {
      void take(api['evidence.file']({ fileId: Number(subject.id) }), (file) => ({ file }), { file: null });
    } else if (subject.kind === 'entity') {
      void take(api['entities.get']({ kind: subject.entity, value: subject.id }), (entity) => ({ entity }), {
        entity: null,
      });
    }
  };
  const show = (subject: Subject, before: Subject[]) => {
    // What is on screen stays until the answer comes when the kind stays: no blinking while stepping through a list.
    const keep = get().subject?.kind === subject.kind;
    set({ subject, before, ...(keep ? { error: null, verified: null, verifying: false } : EMPTY) });
    load(subject);
  };
  return {
    subject: null,
    before: [],
    ...EMPTY,
    open(subject) {
      const now = get().subject;
      if (same(now, subject)) return;
      // Stepping through events is one visit; going from one kind to another can be gone back.
      const visit = now && now.kind !== subject.kind ? [...get().before, now].slice(-20) : get().before;
      show(subject, visit);
    },
    previous() {
      const last = get().before.at(-1);
      if (last) show(last, get().before.slice(0, -1));
    },
    close: () => set({ subject: null, before: [], ...EMPTY }),
    async verify() {
      const { subject } = get();
      if (subject?.kind !== 'event') return;
      set({ verifying: true });
      try {
        const verified = await api['events.verify']({ eventId: subject.id });
        if (same(get().subject, subject)) set({ verified, verifying: false });
      } catch (error) {
        if (same(get().subject, subject)) set({ error: sentence(error), verifying: false });
      }
    },
    reload() {
      const { subject } = get();
      if (subject) load(subject);
    },
  };
});

export const openEvent = (id: string) => useDetails.getState().open({ kind: 'event', id });
export const openFinding = (id: string) => useDetails.getState().open({ kind: 'finding', id });
export const openNode = (id: string) => useDetails.getState().open({ kind: 'node', id });
export const openFile = (fileId: number) => useDetails.getState().open({ kind: 'file', id: String(fileId) });
export const openEntity = (entity: EntityKind, id: string) =>
  useDetails.getState().open({ kind: 'entity', id, entity });
