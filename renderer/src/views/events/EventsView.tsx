// Events: what the lens selects, in time order, with the counts of its most frequent values at the left.
import { useEffect } from 'react';
import { count } from '../../format/numbers.ts';
import { Choices } from '../../parts/Choices.tsx';
import { ErrorLine } from '../../parts/Empty.tsx';
import { Splitter } from '../../parts/Splitter.tsx';
import { useKept } from '../../parts/useKept.ts';
import { useCase } from '../../store/case.ts';
import { type Order, useEvents } from '../../store/events.ts';
import { useLens } from '../../store/lens.ts';
import { EventList } from './EventList.tsx';
import { Facets } from './Facets.tsx';
import { GoToTime } from './GoToTime.tsx';
import './events.css';
import { useEventKeys } from './useEventKeys.ts';

export function EventsView() {
  const lens = useLens((s) => s.lens);
  const revision = useCase((s) => s.revision);
  const { show, order, setOrder, total, error } = useEvents();
  const [width, setWidth] = useKept('facets.width', 232);
  useEffect(() => show(lens, revision), [lens, revision, show]);
  useEventKeys();
  return (
    <div className="view">
      <div className="bar">
        <h1>Events</h1>
        <span className="soft" data-testid="events-total">
          {total === null ? 'counting …' : `${count(total)} in the lens`}
        </span>
        <span className="grow" />
        <GoToTime />
        <Choices<Order>
          label="Order"
          value={order}
          options={[
            ['asc', 'Oldest first'],
            ['desc', 'Newest first'],
          ]}
          onChange={setOrder}
          testid="events-order"
        />
      </div>
      <ErrorLine sentence={error} />
      <div className="split">
        <div className="facets scroll" style={{ width }}>
          <Facets />
        </div>
        <Splitter label="Width of the facets" size={width} least={160} most={480} onSize={setWidth} />
        <EventList />
      </div>
    </div>
  );
}
