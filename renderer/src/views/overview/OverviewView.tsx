// Overview: what was collected from where, how well it was read, and what the rules found. Figures are of the case.
import { useEffect } from 'react';
import { count } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { useCase } from '../../store/case.ts';
import { running, useJobs } from '../../store/jobs.ts';
import { useOverview } from '../../store/overview.ts';
import { Figures } from './Figures.tsx';
import { FindingsCard } from './FindingsCard.tsx';
import { Matrix } from './Matrix.tsx';
import './overview.css';
import { PostureCard } from './PostureCard.tsx';
import { ProblemFiles } from './ProblemFiles.tsx';
import { QualityCard } from './QualityCard.tsx';
import { Volume } from './Volume.tsx';

export function OverviewView() {
  const { overview, load, error } = useOverview();
  const revision = useCase((s) => s.revision);
  const dir = useCase((s) => s.info?.dir);
  const reading = useJobs((s) => running(s.jobs, 'ingest') !== undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the case and its revision say when to load again
  useEffect(() => load(), [revision, dir, load]);
  const info = overview?.case;
  const span = info && info.firstTs !== null && info.lastTs !== null ? info.lastTs - info.firstTs : null;
  return (
    <div className="view">
      <div className="bar">
        <h1>Overview</h1>
        <span className="dim">of the whole case, whatever the lens</span>
        {info && span !== null && (
          <span className="soft">
            · {count(info.bundles)} {info.bundles === 1 ? 'bundle' : 'bundles'} · {duration(span)}
          </span>
        )}
      </div>
      <ErrorLine sentence={error} />
      {overview && overview.case.members === 0 && !reading && (
        <Empty title="No evidence in this case yet">
          <p>
            Nodes, systems, volume over time and findings would be here. Add a bundle (a folder or archive of
            logs) from the case menu at the top left.
          </p>
        </Empty>
      )}
      {overview && overview.case.members > 0 && (
        <div className="scroll grow overview" data-testid="overview">
          <Figures overview={overview} />
          <Volume />
          <div className="overview-columns">
            <div className="overview-column">
              <Matrix overview={overview} />
              <ProblemFiles overview={overview} />
            </div>
            <div className="overview-column">
              <FindingsCard overview={overview} />
              <PostureCard />
              <QualityCard overview={overview} />
            </div>
          </div>
        </div>
      )}
    </div>
  );
}
