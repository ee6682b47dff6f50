// Which view is shown; kept in the address so that a reload stays.
import { create } from 'zustand';
import { useDetails } from './details.ts';

export const VIEWS = [
  'overview',
  'events',
  'timeline',
  'templates',
  'sql',
  'findings',
  'rules',
  'nodes',
  'posture',
  'evidence',
  'report',
] as const;
export type View = (typeof VIEWS)[number];
export const VIEW_WORDS: Record<View, string> = {
  overview: 'Overview',
  events: 'Events',
  timeline: 'Timeline',
  templates: 'Templates',
  sql: 'SQL',
  findings: 'Findings',
  rules: 'Rules',
  nodes: 'Nodes',
  posture: 'Posture',
  evidence: 'Evidence',
  report: 'Report',
};
export const VIEW_KEYS: Record<View, string> = {
  overview: 'o',
  events: 'e',
  timeline: 't',
  templates: 'm',
  sql: 's',
  findings: 'f',
  rules: 'r',
  nodes: 'n',
  posture: 'u',
  evidence: 'v',
  report: 'p',
};

/** Views that need their whole width: what was looked at before does not follow there. */
const WIDE: readonly View[] = ['rules', 'nodes', 'posture', 'evidence', 'report'];

/** Parts of the evidence view. */
export const EVIDENCE_PARTS = ['ledger', 'bundles', 'verification', 'custody'] as const;
export type EvidencePart = (typeof EVIDENCE_PARTS)[number];
export const PART_WORDS: Record<EvidencePart, string> = {
  ledger: 'Ledger',
  bundles: 'Bundles',
  verification: 'Verification',
  custody: 'Custody',
};

const fromAddress = (): Pick<RouteState, 'view' | 'part'> => {
  const [name = '', part = ''] = location.hash.replace(/^#\/?/, '').split('/');
  return {
    view: (VIEWS as readonly string[]).includes(name) ? (name as View) : 'overview',
    part: (EVIDENCE_PARTS as readonly string[]).includes(part) ? (part as EvidencePart) : 'ledger',
  };
};

interface RouteState {
  view: View;
  /** Which part of the evidence view was shown last. */
  part: EvidencePart;
  go(view: View): void;
  showPart(part: EvidencePart): void;
}

export const useRoute = create<RouteState>((set) => ({
  ...fromAddress(),
  go(view) {
    if (view !== useRoute.getState().view && WIDE.includes(view)) useDetails.getState().close();
    history.replaceState(
      null,
      '',
      view === 'evidence' ? `#/${view}/${useRoute.getState().part}` : `#/${view}`,
    );
    set({ view });
  },
  showPart(part) {
    if (part !== 'ledger') useDetails.getState().close();
    set({ part });
    useRoute.getState().go('evidence');
  },
}));

window.addEventListener('hashchange', () => useRoute.setState(fromAddress()));
