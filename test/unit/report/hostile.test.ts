import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writers } from '../../../electron/engine/report/index.ts';
import { code, fence, inline } from '../../../electron/engine/report/markdown/escape.ts';
import { visible } from '../../../electron/engine/report/visible.ts';
import { cell as csvCell } from '../../../electron/engine/report/write-csv.ts';
import { HOSTILE, type SmallCase, smallCase } from './small-case.ts';

let one: SmallCase;
beforeAll(async () => {
  one = await smallCase(HOSTILE, {
    name: '</title></style><script>alert("case")</script>',
    title: '<svg onload=alert(3)> | [x](javascript:1)',
  });
});
afterAll(() => one.close());

// What steers a terminal or turns text around: none of it may be in any format.
const STEERING =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]/;

describe('hostile evidence stays inert', () => {
  it('in no format leaves a character that steers a terminal', () => {
    for (const write of Object.values(writers)) expect(write(one.model)).not.toMatch(STEERING);
  });

  it('in HTML makes no element, attribute or resource of its own', () => {
    const text = writers.html(one.model);
    const tags = [...text.matchAll(/<\/?([a-zA-Z][^\s>/]*)/g)].map((match) => match[1]!.toLowerCase());
    for (const tag of ['script', 'img', 'iframe', 'link', 'object', 'embed', 'base', 'form'])
      expect(tags).not.toContain(tag);
    expect(tags.filter((tag) => tag === 'style' || tag === 'title').length).toBeLessThanOrEqual(40);
    expect(text).not.toMatch(/<[^>]*\son[a-z]+=/i);
    for (const [, name, value] of text.matchAll(
      /<[^>]*?\s(src|href|xlink:href|action|data|poster)="([^"]*)"/g,
    ))
      expect(`${name}=${value}`).toMatch(/^href=#/);
    expect(text.slice(0, text.indexOf('</style>'))).not.toMatch(/@import|url\(/);
    expect(text.match(/<\/style>/g)).toHaveLength(1);
    expect(text).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('in HTML has every id once and every link to an id that is there', () => {
    const text = writers.html(one.model);
    const ids = [...text.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of text.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(id);
  });

  it('in Markdown makes no link, image, HTML or row of its own', () => {
    const text = writers.md(one.model);
    const outside = withoutCode(text);
    expect(outside).not.toMatch(/(?<!\\)\]\(/);
    expect(outside).not.toMatch(/(?<!\\)<[a-z/!]/i);
    expect(outside).not.toMatch(/https?:\/\/|www\.|\w@\w/);
    expect(outside).not.toContain('Heading of the attacker');
    let columns = 0;
    for (const row of text.split('\n').filter((line) => line.startsWith('| '))) {
      const bars = row.match(/(?<!\\)\|/g)!.length;
      if (/^\| ---/.test(row)) columns = bars;
      else if (columns && bars !== columns) columns = 0; // the header of the next table
      expect(bars).toBeGreaterThan(1);
    }
  });

  it('in CSV begins no cell like a formula and keeps one row per line', () => {
    const rows = writers.csv(one.model).split('\r\n').slice(1, -1);
    expect(rows).toHaveLength(HOSTILE.length);
    expect(writers.csv(one.model)).not.toMatch(/(^|,)"?[=+\-@]/m);
    expect(csvCell('=1+1')).toBe("'=1+1");
    expect(csvCell('\tx')).toBe("'␉x");
    expect(csvCell('  @SUM(A1)')).toBe("'  @SUM(A1)");
    expect(csvCell('a"b,c')).toBe('"a""b,c"');
    expect(csvCell('two\r\nlines')).toBe('two␍␊lines');
  });

  it('in JSON gives back the same text when read', () => {
    const text = writers.json(one.model);
    expect(text).not.toMatch(/[<>]/);
    const read = JSON.parse(text);
    expect(read.schema_version).toBe(1);
    expect(read.cover.case_name).toBe(one.model.cover.caseName);
    expect(read.findings.entries[0].lines[0].text).toBe(HOSTILE[0]!.toString());
  });
});

describe('escapes', () => {
  it('shows control characters as pictures and turning marks by their number', () => {
    expect(visible('a\u0000b\u001b[0m\u202ec\u007f')).toBe('a␀b␛[0m⟨U+202E⟩c␡');
    expect(visible('tab\tline\n')).toBe('tab\tline\n');
  });
  it('puts words that look like links into code', () => {
    expect(inline('see http://x.example/ now')).toBe('see `http://x.example/` now');
    expect(inline('- # not a list')).toBe('\\- \\# not a list');
    expect(inline('12. not a list')).toBe('12\\. not a list');
    expect(inline('[x](y) <b> a_b *c*')).toBe('\\[x\\](y) \\<b\\> a\\_b \\*c\\*');
  });
  it('fences with more backticks than the text has', () => {
    expect(fence('a ```` b')).toBe('`````text\na ```` b\n`````\n');
    expect(code('a `b`')).toBe('`` a `b` ``');
  });
});

/** Markdown without fenced blocks and code spans, read line by line as CommonMark does. */
function withoutCode(text: string): string {
  const kept: string[] = [];
  let fenceMarks: string | null = null;
  for (const line of text.split('\n')) {
    const marks = /^(`{3,})/.exec(line)?.[1];
    if (fenceMarks) {
      if (marks && marks.length >= fenceMarks.length && line.trim() === marks) fenceMarks = null;
    } else if (marks) fenceMarks = marks;
    else kept.push(line.replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, ''));
  }
  expect(fenceMarks).toBeNull();
  return kept.join('\n');
}
