// Text from evidence: hostile by assumption. Control characters become pictures; hits of a search are marked.
import { controlName, oneLine, pieces } from '../format/control.ts';

/** One line of evidence with the parts that match `find` marked. */
export function EvidenceLine({ text, find }: { text: string; find?: string | undefined }) {
  const shown = oneLine(text);
  if (!find) return <>{shown}</>;
  const parts: { at: number; text: string; hit: boolean }[] = [];
  const hay = shown.toLowerCase();
  const needle = find.toLowerCase();
  let at = 0;
  for (let hit = hay.indexOf(needle); hit >= 0 && parts.length < 40; hit = hay.indexOf(needle, at)) {
    if (hit > at) parts.push({ at, text: shown.slice(at, hit), hit: false });
    parts.push({ at: hit, text: shown.slice(hit, hit + needle.length), hit: true });
    at = hit + needle.length;
  }
  parts.push({ at, text: shown.slice(at), hit: false });
  return (
    <>
      {parts.map((p) =>
        p.hit ? (
          <mark key={p.at} className="hit">
            {p.text}
          </mark>
        ) : (
          <span key={p.at}>{p.text}</span>
        ),
      )}
    </>
  );
}

/** Text over several lines, control characters shown. */
export function EvidenceText({ text }: { text: string }) {
  let at = 0;
  return (
    <>
      {pieces(text, true).map((piece) => {
        const key = at;
        at += piece.text.length;
        return piece.control ? (
          <span key={key} className="control" title={`control character ${piece.text}`}>
            {controlName(piece.text)}
          </span>
        ) : (
          <span key={key}>{piece.text}</span>
        );
      })}
    </>
  );
}
