// Markup as values: `html` escapes every string put into it, so evidence can't become markup by being forgotten.
import { visible } from '../visible.ts';

/** Text that is markup already. Made by `html` only. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Part = string | number | Html | null | undefined | Part[];

export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  let text = strings[0]!;
  parts.forEach((part, i) => {
    text += render(part) + strings[i + 1]!;
  });
  return new Html(text);
}

function render(part: Part): string {
  if (part === null || part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(render).join('');
  return escapeHtml(String(part));
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  visible(text).replace(/[&<>"']/g, (char) => ENTITIES[char]!);

/** A table of so few rows stays on one page. */
const SHORT_ROWS = 8;

/** A table with a caption and header cells that say their scope. `#Events` is a column of numbers, `~Text` one of long text. */
export function table(caption: string, headers: string[], rows: Part[][], className = ''): Html {
  if (rows.length === 0) return html`<p class="none">${caption}: none.</p>`;
  const short = rows.length <= SHORT_ROWS ? ' short' : '';
  return html`<table class="${className}${short}">
<caption>${caption}</caption>
${head(headers)}
<tbody>
${rows.map((cells) => html`<tr>${cells.map((cell, i) => html`<td${columnClass(headers[i]!)}>${cell}</td>`)}</tr>\n`)}</tbody>
</table>
`;
}

/** The header row of a table. */
export const head = (headers: string[]): Html =>
  html`<thead><tr>${headers.map((header) => html`<th scope="col"${columnClass(header)}>${header.replace(/^[#~]/, '')}</th>`)}</tr></thead>`;

function columnClass(header: string): Html | null {
  if (header.startsWith('#')) return html` class="num"`;
  return header.startsWith('~') ? html` class="text"` : null;
}

export const mono = (text: Part): Html => html`<code>${text}</code>`;
export const small = (text: Part): Html => html`<small>${text}</small>`;
export const levelBadge = (level: string): Html => html`<span class="level ${level}">${level}</span>`;
export const list = (items: Part[]): Html =>
  html`<ul>${items.map((item) => html`<li>${item}</li>\n`)}</ul>\n`;

/** Links to findings of this document; the only links a report has. */
export const findingLinks = (numbers: string[]): Html =>
  html`${numbers.map((number, i) => html`${i > 0 ? ' ' : ''}<a href="#${number}">${number}</a>`)}`;

/** Names of nodes, one a line; short ones are not broken. */
export const nodes = (names: string[]): Html =>
  html`${names.map((name, i) => html`${i > 0 ? html`<br>` : null}<span class="${name.length <= 24 ? 'whole' : 'text'}">${name}</span>`)}`;
