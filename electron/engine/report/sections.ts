// The sections of a report in order; every writer that has pages uses these names and numbers.
export const SECTIONS = [
  { id: 'summary', title: '1 Summary' },
  { id: 'scope', title: '2 Scope and sources not examined' },
  { id: 'evidence', title: '3 Evidence' },
  { id: 'time', title: '4 Time basis' },
  { id: 'timeline', title: '5 Timeline' },
  { id: 'findings', title: '6 Findings' },
  { id: 'indicators', title: '7 Indicators' },
  { id: 'notes', title: "8 The responder's notes" },
  { id: 'method', title: '9 Method' },
  { id: 'posture', title: '10 Logging posture' },
  { id: 'limits', title: '11 What these logs do not record' },
  { id: 'glossary', title: '12 Words' },
  { id: 'inventory', title: 'Appendix A Evidence inventory' },
  { id: 'rules', title: 'Appendix B Rules that ran' },
  { id: 'queries', title: 'Appendix C Queries of this report' },
  { id: 'custody', title: 'Appendix D Custody log and verification' },
] as const;

export type SectionId = (typeof SECTIONS)[number]['id'];
export const titleOf = (id: SectionId): string => SECTIONS.find((section) => section.id === id)!.title;
