// The few icons of the house, drawn as lines on a 16 px grid.

const PATHS = {
  overview: 'M2 2h5v7H2zM9 2h5v4H9zM9 8h5v6H9zM2 11h5v3H2z',
  events: 'M2 3.5h12M2 6.5h12M2 9.5h8M2 12.5h10',
  timeline: 'M2 3h4M8 3h3M4 7h7M2 11h3M9 11h5M2 14.2h12',
  templates: 'M2 3.5h5M10 3.5h4M2 7h3M8 7h6M2 10.5h7M12 10.5h2M2 14h4M9 14h2',
  sql: 'M2.5 4c0-1.1 2.5-2 5.5-2s5.5.9 5.5 2-2.5 2-5.5 2-5.5-.9-5.5-2zM2.5 4v8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2V4M2.5 8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2',
  findings: 'M8 1.8 14.2 8 8 14.2 1.8 8zM8 5v3.6M8 10.6v.6',
  rules: 'M3 2h7l3 3v9H3zM5.5 7h5M5.5 9.5h5M5.5 12h3',
  nodes: 'M2 3h12v4H2zM2 9h12v4H2zM4.5 5h.5M4.5 11h.5',
  posture: 'M8 1.8 13.4 4v4c0 3.2-2.2 5.3-5.4 6.2C4.8 13.3 2.6 11.2 2.6 8V4zM5.6 8l1.8 1.8 3-3.6',
  evidence: 'M2 4h12v3H2zM3 7v7h10V7M6.5 9.5h3M4 4l1-2h6l1 2',
  report: 'M3 2h10v12H3zM5.5 11V9M8 11V6M10.5 11V8',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.4 10.4 14 14',
  close: 'M4 4l8 8M12 4l-8 8',
  not: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM3.8 12.2l8.4-8.4',
  back: 'M10 3 5 8l5 5',
  forward: 'M6 3l5 5-5 5',
  down: 'M3 6l5 5 5-5',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  copy: 'M5 5h8v9H5zM3 11V2h8',
  pivot: 'M3 8h9M8.5 4.5 12 8l-3.5 3.5',
  sun: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13',
  moon: 'M13.5 9.8A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.3z',
  keys: 'M1.5 4h13v8.5h-13zM4 7h.5M6.5 7H7M9 7h.5M11.5 7h.5M4.5 10h7',
  folder: 'M1.5 3.5h4.5l1.5 2h7v8h-13z',
  file: 'M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3',
  case: 'M1.5 5h13v9h-13zM5.5 5V2.5h5V5M1.5 9h13',
  check: 'M3 8.5 6.5 12 13 4.5',
  undo: 'M6 3 3 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H6',
  up: 'M8 13V3M4 7l4-4 4 4',
  play: 'M4 2.5v11l9-5.5z',
  stop: 'M3.5 3.5h9v9h-9z',
  more: 'M3.5 8h.5M8 8h.5M12.5 8h.5',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor">
      <path d={PATHS[name]} strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
