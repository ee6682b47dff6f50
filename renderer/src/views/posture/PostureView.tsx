// Posture: how each node and component logs and is set up; what proves it at the right, and what to change.
import { useEffect } from 'react';
import { STANDINGS } from '../../../../shared/model.ts';
import { count } from '../../format/numbers.ts';
import { STANDING_SENTENCES } from '../../format/words.ts';
import { Choices } from '../../parts/Choices.tsx';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { StandingShape } from '../../parts/Marks.tsx';
import { Splitter } from '../../parts/Splitter.tsx';
import { useKept } from '../../parts/useKept.ts';
import { useCase } from '../../store/case.ts';
import { matchingPosture, type PostureGrouping, usePosture } from '../../store/posture.ts';
import { postureGroups } from './items.ts';
import { PostureDetails } from './PostureDetails.tsx';
import { PostureList } from './PostureList.tsx';
import './posture.css';
import { usePostureKeys } from './usePostureKeys.ts';

export function PostureView() {
  const { rows, loaded, error, grouping, standings, filter, selected } = usePosture();
  const { load, group, toggle, only, setFilter, select } = usePosture.getState();
  const revision = useCase((s) => s.revision);
  const [width, setWidth] = useKept('posture.width', 480);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => load(), [load, revision]);
  const shown = matchingPosture(rows, standings, filter);
  const groups = postureGroups(shown, grouping);
  const order = groups.flatMap((g) => g.items);
  const current = order.find((item) => item.key === selected) ?? order[0];
  usePostureKeys(order, current);
  return (
    <div className="view">
      <div className="bar">
        <h1>Posture</h1>
        <span className="soft" data-testid="posture-total">
          {count(shown.length)} of {count(rows.length)} in the case
        </span>
        <span className="grow" />
        <input
          className="field"
          placeholder="Filter: node, component, words"
          aria-label="Filter the posture"
          size={28}
          value={filter}
          onChange={(e) => setFilter(e.target.value)}
          data-testid="posture-filter"
        />
        <fieldset className="choices" aria-label="Standings shown">
          {STANDINGS.map((standing) => (
            <button
              key={standing}
              type="button"
              aria-pressed={standings.has(standing)}
              data-state={standings.has(standing) ? 'on' : 'off'}
              onClick={() => toggle(standing)}
              title={STANDING_SENTENCES[standing]}
              data-testid={`posture-standing-${standing}`}
            >
              <span className="mark">
                <StandingShape standing={standing} size={10} />
                {standing} {count(rows.filter((row) => row.standing === standing).length)}
              </span>
            </button>
          ))}
        </fieldset>
        <Choices<PostureGrouping>
          label="Group by"
          value={grouping}
          options={[
            ['topic', 'Topic'],
            ['node', 'Node'],
          ]}
          onChange={group}
          testid="posture-grouping"
        />
      </div>
      <ErrorLine sentence={error} />
      {loaded && rows.length === 0 && !error && (
        <Empty title="Nothing is known of the logging posture yet">
          <p>
            Once a bundle has been read, this says for each node and component which levels it logs, what is
            missing or was rotated away, who may call it without a login, which secrets stand in its log, and
            what to change.
          </p>
        </Empty>
      )}
      {rows.length > 0 && order.length === 0 && (
        <Empty title="None of these standings">
          <p>{filter ? 'No line fits the filter.' : 'The posture has other standings than those chosen.'}</p>
          <button type="button" className="button" onClick={() => only([])}>
            Show all {count(rows.length)}
          </button>
        </Empty>
      )}
      {current && (
        <div className="split">
          <div className="column posture-list" style={{ width }}>
            <PostureList groups={groups} selected={current.key} onSelect={select} />
          </div>
          <Splitter label="Width of the list" size={width} least={280} most={900} onSize={setWidth} />
          <div className="scroll grow">
            <PostureDetails item={current} />
          </div>
        </div>
      )}
    </div>
  );
}
