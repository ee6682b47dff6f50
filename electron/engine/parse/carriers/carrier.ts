// What containers, journald, syslog, shippers and central stores put around a line: the seam between the reader and carriers.
import type { Member, Sample } from '../kind.ts';

/** What a carrier said of the last line it took apart. Strings are byte strings, '' = nothing said. */
export const outer = {
  /** The line as its writer wrote it. */
  text: '',
  /** Microseconds, NaN when the carrier states no time; `zoned`: it is UTC. */
  time: Number.NaN,
  zoned: false,
  /** Year of the carrier's time, 0 when it has none. */
  year: 0,
  /** The text goes on in the next line of the same stream. */
  partial: false,
  stream: '',
  host: '',
  program: '',
  pid: '',
  /** syslog severity 0..7, -1 for none. */
  priority: -1,
  /** Path of the log file that the line was collected from. */
  file: '',
  namespace: '',
  pod: '',
  container: '',
  /** Routing tag, log stream or index. */
  tag: '',
  /** Log group or source type: what kind of log the store takes it for. */
  group: '',
  /** How often the line stood in the log, when the carrier folded repetitions. */
  repeated: 0,
  /** Elements of RFC 5424, as written. */
  structured: '',
  /** The carrier's own line (a banner, a header, a separator), not one of the log. */
  notice: false,
  /** The line goes on from the one before: what was said of that holds for it. */
  again: false,
  /** Records come from a search: their order says nothing about the order of writing. */
  unordered: false,
};

export type Outer = typeof outer;

export interface Carrier {
  readonly id: string;
  /** Share of the first lines that must be in it before it is looked for. */
  readonly share: number;
  /** Characters that a line in it starts with; absent: any. */
  readonly starts?: string;
  /** So particular that a single line shows it, wherever in a member it stands. */
  readonly sure?: true;
  /** Fits much that is no carrier: taken only where what is inside reads better than the line as it stands. */
  readonly soft?: true;
  /** Fills `outer` and says true, or says false: the line is not in this carrier. */
  open(line: string, member: Member): boolean;
  readonly samples: readonly Sample[];
}

/** Makes `outer` say nothing but a text. */
export function carry(text: string): void {
  outer.text = text;
  outer.time = Number.NaN;
  outer.zoned = false;
  outer.year = 0;
  outer.partial = false;
  outer.stream = '';
  outer.host = '';
  outer.program = '';
  outer.pid = '';
  outer.priority = -1;
  outer.file = '';
  outer.namespace = '';
  outer.pod = '';
  outer.container = '';
  outer.tag = '';
  outer.group = '';
  outer.repeated = 0;
  outer.structured = '';
  outer.notice = false;
  outer.again = false;
  outer.unordered = false;
}

const POD_FILE =
  /(?:^|[/.])containers[/.]([a-z0-9][\w.-]{0,252})_([a-z0-9][\w-]{0,62})_([a-z0-9][\w.-]{0,62}?)(?:-[0-9a-f]{64})?\.log/;
const POD_FOLDER =
  /(?:^|[/.])pods[/.]([a-z0-9][\w-]{0,62})_([a-z0-9][\w.-]{0,252})_[\w-]{1,64}[/.]([a-z0-9][\w.-]{0,62}?)[/.]\d+\.log/;

/** Names of pod, namespace and container out of the path of a node's container log, or a tag made of it, where not yet known. */
export function placeOf(path: string): void {
  if (outer.pod !== '' || path === '' || path.length > 1000) return;
  const file = POD_FILE.exec(path);
  if (file) {
    outer.pod = file[1] as string;
    outer.namespace ||= file[2] as string;
    outer.container ||= file[3] as string;
    return;
  }
  const folder = POD_FOLDER.exec(path);
  if (!folder) return;
  outer.namespace ||= folder[1] as string;
  outer.pod = folder[2] as string;
  outer.container ||= folder[3] as string;
}
