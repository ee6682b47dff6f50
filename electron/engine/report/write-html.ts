// The model as one HTML file: no script, no link but into itself, no request to anywhere.

import { glossary, inventory, limits, method, posture, queries, rules } from './html/back.ts';
import { custody } from './html/custody.ts';
import { contents, cover, evidence, scope, summary, time } from './html/front.ts';
import { escapeHtml, type Html, html } from './html/markup.ts';
import { findings, indicators, notes, timeline } from './html/story.ts';
import { style } from './html/style.ts';
import type { ReportModel } from './model.ts';
import { SECTIONS, type SectionId } from './sections.ts';

const PARTS: Record<SectionId, (model: ReportModel) => Html> = {
  summary,
  scope,
  evidence,
  time,
  timeline,
  findings,
  indicators,
  notes,
  method,
  posture,
  limits,
  glossary,
  inventory,
  rules,
  queries,
  custody,
};
/** Parts that begin a page of their own in print. */
const OWN_PAGE = new Set<SectionId>([
  'scope',
  'timeline',
  'findings',
  'indicators',
  'inventory',
  'rules',
  'queries',
  'custody',
]);
const APPENDIX = new Set<SectionId>(['inventory', 'rules', 'queries', 'custody']);

export function writeHtml(model: ReportModel): string {
  const { caseName, toolVersion, title } = model.cover;
  const className = (id: SectionId) =>
    [OWN_PAGE.has(id) ? 'part' : '', APPENDIX.has(id) ? 'appendix' : ''].filter(Boolean).join(' ');
  const body = html`${cover(model)}${contents()}<main>
${SECTIONS.map(
  (section) => html`<section id="${section.id}" class="${className(section.id)}">
<h2>${section.title}</h2>
${PARTS[section.id](model)}
</section>
`,
)}</main>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(caseName)} - ${escapeHtml(title)}</title>
<style>${style(caseName, toolVersion)}</style>
</head>
<body>
${body.text}
</body>
</html>
`;
}
