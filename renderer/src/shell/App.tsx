// The frame: rail, top bar, view, details, status bar; or the start screen when no case is open.
import { Tooltip } from 'radix-ui';
import { Component, type ReactNode, useEffect } from 'react';
import { DetailsPanel } from '../details/DetailsPanel.tsx';
import { Empty } from '../parts/Empty.tsx';
import { useCase } from '../store/case.ts';
import { useFindings } from '../store/findings.ts';
import { useLens } from '../store/lens.ts';
import { useRoute, type View } from '../store/route.ts';
import { useStatus } from '../store/status.ts';
import { EventsView } from '../views/events/EventsView.tsx';
import { EvidenceView } from '../views/evidence/EvidenceView.tsx';
import { FindingsView } from '../views/findings/FindingsView.tsx';
import { SuppressDialog } from '../views/findings/SuppressDialog.tsx';
import { NodesView } from '../views/nodes/NodesView.tsx';
import { OverviewView } from '../views/overview/OverviewView.tsx';
import { PostureView } from '../views/posture/PostureView.tsx';
import { ReportView } from '../views/report/ReportView.tsx';
import { RulesView } from '../views/rules/RulesView.tsx';
import { SqlView } from '../views/sql/SqlView.tsx';
import { StartView } from '../views/start/StartView.tsx';
import { TemplatesView } from '../views/templates/TemplatesView.tsx';
import { TimelineView } from '../views/timeline/TimelineView.tsx';
import { CaseDialogs } from './CaseDialogs.tsx';
import { IngestBanner } from './IngestBanner.tsx';
import { KeyHelp } from './KeyHelp.tsx';
import { Palette } from './Palette.tsx';
import { Rail } from './Rail.tsx';
import './shell.css';
import { StatusBar } from './StatusBar.tsx';
import { Toasts } from './Toasts.tsx';
import { TopBar } from './TopBar.tsx';
import { useShellKeys } from './useShellKeys.ts';

const VIEW: Record<View, () => ReactNode> = {
  overview: OverviewView,
  events: EventsView,
  timeline: TimelineView,
  templates: TemplatesView,
  sql: SqlView,
  findings: FindingsView,
  rules: RulesView,
  nodes: NodesView,
  posture: PostureView,
  evidence: EvidenceView,
  report: ReportView,
};

/** A fault of one view leaves the others usable. */
class Guard extends Component<{ children: ReactNode }, { fault: string | null }> {
  override state = { fault: null };
  static getDerivedStateFromError(error: unknown) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
  override render() {
    if (this.state.fault === null) return this.props.children;
    return (
      <Empty title="This view could not be drawn">
        <p>
          A fault of Tidemark, not of the evidence: {this.state.fault}. The case is untouched; the other views
          go on.
        </p>
        <button type="button" className="button" onClick={() => this.setState({ fault: null })}>
          Draw it again
        </button>
      </Empty>
    );
  }
}

function Desk() {
  const view = useRoute((s) => s.view);
  const lens = useLens((s) => s.lens);
  const revision = useCase((s) => s.revision);
  const dir = useCase((s) => s.info?.dir);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the case and its revision say when to load again
  useEffect(() => useStatus.getState().load(lens), [lens, revision, dir]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the case and its revision say when to load again
  useEffect(() => useFindings.getState().load(), [revision, dir]);
  const Shown = VIEW[view];
  return (
    <div className="desk">
      <Rail />
      <TopBar />
      <main className="desk-main" aria-label={view}>
        <IngestBanner />
        <Guard key={view}>
          <Shown />
        </Guard>
      </main>
      <DetailsPanel />
      <StatusBar />
      <SuppressDialog />
    </div>
  );
}

export function App() {
  const phase = useCase((s) => s.phase);
  const lost = useCase((s) => s.lost);
  useShellKeys();
  return (
    <Tooltip.Provider delayDuration={400}>
      {lost && (
        <div className="lost" role="alert">
          The engine went away. The case on disk is safe.
          <button type="button" className="button" onClick={() => location.reload()}>
            Connect again
          </button>
        </div>
      )}
      {phase === 'open' ? <Desk /> : <StartView />}
      <CaseDialogs />
      <Palette />
      <KeyHelp />
      <Toasts />
    </Tooltip.Provider>
  );
}
