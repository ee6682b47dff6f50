// Rotated files: numbers and dates that are missing, parts that were not read, and logs that begin in the middle.

import { missingDates, missingNumbers } from '../../rotation-name.ts';
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import { type Rotated, rotated } from '../rotated.ts';
import type { Count, Member } from '../seen.ts';
import { grouped } from '../tally.ts';
import { baseName, count, named, plural, span, utc } from '../words.ts';

interface File {
  member: Member;
  system: string | null;
  /** What most of its events are of; null when it has none. */
  component: string | null;
  /** A line of a start stands at its head. */
  starts: boolean;
  /** It begins with the head that glog writes. */
  headed: boolean;
  firstId: string | null;
  /** First and last event of its node. */
  reach: { first: number; last: number } | null;
}
type Part = File & Rotated;

/** Programs that write a line when they start, so that its absence means a log without its beginning. */
const SAYS_START = new Set([
  'celery/beat',
  'celery/worker',
  'mesos/master',
  'mesos/agent',
  'ray/gcs_server',
  'ray/raylet',
  'registry/app',
]);
/** A start stands among so many records at the head. */
const HEAD = 200;
const LATE_US = 3_600_000_000;
const LATE_SHARE = 0.05;
const GLOG_NAME = /\.log\.(?:INFO|WARNING|ERROR|FATAL)\.\d{8}-\d{6}\.\d+(?:\.(?:gz|bz2|xz|zst))?$/;
const CHANGE =
  'Collect all parts, and keep more of them (logrotate: rotate and maxage; Ray: RAY_ROTATION_BACKUP_COUNT and RAY_ROTATION_MAX_BYTES; Docker: max-file).';

export const rotation: PostureCheck = {
  id: 'rotation',
  read({ members, counts }) {
    const files = describe(members, counts);
    const parts = files.flatMap((file): Part[] => {
      const part = rotated(file.member.path);
      return part ? [{ ...file, ...part }] : [];
    });
    const logs = grouped(parts, ({ member, log }) => JSON.stringify([member.node, log]));
    return [...logs.flatMap(([, of]) => ofLog(of)), ...headless(files)];
  },
};

/** Every file that was collected, or should have been. */
function describe(members: readonly Member[], counts: readonly Count[]): File[] {
  const byMember = new Map<Member, Count[]>();
  const reach = new Map<string, { first: number; last: number }>();
  for (const count of counts) {
    const own = byMember.get(count.member);
    if (own) own.push(count);
    else byMember.set(count.member, [count]);
  }
  for (const { node, firstUs, lastUs, status } of members) {
    if (firstUs === null || lastUs === null || (status !== 'parsed' && status !== 'partial')) continue;
    const known = reach.get(node) ?? { first: firstUs, last: lastUs };
    reach.set(node, { first: Math.min(known.first, firstUs), last: Math.max(known.last, lastUs) });
  }
  return members
    .filter(({ content, status }) => content || status === 'failed')
    .map((member) => {
      const own = byMember.get(member) ?? [];
      const most = mostOf(own);
      return {
        member,
        system: most?.system ?? null,
        component: most?.component ?? null,
        starts: own.some(
          ({ action, firstId }) => (action === 'start' || action === 'log_open') && recordOf(firstId) < HEAD,
        ),
        headed: own.some(({ action, firstId }) => action === 'log_open' && recordOf(firstId) === 0),
        firstId: own[0]?.firstId ?? null,
        reach: reach.get(member.node) ?? null,
      };
    });
}

const recordOf = (eventId: string): number => Number(BigInt(eventId) & 0xffffffffn);

function mostOf(counts: Count[]): { system: string; component: string } | null {
  const sums = grouped(counts, ({ system, component }) => JSON.stringify([system, component])).map(
    ([, of]) => ({
      system: of[0]!.system,
      component: of[0]!.component,
      n: of.reduce((sum, { n }) => sum + n, 0),
    }),
  );
  return sums.sort((a, b) => b.n - a.n)[0] ?? null;
}

