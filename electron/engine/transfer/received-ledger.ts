// The ledger of a received case: line by line, each believed only when its form is right and its numbers are its own.
import {
  LedgerBundle as BundleLine,
  type LedgerBundle,
  type LedgerMember,
  LedgerMember as MemberLine,
  MOST_LINE,
  PART,
} from './format.ts';
import { parseJson } from './received-json.ts';

/** Bundles and members that can be used, in the order of their numbers; what can't be is told with its line. */
export function readLedger(
  bytes: Buffer,
  problems: string[],
): { bundles: LedgerBundle[]; members: LedgerMember[] } {
  const bundles = new Map<number, LedgerBundle>();
  const members = new Map<number, LedgerMember>();
  const refused: string[] = [];
  let number = 0;
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(10, from);
    const line = bytes.subarray(from, end < 0 ? bytes.length : end);
    from += line.length + 1;
    number++;
    if (line.length === 0) continue;
    const why = takeLine(line, bundles, members);
    if (why !== null) refused.push(`Line ${number} of ${PART.ledger} was passed over: ${why}.`);
  }
  for (const [id, { bundle }] of members) {
    if (bundles.has(bundle)) continue;
    members.delete(id);
    refused.push(`Member ${id} of ${PART.ledger} was passed over: there is no bundle ${bundle} in it.`);
  }
  problems.push(...refused.slice(0, 50));
  if (refused.length > 50)
    problems.push(`${refused.length - 50} more lines of ${PART.ledger} were passed over for such reasons.`);
  const inOrder = <T extends { id: number }>(rows: Map<number, T>) =>
    [...rows.values()].sort((a, b) => a.id - b.id);
  return { bundles: inOrder(bundles), members: inOrder(members) };
}

function takeLine(
  line: Buffer,
  bundles: Map<number, LedgerBundle>,
  members: Map<number, LedgerMember>,
): string | null {
  if (line.length > MOST_LINE) return `it has ${line.length} bytes, and at most ${MOST_LINE} are read`;
  const parsed = parseJson(line);
  if (parsed.problem !== null) return parsed.problem;
  const bundle = BundleLine.safeParse(parsed.value);
  if (bundle.success) {
    const row = bundle.data.bundle;
    if (bundles.has(row.id)) return `there is another bundle ${row.id}`;
    bundles.set(row.id, row);
    return null;
  }
  const member = MemberLine.safeParse(parsed.value);
  if (!member.success) {
    const { error } = isMember(parsed.value) ? member : bundle;
    return `${error.issues[0]!.path.join('.').slice(0, 100) || 'it'} is not as it should be`;
  }
  const row = member.data.member;
  if (members.has(row.id)) return `there is another member ${row.id}`;
  if (row.evidence && (row.contentSha256 === null || row.contentSize === null))
    return 'it claims bytes in the file and does not say which';
  members.set(row.id, row);
  return null;
}

const isMember = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'member' in value;
