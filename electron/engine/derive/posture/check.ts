// What a posture check is: it looks at what was seen in the case and says how nodes and components stand, with its proof.
import type { LensTerm } from '../../../../shared/api.ts';
import type { PostureTopic, Standing } from '../../../../shared/model.ts';
import type { Seen } from './seen.ts';

export interface Stand {
  /** null: the whole case, or a machine that is not in it. */
  node: string | null;
  system: string | null;
  component: string | null;
  topic: PostureTopic;
  standing: Standing;
  title: string;
  /** A sentence of what the evidence proves, with figures. */
  proof: string;
  /** What to change, by the documented name of the option; null when there is nothing to change. */
  change: string | null;
  /** The first events that prove it, and how many do. */
  events?: readonly string[];
  eventCount?: number;
  files?: readonly number[];
  fileCount?: number;
  /** Where the fact was read. */
  source: string;
  /** The lens that shows all of its events, when one can. */
  terms?: LensTerm[];
}

export interface PostureCheck {
  readonly id: string;
  /** Asked only when the case has events of this system; absent: always. */
  readonly system?: 'ray' | 'celery' | 'mesos' | 'registry';
  /** Answers in a fixed order. */
  read(seen: Seen): Promise<Stand[]> | Stand[];
}

/** So many events and files are kept with a stand; the counts say the rest. */
export const FIRST = 5;
