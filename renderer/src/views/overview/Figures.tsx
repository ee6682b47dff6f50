// The figures a responder asks for first; each leads to what it counts.
import type { Output } from '../../../../shared/api.ts';
import { count } from '../../format/numbers.ts';
import { clock, day } from '../../format/time.ts';
import { STATUS_WORDS } from '../../format/words.ts';
import { openEvent } from '../../store/details.ts';
import { useEvents } from '../../store/events.ts';
import { useEvidence } from '../../store/evidence.ts';
import { useLens } from '../../store/lens.ts';
import { useRoute } from '../../store/route.ts';

interface Figure {
  id: string;
  word: string;
  value: string;
  note?: string;
  go?: () => void;
}

export function Figures({ overview }: { overview: Output<'overview.get'> }) {
  const { case: info, nodes, systems, members, quality } = overview;
  const { go } = useRoute.getState();
  const unread = members
    .filter((m) => m.status === 'failed' || m.status === 'partial' || m.status === 'skipped')
    .map((m) => `${count(m.members)} ${STATUS_WORDS[m.status]}`)
    .join(', ');
  const edge = (order: 'asc' | 'desc') => () => {
    useLens.getState().clear();
    useEvents.getState().setOrder(order);
    go('events');
    const first = useEvents.getState().row(0);
    if (first) openEvent(first.eventId);
  };
  const figures: Figure[] = [
    {
      id: 'events',
      word: 'events',
      value: count(info.events),
      go: () => {
        useLens.getState().clear();
        go('events');
      },
    },
    { id: 'nodes', word: 'nodes', value: count(nodes.length), go: () => go('nodes') },
    {
      id: 'systems',
      word: 'systems',
      value: count(systems.length),
      note: systems.map((s) => s.system).join(', '),
    },
    {
      id: 'members',
      word: 'files',
      value: count(info.members),
      note: unread || 'all read',
      go: () => {
        useEvidence.getState().showLedger({});
      },
    },
    { id: 'findings', word: 'findings', value: count(info.findings), go: () => go('findings') },
    {
      id: 'first',
      word: 'first event (UTC)',
      value: info.firstTs === null ? '–' : day(info.firstTs),
      ...(info.firstTs === null ? {} : { note: clock(info.firstTs), go: edge('asc') }),
    },
    {
      id: 'last',
      word: 'last event (UTC)',
      value: info.lastTs === null ? '–' : day(info.lastTs),
      ...(info.lastTs === null ? {} : { note: clock(info.lastTs), go: edge('desc') }),
    },
    {
      id: 'undated',
      word: 'without a time',
      value: count(quality.undated),
      go: () => {
        useLens.getState().set({ terms: [{ field: 'ts_basis', values: ['none'], not: false }] });
        go('events');
      },
    },
  ];
  return (
    <ul className="figures">
      {figures.map((f) => (
        <li key={f.id}>
          <button
            type="button"
            className="figure"
            onClick={f.go}
            disabled={!f.go}
            data-testid={`figure-${f.id}`}
          >
            <span className="figure-value">{f.value}</span>
            <span className="soft cut">{f.word}</span>
            <span className="dim cut" title={f.note}>
              {f.note ?? '\u00a0'}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
