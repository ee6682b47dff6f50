// The report of a case: one model, four ways to write it.
import type { ReportModel } from './model.ts';
import { writeCsv } from './write-csv.ts';
import { writeHtml } from './write-html.ts';
import { writeJson } from './write-json.ts';
import { writeMarkdown } from './write-markdown.ts';

export { buildReport, type ReportInput } from './build.ts';
export type { ReportModel } from './model.ts';

export const writers: Record<'html' | 'md' | 'json' | 'csv', (model: ReportModel) => string> = {
  html: writeHtml,
  md: writeMarkdown,
  json: writeJson,
  csv: writeCsv,
};
