// Timeline: the strip of the whole case, lanes over one window of time, and the events of the brush below.
import { useEffect } from 'react';
import { span } from '../../draw/scale.ts';
import { count } from '../../format/numbers.ts';
import { duration, range } from '../../format/time.ts';
import { Choices } from '../../parts/Choices.tsx';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Splitter } from '../../parts/Splitter.tsx';
import { useKept } from '../../parts/useKept.ts';
import { useCase } from '../../store/case.ts';
import { useEvents } from '../../store/events.ts';
import { useFindings } from '../../store/findings.ts';
import { useLens } from '../../store/lens.ts';
import { type LanesBy, useTimeline } from '../../store/timeline.ts';
import { EventList } from '../events/EventList.tsx';
import { useEventKeys } from '../events/useEventKeys.ts';
import { ContextStrip } from './ContextStrip.tsx';
import { Swimlanes } from './Swimlanes.tsx';
import './timeline.css';
import { useTimelineKeys } from './useTimelineKeys.ts';

const BY: [LanesBy, string][] = [
  ['node', 'Node'],
  ['node_component', 'Node and component'],
  ['system', 'System'],
  ['component', 'Component'],
];

export function TimelineView() {
  const lens = useLens((s) => s.lens);
  const clearRange = useLens((s) => s.clearRange);
  const info = useCase((s) => s.info);
  const revision = useCase((s) => s.revision);
  const { window, by, setBy, setCase, load, error, fit, zoom } = useTimeline();
  const { show, total, locate, key } = useEvents();
  const findingTs = useFindings((s) => s.findings.find((f) => f.findingId === s.selected)?.firstTs);
  const [height, setHeight] = useKept('timeline.events', 260);
  const first = info?.firstTs ?? null;
  const last = info?.lastTs ?? null;
  useEffect(
    () => setCase(first, last, `${info?.dir} ${revision}`),
    [first, last, info?.dir, revision, setCase],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => {
    load(lens);
    show(lens, revision);
  }, [lens, revision, load, show, first, last]);
  // The list goes to the finding that was chosen on the lanes.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new list (key) is asked again
  useEffect(() => {
    if (findingTs != null) void locate({ ts: findingTs });
  }, [findingTs, key, locate]);
  useEventKeys();
  useTimelineKeys();
  const brushed = lens.from !== undefined && lens.to !== undefined;
  if (first === null) {
    return (
      <Empty title="No event with a time yet">
        <p>Lanes of all nodes over one time axis would be here. Add a bundle of logs from the case menu.</p>
      </Empty>
    );
  }
  return (
    <div className="view">
      <div className="bar">
        <h1>Timeline</h1>
        <span className="mono soft cut" data-testid="timeline-window">
          {window && `${range(window.from, window.to, span(window) < 60_000_000 ? 'ms' : 's')} UTC`}
        </span>
        <span className="dim">{window && duration(span(window))}</span>
        <span className="grow" />
        <Choices<LanesBy> label="Lanes by" value={by} options={BY} onChange={setBy} testid="timeline-by" />
        <button
          type="button"
          className="button"
          onClick={() => zoom(0.5)}
          aria-label="Zoom in"
          title="Zoom in (+)"
        >
          <Icon name="plus" size={12} />
        </button>
        <button
          type="button"
          className="button"
          onClick={() => zoom(2)}
          aria-label="Zoom out"
          title="Zoom out (-)"
        >
          <Icon name="minus" size={12} />
        </button>
        <button
          type="button"
          className="button"
          onClick={fit}
          title="Whole case (f)"
          data-testid="timeline-fit"
        >
          Fit
        </button>
      </div>
      <ErrorLine sentence={error} />
      <ContextStrip />
      <Swimlanes />
      <Splitter
        label="Height of the event list"
        size={height}
        after
        across
        least={80}
        most={800}
        onSize={setHeight}
      />
      <section className="timeline-events" style={{ height }} aria-label="Events of the lens">
        <div className="bar">
          <h2>
            {total === null ? 'Counting …' : `${count(total)} ${total === 1 ? 'event' : 'events'} `}
            {brushed ? 'in the brush' : 'in the lens'}
          </h2>
          <span className="dim cut">
            {brushed
              ? range(lens.from!, lens.to!)
              : 'Shift+drag on the lanes, or drag on the strip above, to brush'}
          </span>
          {brushed && (
            <button type="button" className="button" onClick={clearRange} data-testid="timeline-clear-brush">
              Clear the brush
            </button>
          )}
        </div>
        <EventList />
      </section>
    </div>
  );
}
