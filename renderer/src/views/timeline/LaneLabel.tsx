// The name of a lane: what it stands for, its clock offset; in words for those who cannot see the strip.
import type { Lane } from '../../../../shared/api.ts';
import { LANE_HEIGHT } from '../../draw/lanes.ts';
import { count, plural } from '../../format/numbers.ts';
import { offset } from '../../format/time.ts';
import { Icon } from '../../parts/Icon.tsx';
import { systemColour } from '../../parts/Marks.tsx';
import { openNode } from '../../store/details.ts';
import { useLens } from '../../store/lens.ts';
import { laneTerms } from '../../store/show-cell.ts';
import type { LanesBy } from '../../store/timeline.ts';

interface Props {
  lane: Lane;
  system: string | null;
  by: LanesBy;
  index: number;
  onFocus(): void;
  onBlur(): void;
  onHide(): void;
}

export function LaneLabel({ lane, system, by, index, onFocus, onBlur, onHide }: Props) {
  const errors = lane.errors.reduce((a, b) => a + b, 0);
  const terms = laneTerms(lane, by);
  const clock = lane.clockOffsetUs ? `, clock offset ${offset(lane.clockOffsetUs)}` : '';
  const words = `${lane.label}: ${plural(lane.events, 'event')}, ${count(errors)} warnings and above, ${plural(lane.findings.length, 'finding')}${clock}`;
  return (
    <li className="lane-label" style={{ top: index * LANE_HEIGHT, height: LANE_HEIGHT }}>
      <button
        type="button"
        className="lane-name"
        onClick={() => {
          if (by === 'node') openNode(lane.key);
          else for (const [field, value] of terms) useLens.getState().include(field, value);
        }}
        onFocus={onFocus}
        onBlur={onBlur}
        title={words}
        aria-label={words}
        data-testid="lane-label"
      >
        <span className="dot" style={{ background: systemColour(system) }} />
        <span className="cut">{lane.label || '(none)'}</span>
        {lane.clockOffsetUs !== null && lane.clockOffsetUs !== 0 && (
          <span className="lane-offset">{offset(lane.clockOffsetUs)}</span>
        )}
      </button>
      <button
        type="button"
        className="lane-hide"
        onClick={onHide}
        title="Hide this lane"
        aria-label={`Hide ${lane.label}`}
      >
        <Icon name="close" size={12} />
      </button>
    </li>
  );
}
