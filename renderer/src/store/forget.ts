// Another case: what the stores hold of the one before is forgotten; what the responder typed stays.
import { useCustody } from './custody.ts';
import { useDetails } from './details.ts';
import { useEvidence } from './evidence.ts';
import { useFacets } from './facets.ts';
import { useFindings } from './findings.ts';
import { useJobs } from './jobs.ts';
import { useLens } from './lens.ts';
import { useNodes } from './nodes.ts';
import { useNotes } from './notes.ts';
import { useOverview } from './overview.ts';
import { usePlaceholders } from './placeholders.ts';
import { usePosture } from './posture.ts';
import { useReport } from './report.ts';
import { useRuleEditor } from './rule-editor.ts';
import { useRules } from './rules.ts';
import { useSql } from './sql.ts';
import { useStatus } from './status.ts';
import { useSuppressions } from './suppressions.ts';
import { useVerify } from './verify.ts';

export function forgetCase(): void {
  useLens.getState().forget();
  useDetails.getState().close();
  for (const store of [
    useCustody,
    useEvidence,
    useFacets,
    useFindings,
    useNodes,
    useNotes,
    useOverview,
    usePlaceholders,
    usePosture,
    useReport,
    useRules,
    useStatus,
    useSuppressions,
    useVerify,
  ]) {
    (store.setState as (state: unknown) => void)(store.getInitialState());
  }
  useJobs.setState({ seenEnding: new Set() });
  const { text, history } = useSql.getState();
  useSql.setState({ ...useSql.getInitialState(), text, history });
  useRuleEditor.getState().otherCase();
}
