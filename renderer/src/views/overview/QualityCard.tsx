// How well the evidence was read: lines, members, levels, and how the times are known.
import type { Output } from '../../../../shared/api.ts';
import { LEVELS } from '../../../../shared/model.ts';
import { bytes, count, percent } from '../../format/numbers.ts';
import { BASIS_WORDS, STATUS_WORDS } from '../../format/words.ts';
import { levelColour } from '../../parts/Marks.tsx';
import { useEvidence } from '../../store/evidence.ts';
import { showOnly } from '../../store/pivot.ts';
import { Card } from './Card.tsx';
import { Shares } from './Shares.tsx';

export function QualityCard({ overview }: { overview: Output<'overview.get'> }) {
  const { quality, bases, members, levels } = overview;
  const order = [...LEVELS].reverse();
  const rank = (level: string | null) =>
    level === null ? 99 : order.indexOf(level as (typeof order)[number]);
  return (
    <Card title="How well it was read">
      <p className="quality">
        <strong>{percent(quality.lines - quality.unparsedLines, quality.lines)}</strong> of{' '}
        {count(quality.lines)} lines understood; {count(quality.unparsedLines)} kept as plain text;{' '}
        {count(quality.undated)} events without a time.
      </p>
      <Shares
        title="Files by what became of them"
        rows={members.map((m) => ({
          key: m.status,
          word: STATUS_WORDS[m.status],
          n: m.members,
          note: bytes(m.bytes),
          go: () => {
            useEvidence.getState().showLedger({ statuses: new Set([m.status]) });
          },
        }))}
      />
      <Shares
        title="How the times are known"
        rows={bases.map((b) => ({
          key: b.basis,
          word: BASIS_WORDS[b.basis].word,
          n: b.events,
          hint: BASIS_WORDS[b.basis].sentence,
          go: () => showOnly([['ts_basis', b.basis]]),
        }))}
      />
      <Shares
        title="Levels of the log"
        rows={levels
          .toSorted((a, b) => rank(a.level) - rank(b.level))
          .map((l) => ({
            key: String(l.level),
            word: l.level ?? 'no level',
            n: l.events,
            colour: levelColour(l.level),
            go: () => showOnly([['level', l.level]]),
          }))}
      />
    </Card>
  );
}
