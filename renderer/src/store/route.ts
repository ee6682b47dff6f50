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

const fromAddress = (): View => {
  const name = location.hash.replace(/^#\/?/, '');
  return (VIEWS as readonly string[]).includes(name) ? (name as View) : 'overview';
};

interface RouteState {
  view: View;
  go(view: View): void;
}

export const useRoute = create<RouteState>((set) => ({
  view: fromAddress(),
  go(view) {
    if (view !== useRoute.getState().view && WIDE.includes(view)) useDetails.getState().close();
    history.replaceState(null, '', `#/${view}`);
    set({ view });
  },
}));

window.addEventListener('hashchange', () => useRoute.setState({ view: fromAddress() }));
