// The model as JSON: keys in snake_case and in the order of the model, two spaces, UTF-8.
import type { ReportModel } from './model.ts';

export function writeJson(model: ReportModel): string {
  return `${escapeUnsafe(JSON.stringify(snakeKeys(model), null, 2))}\n`;
}

const snake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** All keys of the model are ours; values of evidence are never keys. */
function snakeKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snake(key), snakeKeys(inner)]));
}

/** Escapes what steers terminals and browsers and JSON.stringify leaves as it is; the parsed value stays the same. */
function escapeUnsafe(json: string): string {
  return json.replace(
    /[<>\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu,
    (char) =>
      [...Array(char.length).keys()]
        .map((i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`)
        .join(''),
  );
}
