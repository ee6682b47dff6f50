// Volume over time: a stacked histogram of the case; a drag chooses a span, a click a bucket.
import { HistogramChart } from '../../draw/HistogramChart.tsx';
import { Choices } from '../../parts/Choices.tsx';
import { useOverview } from '../../store/overview.ts';
import { showSpan } from '../../store/pivot.ts';
import { Card } from './Card.tsx';

export function Volume() {
  const { volume, volumeBy, by } = useOverview();
  return (
    <Card
      title="Volume over time"
      side={
        <>
          <span className="dim">drag to look at a span</span>
          <Choices
            label="Stacked by"
            value={volumeBy}
            options={[
              ['level', 'Level'],
              ['system', 'System'],
              ['node', 'Node'],
            ]}
            onChange={by}
          />
        </>
      }
    >
      <HistogramChart
        histogram={volume}
        by={volumeBy}
        height={132}
        onSpan={(from, to) => showSpan(from, to)}
        label="Volume over time"
        legend
      />
    </Card>
  );
}
