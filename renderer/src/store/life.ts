// The life cycle of what the details show: gathered by the engine from all nodes, for one event or one id.
import { create } from 'zustand';
import type { LifeCycle, RequestRow } from '../../../shared/api.ts';
import { LIFE_KINDS } from '../../../shared/model.ts';
import { api } from '../backend.ts';
import { type Subject, useDetails } from './details.ts';
import { newest } from './newest.ts';

interface LifeState {
  /** Whose it is: `event 123`, `celery_task abc`; null while nothing is asked. */
  of: string | null;
  life: LifeCycle | null;
  /** The request of an event that has no life cycle. */
  request: RequestRow | null;
  loading: boolean;
  error: string | null;
}

const NOTHING: LifeState = { of: null, life: null, request: null, loading: false, error: null };

export const hasLife = (kind: string): boolean => (LIFE_KINDS as readonly string[]).includes(kind);

/** A name for what a life cycle is asked of; null when it can have none. */
export function lifeKey(subject: Subject | null): string | null {
  if (subject?.kind === 'event') return `event ${subject.id}`;
  return subject?.kind === 'entity' && hasLife(subject.entity) ? `${subject.entity} ${subject.id}` : null;
}

export const useLife = create<LifeState>(() => NOTHING);

const ask = newest<Subject, { life: LifeCycle | null; request: RequestRow | null }>({
  async run(subject) {
    if (subject.kind === 'entity')
      return {
        life: (await api['lifecycle.get']({ kind: subject.entity, value: subject.id })).lifeCycle,
        request: null,
      };
    const { lifeCycle } = await api['lifecycle.get']({ eventId: subject.id });
    const { request } = lifeCycle ? { request: null } : await api['requests.get']({ eventId: subject.id });
    return { life: lifeCycle, request };
  },
  took: (answer, subject) => {
    if (lifeKey(subject) === useLife.getState().of) useLife.setState({ ...answer, loading: false });
  },
  failed: (error, subject) => {
    if (lifeKey(subject) === useLife.getState().of)
      useLife.setState({ life: null, request: null, loading: false, error });
  },
});

function load(subject: Subject | null): void {
  const of = lifeKey(subject);
  if (of === null) {
    useLife.setState(NOTHING);
    return;
  }
  const { life } = useLife.getState();
  // A step of the life cycle on screen: it stays until the answer comes.
  const within = subject?.kind === 'event' && life?.steps.some((step) => step.event.eventId === subject.id);
  useLife.setState({ of, life: within ? life : null, request: null, loading: true, error: null });
  ask(subject!);
}

let shown: Subject | null = null;
useDetails.subscribe(({ subject }) => {
  if (subject === shown) return;
  shown = subject;
  load(subject);
});
