// Evidence in Markdown stays text: no link, image, HTML, table break, mention or list can come of it.
import { visible, visibleOneLine } from '../visible.ts';

// Words that some renderer turns into links by itself (GFM autolinks, "linkify"): they stand in code spans.
const LINKLIKE = /@|:\/\/|www\.|\w\.[A-Za-z]{2}/i;

/** Any text as inline Markdown outside tables. */
export const inline = (text: string): string => words(text, false);

/** Any text as one table cell. */
export const cell = (text: string): string => words(text, true) || ' ';

function words(text: string, inTable: boolean): string {
  return visibleOneLine(text)
    .trim()
    .split(/ +/)
    .map((word, i) => (LINKLIKE.test(word) ? span(word, inTable) : escapeWord(word, i === 0)))
    .join(' ');
}

/** Backslashes before every mark that CommonMark or GFM reads inside a line, and before list marks at its start. */
function escapeWord(word: string, first: boolean): string {
  const escaped = word.replace(/[\\`*_{}[\]#!|<>~&^$]/g, '\\$&');
  if (!first) return escaped;
  return escaped.replace(/^[-+=:]/, '\\$&').replace(/^(\d+)([.)])/, '$1\\$2');
}

/** A code span outside tables. */
export const code = (text: string): string => span(visibleOneLine(text), false);
/** A code span in a table cell. */
export const codeCell = (text: string): string => span(visibleOneLine(text), true);

function span(line: string, inTable: boolean): string {
  const content = (inTable ? line.replaceAll('|', '\\|') : line) || ' ';
  const marks = '`'.repeat(longestRun(content) + 1);
  const pad = content.startsWith('`') || content.endsWith('`') ? ' ' : '';
  return `${marks}${pad}${content}${pad}${marks}`;
}

/** A fenced block whose fence is longer than any run of backticks inside. */
export function fence(text: string, language = 'text'): string {
  const shown = visible(text);
  const marks = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return `${marks}${language}\n${shown}\n${marks}\n`;
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}