function ofLog(parts: Part[]): Stand[] {
  const logs = parts.filter((part) => part.component !== null || part.number !== 0 || part.date !== null);
  const known = parts.find((part) => part.component !== null);
  if (!known || logs.length === 0) return [];
  const about = {
    node: known.member.node,
    system: known.system,
    component: known.component,
    topic: 'rotation',
    source: 'ledger',
  } as const;
  const name = baseName(known.log);
  const processes = new Map<number | null, Part[]>();
  for (const part of parts) processes.set(part.process, [...(processes.get(part.process) ?? []), part]);
  const stands: Stand[] = [];
  for (const [process, own] of [...processes].sort(([a], [b]) => (a ?? -1) - (b ?? -1))) {
    const label = process === null ? name : name.replace(/(\.\w+)$/, `.${process}$1`);
    const files = own.slice(0, FIRST).map((part) => part.member.fileId);
    const fileCount = own.length;
    const numbers = own.flatMap((part) => (part.number === null || part.date !== null ? [] : [part.number]));
    const dates = own.flatMap((part) => (part.date === null ? [] : [part.date]));
    const gone = numbers.some((n) => n > 0) ? missingNumbers(numbers) : [];
    const days = missingDates(dates);
    const unread = own.filter(({ member }) => member.status === 'failed' || member.status === 'skipped');
    if (gone.length > 0)
      stands.push({
        ...about,
        standing: 'bad',
        title: 'Parts of a rotated log are missing',
        proof: `Of ${label}, ${plural(gone.length, 'part')} ${gone.length === 1 ? 'is' : 'are'} not in the bundle: ${named(gone.slice(0, 12).map((n) => (n === 0 ? `${label} itself` : `.${n}`)))}${gone.length > 12 ? ` and ${count(gone.length - 12)} more` : ''}; there are ${named(numbers.sort((a, b) => a - b).map((n) => (n === 0 ? label : `.${n}`)))}. Their lines were not collected, or were removed.`,
        change: CHANGE,
        files,
        fileCount,
      });
    if (days.length > 0)
      stands.push({
        ...about,
        standing: 'bad',
        title: 'Days of a rotated log are missing',
        proof: `Of ${label}, ${plural(days.length, 'day')} between ${[...dates].sort()[0]} and ${[...dates].sort().at(-1)} ${days.length === 1 ? 'has' : 'have'} no file: ${named(days)}.`,
        change: CHANGE,
        files,
        fileCount,
      });
    if (unread.length > 0)
      stands.push({
        ...about,
        standing: 'weak',
        title: 'Parts of a rotated log could not be read',
        proof: `Of ${label}, ${plural(unread.length, 'part')} ${unread.length === 1 ? 'is' : 'are'} in the bundle and ${unread.length === 1 ? 'was' : 'were'} not read: ${named(unread.map((part) => `${baseName(part.member.path)} (${part.member.status})`))}.`,
        change: 'Collect them again; the evidence view states why each was not read.',
        files: unread.slice(0, FIRST).map((part) => part.member.fileId),
        fileCount: unread.length,
      });
    const head = beginning(own, label);
    if (head) stands.push({ ...about, ...head });
    if (gone.length + days.length + unread.length === 0 && own.length > 1)
      stands.push({
        ...about,
        standing: 'ok',
        title: 'Rotated parts follow each other',
        proof: `${label}: ${plural(own.length, 'part')}, no number or day missing between them.`,
        change: null,
        files,
        fileCount,
      });
  }
  const others = [...processes.keys()].filter((process) => process !== null).sort((a, b) => a - b);
  const lost = others.length > 0 ? missingProcesses(others, processes.has(null)) : [];
  if (lost.length > 0)
    stands.push({
      ...about,
      standing: 'weak',
      title: 'Files of another process are missing',
      proof: `${name.replace(/(\.\w+)$/, `.${others.at(-1)}$1`)} is of the ${ordinal(others.at(-1)! + 1)} process of its kind in this session; ${named(lost.map((n) => (n === null ? name : name.replace(/(\.\w+)$/, `.${n}$1`))))} ${lost.length === 1 ? 'is' : 'are'} not in the bundle.`,
      change: 'Collect the whole logs folder of the session.',
      files: parts.slice(0, FIRST).map((part) => part.member.fileId),
      fileCount: parts.length,
    });
  return stands;
}

