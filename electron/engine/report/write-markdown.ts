// The model as Markdown that renders the same in any CommonMark or GFM reader, with evidence inert.
import { glossary, inventory, limits, method, posture, queries, rules } from './markdown/back.ts';
import { custody } from './markdown/custody.ts';
import { cover, evidence, scope, summary, time } from './markdown/front.ts';
import { findings, indicators, notes, timeline } from './markdown/story.ts';
import type { ReportModel } from './model.ts';
import { SECTIONS, type SectionId } from './sections.ts';

const PARTS: Record<SectionId, (model: ReportModel) => string> = {
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

export function writeMarkdown(model: ReportModel): string {
  const sections = SECTIONS.map(({ id, title }) => `## ${title}\n\n${PARTS[id](model)}`);
  return `${[cover(model), ...sections].join('').trimEnd()}\n`;
}
