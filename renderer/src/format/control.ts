// Makes control characters of evidence visible and harmless: ␀, ␛, and bidirectional marks as their code points.

const BIDI = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;
const SPECIAL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd]/;

function picture(c: string): string {
  const code = c.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  if (code === 0xfffd) return '\ufffd';
  return `⟨${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

const NAMES =
  'NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
    ' ',
  );

/** `LF` for ␊, `ESC` for ␛: for places that can set the name apart, as few fonts have the pictures. */
export function controlName(shown: string): string {
  const code = shown.charCodeAt(0) - 0x2400;
  return shown === '␡' ? 'DEL' : (NAMES[code] ?? shown);
}

export interface Piece {
  text: string;
  control: boolean;
}

/** Text cut into plain pieces and pictures of control characters. Line feed and tab keep their effect after the picture when `keepBreaks`. */
export function pieces(text: string, keepBreaks = false): Piece[] {
  const out: Piece[] = [];
  let plain = '';
  const flush = () => {
    if (plain) out.push({ text: plain, control: false });
    plain = '';
  };
  for (const c of text) {
    if (!SPECIAL.test(c)) {
      plain += c;
      continue;
    }
    if (keepBreaks && (c === '\n' || c === '\t')) {
      flush();
      if (c === '\n') out.push({ text: '␊', control: true });
      plain = c;
      continue;
    }
    flush();
    out.push({ text: picture(c), control: true });
  }
  flush();
  return out;
}

/** One line of plain text for lists: control characters as pictures, breaks as ␊. */
export const oneLine = (text: string): string =>
  SPECIAL.test(text) || BIDI.test(text)
    ? [...text].map((c) => (SPECIAL.test(c) ? picture(c) : c)).join('')
    : text;
