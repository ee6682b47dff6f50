// Makes characters that steer a terminal, a browser or the eye visible: evidence is shown, never obeyed.

// C0 but TAB and LF, DEL, C1, and the marks that turn or hide text (bidi controls, zero width, line separators, BOM).
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Control characters as pictures (␀), others as ⟨U+202E⟩. TAB and LF stay: they have a place in evidence. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (char) => {
    const code = char.codePointAt(0)!;
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return '␡';
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

/** As `visible`, on one line: TAB and LF become pictures too. */
export const visibleOneLine = (text: string): string =>
  visible(text).replaceAll('\n', '␊').replaceAll('\t', '␉');