function missingProcesses(there: number[], first: boolean): (number | null)[] {
  const missing: (number | null)[] = first ? [] : [null];
  for (let n = 1; n < there.at(-1)!; n++) if (!there.includes(n)) missing.push(n);
  return missing;
}

/** Does the oldest part begin where its program began? */
function beginning(
  parts: Part[],
  label: string,
): Omit<Stand, 'node' | 'system' | 'component' | 'topic' | 'source'> | null {
  const read = parts.filter(({ component, member }) => component !== null && member.firstUs !== null);
  const oldest = read.sort((a, b) => a.member.firstUs! - b.member.firstUs!)[0];
  if (!oldest || !SAYS_START.has(`${oldest.system}/${oldest.component}`)) return null;
  // lines that a driver echoes are of a component, and not of its log
  if (oldest.system === 'ray' && !label.startsWith(`${oldest.component}.`)) return null;
  if (oldest.starts || !oldest.reach) return null;
  const late = oldest.member.firstUs! - oldest.reach.first;
  const whole = oldest.reach.last - oldest.reach.first;
  const isRotated = parts.some((part) => (part.number ?? 0) > 0 || part.date !== null);
  const isLate = late > LATE_US && late > whole * LATE_SHARE;
  if (!isRotated && !isLate) return null;
  const facts = [
    `The oldest part of ${label} begins at ${utc(oldest.member.firstUs)} without a line of a start`,
    isLate ? `${span(late)} after the first line of this node` : '',
  ].filter(Boolean);
  return {
    standing: 'weak',
    title: 'The log begins in the middle',
    proof: `${facts.join(', ')}: what its program wrote before was rotated away or not collected.`,
    change: CHANGE,
    events: oldest.firstId === null ? [] : [oldest.firstId],
    eventCount: 1,
    files: [oldest.member.fileId],
    fileCount: 1,
  };
}

/** glog writes "Log file created at" at the head of every file (reference on Mesos, section 1.1). */
function headless(files: File[]): Stand[] {
  const cut = files.filter(
    ({ member, system, component, headed }) =>
      GLOG_NAME.test(member.path) && system === 'mesos' && component !== null && !headed,
  );
  return grouped(cut, ({ member, component }) => JSON.stringify([member.node, component])).map(([, of]) => ({
    node: of[0]!.member.node,
    system: 'mesos',
    component: of[0]!.component,
    topic: 'rotation',
    standing: 'bad',
    title: 'Log files without their head',
    proof: `${plural(of.length, 'file')} that glog opened under ${of.length === 1 ? 'its' : 'their'} own name ${of.length === 1 ? 'does' : 'do'} not begin with "Log file created at": ${named(
      of.map((file) => baseName(file.member.path)),
      3,
    )}. The beginning was cut off or overwritten.`,
    change: 'Collect the files whole, and ask who could write to the log folder.',
    events: of.flatMap(({ firstId }) => (firstId === null ? [] : [firstId])).slice(0, FIRST),
    eventCount: of.length,
    files: of.slice(0, FIRST).map((file) => file.member.fileId),
    fileCount: of.length,
    source: 'log lines',
  }));
}

const ordinal = (n: number): string =>
  n === 1 ? 'first' : n === 2 ? 'second' : n === 3 ? 'third' : `${n}th`;
