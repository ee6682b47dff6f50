// A life cycle while it is gathered: steps, related things, what is missing.

import type { LifeCycle, TaskRow } from '../../../../shared/api.ts';
import type { EntityKind, LinkKind } from '../../../../shared/model.ts';
import type { Connection } from '../../case/database.ts';
import { eventsNamed, type Joined, linksAt, type Mention } from './mentions.ts';
import { roleOf } from './roles.ts';

export interface Step extends Mention {
  words: string;
  /** Where it stands in the order: its time, or that of the line it goes with where its own is in whole seconds. */
  order: number | null;
  /** Names an id of the life cycle and says nothing of what became of it. */
  minor: boolean;
  basis: 'exact' | 'inferred';
  why: string;
}

/** What others note of a process, and the inner calls of a registry at DEBUG: nothing of what becomes of the work. */
const ASIDES = new Set(['log_tracked', 'actor_lookup', 'driver_call', 'function_call']);

export class Story {
  readonly kind: EntityKind;
  readonly value: string;
  readonly connection: Connection;
  readonly steps = new Map<string, Step>();
  readonly ids: { kind: EntityKind; value: string }[] = [];
  readonly related: LifeCycle['related'] = [];
  readonly missing: string[] = [];
  attempts: TaskRow[] = [];
  requestIds: string[] = [];
  title = '';
  /** Lines of output that are not steps. */
  output = 0;

  constructor(connection: Connection, kind: EntityKind, value: string) {
    this.connection = connection;
    this.kind = kind;
    this.value = value;
  }

  /** Events that name one id of the life cycle. */
  exact(events: Mention[], kind: EntityKind, value: string, why: string): void {
    if (!this.ids.some((id) => id.kind === kind && id.value === value)) this.ids.push({ kind, value });
    for (const event of events)
      this.#add(event, 'exact', event.role === 'context' ? `${why} (the path of its file)` : why);
  }

  inferred(events: Mention[], why: string, words?: string): void {
    for (const event of events) this.#add(event, 'inferred', why, words);
  }

  #add(event: Mention, basis: Step['basis'], why: string, words = roleOf(event)): void {
    const known = this.steps.get(event.eventId);
    if (known && (known.basis === 'exact' || basis === 'inferred')) return;
    const silent =
      basis === 'exact' && event.action === null && event.role !== 'context' && event.component !== 'sandbox';
    const minor = silent || (event.action !== null && ASIDES.has(event.action));
    this.steps.set(event.eventId, { ...event, words, order: event.ts, minor, basis, why });
  }

  relate(relation: string, kind: EntityKind, value: string, title = ''): void {
    if (kind === this.kind && value === this.value) return;
    if (this.related.some((one) => one.kind === kind && one.value === value && one.relation === relation))
      return;
    if (this.related.length < 100) this.related.push({ relation, kind, value, title });
  }

  /** Follows links of some kinds from the steps to events that are none yet; answers what was added. */
  async follow(kinds: readonly LinkKind[]): Promise<Joined[]> {
    const links = await linksAt(this.connection, this.steps.keys(), kinds);
    const fresh = new Map<string, Joined>();
    for (const link of links) {
      if (!this.steps.has(link.from)) fresh.set(link.from, link);
      if (!this.steps.has(link.to)) fresh.set(link.to, link);
    }
    for (const event of await eventsNamed(this.connection, fresh.keys())) {
      const { why, kind } = fresh.get(event.eventId)!;
      this.inferred([event], why, kind === 'task_output' ? 'printed by its process' : undefined);
    }
    for (const { from, to, kind } of links) {
      const line = this.steps.get(to);
      const request = this.steps.get(from);
      // the access line is written after the answer, and states the second in which the request began
      if (kind === 'access_line' && line && request?.ts != null)
        line.order = Math.max(line.ts ?? request.ts, request.ts) + 1;
    }
    return links;
  }

  /** Steps in time order; undated ones last. */
  inOrder(): Step[] {
    return [...this.steps.values()].sort(
      (a, b) =>
        (a.order ?? Number.POSITIVE_INFINITY) - (b.order ?? Number.POSITIVE_INFINITY) ||
        (BigInt(a.eventId) < BigInt(b.eventId) ? -1 : 1),
    );
  }

  has(action: string | readonly string[], of: (step: Step) => boolean = () => true): boolean {
    const actions = typeof action === 'string' ? [action] : action;
    for (const step of this.steps.values())
      if (step.action !== null && actions.includes(step.action) && of(step)) return true;
    return false;
  }
}
