// What the readers of archives with a directory of their own (zip, 7z) give.
import type { Gauge } from './limits.ts';
import type { Stated } from './reading.ts';
import type { Source } from './source.ts';

/** Content that has to be closed when it is left before its end. */
export interface ListedContent extends Source {
  close(): Promise<void>;
}

export type ListedMember =
  | { kind: 'directory'; stated: Stated }
  | { kind: 'unreadable'; stated: Stated; reason: string }
  | { kind: 'link'; stated: Stated; target: () => Promise<string> }
  | { kind: 'file'; stated: Stated; encrypted: boolean; open: (gauge?: Gauge) => ListedContent };

export interface ListedArchive {
  /** One after another; content is read before the next is asked for, or not at all. */
  entries(): AsyncGenerator<ListedMember>;
  /** The same without their content, as far as it can be told without unpacking. */
  list(): AsyncGenerator<{ stated: Stated; kind: ListedMember['kind']; encrypted: boolean }>;
  /** A clause about what is wrong with the archive, once its members were listed. */
  readonly problem: string | null;
}
